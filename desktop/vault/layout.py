"""The names of the vault's files inside its folder."""

from __future__ import annotations

import os
from pathlib import Path

DATABASE = "vault.db"
KEY_SLOTS = "keyslots.json"
ATTEMPTS = "attempts.json"
BACKUPS = "backups"
# A restore that is decided but not done yet; whoever comes next finishes it.
PENDING_RESTORE = "restore-pending"
USE_LOCK = "vault.lock"
WORK_LOCK = "work.lock"
ROLLING_LOCK = "rolling.lock"
# Room on the disk that is given up when there is no other; see reserve.py.
RESERVE = "reserve"
RESTORE_LOCK = "restore.lock"
UNLOCK_LOCK = "unlock.lock"

STORE_FILES = (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", KEY_SLOTS)


def present(path: Path) -> bool:
    """Whether something has this name, be it a link into nowhere."""
    return os.path.lexists(path)


def side_files(database: Path) -> tuple[Path, Path]:
    """SQLite's own files beside a database."""
    return database.with_name(f"{database.name}-wal"), database.with_name(f"{database.name}-shm")
