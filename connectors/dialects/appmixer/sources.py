"""Which files make up a module: `auth.js`, what it requires from beside it, and the service's description."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from connectors.errors import DefinitionError

LARGEST = 2 * 1024 * 1024
MOST_FILES = 50
_REQUIRE = re.compile(r"""\brequire\(\s*(['"`])(\.[^'"`]*)\1\s*\)""")
_ABOUT = ("service.json", "module.json", "bundle.json")
_SKIPPED = {"node_modules", "test", "tests", ".git"}


class Source(msgspec.Struct, frozen=True):
    """A module's main file, all files that it needs by their paths, and what is known of the service."""

    main: str
    files: dict[str, str]
    label: str = ""
    description: str = ""
    category: str = ""
    key: str = ""

    def bundle(self, names: dict[str, str]) -> str:
        """One JavaScript file with everything in it. The modules are as they were; only a frame is added."""
        lines = [
            f"// Imported from {self.main}. The modules below are as they were; only the frames are added.",
            f"jackfield.names({json.dumps(names, ensure_ascii=False)});",
        ]
        for path, text in self.files.items():
            quoted = json.dumps(path, ensure_ascii=False)
            if path.endswith(".json"):
                lines.append(f"jackfield.json({quoted}, {json.dumps(json.loads(text), ensure_ascii=False)});")
                continue
            lines += [f"jackfield.module({quoted}, {_FRAME}", text.rstrip(), "});"]
        lines += [f"jackfield.main({json.dumps(self.main, ensure_ascii=False)});", ""]
        return "\n".join(lines)


# Two functions: a module may declare `crypto` or `fetch` anew, as Node lets it, but not `module`.
_FRAME = (
    "(setTimeout, clearTimeout, setInterval, clearInterval, setImmediate, fetch, console, crypto) => "
    "function (module, exports, require, __filename, __dirname) {"
)


def find_modules(path: Path) -> list[Path]:
    """The modules at a path: the file itself, or every `auth.js` in a folder. Raises DefinitionError."""
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise DefinitionError(f"There is no file or folder {path}.")
    direct = path / "auth.js"
    found = [direct] if direct.is_file() else sorted(_auth_files(path))
    if not found:
        raise DefinitionError(
            f"There is no auth.js in {path}.", "Name the file itself if it is called otherwise."
        )
    return found


def _auth_files(folder: Path) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED)
        if "auth.js" in files:
            yield Path(parent) / "auth.js"


def read_source(main: Path) -> Source:
    """Reads a module and the files that it requires. Raises DefinitionError when one cannot be read."""
    main = main.resolve()
    texts: dict[Path, str] = {}
    _gather(main, texts)
    root = Path(os.path.commonpath([path.parent for path in texts]))
    files = {path.relative_to(root).as_posix(): text for path, text in texts.items()}
    about = _about(main.parent)
    return Source(
        main=main.relative_to(root).as_posix(),
        files=files,
        label=_text(about, "label"),
        description=_text(about, "description"),
        category=_text(about, "category"),
        key=_key(main, about),
    )


def _gather(path: Path, texts: dict[Path, str]) -> None:
    if path in texts:
        return
    if len(texts) >= MOST_FILES:
        raise DefinitionError(f"The module requires more than {MOST_FILES} files of its own.")
    try:
        if path.stat().st_size > LARGEST:
            raise DefinitionError(f"{path} is larger than {LARGEST // 1024 // 1024} MiB.")
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeError) as error:
        raise DefinitionError(
            f"{path} cannot be read: {getattr(error, 'strerror', None) or 'it is no text'}."
        ) from error
    if path.suffix == ".json":
        try:
            json.loads(text)
        except ValueError as error:
            raise DefinitionError(f"{path} is not JSON.") from error
    texts[path] = re.sub(r"\A#!.*", "", text)
    if path.suffix == ".json":
        return
    for _, name in _REQUIRE.findall(text):
        if found := _required(path.parent, name):
            _gather(found, texts)


def _required(folder: Path, name: str) -> Path | None:
    """The file that a relative `require` means; None when it is not there."""
    base = (folder / name).resolve()
    for candidate in (base, Path(f"{base}.js"), Path(f"{base}.json"), base / "index.js"):
        if candidate.is_file() and candidate.suffix in {".js", ".json", ".cjs"}:
            return candidate
    return None


def _about(folder: Path) -> dict[str, Any]:
    """The description beside the module, or one folder higher."""
    for place in (folder, folder.parent):
        for name in _ABOUT:
            file = place / name
            if not file.is_file():
                continue
            try:
                data = json.loads(file.read_text(encoding="utf-8-sig"))
            except (OSError, ValueError):
                continue  # a description is no more than a help; the module stands without it
            if isinstance(data, dict) and (place == folder or "label" in data):
                return data
    return {}


def _text(about: dict[str, Any], key: str) -> str:
    value = about.get(key)
    return " ".join(value.split()) if isinstance(value, str) else ""


def _key(main: Path, about: dict[str, Any]) -> str:
    """A key from the description's name (`acme.service.module`), else from the folder or the file."""
    name = _text(about, "name")
    if name:
        name = "-".join(name.split(".")[1:] or [name])
    elif main.stem in {"auth", "index"}:
        name = main.parent.name
    else:
        name = main.stem
    key = re.sub(r"[^a-z0-9]+", "-", re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()).strip("-")
    return key or "imported"
