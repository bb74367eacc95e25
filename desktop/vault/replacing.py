"""Puts a verified vault in the place of another one so that a crash leaves exactly one of the two.

The new files are complete in the folder `restore-pending/new` before its name appears. From then on the
decision is made: each step moves one file, and whoever opens the vault next carries on where it stopped.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from desktop.vault import files, layout, locks


def begin(home: Path, staging: Path) -> Path | None:
    """`staging/new` holds keyslots.json and vault.db, verified. Returns where the replaced vault is kept."""
    for name in (layout.KEY_SLOTS, layout.DATABASE):
        files.sync_file(staging / "new" / name)
    files.sync_folder(staging / "new")
    with locks.held(home / layout.RESTORE_LOCK, alone=True, wait=True):
        staging.rename(home / layout.PENDING_RESTORE)
        files.sync_folder(home)
        return _carry_on(home)


def finish(home: Path) -> None:
    """Carries on a replacement that was interrupted. Does nothing if there is none."""
    if not layout.present(home / layout.PENDING_RESTORE):
        return
    with files.saving("The restored vault"), locks.held(home / layout.RESTORE_LOCK, alone=True, wait=True):
        if layout.present(home / layout.PENDING_RESTORE):  # another program may have been quicker
            _carry_on(home)


def _carry_on(home: Path) -> Path | None:
    pending = home / layout.PENDING_RESTORE
    new, old = pending / "new", pending / "old"
    if new.exists():
        if not old.exists():
            files.new_private_folder(old)
        # The key slots are placed first: as long as they are here, what lies outside is the old vault.
        if (new / layout.KEY_SLOTS).exists():
            for name in layout.STORE_FILES:
                if layout.present(home / name):
                    (home / name).rename(old / name)
            files.sync_folder(old)
        for name in (layout.KEY_SLOTS, layout.DATABASE):
            if (new / name).exists():
                (new / name).rename(home / name)
                files.sync_folder(home)
        new.rmdir()
    kept = _keep(home, old)
    (home / layout.ATTEMPTS).unlink(missing_ok=True)  # they were about another passphrase
    pending.rmdir()
    files.sync_folder(home)
    return kept


def _keep(home: Path, old: Path) -> Path | None:
    if not old.exists():
        return None
    if not any(old.iterdir()):
        old.rmdir()
        return None
    backups = home / layout.BACKUPS
    files.make_private_folder(backups)
    kept = unused(backups / f"replaced-{stamp()}")
    old.rename(kept)
    files.sync_folder(backups)
    return kept


def stamp() -> str:
    """The present moment for a file's name, in UTC."""
    return datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")


def unused(path: Path) -> Path:
    """The path, or the same with a number behind it if that name is taken."""
    candidate, number = path, 1
    while layout.present(candidate):
        number += 1
        candidate = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return candidate
