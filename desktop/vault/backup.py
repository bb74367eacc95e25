"""A backup: one file that holds the encrypted database and its key slots, and nothing in the clear.

It opens on any computer with the passphrase that the vault had when it was made. A ZIP container without
compression (encrypted data does not get smaller): backup.json, keyslots.json, vault.db.
"""

from __future__ import annotations

import os
import shutil
import struct
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import msgspec

from desktop.vault import checking, files, keyslots, layout, locks, replacing, store, unlocking
from desktop.vault.database import Database
from desktop.vault.errors import (
    DamagedVaultError,
    MissingKeySlotError,
    NewerSchemaError,
    SaveFailedError,
    WrongPassphraseError,
)
from desktop.vault.keeping.work import tidy, work_folder
from desktop.vault.keyslots import KeySlots

SUFFIX = ".jackfield-backup"
VERSION = 1
_MANIFEST = "backup.json"
_MEMBERS = (_MANIFEST, layout.KEY_SLOTS, layout.DATABASE)
_SMALL = 1 << 20
_UNREADABLE = (
    zipfile.BadZipFile,
    EOFError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    struct.error,
    msgspec.DecodeError,
)


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What the container says about itself."""

    format: Literal["jackfield-backup"] = "jackfield-backup"
    version: int = VERSION
    created_at: datetime


class Label(msgspec.Struct, frozen=True):
    """What can be known of a backup without its passphrase."""

    made_at: datetime
    slots: KeySlots


def write(
    database: Database,
    key: bytes,
    home: Path,
    path: Path,
    *,
    portable: bool = True,
    go_on: Callable[[], None] = lambda: None,
) -> None:
    """Writes a backup and opens it again before it gets its name. Mode 0600; nothing is left on failure.

    `portable` demands a passphrase slot, without which no other computer could open it. An older backup
    of that name is replaced, any other file is not. `go_on` is called from time to time and ends it by
    raising. Raises SaveFailedError, MissingKeySlotError, DamagedVaultError.
    """
    slots = keyslots.load(home)
    if portable and slots.find("passphrase") is None:
        raise MissingKeySlotError(
            "This vault has no passphrase, so a backup of it could not be opened on another computer.",
            "Set a passphrase first.",
        )

    def copy_all(target: Database) -> None:
        database.copy_into(target, go_on)

    write_made(copy_all, slots, key, home, path)


def write_made(fill: Callable[[Database], None], slots: KeySlots, key: bytes, home: Path, path: Path) -> None:
    """The same of a database that `fill` writes into an empty one. `home` lends the work folder."""
    _refuse_foreign_file(path)
    partial = files.beside(path)
    with files.saving(f"The backup {path}"), work_folder(home, partial) as work:
        copy = work / layout.DATABASE
        files.write_new(copy, b"")
        target = Database(copy, key, new=True)
        try:
            fill(target)
        finally:
            target.close()  # moves everything from its WAL into the one file
        _pack(partial, slots, copy)
        copy.unlink()
        _unpack(partial, work)
        checking.verify(copy, key)
        partial.replace(path)
        files.sync_folder(path.parent)


def write_before_migration(database: Database, key: bytes, home: Path, have: int) -> None:
    """The backup that is made before the tables change. It stays in the vault's folder."""
    folder = home / layout.BACKUPS
    files.make_private_folder(folder)
    name = f"before-schema-{have + 1}-{replacing.stamp()}{SUFFIX}"
    write(database, key, home, replacing.unused(folder / name), portable=False)


def restore(home: Path, path: Path, passphrase: str | None = None) -> Path | None:
    """Puts the backup in the place of the vault in `home`, if there is one; None asks the keychain.

    The backup is opened and checked wholly before anything is touched. The replaced vault is kept; the
    answer is its folder, which can be opened like any vault's. The vault must not be open anywhere.
    Raises WrongPassphraseError, DamagedVaultError, NewerSchemaError, BusyVaultError, SaveFailedError.
    """
    need(path)
    files.make_private_folder(home)
    tidy(home)
    replacing.finish(home)
    with locks.held(home / layout.USE_LOCK, alone=True), files.saving("The restored vault"):
        with work_folder(home) as staging:
            new = staging / "new"
            files.new_private_folder(new)
            slots = _unpack(path, new)
            key = _open(slots, passphrase)
            checking.verify(new / layout.DATABASE, key)
            kept = replacing.begin(home, staging)
        store.check(home)
        return kept


