"""A vault with entries in its activity, and hands that hold its key and no scruples."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from desktop.vault import activity, chain
from desktop.vault.database import Database
from desktop.vault.reader import Reader
from desktop.vault.records import ActivityRow, ChainReport, Who
from desktop.vault.vault import Vault
from tests.vault.helpers import NOW

GUARDS = ("activity_is_chained", "activity_is_never_changed", "activity_is_never_removed")


def entry(number: int) -> ActivityRow:
    """One that differs from every other."""
    return ActivityRow(
        at=NOW + timedelta(minutes=number),
        account_id=f"acc-{number % 3:05}",
        actor="command line",
        action="revealed" if number % 4 == 0 else "refreshed",
        summary=f"Event {number}",
        detail={"field": "access_token", "number": number},
        who=Who(user="amelia", host="desk", program="cron", pid=number),
    )


def fill(vault: Vault, count: int) -> list[ActivityRow]:
    """Adds so many entries."""
    return [vault.add_activity(entry(number)) for number in range(1, count + 1)]


def fill_at_once(vault: Vault, count: int) -> None:
    """The same in one transaction, where there are many."""
    database = Database(vault.home / "vault.db", vault.key)
    try:
        with database.transaction():
            for number in range(1, count + 1):
                activity.insert(database, entry(number))
    finally:
        database.close()


def verified(vault: Vault, head: str = "") -> ChainReport:
    """What following the chain says, on a connection of its own."""
    with Reader(vault.home, vault.key) as reader:
        return reader.verify_activity(head)


@contextmanager
def with_the_key(vault: Vault) -> Iterator[Database]:
    """The database without the triggers that guard the entries."""
    path: Path = vault.home / "vault.db"
    database = Database(path, vault.key)
    for guard in GUARDS:
        database.execute(f"DROP TRIGGER {guard}")
    try:
        yield database
    finally:
        database.close()


def content_of(database: Database, number: int) -> tuple[object, ...]:
    """What is hashed of an entry, and its hash."""
    columns = ", ".join((*chain.CONTENT, "hash"))
    row = database.row(f"SELECT {columns} FROM activity WHERE id = ?", (number,))
    assert row is not None
    return row
