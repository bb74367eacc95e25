"""Wrong passphrases cost time: 0, 0, 0, 1, 2, 4 … at most 30 seconds, also after a restart.

This slows down somebody who sits at the program. It does not stop one who has copied the files: there
only Argon2id and a good passphrase stand in the way. The count lies beside the key slots, readable; to
delete it is no more than what such a person can do anyway.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from desktop.vault import files, layout, locks
from desktop.vault.errors import SaveFailedError, ThrottledError, WrongPassphraseError

FREE_FAILURES = 3
LONGEST_WAIT = 30.0


class Attempts(msgspec.Struct, frozen=True):
    """How many wrong ones in a row, and when the last was (seconds since 1970)."""

    failures: int = 0
    last: float = 0.0


def delay_after(failures: int) -> float:
    """Seconds to wait after so many wrong ones in a row."""
    return 0.0 if failures < FREE_FAILURES else min(LONGEST_WAIT, 2.0 ** min(failures - FREE_FAILURES, 10))


def attempts(home: Path) -> Attempts:
    """Those in vain since the passphrase was last right."""
    try:
        return msgspec.json.decode((home / layout.ATTEMPTS).read_bytes(), type=Attempts)
    except (OSError, msgspec.DecodeError):
        return Attempts()  # none, or made unreadable by somebody who could as well have deleted it


@contextmanager
def attempt(home: Path) -> Iterator[None]:
    """Around one try of a passphrase; nobody else's is made meanwhile. Raises ThrottledError.

    One after the other, so that many at once gain nothing and right ones given at once are not held
    against anybody. A wrong one is counted before it is told. A try that was interrupted or killed told
    nothing, and so costs nothing.
    """
    try:
        lock = locks.Lock(home / layout.UNLOCK_LOCK, alone=True, wait=True)
    except SaveFailedError:
        lock = None  # a full disk must not keep its owner out of the vault
    try:
        _refuse_while_waiting(home, time.time())
        try:
            yield
        except WrongPassphraseError:
            count_failure(home)
            raise
        forget_attempts(home)
    finally:
        if lock is not None:
            lock.release()


def count_failure(home: Path, now: float | None = None) -> None:
    """Counts a wrong passphrase."""
    _write(home, Attempts(attempts(home).failures + 1, time.time() if now is None else now))


def _refuse_while_waiting(home: Path, moment: float) -> None:
    made = attempts(home)
    if made.last > moment:  # the clock was set back: wait once more from now, not for years
        made = Attempts(made.failures, moment)
        _write(home, made)
    wait = made.last + delay_after(made.failures) - moment
    if wait > 0:
        seconds = f"{math.ceil(wait)} second{'' if wait <= 1 else 's'}"
        raise ThrottledError(
            f"Too many wrong passphrases. Wait {seconds}, then try again.",
            "The passphrase was not checked this time.",
            wait_seconds=wait,
        )


def forget_attempts(home: Path) -> None:
    """After the right passphrase the count starts anew."""
    try:
        (home / layout.ATTEMPTS).unlink(missing_ok=True)
    except OSError:
        return  # a disk that has become read-only must not keep its owner out of the vault


def _write(home: Path, made: Attempts) -> None:
    try:
        files.write_private(home / layout.ATTEMPTS, msgspec.json.encode(made))
    except SaveFailedError:
        return  # a full disk must not keep its owner out of the vault