def read_label(path: Path) -> Label:
    """When it was made and what opens it. Raises DamagedVaultError, NewerSchemaError, MissingKeySlotError."""
    try:
        with zipfile.ZipFile(path) as container:
            _check_members(container, path)
            manifest = msgspec.json.decode(container.read(_MANIFEST), type=Manifest)
            _refuse_newer(manifest)
            return Label(manifest.created_at, keyslots.decode(container.read(layout.KEY_SLOTS)))
    except (*_UNREADABLE, OSError) as error:
        raise _not_a_backup(path) from error


def need(path: Path) -> None:
    """Raises DamagedVaultError if there is no such file."""
    if not path.is_file():
        raise DamagedVaultError(f"There is no backup {path}.", "Check the file's name.")


def try_open(path: Path, passphrase: str | None) -> None:
    """Raises what `restore` would say of the file and the passphrase. Slow; changes nothing."""
    need(path)
    check_bytes(path)
    _open(read_label(path).slots, passphrase)


def read_page(path: Path, number: int, size: int) -> bytes:
    """A page of the encrypted database in it, as it lies there. For a file that was read before."""
    with zipfile.ZipFile(path) as container, container.open(layout.DATABASE) as file:
        file.seek((number - 1) * size)
        return file.read(size)


def check_bytes(path: Path) -> None:
    """Reads the whole file and compares every byte with its checksum. Raises DamagedVaultError."""
    try:
        with zipfile.ZipFile(path) as container:
            whole = container.testzip() is None
    except (*_UNREADABLE, OSError) as error:
        raise _not_a_backup(path) from error
    if not whole:
        raise _not_a_backup(path)


def _open(slots: KeySlots, passphrase: str | None) -> bytes:
    if passphrase is None:
        return unlocking.open_keychain_slot(slots)
    try:
        return unlocking.open_passphrase_slot(slots, passphrase)
    except WrongPassphraseError as error:
        raise WrongPassphraseError(
            "The passphrase does not open this backup.",
            "It is the one that the vault had when the backup was made. Nothing was changed.",
        ) from error


def _pack(partial: Path, slots: KeySlots, copy: Path) -> None:
    manifest = Manifest(created_at=datetime.now(UTC).replace(microsecond=0))
    with os.fdopen(files.create_private(partial), "w+b") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as container:
            container.writestr(_MANIFEST, msgspec.json.encode(manifest))
            container.writestr(layout.KEY_SLOTS, keyslots.encode(slots))
            container.write(copy, layout.DATABASE)
        file.flush()
        os.fsync(file.fileno())


def _unpack(path: Path, folder: Path) -> KeySlots:
    """Writes keyslots.json and vault.db into `folder`. Raises DamagedVaultError: this is no backup."""
    try:
        with zipfile.ZipFile(path) as container:
            _check_members(container, path)
            _refuse_newer(msgspec.json.decode(container.read(_MANIFEST), type=Manifest))
            content = container.read(layout.KEY_SLOTS)
            slots = keyslots.decode(content)
            target = folder / layout.DATABASE
            with (
                container.open(layout.DATABASE) as source,
                os.fdopen(files.create_private(target), "wb") as file,
            ):
                shutil.copyfileobj(source, file, 1 << 20)
    except _UNREADABLE as error:
        raise _not_a_backup(path) from error
    if not (folder / layout.KEY_SLOTS).exists():
        files.write_new(folder / layout.KEY_SLOTS, content)
    return slots


def _check_members(container: zipfile.ZipFile, path: Path) -> None:
    members = container.infolist()
    size = path.stat().st_size
    if sorted(member.filename for member in members) != sorted(_MEMBERS):
        raise _not_a_backup(path)
    for member in members:
        limit = size if member.filename == layout.DATABASE else _SMALL
        if member.compress_type != zipfile.ZIP_STORED or member.file_size > limit:
            raise _not_a_backup(path)


def _refuse_newer(manifest: Manifest) -> None:
    if manifest.version > VERSION:
        raise NewerSchemaError(
            "This backup was written by a newer version of Jackfield.", "Install that version or a later one."
        )


def _not_a_backup(path: Path) -> DamagedVaultError:
    return DamagedVaultError(
        f"The file {path} is not a backup of a vault, or it is damaged.",
        "Nothing was changed. Use another file.",
    )


def _refuse_foreign_file(path: Path) -> None:
    if not path.parent.is_dir():
        raise SaveFailedError(
            f"There is no folder {path.parent} for the backup.", "Create it, or choose another."
        )
    if not layout.present(path):
        return
    try:
        with zipfile.ZipFile(path) as container:
            _check_members(container, path)
    except (*_UNREADABLE, OSError, DamagedVaultError) as error:
        raise SaveFailedError(
            f"{path} is there already and is not a backup, so it was left alone.", "Choose another name."
        ) from error
