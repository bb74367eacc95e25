"""Unpacks an answer in pieces and under a cap, so that a small answer cannot become a huge one."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Protocol


class BodyTooLargeError(Exception):
    """The unpacked body goes beyond the cap; what fits is in `Decoder.taken`."""


class Decoder(Protocol):
    """`feed` and `finish` raise BodyTooLargeError, zlib.error (damaged) or EOFError (broke off)."""

    def feed(self, chunk: bytes) -> None: ...

    def finish(self) -> bytes: ...

    @property
    def taken(self) -> bytes:
        """What was unpacked so far, up to the cap."""
        ...


def decoder_for(encodings: Sequence[str], limit: int) -> Decoder | None:
    """The decoder for a Content-Encoding, or None for one that was never asked for (br, or gzip twice)."""
    names = [name.strip().lower() for name in encodings if name.strip().lower() not in ("", "identity")]
    match names:
        case []:
            return _Plain(limit)
        case ["gzip" | "x-gzip"]:
            return _Inflating(limit, 31)
        case ["deflate"]:
            return _Inflating(limit, 15)
        case _:
            return None


class _Plain:
    def __init__(self, limit: int) -> None:
        self._body = bytearray()
        self._limit = limit

    def feed(self, chunk: bytes) -> None:
        room = self._limit - len(self._body)
        self._body += chunk[:room]
        if len(chunk) > room:
            raise BodyTooLargeError

    def finish(self) -> bytes:
        return self.taken

    @property
    def taken(self) -> bytes:
        return bytes(self._body)


class _Inflating:
    def __init__(self, limit: int, window: int) -> None:
        self._body = bytearray()
        self._limit = limit
        self._window = window
        self._inflater: zlib._Decompress | None = None

    def feed(self, chunk: bytes) -> None:
        while chunk:
            if self._inflater is None or self._inflater.eof:  # gzip may hold several members
                self._inflater = self._start(chunk)
            self._body += self._inflater.decompress(chunk, self._limit - len(self._body) + 1)
            if len(self._body) > self._limit:
                raise BodyTooLargeError
            chunk = self._inflater.unused_data if self._inflater.eof else self._inflater.unconsumed_tail

    def finish(self) -> bytes:
        if self._inflater is not None and not self._inflater.eof:
            raise EOFError
        return self.taken

    @property
    def taken(self) -> bytes:
        return bytes(self._body[: self._limit])

    def _start(self, chunk: bytes) -> zlib._Decompress:
        # Some servers send raw deflate where RFC 9110 8.4.1.2 means zlib; its first byte tells.
        if self._window == 15 and chunk[0] & 0x0F != 8:
            return zlib.decompressobj(-15)
        return zlib.decompressobj(self._window)
