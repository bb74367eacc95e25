"""How much a worker may take. One place for all the numbers."""

from __future__ import annotations

import msgspec

MEBIBYTE = 1024 * 1024


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Bytes and seconds. What goes beyond them ends the worker, never the app."""

    thinking: float = 10.0  # seconds that one call may take, without the time its requests take
    cpu: int = 30  # seconds of processor time in a whole operation
    memory: int = 256 * MEBIBYTE  # address space
    files: int = 16 * MEBIBYTE  # the private temporary folder
    line: int = 2 * MEBIBYTE  # one message
    output: int = 16 * MEBIBYTE  # all messages of an operation together
    requests: int = 50  # HTTP requests in one call
