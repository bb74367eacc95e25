"""From a damaged vault to a backup of what is left of it. The damaged files are only read."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from desktop.vault import backup, files, keyslots, layout, locks, replacing, schema, throttle, unlocking
from desktop.vault.database import Database
from desktop.vault.errors import (
    DamagedVaultError,
    MissingKeySlotError,
    NewerSchemaError,
    NotFoundError,
    NoVaultError,
    VaultError,
)
from desktop.vault.keeping import kept, rolling
from desktop.vault.keyslots import KeySlots
from desktop.vault.rescue.image import Pages, read_image
from desktop.vault.rescue.pages import SALT, SIZE, PageReader
from desktop.vault.rescue.settling import Rows, drop_orphans, settle_accounts
from desktop.vault.rescue.tables import Table, last_number, read_rows

# A search table fills itself from the accounts; its own pages are of no use.
_MADE_ANEW = ("account_search", "sqlite_")
# Exchanges that stand readable for an hour: they are not what anybody needs back, and the hour goes on.
_LEFT_BEHIND = ("activity_in_clear",)


class Rescued(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it. `lost` are sentences; empty: everything was there."""

    path: Path
    accounts: int
    repaired_pages: int
    lost_pages: int
    lost: tuple[str, ...] = ()


def rescue(home: Path, path: Path | None, passphrase: str | None) -> Rescued:
    """Writes a backup with everything that can be read of the vault in `home`; None asks the keychain.

    Without a `path` it lies among the other backups. Where keyslots.json is gone or damaged, those of a
    backup beside the vault open it: the key has never changed. Raises NoVaultError, WrongPassphraseError,
    DamagedVaultError (nothing can be read), NewerSchemaError, BusyVaultError, SaveFailedError.
    """
    database = home / layout.DATABASE
    if not database.is_file():
        raise NoVaultError(f"There is no vault in {home} to rescue anything from.", "Restore a backup.")
    slots = _slots(home)
    key = _key(home, slots, passphrase)
    with _nobody_else(home):
        image = read_image(database, key, _spare_pages(home, slots, key))
    if path is None:
        folder = rolling.folder_of(home)
        files.make_private_folder(folder)
        path = replacing.unused(folder / f"{kept.RESCUED}{replacing.stamp()}{backup.SUFFIX}")
    lost: list[str] = []
    counted = [0]

    def fill(target: Database) -> None:
        damaged = image.open()
        try:
            counted[0] = _fill(target, damaged, lost)
        except sqlite3.DatabaseError as error:
            raise DamagedVaultError(
                "The part of the vault file that says what is where cannot be read.",
                "Restore a backup. The file was not touched.",
            ) from error
        finally:
            damaged.close()

    # On a disk that cannot be written the work folder lies beside the backup.
    backup.write_made(fill, slots, key, home if os.access(home, os.W_OK) else path.parent, path)
    return Rescued(
        path=path,
        accounts=counted[0],
        repaired_pages=image.repaired,
        lost_pages=len(image.holes),
        lost=tuple(lost),
    )


def _slots(home: Path) -> KeySlots:
    try:
        if not layout.present(home / layout.KEY_SLOTS):
            raise NotFoundError("The key slots are missing.")
        return keyslots.load(home)
    except NewerSchemaError:
        raise
    except VaultError:
        for one in kept.listed(rolling.folder_of(home)):
            if not one.problem:
                return backup.read_label(one.path).slots
        raise MissingKeySlotError(
            f"The key slots in {home} are gone or damaged, and no backup beside them has a copy.",
            "Put keyslots.json back, or restore a backup that is kept elsewhere.",
        ) from None


def _key(home: Path, slots: KeySlots, passphrase: str | None) -> bytes:
    if passphrase is None:
        return unlocking.open_keychain_slot(slots)
    if not os.access(home, os.W_OK):
        return unlocking.open_passphrase_slot(slots, passphrase)
    with throttle.attempt(home):
        return unlocking.open_passphrase_slot(slots, passphrase)


