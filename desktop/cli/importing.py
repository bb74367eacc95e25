"""`jackfield connectors import`: modules of other systems become definitions of one's own."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop.cli.common import Subparsers, add_command, add_json, engine_for
from desktop.cli.exits import DONE, FAILED, UsageError
from desktop.cli.output import document, line, note

if TYPE_CHECKING:
    from connectors.dialects.appmixer import Imported
    from desktop.engine.engine import Engine

FORMATS = ("auto", "appmixer")


def add_import(group: Subparsers[argparse.ArgumentParser]) -> None:
    """Adds the command to the group `connectors`."""
    parser = add_command(group, "import", import_definitions, "a definition from another system's module")
    parser.add_argument("path", metavar="PATH", help="auth.js, or a folder with one or more of them")
    parser.add_argument("--format", choices=FORMATS, default="auto", help="the system it was written for")
    parser.add_argument("--key", metavar="KEY", default="", help="the connector's key, for a single module")
    add_json(parser)


def import_definitions(args: argparse.Namespace) -> int:
    """connectors import"""
    from connectors.dialects.appmixer import check_engine, find_modules, import_module
    from connectors.errors import ConnectorError
    from connectors.reading.connector import KEY

    path = Path(args.path).expanduser()
    if not path.exists():
        raise UsageError(f"There is no file or folder {path}.")
    if args.key and not KEY.fullmatch(args.key):
        raise UsageError("A key is made of small letters, digits and hyphens.")
    check_engine()
    modules = find_modules(path)
    if args.key and len(modules) > 1:
        raise UsageError(f"--key names one connector, and there are {len(modules)} modules in {path}.")
    results: list[dict[str, Any]] = []
    with engine_for(args, unlock=False) as engine:
        for module in modules:
            try:
                results.append(_take(engine, import_module(module, args.key), json=args.json))
            except ConnectorError as error:
                if len(modules) == 1:
                    raise
                note(f"{module}: {error.sentence}")
                results.append({"file": str(module), "error": error.sentence})
    if args.json:
        document(results if len(modules) > 1 else results[0])
    return FAILED if any("error" in result for result in results) else DONE


def _take(engine: Engine, module: Imported, *, json: bool) -> dict[str, Any]:
    """Puts a module among one's own definitions and tells what became of it."""
    with tempfile.TemporaryDirectory() as folder:
        key = engine.run(engine.add_connector(module.write(Path(folder))))
    connector = engine.catalog.get(key)
    if not json:
        line(f"{connector.name} ({key})")
        for step in module.kept:
            line(f"  kept: {step}")
        for step in module.functions:
            line(f"  kept: {step}, as JavaScript")
        for step, reason in module.dropped.items():
            line(f"  left out: {step}: {reason}")
        for warning in module.warnings:
            line(f"  note: {warning}")
        note(f"Added {connector.name}. Connect it with: jackfield connect {key}")
    return {
        "key": key,
        "name": connector.name,
        "methods": [{"key": m.key, "type": m.type, "name": m.name} for m in connector.methods.values()],
        "kept": list(module.kept),
        "functions": list(module.functions),
        "warnings": list(module.warnings),
        "dropped": [{"step": step, "reason": reason} for step, reason in module.dropped.items()],
    }
