"""The operations of a service, kept beside an imported definition: what a request's path is picked from."""

from __future__ import annotations

import msgspec

from connectors.definition import Connector

SUFFIX = ".operations.json"


class Operation(msgspec.Struct, frozen=True):
    """One operation. `path` is relative to the connector's base URL and may hold `{names}` to fill in."""

    method: str
    path: str
    summary: str = ""


_decoder = msgspec.json.Decoder(tuple[Operation, ...])


def operations_of(connector: Connector) -> tuple[Operation, ...]:
    """The operations in the document's order; nothing for a definition that was not made from one.

    A list that somebody spoilt counts as none: it is only a help for picking.
    """
    if connector.source is None:
        return ()
    try:
        return _decoder.decode(connector.source.with_suffix(SUFFIX).read_bytes())
    except (OSError, msgspec.DecodeError):
        return ()
