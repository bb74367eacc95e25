"""Is the vault what was written? Every page, every index, every reference; each problem a sentence."""

from __future__ import annotations

from pathlib import Path

from desktop.vault import keyslots, schema, store
from desktop.vault.database import Database
from desktop.vault.errors import DamagedVaultError, VaultError

_MOST = 20


def problems(database: Database) -> list[str]:
    """What is wrong inside the database; empty if nothing is. Reads the whole file."""
    try:
        found = [_page_sentence(str(row[0])) for row in database.rows("PRAGMA cipher_integrity_check")]
        if not found:  # with damaged pages the checks below only repeat it in other words
            found = _structure(database)
    except DamagedVaultError as error:
        found = [error.sentence]
    return found if len(found) <= _MOST else [*found[:_MOST], f"And {len(found) - _MOST} more like these."]


def store_problems(home: Path, database: Database) -> list[str]:
    """What is wrong with the vault as a whole: its files, its key slots, its database."""
    found = []
    try:
        store.check(home)
        keyslots.load(home)
    except VaultError as error:
        found.append(error.sentence)
    return found + problems(database)


def verify(path: Path, key: bytes) -> None:
    """Opens a database file and checks all of it. Raises DamagedVaultError or NewerSchemaError."""
    database = Database(path, key)
    try:
        schema.refuse_newer(database)
        found = problems(database)
    finally:
        database.close()
    if found:
        raise DamagedVaultError(f"The copy of the vault is damaged. {found[0]}", "Use another backup.")


def _page_sentence(text: str) -> str:
    page = text.rpartition("page ")[2]
    if page.isdigit():
        return f"Page {page} of the vault file is damaged: its checksum does not match."
    return f"The vault file is damaged: {text}."


def _structure(database: Database) -> list[str]:
    found = [
        f"The vault's structure is damaged: {row[0]}."
        for row in database.rows("PRAGMA integrity_check")
        if row[0] != "ok"
    ]
    found += [
        f"The table {table} refers to something in {parent} that is not there."
        for table, _, parent, _ in database.rows("PRAGMA foreign_key_check")
    ]
    found += [
        f"The account “{name}” has lost its current credential."
        for (name,) in database.rows(
            "SELECT name FROM accounts LEFT JOIN generations ON account_id = id AND number = generation "
            "WHERE number IS NULL ORDER BY sort_name"
        )
    ]
    return found
