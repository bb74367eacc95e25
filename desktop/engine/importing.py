"""Documents that describe a service, from a file or an address, become definitions of one's own."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import msgspec

from connectors.errors import ConnectorError, DefinitionError, ServiceError
from desktop.engine.clients import Clients
from desktop.engine.definitions import Definitions

if TYPE_CHECKING:
    from connectors.dialects.imported import ImportedDocument

_ACCEPTED = "application/json, application/yaml, application/vnd.oai.openapi, text/yaml, */*;q=0.5"


async def import_document(
    source: str, key: str, clients: Clients, definitions: Definitions
) -> tuple[str, ImportedDocument]:
    """Reads `source`, a path or an https address, and adds what it says. Returns the connector's key.

    Nothing of the document runs, and nothing it refers to is fetched. Raises DefinitionError, ServiceError,
    TemporaryError or UnsafeUrlError; then nothing was changed.
    """
    raw = await (_fetched(source, clients) if is_address(source) else asyncio.to_thread(_read, source))
    from connectors.dialects.openapi import import_document as read_document

    try:
        imported = await asyncio.to_thread(read_document, raw, source, key=key)
    except DefinitionError as error:
        name = source if is_address(source) else Path(source).name
        raise DefinitionError(f"{name} was not imported. {error.sentence}", error.hint) from error
    standing = definitions.catalog.get(imported.key) if imported.key in definitions.catalog else None
    if not key and standing is not None and standing.origin == "catalog":
        # Called like a built-in connector, a document does not take its place, and its accounts, unasked.
        imported = msgspec.structs.replace(imported, key=f"{imported.key}-api")
    with tempfile.TemporaryDirectory() as folder:
        added = await definitions.add(imported.write(Path(folder)), shut_in=False, run_with_my_rights=False)
    return added, imported


def is_address(source: str) -> bool:
    """Whether this is meant to be a web address rather than a file."""
    return source.lower().startswith(("https://", "http://"))


def _read(source: str) -> bytes:
    path = Path(source).expanduser()
    try:
        return path.read_bytes()
    except OSError as error:
        raise DefinitionError(f"{path} cannot be read: {error.strerror or error}.") from error


async def _fetched(source: str, clients: Clients) -> bytes:
    try:
        answer = await clients.documents.get(source, headers={"Accept": _ACCEPTED}, follow_redirects=False)
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise DefinitionError(f"“{source[:80]}” is not a web address.") from error
    if answer.is_redirect:
        raise ServiceError(
            f"{answer.url.host} sends on to another address, which was not followed.",
            f"Import from there if you trust it: {answer.headers.get('location', '')[:200]}",
        )
    if not answer.is_success:
        raise ConnectorError(f"{answer.url.host} did not give the document (status {answer.status_code}).")
    return answer.content
