"""A damaged database as SQLite can read it: in memory, in the clear, with a hole for each lost page."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import msgspec

from desktop.vault import layout
from desktop.vault.errors import DamagedVaultError
from desktop.vault.rescue.pages import RESERVED, SIZE, PageReader, find_salt

_WAL_HEAD = 32
_FRAME_HEAD = 24
_MOST_CUT_OFF = 25_000  # pages
_VERSION = slice(60, 64)  # how many steps the schema has taken
_TREE = slice(100, -RESERVED)  # where the schema's own table begins
_INTERIOR = 5

Pages = Callable[[int], bytes | None]  # a page in the clear by its number


class Image(msgspec.Struct, frozen=True):
    """All pages in a row, and the numbers of those that are holes."""

    content: bytes
    holes: tuple[int, ...]
    repaired: int  # pages in which one flipped bit could be put back

    def open(self) -> sqlite3.Connection:
        """A connection that reads it. The caller closes it. Nothing is written anywhere."""
        connection = sqlite3.connect(":memory:", isolation_level=None)
        connection.deserialize(self.content)
        connection.execute("PRAGMA query_only = ON")
        connection.execute("PRAGMA cell_size_check = ON")
        return connection


def read_image(database: Path, key: bytes, spare: Pages) -> Image:
    """Reads the database file and its write-ahead log, and no more. Raises DamagedVaultError.

    The first page and those below it say what is where. What is lost of them is taken from `spare`, a
    backup, if its tables begin on the same pages. Without them nothing can be rescued.
    """
    content = database.read_bytes()
    salt = find_salt(key, content)
    if salt is None:
        raise _hopeless(database)
    reader = PageReader(key, salt)
    pages = {
        number: reader.open(number, content[(number - 1) * SIZE : number * SIZE])
        for number in range(1, -(-len(content) // SIZE) + 1)
    }
    wal = layout.side_files(database)[0]
    if wal.exists():
        _apply_wal(pages, wal.read_bytes(), reader)
    last = max(pages)
    holes = tuple(number for number in range(1, last + 1) if pages.get(number) is None)
    first = pages.get(1)
    if first is None:
        first = _resized(spare(1), last)
    if first is None:
        raise _hopeless(database)
    pages[1] = first
    _mend_schema(pages, spare)
    # A database in memory has no write-ahead log: versions 1 instead of 2.
    pages[1] = first[:18] + b"\x01\x01" + first[20:]
    # SQLite refuses a file that is shorter than its head says: what was cut off are holes as well.
    end = max(last, min(int.from_bytes(first[28:32], "big"), 2 * last + _MOST_CUT_OFF))
    holes += tuple(range(last + 1, end + 1))
    whole = b"".join(pages.get(number) or bytes(SIZE) for number in range(1, end + 1))
    return Image(whole, holes, reader.repaired)


def _resized(first: bytes | None, pages: int) -> bytes | None:
    """The first page with another length of the database in it."""
    return None if first is None else first[:28] + pages.to_bytes(4, "big") + first[32:]


def _mend_schema(pages: dict[int, bytes | None], spare: Pages) -> None:
    """Below the first page lie those with the tables' names and places. They change with the schema alone."""
    first, other = pages[1], spare(1)
    if first is None or other is None:
        return
    if first[_VERSION] != other[_VERSION] or first[_TREE] != other[_TREE]:
        return
    for child in _children(first):
        if pages.get(child) is None:
            pages[child] = spare(child)


def _children(first: bytes) -> list[int]:
    """The pages that the schema's own table refers to from the first page; none if it fits there."""
    if first[100] != _INTERIOR:
        return []
    cells = int.from_bytes(first[103:105], "big")
    places = [int.from_bytes(first[at : at + 2], "big") for at in range(112, 112 + 2 * cells, 2)]
    return [int.from_bytes(first[at : at + 4], "big") for at in (108, *places)]


def _apply_wal(pages: dict[int, bytes | None], wal: bytes, reader: PageReader) -> None:
    """What was committed in the log goes over the pages, up to the first frame that cannot be read.

    SQLite goes by running checksums in the log, of which one flipped bit spoils all behind it. Here each
    frame stands for itself, by the page's own HMAC.
    """
    frames = [
        wal[start : start + _FRAME_HEAD + SIZE]
        for start in range(_WAL_HEAD, len(wal) - _FRAME_HEAD - SIZE + 1, _FRAME_HEAD + SIZE)
    ]
    # Frames of an earlier round of the log carry another mark. One of the three may be damaged.
    marks = Counter([wal[16:24], *(frame[8:16] for frame in frames[:2])])
    if not frames:
        return
    mark = marks.most_common(1)[0][0]
    waiting: dict[int, bytes] = {}
    for frame in frames:
        number, pages_after = int.from_bytes(frame[0:4], "big"), int.from_bytes(frame[4:8], "big")
        page = reader.open(number, frame[_FRAME_HEAD:]) if frame[8:16] == mark and number else None
        if page is None:
            return
        waiting[number] = page
        if pages_after:  # the end of a transaction
            pages.update(waiting)
            waiting.clear()
            for beyond in [number for number in pages if number > pages_after]:
                del pages[beyond]


def _hopeless(database: Path) -> DamagedVaultError:
    return DamagedVaultError(
        f"Nothing of {database} can be read: its beginning is damaged, or it belongs to another key.",
        "Restore a backup. The file was not touched.",
    )
