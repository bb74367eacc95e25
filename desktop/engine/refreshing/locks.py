"""One lock per account across processes, so that the window and the command line never refresh at once."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from connectors.errors import TemporaryError

FOLDER = "locks"
GIVE_UP_AFTER = 45.0  # a refresh ends after 30 s at the latest
_FIRST_PAUSE, _LONGEST_PAUSE = 0.01, 0.2

if sys.platform == "win32":
    import msvcrt

    def _try_lock(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@asynccontextmanager
async def account_lock(
    home: Path, account_id: str, give_up_after: float = GIVE_UP_AFTER
) -> AsyncIterator[None]:
    """Holds the account's lock file. Other tasks of the loop go on while this waits.

    The lock belongs to the open file, so it ends with the process however that ends. Asked for again and
    again rather than waited for in a thread: a thread in flock() could not be cancelled.
    Raises TemporaryError if another process holds it for longer than `give_up_after` seconds.
    """
    folder = home / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(folder / f"{account_id}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        await _wait_for(descriptor, give_up_after)
        yield
    finally:
        os.close(descriptor)


def wait_note(home: Path, account_id: str) -> Path:
    """The file beside the lock that says until when the service is to be left alone."""
    return home / FOLDER / f"{account_id}.wait"


def forget_lock(home: Path, account_id: str) -> None:
    """Removes the lock file of an account that is gone, and its note. Called by whoever holds the lock."""
    wait_note(home, account_id).unlink(missing_ok=True)
    if sys.platform != "win32":  # an open file cannot be removed there; it is empty and does no harm
        (home / FOLDER / f"{account_id}.lock").unlink(missing_ok=True)


async def _wait_for(descriptor: int, give_up_after: float) -> None:
    loop = asyncio.get_running_loop()
    end, pause = loop.time() + give_up_after, _FIRST_PAUSE
    while not _try_lock(descriptor):
        if loop.time() >= end:
            raise TemporaryError(
                "Another Jackfield process is using this account and did not finish in time.",
                "Try again in a minute.",
            )
        await asyncio.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)
