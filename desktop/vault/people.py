"""Who an account stood for before it became somebody else's, so that restoring brings that person back.

A row says who it was up to and including a generation; it goes when that generation goes. What comes after
the last row is whom the account stands for today.
"""

from __future__ import annotations

from desktop.vault import accounts, generations, values
from desktop.vault.database import Database, Row
from desktop.vault.records import Person


def keep_present(database: Database, account_id: str) -> None:
    """Notes whom the account stands for. Runs in the transaction that makes it somebody else's.

    Raises NotFoundError.
    """
    row = accounts.get(database, account_id)
    profile = generations.profile(database, account_id)
    insert(
        database,
        account_id,
        row.generation,
        Person(name=row.name, email=row.email, identity=row.identity, profile=profile),
    )


def insert(database: Database, account_id: str, until: int, person: Person) -> None:
    """Notes whom the account stood for up to and including that generation, which must be there."""
    database.execute(
        "INSERT INTO earlier_people (account_id, until, name, email, identity, profile) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        (account_id, until, person.name, person.email, person.identity, values.to_json(person.profile)),
    )


def at(database: Database, account_id: str, number: int) -> Person | None:
    """Whom the account stood for at a generation; None: the same person as today."""
    row = database.row(
        "SELECT name, email, identity, profile FROM earlier_people "
        "WHERE account_id = ? AND until >= ? ORDER BY until LIMIT 1",
        (account_id, number),
    )
    return None if row is None else _from_row(row)


def until(database: Database, account_id: str, number: int) -> Person | None:
    """Whom the account stood for last at that very generation; None: the next one is the same person's."""
    row = database.row(
        "SELECT name, email, identity, profile FROM earlier_people WHERE account_id = ? AND until = ?",
        (account_id, number),
    )
    return None if row is None else _from_row(row)


def _from_row(row: Row) -> Person:
    name, email, identity, profile = row
    return Person(name=name, email=email, identity=identity, profile=values.from_json(profile))
