"""Refreshes that were begun: the mark that stands on the disk while a service may be using up a token.

Written before the request is sent and taken away in the transaction that saves the answer. A mark that is
still there when nobody holds the account's lock says: a request may have reached the service, and its
answer was never saved. Neither a crash nor a power cut can take that knowledge away.
"""

from __future__ import annotations

import shutil

from desktop.vault import values
from desktop.vault.database import Database, Row
from desktop.vault.errors import SaveFailedError
from desktop.vault.records import PendingRefresh

# A record is a few kilobytes; SQLite writes whole pages of several tables and their indices.
ROOM = 1 << 20
_SELECT = "SELECT account_id, generation, began_at FROM pending_refreshes"


def begin(database: Database, account_id: str, generation: int) -> None:
    """Marks the account. An older mark stays: it is about the same token. Runs in a transaction."""
    database.execute(
        "INSERT INTO pending_refreshes (account_id, generation, began_at) VALUES (?, ?, ?) "
        "ON CONFLICT (account_id) DO NOTHING",
        (account_id, generation, values.to_column(values.utc_now())),
    )


def end(database: Database, account_id: str) -> None:
    """Takes the mark away, if there is one. Runs in the transaction that saves what the request brought."""
    database.execute("DELETE FROM pending_refreshes WHERE account_id = ?", (account_id,))


def get(database: Database, account_id: str) -> PendingRefresh | None:
    """The account's mark."""
    row = database.row(f"{_SELECT} WHERE account_id = ?", (account_id,))
    return _from_row(row) if row else None


def every(database: Database) -> list[PendingRefresh]:
    """All marks, the oldest first."""
    return [_from_row(row) for row in database.rows(f"{_SELECT} ORDER BY began_at, account_id")]


def need_room(database: Database) -> None:
    """Raises SaveFailedError where the disk would hardly take an answer."""
    folder = database.path.parent
    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise SaveFailedError(
            f"The vault's folder cannot be reached: {(error.strerror or 'no reason given').lower()}.",
            "Check the disk that it lies on, then try again. Nothing was sent to the service.",
        ) from error
    if free < ROOM:
        raise SaveFailedError(
            "The disk is full, so a new token could not be saved. Nothing was sent to the service.",
            "Free some disk space, then try again.",
        )


def _from_row(row: Row) -> PendingRefresh:
    account_id, generation, began_at = row
    return PendingRefresh(account_id=account_id, generation=generation, began_at=values.moment_from(began_at))
