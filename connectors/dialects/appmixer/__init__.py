"""Appmixer's authentication modules as they are: what is data becomes TOML, functions stay JavaScript.

`import_module` reads a module; `attach` is what the loader calls for a definition that names its functions.
"""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from connectors.dialects.appmixer.calling import JavaScriptStep, finish
from connectors.dialects.appmixer.isolate import Isolate, check_engine
from connectors.dialects.appmixer.names import KEYS, words_of
from connectors.dialects.appmixer.oauth import is_function
from connectors.dialects.appmixer.probing import place_of_credential
from connectors.dialects.appmixer.reading import Reading
from connectors.dialects.appmixer.sources import Source, find_modules, read_source
from connectors.dialects.appmixer.writing import toml_text
from connectors.errors import DefinitionError
from connectors.reading.table import Problems, Table
from connectors.templates.text import clean_message

__all__ = ["Imported", "attach", "check_engine", "find_modules", "import_module"]


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """A module as a definition. `dropped` maps what was left out to the reason."""

    key: str
    name: str
    toml: str
    javascript: str = ""
    kept: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    dropped: dict[str, str] = {}

    def write(self, folder: Path) -> Path:
        """Writes `<key>.toml`, and `<key>.js` beside it when there are functions; returns the first."""
        path = folder / f"{self.key}.toml"
        if self.javascript:
            path.with_suffix(".js").write_text(self.javascript, encoding="utf-8")
        path.write_text(self.toml, encoding="utf-8")
        return path


def import_module(path: Path, key: str = "", name: str = "") -> Imported:
    """Reads one module. Raises DefinitionError with a sentence when nothing can be made of it."""
    check_engine()
    source = read_source(path)
    key = key or source.key
    isolate = Isolate(source.bundle({}))
    try:
        reading = Reading(_described(isolate, source), source)
        table = reading.table(name or source.label or words_of(key))
        if apply := _apply(isolate, reading, table):
            table["apply"] = apply
    finally:
        isolate.close()
    javascript = ""
    if reading.uses_functions:
        table = {"name": table.pop("name"), "type": table.pop("type"), "functions": f"{key}.js", **table}
        renamed = {ours: theirs for theirs, ours in reading.names.items() if ours != theirs}
        javascript = source.bundle(renamed)
    heading = f"Imported from {path.name}."
    if javascript:
        heading += (
            f" Its functions stay JavaScript, in {key}.js, and run without files and network of their own."
        )
    text = toml_text(table, heading)
    tomllib.loads(text)
    steps = {ours: table[ours] for ours in KEYS.values() if ours in table}
    functions = tuple(k for k, v in steps.items() if isinstance(v, Mapping) and "function" in v)
    return Imported(
        key=key,
        name=str(table["name"]),
        toml=text,
        javascript=javascript,
        kept=tuple(k for k in steps if k not in functions),
        functions=functions,
        warnings=tuple(reading.warnings),
        dropped=reading.dropped,
    )


def _apply(isolate: Isolate, reading: Reading, table: Mapping[str, Any]) -> dict[str, Any]:
    """Where the credential goes, when only functions know it."""
    fields = table.get("auth") or {}
    if table["type"] not in {"apiKey", "pwd"} or {"username", "password"} <= set(
        fields or ("username", "password")
    ):
        return {}
    steps = {ours: table[ours] for ours in ("validate", "request_profile_info") if ours in table}
    if not steps or not all(is_function(step) for step in steps.values()):
        return {}
    return place_of_credential(isolate, [step["function"] for step in steps.values()], fields, reading.names)


def _described(isolate: Isolate, source: Source) -> dict[str, Any]:
    """The module's structure."""
    isolate.describe()
    outcome = asyncio.run(finish(isolate, "describe", _no_requests))
    if failed := outcome.get("error"):
        raise DefinitionError(f"{source.main} cannot be read: {clean_message(failed['message'])}.")
    return dict(outcome["value"])


async def _no_requests(effect: dict[str, Any]) -> dict[str, Any]:
    return {"error": {"message": "While a module is read nothing is sent.", "code": "ECONNREFUSED"}}


def attach(data: Mapping[str, Any], path: Path, problems: Problems) -> dict[str, Any]:
    """The definition with its JavaScript functions in place of `{ function = "…" }`; nothing is run."""
    found = {key: value for key, value in data.items() if key != "functions"}
    file = data["functions"]
    script = path.parent / str(file)
    if not isinstance(file, str) or "/" in file or "\\" in file or script.suffix != ".js":
        problems.add("functions", "must be the name of a .js file beside the definition.")
        return found
    if not script.is_file():
        problems.add("functions", f"there is no file {file} beside the definition.")
        return found
    for step in KEYS.values():
        if isinstance(found.get(step), Mapping) and "function" in found[step]:
            table = Table(found[step], step, problems)
            name, without = table.text("function"), table.flag("without_refresh_token")
            table.done()
            if name not in KEYS:
                table.wrong("function", f"“{name}” is not a step of a module.")
                continue
            found[step] = JavaScriptStep(script, name, needs_refresh_token=not without)
    return found
