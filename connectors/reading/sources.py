"""The definition files of folders: each is read and parsed once, however many definitions stand on it."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

PROGRAMS = (".py", ".js")


class Sources:
    """What one loading sees: a file that is changed meanwhile stays what it was."""

    def __init__(self) -> None:
        self._names: dict[Path, list[str]] = {}
        self._programs: dict[Path, frozenset[str]] = {}
        self._keys: dict[Path, dict[str, list[Path]]] = {}
        self._contents: dict[Path, bytes | OSError] = {}
        self._tables: dict[Path, dict[str, Any]] = {}

    def files(self, folder: Path) -> list[Path]:
        """The definitions in a folder, by name. Raises OSError."""
        return [folder / name for name in self._listed(folder) if name.endswith(".toml")]

    def programs(self, folder: Path) -> frozenset[str]:
        """The names of the programs in a folder. Raises OSError."""
        if folder not in self._programs:
            self._programs[folder] = frozenset(n for n in self._listed(folder) if n.endswith(PROGRAMS))
        return self._programs[folder]

    def by_key(self, folder: Path) -> Mapping[str, list[Path]]:
        """The definitions in a folder by the key that their file name stands for. Raises OSError."""
        if folder not in self._keys:
            found: dict[str, list[Path]] = {}
            for file in self.files(folder):
                found.setdefault(key_of(file), []).append(file)
            self._keys[folder] = found
        return self._keys[folder]

    def content(self, path: Path) -> bytes:
        """What a file says. Raises OSError."""
        if path not in self._contents:
            try:
                self._contents[path] = path.read_bytes()
            except OSError as error:
                self._contents[path] = error
        found = self._contents[path]
        if isinstance(found, OSError):
            raise found
        return found

    def table(self, path: Path) -> dict[str, Any]:
        """The same, parsed. Not to be changed. Raises OSError, ValueError, RecursionError."""
        if path not in self._tables:
            self._tables[path] = tomllib.loads(self.content(path).decode("utf-8"))
        return self._tables[path]

    def digest(self, folder: Path) -> bytes:
        """Stands for everything that the definitions in a folder say, and for which programs lie there."""
        parts = [("\0".join(self._listed(folder))).encode("utf-8", "surrogateescape")]
        for path in self.files(folder):
            try:
                parts.append(self.content(path))
            except OSError as error:
                parts.append(repr(error).encode())
        digest = hashlib.blake2b()
        for part in parts:
            digest.update(b"%d:" % len(part) + part)
        return digest.digest()

    def _listed(self, folder: Path) -> list[str]:
        if folder not in self._names:
            self._names[folder] = sorted(file.name for file in folder.iterdir())
        return self._names[folder]


def key_of(path: Path) -> str:
    """The key that a definition has when it names none."""
    return path.stem.replace("_", "-").lower()
