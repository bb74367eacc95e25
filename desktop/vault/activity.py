"""What happened, newest first. The caller has redacted every text."""

from __future__ import annotations

import msgspec

from desktop.vault import values
from desktop.vault.database import Database
from desktop.vault.records import ActivityRow

_COLUMNS = "id, at, account_id, connector, actor, action, outcome, summary, detail"


def insert(database: Database, row: ActivityRow) -> ActivityRow:
    """Keeps one event and returns it with its number."""
    number = database.insert(
        "INSERT INTO activity (at, account_id, connector, actor, action, outcome, summary, detail) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            values.to_column(row.at),
            row.account_id,
            row.connector,
            row.actor,
            row.action,
            row.outcome,
            row.summary,
            values.to_json(row.detail),
        ),
    )
    return msgspec.structs.replace(row, id=number)


def page(
    database: Database, account_id: str | None = None, limit: int = 100, before_id: int | None = None
) -> list[ActivityRow]:
    """At most `limit` events, newest first: of one account or of all; older than `before_id` if given."""
    conditions: list[str] = []
    arguments: list[str | int] = []
    if account_id is not None:
        conditions.append("account_id = ?")
        arguments.append(account_id)
    if before_id is not None:
        conditions.append("id < ?")
        arguments.append(before_id)
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    rows = database.rows(
        f"SELECT {_COLUMNS} FROM activity {where} ORDER BY id DESC LIMIT ?",  # noqa: S608 - our own words
        (*arguments, limit),
    )
    return [
        ActivityRow(
            id=number,
            at=values.moment_from(at),
            account_id=account,
            connector=connector,
            actor=actor,
            action=action,
            outcome=outcome,
            summary=summary,
            detail=values.from_json(detail),
        )
        for number, at, account, connector, actor, action, outcome, summary, detail in rows
    ]
