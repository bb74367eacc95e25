"""Itential adapters: a service instance's `authentication`, with the adapter's own actions if there."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import msgspec

from connectors.dialects.itential.configuration import Configuration, read_json
from connectors.dialects.itential.definition import Definition
from connectors.dialects.itential.system import FOLDER, System
from connectors.dialects.writing import definition_text
from connectors.errors import DefinitionError

__all__ = ["Imported", "find_configuration", "import_configuration", "is_configuration"]
_SAMPLE = "sampleProperties.json"


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """A configuration as a definition. `left` names the secrets that were in it and are asked for instead."""

    key: str
    name: str
    toml: str
    method: str
    left: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    def write(self, folder: Path) -> Path:
        """Writes `<key>.toml` and returns it."""
        path = folder / f"{self.key}.toml"
        path.write_text(self.toml, encoding="utf-8")
        return path


def find_configuration(path: Path) -> Path:
    """The configuration itself: the file, or the sample that lies in an adapter's folder."""
    if not path.is_dir():
        return path
    if (path / _SAMPLE).is_file():
        return path / _SAMPLE
    raise DefinitionError(f"There is no {_SAMPLE} in {path}.", "Name the configuration file.")


def is_configuration(path: Path) -> bool:
    """Whether a file or folder looks like an adapter's configuration."""
    if path.is_dir():
        return (path / _SAMPLE).is_file()
    if path.suffix.lower() != ".json":
        return False
    try:
        Configuration(read_json(path), path.stem)
    except DefinitionError as error:
        return "auth_method" in error.sentence
    return True


def import_configuration(path: Path, key: str = "", name: str = "", system: Path | None = None) -> Imported:
    """Reads a configuration. The adapter's actions are taken from `system`, else from beside it if there.

    Raises DefinitionError with a sentence when it cannot be carried out.
    """
    path = find_configuration(path)
    fallback = path.parent.name if path.name == _SAMPLE else path.stem
    configuration = Configuration(read_json(path), fallback or path.stem)
    beside = path.parent / FOLDER
    folder = system or (beside if (beside / "action.json").is_file() else None)
    actions = System.read(folder, configuration.text("choosepath")) if folder is not None else None
    name = name or configuration.name
    key = key or re.sub(r"[^a-z0-9]+", "-", configuration.name.lower())[:48].strip("-") or "adapter"
    definition = Definition(configuration, actions)
    text = definition_text(
        definition.table(name), f"Imported from {path.name}, the configuration of an adapter."
    )
    tomllib.loads(text)
    return Imported(
        key=key,
        name=name,
        toml=text,
        method=configuration.authentication.method,
        left=tuple(definition.form.left),
        warnings=tuple(definition.form.notes),
    )
