"""Lists of accounts, page by page: an AccountQuery as SQL. Every order is total and served by an index."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from desktop.vault import accounts, values
from desktop.vault.database import Database
from desktop.vault.records import AccountQuery, AccountRow, Counts

# The id comes last everywhere: rows that are alike keep their places from page to page.
_ORDERS: dict[str, tuple[str, ...]] = {
    "name": ("sort_name", "id"),
    "connector": ("connector", "sort_name", "id"),
    "state": ("state_rank", "sort_name", "id"),
    "expires_at": ("expires_key", "id"),
    "last_used_at": ("used_key", "id"),
    "created_at": ("created_at", "id"),
}
_ATTENTION = "state_rank <= 1"
# What can no longer be used does not expire: it needs attention instead.
_EXPIRING = "expires_key <= ? AND state IN ('connected', 'offline')"
_SHORTEST_INDEXED_WORD = 3  # the search index knows groups of three signs


def page(database: Database, query: AccountQuery, offset: int, limit: int) -> list[AccountRow]:
    """At most `limit` rows from `offset` on."""
    where, arguments = _where(query)
    direction = " DESC" if query.descending else ""
    order = ", ".join(f"{column}{direction}" for column in _ORDERS[query.order])
    rows = database.rows(
        f"{accounts.SELECT} {where} ORDER BY {order} LIMIT ? OFFSET ?", (*arguments, limit, offset)
    )
    return [accounts.from_row(row) for row in rows]


def count(database: Database, query: AccountQuery) -> int:
    """How many rows the whole list has."""
    where, arguments = _where(query)
    return int(database.value(f"SELECT count(*) FROM accounts {where}", arguments))  # noqa: S608


def position(database: Database, query: AccountQuery, account_id: str) -> int | None:
    """At which offset the account stands in the list; None if the list does not show it."""
    where, arguments = _where(query)
    joined = f"{where} AND" if where else "WHERE"
    columns = ", ".join(_ORDERS[query.order])
    own = database.row(
        f"SELECT {columns} FROM accounts {joined} id = ?",  # noqa: S608 - our own words
        (*arguments, account_id),
    )
    if own is None:
        return None
    marks = ", ".join("?" * len(own))
    comparison = ">" if query.descending else "<"
    return int(
        database.value(
            f"SELECT count(*) FROM accounts {joined} ({columns}) {comparison} ({marks})",  # noqa: S608
            (*arguments, *own),
        )
    )


def counts(database: Database, expiring_before: datetime) -> Counts:
    """The numbers beside the navigation."""
    by_connector: dict[str, int] = dict(
        database.rows("SELECT connector, count(*) FROM accounts GROUP BY connector")
    )
    return Counts(
        all=sum(by_connector.values()),
        needs_attention=int(database.value(f"SELECT count(*) FROM accounts WHERE {_ATTENTION}")),  # noqa: S608
        expiring=int(
            database.value(
                f"SELECT count(*) FROM accounts WHERE {_EXPIRING}",  # noqa: S608
                (values.to_column(expiring_before),),
            )
        ),
        pinned=int(database.value("SELECT count(*) FROM accounts WHERE pinned = 1")),
        by_connector=by_connector,
    )


def _where(query: AccountQuery) -> tuple[str, list[Any]]:
    conditions: list[str] = []
    arguments: list[Any] = []
    if query.connector:
        conditions.append("connector = ?")
        arguments.append(query.connector)
    if query.needs_attention:
        conditions.append(_ATTENTION)
    if query.usable:
        conditions.append(f"NOT ({_ATTENTION})")
    if query.expiring_before is not None:
        conditions.append(_EXPIRING)
        arguments.append(values.to_column(query.expiring_before))
    if query.pinned:
        conditions.append("pinned = 1")
    _add_search(query.search, conditions, arguments)
    return (f"WHERE {' AND '.join(conditions)}" if conditions else ""), arguments


def _add_search(search: str, conditions: list[str], arguments: list[Any]) -> None:
    """Every word has to stand somewhere in name, e-mail or connector."""
    words = values.fold(search).split()
    indexed = [word for word in words if len(word) >= _SHORTEST_INDEXED_WORD]
    if indexed:
        conditions.append("seq IN (SELECT rowid FROM account_search WHERE account_search MATCH ?)")
        arguments.append(" AND ".join('"{}"'.format(word.replace('"', '""')) for word in indexed))
    short = [word for word in words if len(word) < _SHORTEST_INDEXED_WORD]
    if short:
        # A search of its own reads the table from end to end, ten times faster than in list order.
        found = " AND ".join(["instr(search_text, ?) > 0"] * len(short))
        conditions.append(f"seq IN (SELECT seq FROM accounts WHERE {found})")  # noqa: S608 - our own words
        arguments.extend(short)
