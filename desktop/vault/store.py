"""Where the vault's files lie, and whether they are all there and safe to open."""

from __future__ import annotations

import os
from pathlib import Path

from desktop.vault import files, keyslots
from desktop.vault.errors import DamagedVaultError, MissingKeySlotError, NoVaultError, VaultExistsError

DATABASE_NAME = "vault.db"
BACKUP_FOLDER = "backups"
DATABASE_FILES = (DATABASE_NAME, f"{DATABASE_NAME}-wal", f"{DATABASE_NAME}-shm")
ALL_FILES = (*DATABASE_FILES, keyslots.FILE_NAME)


def database_path(home: Path) -> Path:
    """The encrypted database."""
    return home / DATABASE_NAME


def exists(home: Path) -> bool:
    """Whether a vault, or a part of one, lies in this folder. A part is enough: it may hold everything."""
    return any(os.path.lexists(home / name) for name in ALL_FILES)


def refuse_existing(home: Path) -> None:
    """Raises VaultExistsError or MissingKeySlotError where a new vault would stand over an old one."""
    if not exists(home):
        return
    if not os.path.lexists(home / keyslots.FILE_NAME):
        raise _no_slots(home)
    raise VaultExistsError(
        f"There is a vault in {home} already, and a new one is never created over it.",
        "Unlock it, or choose another folder.",
    )


def check(home: Path) -> None:
    """All files there, private and our own. Raises the error that says which is not."""
    if not os.path.lexists(home) or not exists(home):
        raise NoVaultError(f"There is no vault in {home} yet.", "Create one, or check the folder.")
    files.check_private_folder(home)
    if not os.path.lexists(home / keyslots.FILE_NAME):
        raise _no_slots(home)
    if not os.path.lexists(database_path(home)):
        raise DamagedVaultError(
            f"The vault's database is missing: {database_path(home)}. Its key slots are there.",
            "Put the file back or restore a backup. "
            "Only if there never was a database, delete keyslots.json and start anew.",
        )
    for name in ALL_FILES:
        if os.path.lexists(home / name):
            try:
                files.check_private_file(home / name)
            except FileNotFoundError:
                continue  # -wal and -shm go when another program closes the vault


def _no_slots(home: Path) -> MissingKeySlotError:
    return MissingKeySlotError(
        f"The key slots are missing: {home / keyslots.FILE_NAME}. "
        "Without them nothing can open the vault beside it.",
        "Put the file back or restore a backup. The vault itself was not touched.",
    )
