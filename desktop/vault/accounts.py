"""The accounts table: what lists show, and the changes to it. Called inside a transaction where it writes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from desktop.vault import values
from desktop.vault.database import Database, Row
from desktop.vault.errors import NotFoundError, VaultError
from desktop.vault.records import AccountRow

COLUMNS = AccountRow.__struct_fields__
SELECT = f"SELECT {', '.join(COLUMNS)} FROM accounts"  # noqa: S608 - names of our own struct
_TIMES = frozenset({"expires_at", "created_at", "updated_at", "last_used_at"})
_FLAGS = frozenset({"pinned", "renewable", "has_token", "token_refused"})
# States in which a renewal may still succeed without a person.
_REFRESHABLE = "state IN ('connected', 'offline')"


def from_row(row: Row) -> AccountRow:
    """A row of `SELECT` as a struct."""
    found = dict(zip(COLUMNS, row, strict=True))
    for column in _TIMES:
        found[column] = values.from_column(found[column])
    for column in _FLAGS:
        found[column] = bool(found[column])
    return AccountRow(**found)


def get(database: Database, account_id: str) -> AccountRow:
    """One account. Raises NotFoundError."""
    row = database.row(f"{SELECT} WHERE id = ?", (account_id,))
    if row is None:
        raise missing(account_id)
    return from_row(row)


def exists(database: Database, account_id: str) -> bool:
    """Whether there is an account of this id."""
    return database.value("SELECT 1 FROM accounts WHERE id = ?", (account_id,)) is not None


def has_name(database: Database, connector: str, name: str) -> bool:
    """Whether an account of this connector is called that, whatever the case and the accents."""
    found = database.value(
        "SELECT 1 FROM accounts WHERE connector = ? AND sort_name = ?", (connector, values.fold(name))
    )
    return found is not None


def missing(account_id: str) -> NotFoundError:
    """The sentence for an id that is not there."""
    return NotFoundError(
        f"There is no account “{account_id}” in this vault.", "List the accounts to see which there are."
    )


def insert(database: Database, row: AccountRow) -> None:
    """A new account. Raises VaultError if the id is taken."""
    if exists(database, row.id):
        raise VaultError(f"There is an account “{row.id}” already.", "Nothing was changed.")
    columns = {name: _column(name, getattr(row, name)) for name in COLUMNS} | derived(
        row.name, row.email, row.connector
    )
    marks = ", ".join("?" * len(columns))
    database.execute(
        f"INSERT INTO accounts ({', '.join(columns)}) VALUES ({marks})",  # noqa: S608 - our own names
        tuple(columns.values()),
    )


def update(database: Database, account_id: str, *, at: datetime | None = None, **changes: Any) -> None:
    """Sets columns of one account, and updated_at. Raises NotFoundError."""
    columns = {name: _column(name, value) for name, value in changes.items()}
    if not {"name", "email"}.isdisjoint(changes):
        row = get(database, account_id)
        columns |= derived(changes.get("name", row.name), changes.get("email", row.email), row.connector)
    columns["updated_at"] = values.to_column(at or values.utc_now())
    if not _set(database, account_id, columns):
        raise missing(account_id)


def touch(database: Database, account_id: str, at: datetime) -> None:
    """Sets last_used_at only: to use an account does not change it. Raises NotFoundError."""
    if not _set(database, account_id, {"last_used_at": values.to_column(at)}):
        raise missing(account_id)


def delete(database: Database, account_id: str) -> None:
    """Removes the account with its generations and profile. Raises NotFoundError."""
    if not database.execute("DELETE FROM accounts WHERE id = ?", (account_id,)):
        raise missing(account_id)


def find(database: Database, *, connector: str | None, identity: str | None) -> list[AccountRow]:
    """The accounts of this connector and with this identity, by name. None: any."""
    rows = database.rows(
        f"{SELECT} WHERE (?1 IS NULL OR connector = ?1) AND (?2 IS NULL OR identity = ?2) "
        "ORDER BY sort_name, id",
        (connector, identity),
    )
    return [from_row(row) for row in rows]


def every(database: Database) -> list[AccountRow]:
    """All accounts by name."""
    return [from_row(row) for row in database.rows(f"{SELECT} ORDER BY sort_name, id")]


def due(database: Database, before: datetime) -> list[AccountRow]:
    """Accounts that can be renewed and expire by then, the first to expire first."""
    rows = database.rows(
        f"{SELECT} WHERE expires_key <= ? AND renewable = 1 AND {_REFRESHABLE} ORDER BY expires_key, id",
        (values.to_column(before),),
    )
    return [from_row(row) for row in rows]


def derived(name: str, email: str, connector: str) -> dict[str, str]:
    """The columns that lists are sorted and searched by."""
    return {
        "sort_name": values.fold(name),
        "search_text": values.fold(f"{name}\n{email}\n{connector}"),
    }


def _set(database: Database, account_id: str, columns: Mapping[str, Any]) -> int:
    assignments = ", ".join(f"{name} = ?" for name in columns)
    return database.execute(
        f"UPDATE accounts SET {assignments} WHERE id = ?",  # noqa: S608 - our own names
        (*columns.values(), account_id),
    )


def _column(name: str, value: Any) -> Any:
    return values.to_column(value) if name in _TIMES else value
