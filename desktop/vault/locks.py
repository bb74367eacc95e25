"""Who has the vault open: everyone together while it is used, one alone while a backup takes its place.

Advisory locks of the system (flock), gone when their process is gone, also after kill -9. Windows has
none of the shared kind and needs none here: it refuses to move a file that is open. On a network file
system the locks hold only as far as that system keeps them.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from desktop.vault import files
from desktop.vault.errors import BusyVaultError

if sys.platform != "win32":
    import fcntl

SHARED = sys.platform != "win32"  # whether the locks of this module hold anybody off


class Lock:
    """A lock that is held until `release`."""

    def __init__(self, path: Path, *, alone: bool, wait: bool = False) -> None:
        """Raises BusyVaultError if somebody else holds it and `wait` is false."""
        with files.saving(f"The file {path.name}"):
            self._descriptor: int | None = os.open(
                path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), files.FILE_MODE
            )
        try:
            if sys.platform != "win32":
                os.fchmod(self._descriptor, files.FILE_MODE)
                kind = fcntl.LOCK_EX if alone else fcntl.LOCK_SH
                fcntl.flock(self._descriptor, kind if wait else kind | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self.release()
            raise BusyVaultError(
                "The vault is open, in this program or in another one."
                if alone
                else "A backup is being restored into this vault right now.",
                "Lock or close it there, then try again." if alone else "Try again in a moment.",
            ) from error
        except BaseException:
            self.release()
            raise

    def release(self) -> None:
        """Lets go. A second call does nothing."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


@contextmanager
def held(path: Path, *, alone: bool, wait: bool = False) -> Iterator[None]:
    """Holds the lock for a block."""
    lock = Lock(path, alone=alone, wait=wait)
    try:
        yield
    finally:
        lock.release()
