"""Moments as people read and type them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from desktop.ui import times

MOMENT = datetime(2026, 11, 20, 13, 53, 10, tzinfo=UTC)


@pytest.fixture(params=["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"], autouse=True)
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


def test_what_is_shown_can_be_typed_back() -> None:
    assert times.parse_moment(times.local_text(MOMENT)) == MOMENT


@pytest.mark.parametrize(
    "text", ["2026-11-20T13:53:10Z", "2026-11-20T14:53:10+01:00", "20 Nov 2026, 13:53:10 UTC"]
)
def test_a_moment_with_its_zone_means_the_same_everywhere(text: str) -> None:
    assert times.parse_moment(text) == MOMENT


def test_iso_without_a_zone_is_local_time(zone: str) -> None:
    assert times.parse_moment("2026-11-20 13:53:10") == datetime(2026, 11, 20, 13, 53, 10).astimezone(UTC)


def test_local_time_and_utc_stand_beside_each_other(zone: str) -> None:
    expected = {"UTC": "13:53:10", "Europe/Berlin": "14:53:10", "America/New_York": "08:53:10"}
    assert times.local_text(MOMENT) == f"20 Nov 2026, {expected.get(zone, '19:38:10')}"
    assert times.utc_text(MOMENT) == "13:53:10 UTC"


def test_utc_names_its_date_where_it_is_another() -> None:
    late = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    same_day = late.astimezone().date() == late.date()
    assert times.utc_text(late) == ("23:30:00 UTC" if same_day else "20 Nov 2026, 23:30:00 UTC")


@pytest.mark.parametrize(
    "text", ["tomorrow", "20 Nov 2026", "31 Feb 2026, 10:00:00", "20 Nov 2026, 25:00", "12"]
)
def test_what_is_no_date_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a date\. Write it like .* or 2026-11-20T13:53:10Z\."):
        times.parse_moment(text)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(8, "in 8 s"), (12 * 60, "in 12 min"), (2 * 3600 + 300, "in 2 h 5 min"), (3 * 86_400 + 5, "in 3 days")],
)
def test_what_comes(seconds: int, said: str) -> None:
    assert times.relative(MOMENT + timedelta(seconds=seconds), MOMENT) == said


@pytest.mark.parametrize(("seconds", "said"), [(3, "just now"), (120, "2 min ago"), (86_400, "1 day ago")])
def test_what_was(seconds: int, said: str) -> None:
    assert times.relative(MOMENT - timedelta(seconds=seconds), MOMENT) == said


def test_what_is_far_away_is_a_date() -> None:
    assert times.relative(MOMENT + timedelta(days=400), MOMENT) == "25 Dec 2027"
