"""Own definitions on their way out and in. An import never says that a program may run."""

from __future__ import annotations

import base64
import re
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import msgspec

from connectors.operations import SUFFIX as OPERATIONS
from connectors.reading.loading import script_beside
from desktop.vault import files, locks
from desktop.vault.exchange.applying import WAITING_DEFINITIONS
from desktop.vault.exchange.container import damaged
from desktop.vault.exchange.items import DefinitionItem
from desktop.vault.exchange.matching import Status
from desktop.vault.vault import Vault

REPLACED = ".before-import"
_LOCK = "import.lock"
_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,99}")
_SCRIPT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.js")


def own_definitions(folder: Path, wanted: Collection[str] | None = None) -> list[DefinitionItem]:
    """The definitions in one's own folder, and what they stand on; of `wanted` keys, or all of them."""
    found: dict[str, DefinitionItem] = {}
    for path in sorted(folder.glob("*.toml")) if folder.is_dir() else ():
        item = _read(path)
        if item is not None:
            found.setdefault(item.key, item)
    if wanted is None:
        return list(found.values())
    needed = set(wanted)
    while bases := {str(table_of(found[key]).get("base", "")) for key in needed & found.keys()} - needed:
        needed |= bases
    return [item for key, item in found.items() if key in needed]


def checked(item: DefinitionItem) -> DefinitionItem:
    """The item, if its names are such as an export writes. Raises DamagedVaultError."""
    usual = {f"{item.key}.toml", f"{item.key}.py", f"{item.key}{OPERATIONS}"}
    if not _KEY.fullmatch(item.key) or f"{item.key}.toml" not in item.files:
        raise damaged()
    if any(name not in usual and not _SCRIPT.fullmatch(name) for name in item.files):
        raise damaged()
    if table_of(item).get("key", item.key) != item.key:
        raise damaged()
    return item


def table_of(item: DefinitionItem) -> dict[str, Any]:
    """What the TOML file says; nothing where it cannot be read."""
    try:
        return tomllib.loads(item.files[f"{item.key}.toml"].decode())
    except (ValueError, RecursionError):
        return {}


def status_of(item: DefinitionItem, here: Mapping[str, DefinitionItem], built_in: bool) -> Status:
    """How it stands to what is here under its key; a built-in connector counts as another definition."""
    own = here.get(item.key)
    if own is not None:
        return "same" if own.files == item.files else "different"
    return "different" if built_in else "new"


def has_program(item: DefinitionItem) -> bool:
    """Whether a Python file comes with it."""
    return f"{item.key}.py" in item.files


def write_waiting(vault: Vault, folder: Path) -> bool:
    """Writes the definitions that an import left in the vault; whether there were any.

    What they take the place of stays beside them under another name. May be done again after a crash at
    any point. Raises SaveFailedError; they then wait on.
    """
    if not vault.meta(WAITING_DEFINITIONS):
        return False
    files.make_private_folder(folder)
    with locks.held(vault.home / _LOCK, alone=True, wait=True):
        waiting = vault.meta(WAITING_DEFINITIONS)
        if waiting:  # else another program was quicker
            named = msgspec.json.decode(waiting, type=dict[str, str])
            _write(folder, {name: base64.b64decode(text) for name, text in named.items()})
            vault.set_meta(WAITING_DEFINITIONS, "")
    return True


def _write(folder: Path, contents: Mapping[str, bytes]) -> None:
    # A definition without its program would be loaded without it, so the program is there first.
    for name in sorted(contents, key=lambda name: name.endswith(".toml")):
        for leftover in folder.glob(f".{name}.*.partial"):  # of a program that was killed here
            leftover.unlink(missing_ok=True)
        _set_aside(folder / name, contents[name])
        files.write_private(folder / name, contents[name])
    for name in (name for name in contents if name.endswith(".toml")):
        program = Path(name).with_suffix(".py").name
        if program not in contents:
            _set_aside(folder / program, b"")
        for other in folder.glob("*.toml"):  # two files with one key: which of them counts would be luck
            if other.name not in contents and (item := _read(other)) and f"{item.key}.toml" == name:
                _set_aside(other, b"")


def _set_aside(path: Path, new: bytes) -> None:
    with files.saving(f"The definition {path.name}"):
        if path.is_file() and path.read_bytes() != new:
            path.replace(path.with_name(path.name + REPLACED))


def _read(path: Path) -> DefinitionItem | None:
    try:
        content = path.read_bytes()
        key = str(tomllib.loads(content.decode()).get("key", path.stem))
    except (OSError, ValueError, RecursionError):
        return None  # what cannot be read here would not be a definition anywhere else
    if not _KEY.fullmatch(key):
        return None
    held = {f"{key}.toml": content}
    for suffix in (".py", OPERATIONS):
        beside = path.with_suffix(suffix)
        if beside.is_file():
            held[f"{key}{suffix}"] = beside.read_bytes()
    script = script_beside(path)
    if script is not None and _SCRIPT.fullmatch(script.name):
        held[script.name] = script.read_bytes()
    return DefinitionItem(key=key, files=held)