def _spare_pages(home: Path, slots: KeySlots, key: bytes) -> Pages:
    """The pages of the newest good backup of this vault. A backup is a copy page by page."""
    for one in kept.listed(rolling.folder_of(home)):
        if one.is_way_back and backup.read_label(one.path).slots.vault_id == slots.vault_id:
            path = one.path
            reader = PageReader(key, backup.read_page(path, 1, SALT), repairs=0)
            return lambda number: reader.open(number, backup.read_page(path, number, SIZE))
    return lambda number: None


@contextmanager
def _nobody_else(home: Path) -> Iterator[None]:
    """While its files are read nobody writes to them. Raises BusyVaultError if the vault is open."""
    if not os.access(home, os.W_OK):
        yield  # a read-only disk: nobody can
        return
    with locks.held(home / layout.USE_LOCK, alone=True):
        yield


def _fill(target: Database, damaged: sqlite3.Connection, lost: list[str]) -> int:
    have = int(damaged.execute("PRAGMA user_version").fetchone()[0])
    if have > len(schema.STEPS):
        raise NewerSchemaError(
            "This vault was written by a newer version of Jackfield.", "Install that version or a later one."
        )
    schema.create(target, up_to=have)
    tables = {table.name: table for table in _tables(target)}
    rows: Rows = {}
    for table in tables.values():
        found = read_rows(damaged, table)
        rows[table.name] = [dict(zip(table.columns, row, strict=True)) for row in found.rows]
        if found.lost or not found.complete:
            lost.append(_loss(table.name, found.lost))
    lost += settle_accounts(damaged, rows)
    if lost and not rows["accounts"]:
        raise DamagedVaultError(
            "No account in the vault file can be read.", "Restore a backup. The file was not touched."
        )
    drop_orphans(target, rows)
    with target.transaction():
        target.execute("PRAGMA defer_foreign_keys = ON")
        for table in tables.values():
            for row in rows[table.name]:
                _insert(target, table, row)
        _keep_numbers(target, damaged)
    return len(rows["accounts"])


def _keep_numbers(target: Database, damaged: sqlite3.Connection) -> None:
    """The number that the last entry had stays given: so the chain tells of entries lost at its end."""
    last = last_number(damaged, "activity")
    target.execute("DELETE FROM sqlite_sequence WHERE name = 'activity'")
    target.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('activity', ?)", (last,))


def _insert(target: Database, table: Table, row: Mapping[str, Any]) -> None:
    columns = ", ".join(f'"{column}"' for column in table.columns)
    marks = ", ".join("?" for _ in table.columns)
    target.execute(
        f'INSERT INTO "{table.name}" ({columns}) VALUES ({marks})',  # noqa: S608 - the schema's own names
        [row[column] for column in table.columns],
    )


def _tables(target: Database) -> list[Table]:
    found = []
    for _, name, kind, _, without_rowid, _ in target.rows("PRAGMA main.table_list"):
        if kind == "table" and not name.startswith(_MADE_ANEW) and name not in _LEFT_BEHIND:
            columns = [row[1] for row in target.rows(f'PRAGMA table_xinfo("{name}")') if not row[6]]
            found.append(Table(name, tuple(columns), not without_rowid))
    return found


_WORDS = {
    "accounts": ("account", "accounts"),
    "generations": ("record of an account's history", "records of accounts' histories"),
    "activity": ("entry of the activity", "entries of the activity"),
    "saved_requests": ("saved request", "saved requests"),
    "profiles": ("profile", "profiles"),
    "earlier_people": ("earlier person of an account", "earlier people of accounts"),
    "connector_settings": ("setting of a connector", "settings of connectors"),
}


def _loss(table: str, count: int) -> str:
    one, many = _WORDS.get(table, ("fact of the vault's own", "facts of the vault's own"))
    if count == 1:
        return f"One {one} could not be read."
    return f"{count} {many} could not be read." if count else f"Some {many} could not be read."
