"""The backups that lie in a folder: what each says about itself, and whether its file is still whole."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec

from desktop.vault import backup
from desktop.vault.errors import VaultError
from desktop.vault.keyslots import SlotKind

ROLLING = "rolling-"
BEFORE_SCHEMA = "before-schema-"

RESCUED = "rescued-"

Kind = Literal["rolling", "before_migration", "rescued", "other"]


class KeptBackup(msgspec.Struct, frozen=True, kw_only=True):
    """A backup file, opened and checked when it was written. No `problem`: its bytes are still those."""

    path: Path
    kind: Kind
    made_at: datetime
    size: int
    opens_with: tuple[SlotKind, ...] = ()
    problem: str = ""

    @property
    def is_way_back(self) -> bool:
        """Whether it can be recommended: whole, and of a whole vault. What was rescued may lack much."""
        return not self.problem and self.kind != "rescued"


def listed(folder: Path) -> list[KeptBackup]:
    """Every backup in the folder, the newest first. Reads each one as a whole, to compare its checksums."""
    if not folder.is_dir():
        return []
    found = [look(path) for path in folder.iterdir() if path.suffix == backup.SUFFIX and path.is_file()]
    # The time in a backup has whole seconds.
    return sorted(found, key=lambda one: (one.made_at, one.path.stat().st_mtime_ns), reverse=True)


def newest_good(folder: Path) -> KeptBackup | None:
    """The backup to go back to, see `is_way_back`."""
    return next((one for one in listed(folder) if one.is_way_back), None)


def look(path: Path) -> KeptBackup:
    """One backup. One that cannot be read is dated by its file."""
    status = path.stat()
    made_at = datetime.fromtimestamp(status.st_mtime).astimezone()
    opens_with: tuple[SlotKind, ...] = ()
    problem = ""
    try:
        label = backup.read_label(path)
        made_at, opens_with = label.made_at, tuple(slot.kind for slot in label.slots.slots)
        backup.check_bytes(path)
    except VaultError as error:
        problem = error.sentence
    return KeptBackup(
        path=path,
        kind=_kind(path.name),
        made_at=made_at,
        size=status.st_size,
        opens_with=opens_with,
        problem=problem,
    )


def look_or_raise(path: Path) -> KeptBackup:
    """The same, of a file that somebody chose. Raises DamagedVaultError where it is no good backup."""
    backup.need(path)
    backup.read_label(path)
    backup.check_bytes(path)
    return look(path)


def _kind(name: str) -> Kind:
    if name.startswith(ROLLING):
        return "rolling"
    if name.startswith(RESCUED):
        return "rescued"
    return "before_migration" if name.startswith(BEFORE_SCHEMA) else "other"
