"""Failures on purpose: what the engine makes of them, and the way back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from connectors.errors import InvalidInputError, InvalidTokenError
from desktop.engine.preferences import Preferences
from desktop.practice import Provider
from tests.engine.support import Bench, bench

AMELIA_KEY = "practice-key-amelia-4f1c"


def credential(at_work: Bench, account_id: str) -> Any:
    return at_work.run(at_work.engine.account(account_id)).credential


def sources(at_work: Bench, account_id: str) -> list[str]:
    return [entry.generation.source for entry in at_work.run(at_work.engine.history(account_id))]


@pytest.mark.parametrize("what", ["expire", "forget_access_token"])
def test_an_access_token_that_fails_is_renewed_on_use(at_work: Bench, what: Any) -> None:
    row = at_work.connect()
    before = credential(at_work, row.id)
    at_work.run(at_work.engine.rehearse(row.id, what))
    spoilt = credential(at_work, row.id)
    assert spoilt.expires_within(0)
    assert spoilt.access_token == (before.access_token if what == "expire" else "")
    assert at_work.run(at_work.engine.token(row.id)) not in ("", before.access_token)
    assert sources(at_work, row.id) == ["refresh", "edit", "connect"]


def test_a_broken_refresh_token_needs_a_sign_in_and_is_undone_in_history(at_work: Bench) -> None:
    row = at_work.connect()
    before = credential(at_work, row.id)
    at_work.run(at_work.engine.rehearse(row.id, "break_refresh_token"))
    with pytest.raises(InvalidTokenError):
        at_work.run(at_work.engine.refresh(row.id))
    assert at_work.run(at_work.engine.account(row.id)).shown == "needs_sign_in"
    at_work.run(at_work.engine.restore(row.id, 1))
    assert credential(at_work, row.id) == before
    assert at_work.run(at_work.engine.refresh(row.id)).state == "connected"  # the grant is as alive as before


@pytest.mark.parametrize("what", ["expire", "forget_access_token", "break_refresh_token"])
def test_what_is_not_there_cannot_fail(at_work: Bench, what: Any) -> None:
    row = at_work.connect("demo-key", {"api_key": AMELIA_KEY})
    with pytest.raises(InvalidInputError, match=row.name):
        at_work.run(at_work.engine.rehearse(row.id, what))
    assert sources(at_work, row.id) == ["connect"]


def test_history_keeps_what_the_preferences_say(home: Path, provider: Provider) -> None:
    with bench(home, provider, preferences=Preferences(history_count=3)) as at_work:
        row = at_work.connect()
        for _ in range(5):
            at_work.run(at_work.engine.refresh(row.id))
        entries = at_work.run(at_work.engine.history(row.id))
        assert [entry.generation.number for entry in entries] == [6, 5, 4]
        assert entries[-1].changes == ()  # what it was changed from is not there any more
        at_work.engine.save_preferences(msgspec.structs.replace(at_work.engine.preferences, history_count=0))
        for _ in range(3):
            at_work.run(at_work.engine.refresh(row.id))
        assert len(at_work.run(at_work.engine.history(row.id))) == 6
