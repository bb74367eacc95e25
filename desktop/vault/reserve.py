"""A small file that is given up when the disk is full, so that the vault can be read, and one token saved.

SQLite needs files beside the database even for reading. The reserve holds the room for them; it is laid down
again when the vault is closed and there is room once more. Whoever fills the disk may be quicker: then the
sentence says that the disk is full, as it would without.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from desktop.vault import files, layout
from desktop.vault.errors import SaveFailedError

SIZE = 256 << 10  # what the side files of one command need, and the record of one refresh


def lay(home: Path) -> None:
    """Makes sure that there is a reserve, if there is room for it. Never an obstacle."""
    path = home / layout.RESERVE
    try:
        if layout.present(path) or shutil.disk_usage(home).free < SIZE:
            return
        descriptor = files.create_private(path)
    except OSError:
        return  # another program was quicker, or the disk takes nothing
    try:
        _fill(descriptor)
    except OSError:
        path.unlink(missing_ok=True)  # a part of it would promise what it does not hold
    finally:
        os.close(descriptor)


def give_up(home: Path) -> bool:
    """Frees the room. False: there was no reserve, so nothing has changed."""
    try:
        with files.saving("The reserve"):
            (home / layout.RESERVE).unlink()
    except SaveFailedError:
        return False
    return True


def _fill(descriptor: int) -> None:
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(descriptor, 0, SIZE)
    else:
        os.write(descriptor, bytes(SIZE))
