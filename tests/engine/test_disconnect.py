"""Disconnecting: honest about what happened at the service, and gone here in any case."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.engine.events import AccountRemoved
from desktop.vault.errors import NotFoundError
from tests.engine.support import Bench

AMELIA_KEY = "practice-key-amelia-4f1c"
REVOKE = "/oauth/revoke"


def gone(at_work: Bench, account_id: str) -> None:
    with pytest.raises(NotFoundError):
        at_work.run(at_work.engine.account(account_id))
    assert AccountRemoved(account_id) in at_work.events.all


def test_it_revokes_the_refresh_token_first(at_work: Bench, home: Path) -> None:
    row = at_work.connect()
    credential = at_work.run(at_work.engine.account(row.id)).credential
    result = at_work.run(at_work.engine.disconnect(row.id))
    assert result.revoked and "has revoked" in result.sentence
    sent = [seen.form["token"] for seen in at_work.provider.log if seen.path == REVOKE]
    assert sent[0] == credential.refresh_token
    gone(at_work, row.id)
    assert not (home / "locks" / f"{row.id}.lock").exists()


def test_a_service_that_is_down_does_not_keep_it(at_work: Bench) -> None:
    row = at_work.connect()
    at_work.provider.knobs.fail_next(2, 503, path=REVOKE)
    result = at_work.run(at_work.engine.disconnect(row.id))
    assert not result.revoked and "still valid at the service" in result.sentence
    gone(at_work, row.id)


def test_the_access_can_be_kept(at_work: Bench) -> None:
    row = at_work.connect()
    result = at_work.run(at_work.engine.disconnect(row.id, keep_remote=True))
    assert not result.revoked and "as asked" in result.sentence
    assert at_work.provider.count(REVOKE) == 0
    gone(at_work, row.id)


def test_a_key_cannot_be_revoked_and_that_is_said(at_work: Bench) -> None:
    row = at_work.connect("demo-key", {"api_key": AMELIA_KEY})
    result = at_work.run(at_work.engine.disconnect(row.id))
    assert not result.revoked and "no way to revoke" in result.sentence
    gone(at_work, row.id)


def test_an_account_whose_definition_is_gone_can_still_be_removed(at_work: Bench, home: Path) -> None:
    row = at_work.connect()
    (home / "connectors" / "demo.toml").unlink()
    at_work.run(at_work.engine.reload_connectors())
    view = at_work.run(at_work.engine.account(row.id))
    assert view.connector is None and view.credential.access_token
    result = at_work.run(at_work.engine.disconnect(row.id))
    assert not result.revoked and "could not be revoked" in result.sentence
    gone(at_work, row.id)


def test_what_happened_stays_in_the_activity(at_work: Bench) -> None:
    row = at_work.connect()
    at_work.run(at_work.engine.disconnect(row.id))
    entry = at_work.run(at_work.engine.activity(row.id))[0]
    assert (entry.action, entry.detail["revoked"]) == ("disconnected", True)
