"""Rows out of a database with holes: from both ends, along each index, and one by one."""

from __future__ import annotations

import sqlite3
from typing import Any, NamedTuple

Row = tuple[Any, ...]
# Between the first and the last row that is known, so many numbers are simply tried.
_TRIED = 1_000_000


class Table(NamedTuple):
    """A table as the new vault has it. `numbered`: its rows have a rowid."""

    name: str
    columns: tuple[str, ...]
    numbered: bool


class Found(NamedTuple):
    """What could be read. `lost`: that many rows are known to be missing; there may be more."""

    rows: list[Row]
    lost: int
    complete: bool


def read_rows(damaged: sqlite3.Connection, table: Table) -> Found:
    """Every row of the table that can be read. What is lost is only certain where an index still names it."""
    columns = ", ".join(f'"{column}"' for column in table.columns)
    query = f'SELECT {columns} FROM "{table.name}"'  # noqa: S608 - the schema's own names
    rows, complete = _until_error(damaged, query)
    if complete:
        return Found(rows, 0, True)
    if not table.numbered:
        return Found(_from_both_ends(damaged, table, query, rows), 0, False)
    known = _numbers(damaged, table.name)
    tried = known
    if known and max(known) - min(known) <= _TRIED:
        tried = known | set(range(min(known), max(known) + 1))
    found, lost = [], 0
    for number in sorted(tried):
        row, readable = _until_error(damaged, f"{query} WHERE rowid = {number}")
        found += row
        lost += not readable or (number in known and not row)
    return Found(found, lost, False)


def read_names(damaged: sqlite3.Connection) -> dict[str, str]:
    """The accounts that the index of names still knows, by id; the names as they are sorted by."""
    query = "SELECT id, sort_name FROM accounts INDEXED BY accounts_by_name"
    rows, complete = _until_error(damaged, query)
    if not complete:
        rows += _until_error(damaged, f"{query} ORDER BY sort_name DESC, id DESC")[0]
    return {account_id: name or account_id for account_id, name in rows}


def last_number(damaged: sqlite3.Connection, table: str) -> int:
    """The highest number that a row of the table ever had, as far as any part of the file still knows it."""
    counted, _ = _until_error(damaged, f"SELECT seq FROM sqlite_sequence WHERE name = '{table}'")  # noqa: S608
    return max(
        [row[0] for row in counted if isinstance(row[0], int)] + list(_numbers(damaged, table)), default=0
    )


def _from_both_ends(damaged: sqlite3.Connection, table: Table, query: str, first: list[Row]) -> list[Row]:
    keys = [
        row[1]
        for row in sorted(damaged.execute(f'PRAGMA table_info("{table.name}")'), key=lambda row: row[5])
        if row[5]
    ]
    order = ", ".join(f'"{key}" DESC' for key in keys)
    last, _ = _until_error(damaged, f"{query} ORDER BY {order}")
    seen = set(first)
    return first + [row for row in reversed(last) if row not in seen]


def _numbers(damaged: sqlite3.Connection, table: str) -> set[int]:
    """The rowids that some part of the file still knows."""
    queries = [f'SELECT rowid FROM "{table}" NOT INDEXED']  # noqa: S608 - the schema's own names
    indices, _ = _until_error(damaged, f'PRAGMA index_list("{table}")')
    queries += [f'SELECT rowid FROM "{table}" INDEXED BY "{index[1]}"' for index in indices]  # noqa: S608
    found = set()
    for query in queries:
        rows, complete = _until_error(damaged, query)
        if not complete:
            descending = "DESC" if "NOT INDEXED" in query else ""
            rows += _until_error(damaged, f"{query} ORDER BY rowid {descending}")[0]
        found |= {row[0] for row in rows}
    return found


def _until_error(damaged: sqlite3.Connection, query: str) -> tuple[list[Row], bool]:
    """The rows before the first page that is a hole, and whether there was none."""
    rows: list[Row] = []
    try:
        for row in damaged.execute(query):
            rows.append(row)  # noqa: PERF402 - what was read before the error counts
    except sqlite3.DatabaseError:
        return rows, False
    return rows, True
