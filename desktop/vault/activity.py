"""What happened, newest first, each entry linked to the one before it. The caller has redacted every text."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import msgspec

from desktop.vault import chain, values
from desktop.vault.database import Database, Row
from desktop.vault.records import ActivityRow, Who

_COLUMNS = "id, at, account_id, connector, actor, action, outcome, summary, detail, who, hash"


def insert(database: Database, row: ActivityRow) -> ActivityRow:
    """Adds one event to the end and returns it with its number and hash. Runs in a transaction."""
    number, before = chain.next_place(database)
    content = (
        number,
        values.to_column(row.at),
        row.account_id,
        row.connector,
        row.actor,
        row.action,
        row.outcome,
        row.summary,
        values.to_json(row.detail),
        msgspec.json.encode(row.who).decode(),
    )
    hashed = chain.link(before, content)
    database.insert(
        f"INSERT INTO activity ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - our own words
        (*content, hashed),
    )
    return msgspec.structs.replace(row, id=number, hash=hashed.hex())


def prune(database: Database, before: datetime, entry: ActivityRow) -> int:
    """Removes the oldest entries, up to the first one from `before` or later. Runs in a transaction.

    `entry` is added with the number and the hash of the last one that goes: from there the chain is followed.
    Returns how many went.
    """
    kept = database.value(
        "SELECT id FROM activity WHERE at >= ? ORDER BY id LIMIT 1", (values.to_column(before),)
    )
    last = database.row(
        "SELECT id, hash, id - (SELECT min(id) FROM activity) + 1 FROM activity "
        "WHERE ?1 IS NULL OR id < ?1 ORDER BY id DESC LIMIT 1",
        (kept,),
    )
    if last is None:
        return 0
    number, hashed, count = last
    detail = {"up_to": number, "hash": hashed.hex(), "removed": count}
    insert(database, msgspec.structs.replace(entry, detail=detail))
    database.execute("DELETE FROM activity WHERE id <= ?", (number,))
    database.execute("DELETE FROM activity_in_clear WHERE entry <= ?", (number,))
    return int(count)


def page(
    database: Database,
    account_id: str | None = None,
    limit: int = 100,
    before_id: int | None = None,
    *,
    actions: Collection[str] = (),
    since: datetime | None = None,
) -> list[ActivityRow]:
    """At most `limit` events, newest first: of one account or of all; older than `before_id` if given.

    `actions` are the acts that count (all when empty), `since` the first moment that does.
    """
    conditions: list[str] = []
    arguments: list[str | int | None] = []
    if account_id is not None:
        conditions.append("account_id = ?")
        arguments.append(account_id)
    if before_id is not None:
        conditions.append("id < ?")
        arguments.append(before_id)
    if actions:
        conditions.append(f"action IN ({', '.join('?' * len(actions))})")
        arguments.extend(actions)
    if since is not None:
        conditions.append("at >= ?")
        arguments.append(values.to_column(since))
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    rows = database.rows(
        f"SELECT {_COLUMNS} FROM activity {where} ORDER BY id DESC LIMIT ?",  # noqa: S608 - our own words
        (*arguments, limit),
    )
    return [_from_row(row) for row in rows]


def _from_row(row: Row) -> ActivityRow:
    number, at, account, connector, actor, action, outcome, summary, detail, who, hashed = row
    return ActivityRow(
        id=number,
        at=values.moment_from(at),
        account_id=account,
        connector=connector,
        actor=actor,
        action=action,
        outcome=outcome,
        summary=summary,
        detail=values.from_json(detail),
        who=msgspec.json.decode(who, type=Who) if who else Who(),
        hash=hashed.hex(),
    )
