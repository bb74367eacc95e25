"""Requests that a person keeps with an account. They go with the account.

Called inside a transaction where it writes: a name is looked up and taken in one step.
"""

from __future__ import annotations

import msgspec

from desktop.vault import values
from desktop.vault.database import Database, Row
from desktop.vault.errors import NameTakenError, NotFoundError
from desktop.vault.records import SavedRequest

_COLUMNS = SavedRequest.__struct_fields__
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM saved_requests"  # noqa: S608 - names of our own struct
_headers = msgspec.json.Decoder(tuple[tuple[str, str], ...])


def insert(database: Database, request: SavedRequest) -> None:
    """Keeps a new one. Raises NameTakenError."""
    _need_free_name(database, request)
    marks = ", ".join("?" * len(_COLUMNS))
    database.execute(
        f"INSERT INTO saved_requests ({', '.join(_COLUMNS)}) VALUES ({marks})",  # noqa: S608 - our own names
        tuple(_to_columns(request).values()),
    )


def replace(database: Database, request: SavedRequest) -> None:
    """Puts it in the place of the one with its id, which keeps its account and the time it was made.

    Raises NotFoundError, NameTakenError.
    """
    _need_free_name(database, request)
    columns = _to_columns(request)
    identity = (columns.pop("id"), columns.pop("account_id"))
    del columns["created_at"]
    changed = database.execute(
        f"UPDATE saved_requests SET {', '.join(f'{name} = ?' for name in columns)} "  # noqa: S608 - our own
        "WHERE id = ? AND account_id = ?",
        (*columns.values(), *identity),
    )
    if not changed:
        raise _missing()


def remove(database: Database, request_id: str) -> None:
    """Forgets one. Raises NotFoundError."""
    if not database.execute("DELETE FROM saved_requests WHERE id = ?", (request_id,)):
        raise _missing()


def get(database: Database, request_id: str) -> SavedRequest:
    """One of them. Raises NotFoundError."""
    row = database.row(f"{_SELECT} WHERE id = ?", (request_id,))
    if row is None:
        raise _missing()
    return _from_row(row)


def of_account(database: Database, account_id: str) -> list[SavedRequest]:
    """All of an account, by name."""
    found = [_from_row(row) for row in database.rows(f"{_SELECT} WHERE account_id = ?", (account_id,))]
    return sorted(found, key=lambda request: (values.fold(request.name), request.name))


def _need_free_name(database: Database, request: SavedRequest) -> None:
    if database.value(
        "SELECT 1 FROM saved_requests WHERE account_id = ? AND name = ? AND id <> ?",
        (request.account_id, request.name, request.id),
    ):
        raise NameTakenError(
            f"This account has a saved request “{request.name}” already.", "Choose another name."
        )


def _missing() -> NotFoundError:
    return NotFoundError("This saved request is not there any more.", "Look at the list of saved requests.")


def _to_columns(request: SavedRequest) -> dict[str, str | int | None]:
    columns = msgspec.structs.asdict(request)
    columns["headers"] = msgspec.json.encode(request.headers).decode()
    for name in ("created_at", "updated_at"):
        columns[name] = values.to_column(columns[name])
    return columns


def _from_row(row: Row) -> SavedRequest:
    found = dict(zip(_COLUMNS, row, strict=True))
    found["headers"] = _headers.decode(found["headers"])
    for name in ("created_at", "updated_at"):
        found[name] = values.moment_from(found[name])
    return SavedRequest(**found)
