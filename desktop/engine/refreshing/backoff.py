"""How long to leave a service alone after it failed."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import NamedTuple

from connectors.errors import TemporaryError

FIRST = 30.0
LONGEST = 3600.0
JITTER = 0.2


class _Pause(NamedTuple):
    failures: int
    until: datetime
    error: Exception


class Backoff:
    """Per account: 30 s, doubled with each failure up to an hour, with jitter; Retry-After is honoured."""

    def __init__(self, random_source: random.Random | None = None) -> None:
        self._pauses: dict[str, _Pause] = {}
        self._random = random_source or random.SystemRandom()

    def failed(self, account_id: str, error: Exception, now: datetime) -> None:
        """Counts a failure."""
        before = self._pauses.get(account_id)
        failures = before.failures + 1 if before else 1
        seconds = min(LONGEST, FIRST * 2.0 ** min(failures - 1, 10))
        seconds *= 1 + self._random.uniform(-JITTER, JITTER)
        asked = error.retry_after if isinstance(error, TemporaryError) else None
        seconds = min(LONGEST, max(seconds, asked or 0.0))
        self._pauses[account_id] = _Pause(failures, now + timedelta(seconds=seconds), error)

    def until(self, account_id: str) -> datetime | None:
        """When the account may be tried again; None: at once."""
        pause = self._pauses.get(account_id)
        return pause.until if pause else None

    def check(self, account_id: str, now: datetime) -> None:
        """Raises the last failure again while its pause lasts."""
        pause = self._pauses.get(account_id)
        if pause is not None and now < pause.until:
            raise pause.error

    def forget(self, account_id: str) -> None:
        """It works again."""
        self._pauses.pop(account_id, None)

    def forget_all(self) -> None:
        """A fresh start, as after the vault was locked."""
        self._pauses.clear()

    def failed_unless_noted(self, account_id: str, error: Exception, now: datetime) -> None:
        """Counts a failure that did not come from the service, so that it is not tried in a circle."""
        pause = self._pauses.get(account_id)
        if pause is None or pause.until <= now:
            self.failed(account_id, error, now)
