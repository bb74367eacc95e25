"""Folders in which something is made whole before it gets its name, and what a kill left of them.

Whoever has one holds `work.lock` together with all others who do. Who gets that lock alone therefore knows
that every work folder is left over: its owner died. What lies in one is encrypted, but nobody's any more.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from desktop.vault import files, layout, locks
from desktop.vault.errors import BusyVaultError, SaveFailedError

_PREFIX = ".work-"
_OUTSIDE = "outside"  # names the one file that is made elsewhere, such as on the disk of the backup
_PARTIAL = re.compile(r"\..+\.[0-9a-f]{16}\.partial")
# What is written and named within milliseconds has no lock; nobody is at it any more after an hour.
_OLD = 3600.0


@contextmanager
def work_folder(home: Path, outside: Path | None = None) -> Iterator[Path]:
    """A private folder that is gone afterwards, unless it was moved to where it belongs.

    `outside` is a file made elsewhere meanwhile: it is taken away too, now or by whoever tidies up.
    """
    with locks.held(home / layout.WORK_LOCK, alone=False, wait=True):
        folder = home / f"{_PREFIX}{secrets.token_hex(8)}"
        files.new_private_folder(folder)
        try:
            if outside is not None:
                files.write_new(folder / _OUTSIDE, os.fsencode(outside))
            yield folder
        finally:
            if outside is not None:
                outside.unlink(missing_ok=True)
            if folder.exists():
                shutil.rmtree(folder)


def tidy(home: Path) -> None:
    """Takes away what programs that were killed left in `home`. Never an obstacle: what cannot go, stays."""
    try:
        left = [path for path in home.iterdir() if path.name.startswith(".")]
        for path in left:
            if _PARTIAL.fullmatch(path.name) and _is_old(path):
                path.unlink(missing_ok=True)
        folders = [path for path in left if path.name.startswith(_PREFIX)]
        if not folders:
            return
        with locks.held(home / layout.WORK_LOCK, alone=True):
            for folder in folders:
                if locks.SHARED or _is_old(folder):
                    _remove(folder)
    except (BusyVaultError, SaveFailedError, OSError):
        # Somebody is at work, or the disk is full or read-only. The next start looks again.
        return


def _remove(folder: Path) -> None:
    note = folder / _OUTSIDE
    if note.is_file():
        outside = Path(os.fsdecode(note.read_bytes()))
        if outside.is_absolute() and _PARTIAL.fullmatch(outside.name) and _is_plain(outside):
            outside.unlink()
    shutil.rmtree(folder)


def _is_plain(path: Path) -> bool:
    return layout.present(path) and stat.S_ISREG(path.lstat().st_mode)


def _is_old(path: Path) -> bool:
    return layout.present(path) and abs(time.time() - path.lstat().st_mtime) > _OLD
