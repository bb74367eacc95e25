"""Opens the database also where the disk is full or read-only, as far as that is possible."""

from __future__ import annotations

import os
from pathlib import Path

from desktop.vault import layout, reserve
from desktop.vault.database import Database
from desktop.vault.errors import SaveFailedError


def open_database(home: Path, key: bytes, *, read_only: bool = False) -> Database:
    """A connection to the vault in `home`. Raises DamagedVaultError, SaveFailedError.

    Even for reading SQLite needs room for its files beside the database: on a full disk the reserve is
    given up for them. On a read-only disk it is told that nothing changes there.
    """
    path = home / layout.DATABASE
    if on_read_only_disk(home):
        return _unchanging(path, key)
    try:
        return Database(path, key, read_only=read_only)
    except SaveFailedError:
        if not reserve.give_up(home):
            raise
        return Database(path, key, read_only=read_only)


def on_read_only_disk(home: Path) -> bool:
    """Whether the disk itself takes nothing, whoever asks."""
    return hasattr(os, "statvfs") and bool(os.statvfs(home).f_flag & os.ST_RDONLY)


def _unchanging(path: Path, key: bytes) -> Database:
    wal = layout.side_files(path)[0]
    if layout.present(wal) and wal.stat().st_size:
        raise SaveFailedError(
            f"The disk of {path.parent} is read-only, and what was saved last in the vault lies beside it,"
            " from where SQLite cannot take it without writing.",
            "Copy the folder to a disk that can be written, or write what is in the vault to one:"
            " jackfield vault rescue FILE",
        )
    return Database(path, key, read_only=True, unchanging=True)
