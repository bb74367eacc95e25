"""What a service asked of one program on this computer, kept so that all the others respect it as well.

Each command of the command line is a process of its own and knows nothing of the failure before it. A note
beside the account's lock holds moments only; it is read and written under that lock.
"""

from __future__ import annotations

import logging
import os
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from connectors.errors import ConnectorError, TemporaryError
from desktop.engine.core import Subject
from desktop.engine.refreshing.backoff import LONGEST
from desktop.engine.refreshing.interrupted import was_reached
from desktop.engine.refreshing.locks import wait_note

log = logging.getLogger(__name__)

AT_MOST = 10  # failed requests …
WITHIN = timedelta(minutes=10)  # … in this time


class _Note(msgspec.Struct):
    until: datetime | None = None  # as the service asked with Retry-After, an hour at the most
    failures: list[datetime] = []


def note_failure(home: Path, subject: Subject, error: ConnectorError, now: datetime) -> None:
    """Notes that the service was asked and failed. To be called under the account's lock."""
    if not was_reached(error):
        return
    note = _read(home, subject.row.id)
    note.failures = [*_recent(note, now), now][-AT_MOST:]
    asked = error.retry_after if isinstance(error, TemporaryError) else None
    note.until = now + timedelta(seconds=min(asked, LONGEST)) if asked else None
    path = wait_note(home, subject.row.id)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.encode(note))
    except OSError as refused:  # the service's own answer is what has to be told
        log.warning("the wait that %s asked for was not noted: %s", subject.row.id, refused)


def check(home: Path, subject: Subject, now: datetime) -> None:
    """Raises TemporaryError while the service should be left alone. To be called under the account's lock."""
    note = _read(home, subject.row.id)
    service, hint = subject.inputs.connector.name, "Try again then, or refresh the account by hand."
    # A moment that is further away than it could have been asked for is a clock that was put back.
    if note.until is not None and now < note.until <= now + timedelta(seconds=LONGEST):
        raise _wait(f"{service} asks to wait before the next request.", hint, note.until, now)
    failures = _recent(note, now)
    if len(failures) >= AT_MOST:
        until = failures[0] + WITHIN
        raise _wait(f"{service} failed {AT_MOST} times within ten minutes.", hint, until, now)


def forget(home: Path, account_id: str) -> None:
    """It works again. To be called under the account's lock."""
    wait_note(home, account_id).unlink(missing_ok=True)


def _wait(sentence: str, hint: str, until: datetime, now: datetime) -> TemporaryError:
    return TemporaryError(
        f"{sentence} It is left alone until {until.astimezone():%H:%M}.",
        hint,
        retry_after=(until - now).total_seconds(),
    )


def _recent(note: _Note, now: datetime) -> list[datetime]:
    return [at for at in note.failures if now - WITHIN < at <= now]


def _read(home: Path, account_id: str) -> _Note:
    try:
        return msgspec.json.decode(wait_note(home, account_id).read_bytes(), type=_Note)
    except (OSError, msgspec.DecodeError):  # there is none, or a kill cut it off: nothing was asked for
        return _Note()
