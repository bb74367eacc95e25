"""Cuts real OpenAPI documents down to what their import depends on.

    python -m tests.connectors.dialects.openapi_documents.cut FOLDER

Each document of the folder becomes a small one of the same name beside this file: `info` without its texts,
the servers, the security schemes, and a few operations for each security that operations ask for, with the
parameters that look like keys where no scheme is declared. A cut that imports otherwise than its document is
not written. `expected.txt` is written anew.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from connectors.dialects.openapi.parts import HTTP_METHODS
from tests.connectors.dialects.openapi_documents.table import HERE, TABLE, table_of, told

Document = dict[str, Any]
_OPERATION = ("summary", "operationId", "security")
_FEW = (2, 5, 20, 10_000)  # operations of one security that are kept: as few as the import allows


def cut(document: Document, few: int, *, parameters: bool) -> Document:
    """A smaller document with at most `few` operations for each security."""
    info = {
        key: value
        for key, value in document.get("info", {}).items()
        if key in {"title", "license", "version"}
    }
    whole = (
        "openapi",
        "swagger",
        "servers",
        "host",
        "basePath",
        "schemes",
        "security",
        "securityDefinitions",
    )
    small: Document = {"info": info, **{key: document[key] for key in whole if key in document}}
    components = document.get("components")
    if isinstance(components, dict) and "securitySchemes" in components:
        small["components"] = {"securitySchemes": components["securitySchemes"]}
    kept: dict[str, int] = {}
    paths: Document = {}
    for path, method, operation in _operations(document):
        security = repr(operation.get("security"))
        kept[security] = kept.get(security, 0) + 1
        if kept[security] <= few:
            slim = {key: operation[key] for key in _OPERATION if key in operation}
            if parameters:
                slim["parameters"] = list(_parameters(document, path, operation))
            paths.setdefault(path, {})[method] = slim
    return small | {"paths": paths}


def _operations(document: Document) -> Iterator[tuple[str, str, Document]]:
    for path, item in document.get("paths", {}).items():
        for method in HTTP_METHODS:
            if isinstance(item.get(method), dict):
                yield path, method, item[method]


def _parameters(document: Document, path: str, operation: Document) -> Iterator[Document]:
    shared = document.get("components", {}).get("parameters", document.get("parameters", {}))
    for parameter in (*document["paths"][path].get("parameters", ()), *operation.get("parameters", ())):
        found = shared.get(parameter["$ref"].rsplit("/", 1)[-1], {}) if "$ref" in parameter else parameter
        if found.get("in") in {"header", "query", "cookie"}:
            yield {key: found[key] for key in ("in", "name", "description") if key in found}


def smallest(document: Document, name: str) -> Document:
    """The smallest cut that imports as the whole document does, but for how many operations there are."""
    wanted = told(json.dumps(document).encode(), name, counted=False)
    for parameters in (False, True):
        for few in _FEW:
            small = cut(document, few, parameters=parameters)
            if told(json.dumps(small).encode(), name, counted=False) == wanted:
                return small
    raise SystemExit(f"{name} cannot be cut: nothing smaller imports as it does.")


def main() -> None:
    """Writes the cuts and the table."""
    for path in sorted(Path(sys.argv[1]).glob("*.json")):
        small = smallest(json.loads(path.read_bytes()), path.name)
        (HERE / path.name).write_text(json.dumps(small, ensure_ascii=False, separators=(",", ":")) + "\n")
    TABLE.write_text(table_of(sorted(HERE.glob("*.json"))))


if __name__ == "__main__":
    main()
