"""The kept versions of each account's credential, and its profile. The newest is what is in force."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from desktop.vault import accounts, values
from desktop.vault.database import Database, Row
from desktop.vault.errors import NotFoundError
from desktop.vault.records import Generation, Keep

ALWAYS_KEPT = 2
_SELECT = "SELECT account_id, number, source, at, record, note FROM generations"


def insert(database: Database, generation: Generation) -> None:
    """Keeps one more version. Runs in the transaction that also changes the account."""
    database.execute(
        "INSERT INTO generations (account_id, number, source, at, note, record) VALUES (?, ?, ?, ?, ?, ?)",
        (
            generation.account_id,
            generation.number,
            generation.source,
            values.to_column(generation.at),
            generation.note,
            generation.record,
        ),
    )


def prune(database: Database, account_id: str, keep: Keep, now: datetime) -> None:
    """Drops what is too old, or one too many. The newest and the one before it always stay.

    What stays has no gaps, also where a clock was set back: the last record of an earlier person says whose
    those before it are. Runs in the transaction that adds a generation, which is the newest then.
    """
    most = max(keep.count, ALWAYS_KEPT) if keep.count else -1  # LIMIT -1: all of them
    oldest = values.to_column(now - timedelta(days=keep.days)) if keep.days else 0
    numbers = "SELECT number FROM generations WHERE account_id = ?1 ORDER BY number DESC LIMIT"
    database.execute(
        "DELETE FROM generations WHERE account_id = ?1 AND number < ("  # noqa: S608 - our own words
        f"SELECT min(number) FROM generations WHERE account_id = ?1 AND (number IN ({numbers} ?2) "
        f"OR (number IN ({numbers} ?3) AND at >= ?4)))",
        (account_id, ALWAYS_KEPT, most, oldest),
    )


def next_number(database: Database, account_id: str) -> int:
    """The number that the account's next version gets. Raises NotFoundError."""
    newest = database.value(
        "SELECT ifnull(max(g.number), 0) FROM accounts a LEFT JOIN generations g ON g.account_id = a.id "
        "WHERE a.id = ? GROUP BY a.id",
        (account_id,),
    )
    if newest is None:
        raise accounts.missing(account_id)
    return int(newest) + 1


def current_record(database: Database, account_id: str) -> bytes:
    """The record in force. Raises NotFoundError."""
    record = database.value(
        "SELECT record FROM generations JOIN accounts ON accounts.id = account_id AND generation = number "
        "WHERE account_id = ?",
        (account_id,),
    )
    if record is None:
        raise accounts.missing(account_id)
    return bytes(record)


def get(database: Database, account_id: str, number: int) -> Generation:
    """One version. Raises NotFoundError."""
    row = database.row(f"{_SELECT} WHERE account_id = ? AND number = ?", (account_id, number))
    if row is None:
        accounts.get(database, account_id)
        raise NotFoundError(
            f"This account has no generation {number}.", "Look at its history to see which there are."
        )
    return _from_row(row)


def every(database: Database, account_id: str) -> list[Generation]:
    """All versions of an account, the newest first. Raises NotFoundError."""
    rows = database.rows(f"{_SELECT} WHERE account_id = ? ORDER BY number DESC", (account_id,))
    if not rows:
        raise accounts.missing(account_id)
    return [_from_row(row) for row in rows]


def numbers(database: Database, account_id: str) -> list[int]:
    """The numbers of an account's kept versions, the oldest first."""
    rows = database.rows("SELECT number FROM generations WHERE account_id = ? ORDER BY number", (account_id,))
    return [int(number) for (number,) in rows]


def set_profile(database: Database, account_id: str, profile: Mapping[str, Any]) -> None:
    """Replaces what the service said about the person."""
    database.execute(
        "INSERT INTO profiles (account_id, profile) VALUES (?, ?) "
        "ON CONFLICT (account_id) DO UPDATE SET profile = excluded.profile",
        (account_id, values.to_json(profile)),
    )


def profile(database: Database, account_id: str) -> dict[str, Any]:
    """What the service said about the person. Raises NotFoundError."""
    text = database.value("SELECT profile FROM profiles WHERE account_id = ?", (account_id,))
    if text is None:
        accounts.get(database, account_id)
        return {}
    return values.from_json(text)


def _from_row(row: Row) -> Generation:
    account_id, number, source, at, record, note = row
    return Generation(
        account_id=account_id,
        number=number,
        source=source,
        at=values.moment_from(at),
        record=bytes(record),
        note=note,
    )
