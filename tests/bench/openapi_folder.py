"""How the OpenAPI documents of a folder import: `python tests/bench/openapi_folder.py FOLDER [--toml OUT]`.

A line for each document: its methods, or the reason why it is refused. Every definition is loaded and checked
as the app does it.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parents[2]))

from connectors.dialects.openapi import import_document
from connectors.errors import DefinitionError
from connectors.reading.loading import check_paths, load_file


def main() -> int:
    """Prints the table and the sums; 1 when a definition that was made cannot be loaded."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--toml", type=Path, help="keep the definitions in this folder")
    args = parser.parse_args()
    out = args.toml or Path(tempfile.mkdtemp())
    out.mkdir(parents=True, exist_ok=True)
    made = refused = broken = 0
    started = perf_counter()
    for path in sorted(p for p in args.folder.rglob("*") if p.suffix in {".json", ".yaml", ".yml"}):
        try:
            imported = import_document(path.read_bytes(), path.name, key=f"d{made + refused}")
        except DefinitionError as error:
            refused += 1
            print(f"refused  {path.name}: {error.sentence}")
            continue
        made += 1
        file = imported.write(out)
        connector, problems = load_file(file)
        if connector is None:
            broken += 1
            print(f"BROKEN   {path.name}: {'; '.join(map(str, problems))}")
            continue
        methods = ", ".join(f"{m.key} [{m.name}]" for m in connector.methods.values())
        print(f"imported {path.name}: {len(imported.operations)} operations; {methods}")
        for line in (*imported.warnings, *(f"left out: {k}: {v}" for k, v in imported.dropped.items())):
            print(f"           {line}")
        for problem in check_paths([file]):
            print(f"           check: {problem}")
    seconds = perf_counter() - started
    print(f"\n{made} imported, {refused} refused with a reason, {broken} broken, in {seconds:.1f} s")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
