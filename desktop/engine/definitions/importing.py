"""Documents that describe a service, from a file or an address, become definitions of one's own."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx
import msgspec

from connectors.dialects import format_of
from connectors.errors import ConnectorError, DefinitionError, ServiceError
from connectors.wire.reach import reaching
from desktop.engine.definitions.own import Definitions
from desktop.engine.network.clients import Clients

if TYPE_CHECKING:
    from connectors.dialects.imported import ImportedDocument
    from connectors.dialects.itential import Imported

MOST_REDIRECTS = 5
_LARGEST_CONFIGURATION = 1024 * 1024  # bytes that are looked at for being an adapter's
_ACCEPTED = "application/json, application/yaml, application/vnd.oai.openapi, text/yaml, */*;q=0.5"


async def import_document(
    source: str, key: str, clients: Clients, definitions: Definitions
) -> tuple[str, ImportedDocument]:
    """Reads `source`, a path or an https address, and adds what it says. Returns the connector's key.

    A file that is the configuration of an adapter is told by its content.

    Nothing of the document runs, and nothing it refers to is fetched. Raises DefinitionError, ServiceError,
    TemporaryError or UnsafeUrlError; then nothing was changed.
    """
    if not is_address(source) and await asyncio.to_thread(_is_adapter, source):
        added, adapter = await import_adapter(_file(source), key, None, definitions)
        return added, _as_document(adapter)
    if is_address(source):
        raw, source = await _fetched(source, clients)
        if b'"auth_method"' in raw[:_LARGEST_CONFIGURATION]:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / f"{PurePosixPath(urlsplit(source).path).stem[:80] or 'adapter'}.json"
                await asyncio.to_thread(path.write_bytes, raw)
                if await asyncio.to_thread(_is_adapter, str(path)):
                    added, adapter = await import_adapter(path, key, None, definitions)
                    return added, _as_document(adapter)
    else:
        raw = await asyncio.to_thread(_read, source)
    from connectors.dialects.openapi import import_document as read_document

    try:
        imported = await asyncio.to_thread(read_document, raw, source, key=key)
    except DefinitionError as error:
        name = source if is_address(source) else Path(source).name
        raise DefinitionError(f"{name} was not imported. {error.sentence}", error.hint) from error
    if not key and _is_built_in(imported.key, definitions):
        imported = msgspec.structs.replace(imported, key=f"{imported.key}-api")
    with tempfile.TemporaryDirectory() as folder:
        added = await definitions.add(imported.write(Path(folder)), shut_in=False, run_with_my_rights=False)
    return added, imported


async def import_adapter(
    path: Path, key: str, system: Path | None, definitions: Definitions
) -> tuple[str, Imported]:
    """Adds an adapter's configuration, with its actions from `system` or from beside it. Returns the key.

    Raises DefinitionError; then nothing was changed.
    """
    from connectors.dialects.itential import import_configuration

    imported = await asyncio.to_thread(import_configuration, path, key=key, system=system)
    if not key and _is_built_in(imported.key, definitions):
        imported = msgspec.structs.replace(imported, key=f"{imported.key}-adapter")
    with tempfile.TemporaryDirectory() as folder:
        added = await definitions.add(imported.write(Path(folder)), shut_in=False, run_with_my_rights=False)
    return added, imported


def _is_built_in(key: str, definitions: Definitions) -> bool:
    """Called like a built-in connector, an import does not take its place, and its accounts, unasked."""
    return key in definitions.catalog and definitions.catalog.get(key).origin == "catalog"


def _file(source: str) -> Path:
    return Path(source).expanduser()


def _is_adapter(source: str) -> bool:
    return format_of(_file(source)) == "itential"  # large documents are not read for it


def _as_document(adapter: Imported) -> ImportedDocument:
    from connectors.dialects.imported import ImportedDocument

    left = f"Left for the form: {', '.join(adapter.left)}. No secret was written into the definition."
    return ImportedDocument(
        key=adapter.key,
        name=adapter.name,
        toml=adapter.toml,
        methods=(adapter.method,),
        warnings=(*([left] if adapter.left else []), *adapter.warnings),
    )


def is_address(source: str) -> bool:
    """Whether this is meant to be a web address rather than a file."""
    return source.lower().startswith(("https://", "http://"))


def _read(source: str) -> bytes:
    path = _file(source)
    try:
        return path.read_bytes()
    except OSError as error:
        raise DefinitionError(f"{path} cannot be read: {error.strerror or error}.") from error


async def _fetched(source: str, clients: Clients) -> tuple[bytes, str]:
    """What stands at the address, and the address at which it was found in the end.

    A host may send on to another place of its own: nothing secret travels along. Other hosts are named only.
    """
    url = source
    for _ in range(MOST_REDIRECTS + 1):
        try:
            _ = urlsplit(url).port  # httpx takes any number for a port
            with reaching(None, url):  # somebody typed it, or its own host says it
                answer = await clients.documents.get(
                    url, headers={"Accept": _ACCEPTED}, follow_redirects=False
                )
            sends_on = answer.has_redirect_location
            onward = answer.url.join(answer.headers["location"]) if sends_on else None
        except (httpx.InvalidURL, UnicodeError, ValueError) as error:
            raise DefinitionError(f"“{url[:80]}” is not a web address.") from error
        host = answer.url.host
        if onward is None:
            break
        if (onward.scheme, onward.netloc) != (answer.url.scheme, answer.url.netloc):
            raise ServiceError(
                f"{host} sends on to another address, which was not followed.",
                f"Import from there if you trust it: {str(onward)[:200]}",
            )
        url = str(onward)
    else:
        raise ServiceError(f"{host} sends on and on; it was not followed any further.")
    if answer.status_code in (401, 403):
        raise ServiceError(
            f"{host} gives the document only after a sign-in (status {answer.status_code}).",
            "Download it in your browser, and import the file.",
        )
    if not answer.is_success:
        raise ConnectorError(f"{host} did not give the document (status {answer.status_code}).")
    return answer.content, url
