"""The word and the sentence that people read for an account."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from desktop.engine.states import duration, moment, shown_state, state_sentence
from desktop.vault.records import AccountRow

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def row(**changes: Any) -> AccountRow:
    values = {
        "id": "a1",
        "connector": "demo",
        "method": "oauth2",
        "name": "Amelia",
        "has_token": True,
        "renewable": True,
        "created_at": NOW,
        "updated_at": NOW,
    }
    return AccountRow(**(values | changes))


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({"expires_at": NOW + timedelta(hours=1)}, "connected"),
        ({"expires_at": NOW + timedelta(minutes=14)}, "expires_soon"),
        ({"expires_at": NOW - timedelta(minutes=1)}, "expires_soon"),
        ({"expires_at": NOW - timedelta(minutes=1), "renewable": False}, "needs_sign_in"),
        ({"expires_at": None}, "unknown_expiry"),
        ({"expires_at": None, "renewable": False}, "connected"),
        ({"expires_at": None, "has_token": False}, "connected"),
        ({"state": "offline"}, "offline"),
        ({"state": "needs_sign_in", "expires_at": NOW + timedelta(hours=1)}, "needs_sign_in"),
        ({"state": "disabled"}, "disabled"),
    ],
)
def test_the_word(changes: dict[str, Any], shown: str) -> None:
    assert shown_state(row(**changes), NOW) == shown


def test_a_refresh_under_way_is_shown_whatever_the_state() -> None:
    assert shown_state(row(state="offline"), NOW, refreshing=True) == "refreshing"
    assert "being refreshed" in state_sentence(row(), NOW, refreshing=True)


def test_a_lead_longer_than_fifteen_minutes_counts() -> None:
    soon = row(expires_at=NOW + timedelta(minutes=40))
    assert shown_state(soon, NOW) == "connected"
    assert shown_state(soon, NOW, lead=3600) == "expires_soon"


def test_the_sentence_says_when_it_ends_and_when_it_is_renewed() -> None:
    ends = NOW + timedelta(minutes=12)
    renewed = NOW + timedelta(minutes=7)
    said = state_sentence(row(expires_at=ends), NOW, refresh_at=renewed)
    assert said == f"Expires in 12 minutes. It will be refreshed at {renewed.astimezone():%H:%M}."


def test_the_sentence_for_what_cannot_be_renewed_asks_for_a_sign_in() -> None:
    said = state_sentence(row(expires_at=NOW - timedelta(hours=1), renewable=False), NOW)
    assert said.startswith("Expired at") and said.endswith("sign in again.")


def test_a_reason_that_was_stored_is_the_sentence() -> None:
    assert state_sentence(row(state="needs_sign_in", state_reason="Revoked by the owner."), NOW) == (
        "Revoked by the owner."
    )
    assert state_sentence(row(state="invalid"), NOW)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 seconds"),
        (1, "1 second"),
        (59, "59 seconds"),
        (60, "1 minute"),
        (3599, "59 minutes"),
        (3600, "1 hour"),
        (7500, "2 h 5 min"),
        (48 * 3600, "2 days"),
    ],
)
def test_spans_in_words(seconds: int, words: str) -> None:
    assert duration(timedelta(seconds=seconds)) == words


def test_another_day_is_named() -> None:
    assert "November 2026 at" in moment(NOW + timedelta(days=3), NOW)
