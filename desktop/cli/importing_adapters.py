"""`jackfield connectors import` for the configuration of an Itential adapter."""

from __future__ import annotations

import argparse
from pathlib import Path

from desktop.cli.common import engine_for
from desktop.cli.exits import DONE
from desktop.cli.output import document, line, note


def import_adapter(args: argparse.Namespace, path: Path) -> int:
    """Makes a definition of one's own from a configuration and tells what became of it."""
    system = Path(args.system).expanduser() if args.system else None
    with engine_for(args, unlock=False) as engine:
        key, imported = engine.run(engine.import_adapter(path, args.key, system))
        connector = engine.catalog.get(key)
    if args.json:
        document(
            {
                "key": key,
                "name": connector.name,
                "methods": [
                    {"key": m.key, "type": m.type, "name": m.name} for m in connector.methods.values()
                ],
                "kept": [imported.method],
                "left_for_the_form": list(imported.left),
                "warnings": list(imported.warnings),
            }
        )
        return DONE
    line(f"{connector.name} ({key})")
    line(f"  kept: {imported.method}")
    if imported.left:
        line(f"  left for the form: {', '.join(imported.left)}. No secret was written into the definition.")
    for warning in imported.warnings:
        line(f"  note: {warning}")
    note(f"Added {connector.name}. Connect it with: jackfield connect {key}")
    return DONE
