"""The hash chain of the activity: each entry carries the SHA-256 of the hash before it and of what it says.

It is plain and not keyed: whoever has the vault's key could compute either kind, and nobody else gets at the
entries. What it shows and what it cannot show stands in docs/security.md.
"""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from desktop.vault.database import Database, Row

# What is hashed of an entry, in this order, as it stands in the columns: the number and the time included.
CONTENT = ("id", "at", "account_id", "connector", "actor", "action", "outcome", "summary", "detail", "who")
# What stands before the first entry of all. The number is of this way of hashing.
BEGINNING = hashlib.sha256(b"jackfield activity 1").digest()
PAGE = 1000

_encode = msgspec.json.Encoder().encode


def link(before: bytes, content: Row) -> bytes:
    """The hash of an entry with this content (in the order of `CONTENT`) behind the hash `before`."""
    return hashlib.sha256(before + _encode([_plain(value) for value in content])).digest()


def next_place(database: Database) -> tuple[int, bytes]:
    """The number of the next entry, and the hash that it follows. Only certain inside a transaction.

    A number is never given twice, also when the last entries are gone: the gap is what tells of them.
    """
    last = database.row("SELECT id, hash FROM activity ORDER BY id DESC LIMIT 1")
    given = database.value("SELECT seq FROM sqlite_sequence WHERE name = 'activity'") or 0
    number, before = last or (0, BEGINNING)
    return max(number, given) + 1, before


def chain_older(database: Database) -> None:
    """Links the entries that were written before there was a chain, as they are. Part of a schema step."""
    columns = ", ".join(CONTENT)
    before, done = BEGINNING, 0
    while True:
        page = database.rows(
            f"SELECT {columns} FROM activity WHERE id > ? ORDER BY id LIMIT {PAGE}",  # noqa: S608 - our own names
            (done,),
        )
        if not page:
            return
        for content in page:
            before, done = link(before, content), content[0]
            database.execute("UPDATE activity SET hash = ? WHERE id = ?", (before, done))


def _plain(value: Any) -> Any:
    # A column of SQLite may hold anything: bytes must not look like the text that they spell in base64.
    return {"bytes": value.hex()} if isinstance(value, bytes) else value
