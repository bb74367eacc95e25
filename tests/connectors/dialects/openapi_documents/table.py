"""What becomes of a document, in words that can be compared and read: `expected.txt` holds them for all."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from connectors.definition import Field, Method
from connectors.dialects.openapi import import_document
from connectors.errors import DefinitionError
from connectors.reading.loading import load_file

HERE = Path(__file__).parent
TABLE = HERE / "expected.txt"


def told(raw: bytes, name: str, *, counted: bool = True) -> str:
    """The ways to connect with their fields, what was said, and what was left out; or the reason for nothing.

    Without `counted` no number of operations is told.
    """
    text = "".join(f"{line}\n" for line in _lines(raw, name))
    return text if counted else re.sub(r"\d+( of \d+)? operations", "some operations", text)


def table_of(documents: Iterable[Path]) -> str:
    """All of them, one below the other."""
    return "\n".join(f"{path.name}\n{told(path.read_bytes(), path.name)}" for path in documents)


def _lines(raw: bytes, name: str) -> Iterator[str]:
    try:
        imported = import_document(raw, name)
    except DefinitionError as error:
        yield f"    refused: {error.sentence}"
        return
    with tempfile.TemporaryDirectory() as folder:
        connector, problems = load_file(imported.write(Path(folder)))
    assert connector is not None, [str(problem) for problem in problems]
    assert not [str(problem) for problem in problems if problem.severity == "error"]
    yield f"    {connector.key} at {connector.base_url or '(asked for)'}"
    for method in connector.methods.values():
        fields = ", ".join(map(_field, method.fields)) or "no field"
        yield f"    {method.key}: {method.name} ({_kind(method)}): {fields}"
        if method.scopes:
            chosen = sum(scope.default for scope in method.scopes)
            yield f"        {len(method.scopes)} scopes, {chosen} chosen beforehand"
    for warning in imported.warnings:
        yield f"    said: {warning}"
    for place, reason in imported.dropped.items():
        yield f"    left out: {place}: {reason}"


def _kind(method: Method) -> str:
    return f"{method.type}, {method.grant}" if method.type == "oauth2" else method.type


def _field(field: Field) -> str:
    default = f"={field.default}" if field.default else ""
    marks = ("*" if field.required else "") + (" secret" if field.secret else "")
    return f"{field.key}{default}{marks}"
