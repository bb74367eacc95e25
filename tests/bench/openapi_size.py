"""How long a document of the size of Microsoft Graph's takes, and a thousand small ones.

`python tests/bench/openapi_size.py` makes a document of 20 MB, imports it as JSON and as YAML, each in a
process of its own, and prints seconds and the growth of memory as a multiple of the file.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

import yaml

sys.path.insert(0, str(Path(__file__).parents[2]))

from connectors.dialects.openapi import import_document

SIZE = 20 * 1024 * 1024
SMALL = 1000


def things(count: int) -> dict[str, Any]:
    """A document of so many paths and schemas, made like those of Graph."""
    text = "Read the properties and relationships of a thing. It may have *other* things in it. " * 3
    parameters = [
        {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
        {"name": "$select", "in": "query", "schema": {"type": "array", "items": {"enum": ["a", "b", "c"]}}},
    ]
    paths = {
        f"/users/{{id}}/things{n}": {
            method: {
                "summary": f"{method} thing {n}",
                "description": text,
                "operationId": f"thing{n}.{method}",
                "parameters": parameters,
                "responses": {"200": {"description": "Done", "content": {"application/json": {}}}},
            }
            for method in ("get", "patch", "delete")
        }
        for n in range(count)
    }
    flow = {
        "authorizationUrl": "https://login.example/a",
        "tokenUrl": "https://login.example/t",
        "scopes": {},
    }
    return {
        "openapi": "3.0.4",
        "info": {"title": f"Things {count}"},
        "servers": [{"url": "https://graph.example/v1.0"}],
        "paths": paths,
        "components": {
            "schemas": {
                f"thing{n}": {
                    "properties": {f"p{m}": {"type": "string", "description": text} for m in range(4)}
                }
                for n in range(count)
            },
            "securitySchemes": {"sign_in": {"type": "oauth2", "flows": {"authorizationCode": flow}}},
        },
        "security": [{"sign_in": []}],
    }


def peak() -> int:
    """The most memory that this process has had, in bytes (Linux)."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found.group(1)) * 1024 if found else 0


def measure(path: Path) -> None:
    """Imports one file and prints what it took."""
    raw = path.read_bytes()
    before = peak()
    started = perf_counter()
    imported = import_document(raw, path.name)
    seconds = perf_counter() - started
    grown = (peak() - before) / len(raw) + 1
    size = len(raw) / 1024 / 1024
    print(
        f"{path.suffix[1:]}: {size:.1f} MB, {len(imported.operations)} operations: {seconds:.2f} s,", end=" "
    )
    print(f"memory {grown:.1f} times the file")


def main() -> None:
    """Measures everything."""
    if len(sys.argv) > 1:
        measure(Path(sys.argv[1]))
        return
    each = len(json.dumps(things(100))) / 100
    with tempfile.TemporaryDirectory() as folder:
        document = things(int(SIZE / each))
        for name, text in (
            ("big.json", json.dumps(document)),
            ("big.yaml", yaml.dump(document, Dumper=yaml.CSafeDumper, sort_keys=False, width=1000)),
        ):
            path = Path(folder) / name
            path.write_text(text)
            subprocess.run([sys.executable, __file__, str(path)], check=True)
    small = json.dumps(things(8)).encode()
    started = perf_counter()
    for _ in range(SMALL):
        import_document(small, "small.json")
    print(f"{SMALL} documents of {len(small) // 1024} KB: {perf_counter() - started:.2f} s")


if __name__ == "__main__":
    main()
