"""A new vault: complete and on the disk before it gets its names, and never over an old one."""

from __future__ import annotations

from pathlib import Path

from desktop.vault import files, keyslots, layout, schema, store
from desktop.vault.database import Database
from desktop.vault.errors import VaultExistsError
from desktop.vault.unlocking import PreparedSlots


def create_store(home: Path, prepared: PreparedSlots) -> None:
    """Writes key slots and an empty database into `home`. Raises VaultExistsError, MissingKeySlotError,
    UnsafeFolderError, SaveFailedError; then nothing of the new vault is left behind.

    Both files are finished under other names first. The key slots are named first, and a name is given
    only if it is free: of two programs that create at once, one wins and the other has changed nothing.
    """
    files.make_private_folder(home)
    store.refuse_existing(home)
    slots_path, database_path = home / layout.KEY_SLOTS, home / layout.DATABASE
    new_slots, new_database = files.beside(slots_path), files.beside(database_path)
    try:
        with files.saving("The new vault"):
            _write_database(new_database, prepared.key)
            files.write_new(new_slots, keyslots.encode(prepared.slots))
            _name(new_slots, slots_path, home)
            try:
                _name(new_database, database_path, home)
            except BaseException:
                slots_path.unlink()  # ours: it was named a moment ago
                raise
    finally:
        new_slots.unlink(missing_ok=True)
        for leftover in (new_database, *layout.side_files(new_database)):
            leftover.unlink(missing_ok=True)


def _name(partial: Path, path: Path, home: Path) -> None:
    try:
        files.publish(partial, path)
    except FileExistsError as error:
        raise VaultExistsError(
            f"Another program has just created a vault in {home}; it was left alone.",
            "Unlock it, or choose another folder.",
        ) from error


def _write_database(path: Path, key: bytes) -> None:
    files.write_new(path, b"")
    database = Database(path, key, new=True)
    try:
        schema.create(database)
    finally:
        database.close()  # the last one out moves everything from the WAL into the database
    files.sync_file(path)
