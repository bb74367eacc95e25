"""Definitions that were read before, so that a start need not read them again.

The index is a convenience and is never believed beyond that: it counts only for the very files, and for the
very readers of files, that it was made from, and it holds nothing that runs.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from connectors.definition import Connector

_SUM = 32  # bytes
_decoder = msgspec.msgpack.Decoder(Connector)
_entries = msgspec.msgpack.Decoder(dict[str, bytes])


class Index:
    """Files in `folder`, one for each shelf of definitions. `maker` is the version of the program."""

    def __init__(self, folder: Path, maker: str) -> None:
        self._folder = folder
        self._maker = _digest(maker.encode(), *_readers())

    def read(self, shelf: str, sources: bytes) -> dict[str, Connector]:
        """The connectors by file name, without `source`; none unless all is as it was when they were kept."""
        try:
            content = self._file(shelf).read_bytes()
        except OSError:
            return {}  # most often there is none yet
        kept = content[_SUM:]
        if content[:_SUM] != _digest(self._maker, sources, kept):
            return {}
        return {name: _decoder.decode(entry) for name, entry in _entries.decode(kept).items()}

    def write(self, shelf: str, sources: bytes, connectors: Mapping[str, Connector]) -> None:
        """Keeps those that come back as they were. `sources` stands for all that they were made from."""
        entries = {name: entry for name, one in connectors.items() if (entry := _packed(one)) is not None}
        kept = msgspec.msgpack.encode(entries)
        try:
            self._replace(self._file(shelf), _digest(self._maker, sources, kept) + kept)
        except OSError:
            return  # a full disk or a home that is only read: the next start takes a little longer

    def _file(self, shelf: str) -> Path:
        return self._folder / f"{shelf}.index"

    def _replace(self, file: Path, content: bytes) -> None:
        if not self._folder.parent.is_dir():
            return  # listing connectors makes no home
        self._folder.mkdir(mode=0o700, exist_ok=True)
        # A name of its own, for another process may be at it too; readable for its owner alone.
        descriptor, part = tempfile.mkstemp(prefix=f".{file.name}.", dir=self._folder)
        try:
            with os.fdopen(descriptor, "wb") as opened:
                opened.write(content)
            Path(part).replace(file)
        except OSError:
            Path(part).unlink(missing_ok=True)
            raise


def _packed(connector: Connector) -> bytes | None:
    """None when packing would change it: TOML knows times and numbers that MessagePack does not."""
    plain = msgspec.structs.replace(connector, source=None)
    try:
        packed = msgspec.msgpack.encode(plain)
    except (TypeError, ValueError, OverflowError):
        return None
    return packed if _decoder.decode(packed) == plain else None


def _digest(*parts: bytes) -> bytes:
    digest = hashlib.blake2b(digest_size=_SUM)
    for part in parts:
        digest.update(b"%d:" % len(part) + part)
    return digest.digest()


def _readers() -> Iterator[bytes]:
    """The times and sizes of this package's files: what readers say can change while the version stays."""
    for folder, folders, names in os.walk(Path(__file__).parent.parent):
        folders[:] = sorted(set(folders) - {"__pycache__", "catalog"})
        for name in sorted(names):
            if name.endswith(".py"):
                found = Path(folder, name).stat()
                yield f"{folder}/{name} {found.st_mtime_ns} {found.st_size}".encode()
