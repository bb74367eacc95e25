"""`jackfield connectors import`: what other systems wrote becomes definitions of one's own."""

from __future__ import annotations

import argparse
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connectors.dialects import FORMATS as DIALECTS
from connectors.dialects import format_of
from desktop.cli.common import Subparsers, add_command, add_json, engine_for
from desktop.cli.exits import DONE, FAILED, UsageError
from desktop.cli.importing_adapters import import_adapter
from desktop.cli.output import document, line, note

if TYPE_CHECKING:
    from connectors.dialects.appmixer import Imported
    from desktop.engine.engine import Engine

FORMATS = ("auto", *DIALECTS)


def add_import(group: Subparsers[argparse.ArgumentParser]) -> None:
    """Adds the command to the group `connectors`."""
    parser = add_command(group, "import", import_definitions, "a definition from a document or a module")
    parser.add_argument(
        "path",
        metavar="FILE-or-URL",
        help="an OpenAPI or Swagger document; auth.js, or a folder with one or more of them; "
        "the configuration or the folder of an Itential adapter",
    )
    parser.add_argument("--format", choices=FORMATS, default="auto", help="what it is")
    parser.add_argument("--key", metavar="KEY", default="", help="the connector's key, for a single module")
    parser.add_argument("--system", metavar="PATH", help="an adapter's entities/.system, if it is elsewhere")
    add_json(parser)


def import_definitions(args: argparse.Namespace) -> int:
    """connectors import"""
    if args.key and not re.fullmatch(r"[a-z0-9][a-z0-9-]*", args.key):
        raise UsageError("A key is made of small letters, digits and hyphens.")
    address = args.path.lower().startswith(("https://", "http://"))
    wanted = args.format if args.format != "auto" else ""
    kind = wanted or ("openapi" if address else format_of(Path(args.path).expanduser()))
    if args.system and kind != "itential":
        raise UsageError("--system belongs to an adapter's configuration.")
    if kind == "openapi":
        return _import_document(args, address=address)
    from connectors.dialects.appmixer import check_engine, find_modules, import_module
    from connectors.errors import ConnectorError

    path = Path(args.path).expanduser()
    if not path.exists():
        raise UsageError(f"There is no file or folder {path}.")
    if kind == "itential":
        return import_adapter(args, path)
    check_engine()
    modules = find_modules(path)
    if args.key and len(modules) > 1:
        raise UsageError(f"--key names one connector, and there are {len(modules)} modules in {path}.")
    results: list[dict[str, Any]] = []
    taken: set[str] = set()
    with engine_for(args, unlock=False) as engine:
        for module in modules:
            try:
                read = import_module(module, args.key)
                for number in range(2, len(modules) + 1):
                    if read.key in taken:  # two services of one name in one folder
                        read = import_module(module, f"{read.key.removesuffix(f'-{number - 1}')}-{number}")
                taken.add(read.key)
                results.append(_take(engine, read, json=args.json))
            except ConnectorError as error:
                if len(modules) == 1:
                    raise
                note(f"{module}: {error.sentence}")
                results.append({"file": str(module), "error": error.sentence})
    if args.json:
        document(results if len(modules) > 1 else results[0])
    return FAILED if any("error" in result for result in results) else DONE


def _import_document(args: argparse.Namespace, *, address: bool) -> int:
    if not address and not Path(args.path).expanduser().is_file():
        raise UsageError(f"There is no file {args.path}.")
    with engine_for(args, unlock=False) as engine:
        key, imported = engine.run(engine.import_document(args.path, args.key))
        connector = engine.catalog.get(key)
    if args.json:
        document(
            {
                "key": key,
                "name": connector.name,
                "base_url": connector.base_url,
                "methods": [
                    {"key": m.key, "type": m.type, "name": m.name} for m in connector.methods.values()
                ],
                "operations": len(imported.operations),
                "warnings": list(imported.warnings),
                "dropped": [{"step": step, "reason": reason} for step, reason in imported.dropped.items()],
            }
        )
        return DONE
    line(f"{connector.name} ({key})")
    for method in connector.methods.values():
        line(f"  method {method.key}: {method.name}")
    line(f"  base URL: {connector.base_url}")
    line(f"  operations: {len(imported.operations)}")
    for step, reason in imported.dropped.items():
        line(f"  left out: {step}: {reason}")
    for warning in imported.warnings:
        line(f"  note: {warning}")
    note(f"Added {connector.name}. Connect it with: jackfield connect {key}")
    return DONE


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
