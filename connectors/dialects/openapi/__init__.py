"""OpenAPI 3.0 and 3.1 and Swagger 2.0 documents, in JSON or YAML, as definitions.

`import_document` reads one: its security becomes the methods, its addresses the base URL, and its paths the
list of operations that a request can be picked from.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from connectors.dialects.imported import ImportedDocument
from connectors.dialects.openapi.addresses import base_of, editable
from connectors.dialects.openapi.document import Document, read_document
from connectors.dialects.openapi.methods import methods_of, without_credential
from connectors.dialects.openapi.names import slug
from connectors.dialects.openapi.parsing import parse
from connectors.dialects.openapi.undeclared import look_for_keys
from connectors.dialects.writing import definition_text
from connectors.errors import DefinitionError
from connectors.reading.connector import KEY
from connectors.reading.loading import LARGEST_FILE
from connectors.wire.networks import looks_private

__all__ = ["ImportedDocument", "import_document"]
MOST_TOLD = 100  # remarks, and things left out
_WORDS = {"name", "tooltip", "placeholder", "meaning", "label", "scope"}
_ADDRESS = re.compile(r"https://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?=[:/?#'\"]|$)")


def import_document(raw: bytes, source: str, *, key: str = "") -> ImportedDocument:
    """Reads one document. `source` is the file's name, or the address that it came from.

    Raises DefinitionError with one sentence, and the place, when nothing can be made of it.
    """
    address = source if source.startswith(("https://", "http://")) else ""
    file = PurePosixPath(unquote(urlsplit(source).path) if address else source.replace("\\", "/")).name
    parsed = parse(raw)
    document = read_document(parsed, address)
    if not document.schemes and not document.dropped:
        look_for_keys(raw, document)
    base = base_of(document)
    methods = methods_of(document, base)
    if not methods and not document.dropped and document.operations:
        base = editable(base)
        methods = {"open": without_credential(document, base)}
    if not methods:
        raise DefinitionError(
            _why_nothing(document), "Write a definition by hand, or ask the service for a key."
        )
    stem = file.rsplit(".", 1)[0]
    document.title = document.title or stem or "Imported service"
    key = key or slug(document.title) or slug(stem) or "imported"
    if not KEY.fullmatch(key):
        raise DefinitionError("A key is made of small letters, digits and hyphens.")
    table = _table(document, base.template, methods)
    text = definition_text(table, f"Imported from {file or source}.")
    if len(text.encode()) > LARGEST_FILE:
        raise DefinitionError(
            f"The document says more about signing in than a definition holds ({LARGEST_FILE // 1024} KiB).",
            "Cut its scopes and security schemes down to those that are needed.",
        )
    tomllib.loads(text)
    return ImportedDocument(
        key=key,
        name=document.title,
        toml=text,
        operations=tuple(document.operations),
        methods=tuple(methods),
        warnings=_told(tuple(dict.fromkeys(document.warnings))),
        dropped=_left_out(document.dropped),
    )


def _addresses(table: Any) -> Any:
    """A table without its words for people: an address in a remark is none that anything is sent to."""
    if isinstance(table, dict):
        return {name: _addresses(value) for name, value in table.items() if name not in _WORDS}
    return [_addresses(value) for value in table] if isinstance(table, list | tuple) else table


def _told(warnings: tuple[str, ...]) -> tuple[str, ...]:
    more = len(warnings) - MOST_TOLD
    return warnings if more <= 0 else (*warnings[:MOST_TOLD], f"{more} further remarks like these.")


def _left_out(dropped: dict[str, str]) -> dict[str, str]:
    more = len(dropped) - MOST_TOLD
    if more <= 0:
        return dropped
    return {**dict(list(dropped.items())[:MOST_TOLD]), f"{more} further ones": "for reasons like these."}


def _why_nothing(document: Document) -> str:
    if not document.dropped:
        return "The document declares no way to sign in, so there is nothing to connect with."
    reasons = "; ".join(
        f"{name}: {reason.rstrip('.')}" for name, reason in list(document.dropped.items())[:4]
    )
    return f"None of the ways to sign in that the document declares can be carried out. {reasons}."


def _table(document: Document, base: str, methods: dict[str, dict[str, Any]]) -> dict[str, Any]:
    about = {
        "name": document.title,
        "category": "Imported",
        "description": document.description,
        "homepage": document.homepage,
        "base_url": base,
    }
    table: dict[str, Any] = {name: value for name, value in about.items() if value}
    hosts = {host for host in _ADDRESS.findall(repr((base, _addresses(methods)))) if looks_private(host)}
    if hosts:
        table["local"] = True
        named = ", ".join(sorted(hosts)[:3])
        document.warn("servers", f"{named}: in a private network, so the definition says local = true.")
    if "https://login.microsoftonline.com/" in repr(methods):
        table["redirect"] = {"host": "localhost"}  # the only loopback name that it takes
    return {**table, "methods": methods}
