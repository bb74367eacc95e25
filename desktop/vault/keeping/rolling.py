"""Backups that are made by themselves: the last three, each opened and checked before an older one goes."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from desktop.vault import backup, files, layout, locks, replacing
from desktop.vault.database import Database
from desktop.vault.errors import BusyVaultError
from desktop.vault.keeping import kept
from desktop.vault.keeping.kept import KeptBackup

KEEP = 3
EVERY = timedelta(days=1)
OVERDUE = timedelta(days=7)
_NAME = re.compile(rf"{kept.ROLLING}(\d{{8}}T\d{{6}}Z)(-\d+)?{re.escape(backup.SUFFIX)}")
_COUNTED = (layout.DATABASE, f"{layout.DATABASE}-wal", layout.KEY_SLOTS)


def folder_of(home: Path) -> Path:
    """Where they lie."""
    return home / layout.BACKUPS


def due(home: Path, now: datetime) -> bool:
    """Whether the last one is a day old and something was written since. Reads names and times alone."""
    last = _last(home)
    # Also when the clock was turned back: a backup from tomorrow says nothing about today.
    return (last is None or abs(now - last) >= EVERY) and _written_since(home, last)


def changed(home: Path) -> bool:
    """Whether something was written since the last one, however young it is."""
    return _written_since(home, _last(home))


def overdue(home: Path, now: datetime) -> datetime | None:
    """When the last one was made, if that is a week ago and the vault was written to since."""
    last = _last(home)
    return last if last is not None and now - last > OVERDUE and _written_since(home, last) else None


def _written_since(home: Path, last: datetime | None) -> bool:
    if last is None:
        return True
    for name in _COUNTED:
        path = home / name
        if layout.present(path):
            status = path.lstat()
            # An empty write-ahead log appears whenever somebody opens the vault.
            if status.st_size and datetime.fromtimestamp(status.st_mtime, UTC) > last:
                return True
    return False


def make(
    database: Database, key: bytes, home: Path, go_on: Callable[[], None] = lambda: None
) -> KeptBackup | None:
    """Writes one, then takes the oldest away. None: nothing to lose yet, or another program is at it.

    Also for a vault that only the keychain opens. Raises SaveFailedError, DamagedVaultError; the older ones
    are then all still there.
    """
    if not _worth_it(database):
        return None
    try:
        with locks.held(home / layout.ROLLING_LOCK, alone=True):
            folder = folder_of(home)
            files.make_private_folder(folder)
            path = replacing.unused(folder / f"{kept.ROLLING}{replacing.stamp()}{backup.SUFFIX}")
            backup.write(database, key, home, path, portable=False, go_on=go_on)
            _drop_oldest(folder)
            return kept.look(path)
    except BusyVaultError:
        return None


def _last(home: Path) -> datetime | None:
    """When the last one was begun, by its name. Large ones are not read for that."""
    folder = folder_of(home)
    if not folder.is_dir():
        return None
    found = [_NAME.fullmatch(path.name) for path in folder.iterdir()]
    moments = [datetime.strptime(name[1], "%Y%m%dT%H%M%S%z") for name in found if name]
    return max(moments, default=None)


def _worth_it(database: Database) -> bool:
    return bool(
        database.value("SELECT EXISTS (SELECT 1 FROM accounts) OR EXISTS (SELECT 1 FROM connector_settings)")
    )


def _drop_oldest(folder: Path) -> None:
    """Three good ones stay. A damaged one does not count, and goes once three good ones are younger."""
    good = 0
    for one in kept.listed(folder):
        if one.kind != "rolling":
            continue
        if good >= KEEP:
            one.path.unlink()
        elif not one.problem:
            good += 1
    files.sync_folder(folder)
