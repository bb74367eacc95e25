"""A service that failed is left alone for a while, longer each time."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from connectors.errors import ServiceError, TemporaryError
from desktop.engine.refreshing.backoff import LONGEST, Backoff

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def pauses(backoff: Backoff, error: Exception, times: int) -> list[float]:
    found = []
    for _ in range(times):
        backoff.failed("a1", error, NOW)
        until = backoff.until("a1")
        assert until is not None
        found.append((until - NOW).total_seconds())
    return found


def test_it_doubles_with_jitter_up_to_an_hour() -> None:
    found = pauses(Backoff(random.Random(1)), ServiceError("no"), 12)
    for expected, pause in zip((30, 60, 120, 240, 480), found, strict=False):
        assert 0.8 * expected <= pause <= 1.2 * expected
    assert len({round(pause / 30, 3) for pause in found[:5]}) == 5
    assert max(found) <= LONGEST


def test_ten_minutes_see_at_most_ten_tries() -> None:
    backoff, now, tries = Backoff(), NOW, 0
    while now < NOW + timedelta(minutes=10):
        tries += 1
        backoff.failed("a1", TemporaryError("down"), now)
        until = backoff.until("a1")
        assert until is not None
        now = until
    assert tries <= 10


def test_retry_after_is_honoured_and_capped() -> None:
    assert pauses(Backoff(), TemporaryError("busy", retry_after=900), 1) == [900]
    assert pauses(Backoff(), TemporaryError("busy", retry_after=10**7), 1) == [LONGEST]


def test_while_it_lasts_the_failure_is_repeated() -> None:
    backoff = Backoff()
    error = TemporaryError("down")
    backoff.failed("a1", error, NOW)
    with pytest.raises(TemporaryError) as caught:
        backoff.check("a1", NOW + timedelta(seconds=5))
    assert caught.value is error
    backoff.check("a1", NOW + timedelta(minutes=2))
    backoff.check("other", NOW)
    backoff.forget("a1")
    backoff.check("a1", NOW)


def test_a_failure_is_counted_once_wherever_it_is_noticed() -> None:
    backoff = Backoff()
    backoff.failed("a1", TemporaryError("down"), NOW)
    until = backoff.until("a1")
    backoff.failed_unless_noted("a1", TemporaryError("down"), NOW)
    assert backoff.until("a1") == until
    backoff.failed_unless_noted("a2", ServiceError("odd"), NOW)
    assert backoff.until("a2") is not None
