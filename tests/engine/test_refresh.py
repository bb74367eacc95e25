"""Renewing: once for everybody who asks, saved before it is used, and nothing is ever thrown away."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from connectors import methods
from connectors.errors import InvalidTokenError, ServiceError, TemporaryError
from desktop.engine.errors import NotRenewableError
from desktop.practice import Provider
from desktop.vault.errors import SaveFailedError
from desktop.vault.vault import Vault, unlock_key
from tests.engine.support import PASSPHRASE, Bench, bench

AMELIA_KEY = "practice-key-amelia-4f1c"


def token(at_work: Bench, account_id: str) -> Any:
    return at_work.run(at_work.engine.account(account_id)).credential


def expire(at_work: Bench, account_id: str) -> None:
    """Makes the token look as if its time were over."""
    at_work.run(at_work.engine.edit(account_id, {"created_at": "2020-01-01", "expires_at": "2020-01-02"}))


def test_it_renews_and_keeps_the_old_generation(at_work: Bench) -> None:
    row = at_work.connect()
    before = token(at_work, row.id)
    after_row = at_work.run(at_work.engine.refresh(row.id))
    after = token(at_work, row.id)
    assert after.access_token != before.access_token and after.refresh_token != before.refresh_token
    assert after_row.generation == 2 and after_row.expires_at == after.expires_at
    entries = at_work.run(at_work.engine.history(row.id))
    assert [entry.generation.source for entry in entries] == ["refresh", "connect"]
    changed = {change.field: change for change in entries[0].changes}
    assert {"access_token", "refresh_token"} <= set(changed)
    assert changed["access_token"].secret and changed["access_token"].after.startswith("••••")
    assert before.access_token not in repr(entries[0].changes)


def test_rotation_goes_on_and_on(at_work: Bench) -> None:
    row = at_work.connect()
    seen = {token(at_work, row.id).refresh_token}
    for _ in range(5):
        at_work.run(at_work.engine.refresh(row.id))
        seen.add(token(at_work, row.id).refresh_token)
    assert len(seen) == 6


def test_a_refresh_token_that_is_not_sent_again_is_kept(at_work: Bench) -> None:
    row = at_work.connect()
    before = token(at_work, row.id)
    at_work.provider.knobs.rotate = False
    at_work.provider.knobs.omit_refresh_token = True
    at_work.run(at_work.engine.refresh(row.id))
    assert token(at_work, row.id).refresh_token == before.refresh_token


def test_fifty_tasks_and_eight_threads_send_one_request(at_work: Bench) -> None:
    row = at_work.connect()
    expire(at_work, row.id)
    at_work.provider.knobs.slow = 0.2

    async def fifty() -> list[str]:
        return await asyncio.gather(*(at_work.engine.token(row.id) for _ in range(50)))

    with ThreadPoolExecutor(8) as pool:
        jobs = [pool.submit(at_work.run, at_work.engine.token(row.id)) for _ in range(8)]
        answers = set(at_work.run(fifty())) | {job.result() for job in jobs}
    assert at_work.token_requests("refresh_token") == 1
    assert answers == {token(at_work, row.id).access_token}


def test_forced_refreshes_at_the_same_time_are_one(at_work: Bench) -> None:
    row = at_work.connect()
    at_work.provider.knobs.slow = 0.2

    async def many() -> list[Any]:
        return await asyncio.gather(*(at_work.engine.refresh(row.id) for _ in range(20)))

    assert {one.generation for one in at_work.run(many())} == {2}
    assert at_work.token_requests("refresh_token") == 1


@pytest.mark.parametrize("ask", ["token", "refresh"])
def test_two_engines_on_one_vault_send_one_request(
    home: Path, provider: Provider, at_work: Bench, ask: str
) -> None:
    """Two engines share nothing but the files, like the window and the command line."""
    row = at_work.connect()
    expire(at_work, row.id)
    provider.knobs.slow = 0.3
    with bench(home, provider) as other:
        jobs = [one.engine.submit(getattr(one.engine, ask)(row.id)) for one in (at_work, other)]
        answers = [job.result(30) for job in jobs]
        assert at_work.run(at_work.engine.token(row.id)) == other.run(other.engine.token(row.id))
        assert len(set(answers)) == 1 or {answer.generation for answer in answers} == {3}
    assert provider.count("/oauth/token", grant_type="refresh_token") == 1


def test_a_refused_refresh_token_asks_for_a_sign_in_and_keeps_the_record(at_work: Bench) -> None:
    row = at_work.connect()
    before = token(at_work, row.id)
    at_work.provider.knobs.fail_next(answer="invalid_grant")
    with pytest.raises(InvalidTokenError):
        at_work.run(at_work.engine.refresh(row.id))
    view = at_work.run(at_work.engine.account(row.id))
    assert view.shown == "needs_sign_in" and view.sentence == view.row.state_reason != ""
    assert view.credential == before and view.row.generation == 1
    (entry, *_) = at_work.run(at_work.engine.activity(row.id))
    assert (entry.action, entry.outcome) == ("refreshed", "failed")


def test_what_somebody_rotated_behind_our_back_is_not_a_refusal(
    home: Path, at_work: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program without the lock has renewed the token meanwhile: its generation counts."""
    row = at_work.connect()
    key = unlock_key(home, PASSPHRASE)

    async def refused_because_rotated(*_: Any) -> Any:
        with Vault.open_with_key(home, key) as other:
            other.add_generation(
                row.id,
                other.record(row.id),
                "refresh",
                expires_at=row.expires_at,
                renewable=True,
                has_token=True,
                scope_granted=row.scope_granted,
            )
        raise InvalidTokenError("The refresh token was used before.")

    monkeypatch.setattr(methods, "refresh", refused_because_rotated)
    assert at_work.run(at_work.engine.refresh(row.id)).generation == 2
    assert at_work.run(at_work.engine.account(row.id)).row.state == "connected"


@pytest.mark.parametrize("answer", [503, 429, "html_502"])
def test_a_passing_failure_changes_nothing(at_work: Bench, answer: Any) -> None:
    row = at_work.connect()
    before = at_work.run(at_work.engine.account(row.id))
    at_work.provider.knobs.fail_next(answer=answer)
    with pytest.raises(TemporaryError):
        at_work.run(at_work.engine.refresh(row.id))
    after = at_work.run(at_work.engine.account(row.id))
    assert (after.credential, after.row, after.shown) == (before.credential, before.row, before.shown)
    assert at_work.run(at_work.engine.refresh(row.id)).generation == 2


def test_a_passing_failure_of_an_expired_token_is_shown_as_offline(at_work: Bench) -> None:
    row = at_work.connect()
    expire(at_work, row.id)
    before = token(at_work, row.id)
    at_work.provider.knobs.fail_next(answer=503, retry_after="3600")
    with pytest.raises(TemporaryError):
        at_work.run(at_work.engine.token(row.id))
    view = at_work.run(at_work.engine.account(row.id))
    assert view.shown == "offline" and view.credential == before
    with pytest.raises(TemporaryError):  # Retry-After holds: nothing is sent
        at_work.run(at_work.engine.token(row.id))
    assert at_work.token_requests("refresh_token") == 1
    assert at_work.run(at_work.engine.refresh(row.id)).state == "connected"  # unless a person asks


def test_nonsense_from_the_token_endpoint_changes_nothing(at_work: Bench) -> None:
    row = at_work.connect()
    before = token(at_work, row.id)
    at_work.provider.knobs.fail_next(answer="html_200")
    with pytest.raises(ServiceError):
        at_work.run(at_work.engine.refresh(row.id))
    assert token(at_work, row.id) == before


def test_a_key_has_nothing_to_renew(at_work: Bench) -> None:
    row = at_work.connect("demo-key", {"api_key": AMELIA_KEY})
    with pytest.raises(NotRenewableError):
        at_work.run(at_work.engine.refresh(row.id))
    assert at_work.run(at_work.engine.account(row.id)).shown == "connected"


def test_an_expired_token_that_cannot_be_renewed_needs_a_sign_in(at_work: Bench) -> None:
    row = at_work.connect()
    at_work.run(at_work.engine.edit(row.id, {"refresh_token": None}))
    expire(at_work, row.id)
    with pytest.raises(InvalidTokenError):
        at_work.run(at_work.engine.token(row.id))
    assert at_work.run(at_work.engine.account(row.id)).shown == "needs_sign_in"


def test_all_and_due_tell_a_line_per_account(at_work: Bench) -> None:
    first, second = at_work.connect(), at_work.connect()
    at_work.connect("demo-key", {"api_key": AMELIA_KEY})
    expire(at_work, first.id)
    (due,) = at_work.run(at_work.engine.refresh_due())
    assert due.row.id == first.id and due.failure is None and due.row.generation == 3
    at_work.provider.knobs.fail_next(answer=503)
    lines = at_work.run(at_work.engine.refresh_all())
    assert {line.row.id for line in lines} == {first.id, second.id}
    assert [line.failure.reason for line in lines if line.failure] == ["offline"]


def test_what_the_disk_does_not_take_is_kept_and_saved_later(
    at_work: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old refresh token is out of use by then: to forget the new one would end the account."""
    row = at_work.connect()
    before = token(at_work, row.id)

    def full(*_: Any, **__: Any) -> None:
        raise SaveFailedError("The disk is full.")

    monkeypatch.setattr(Vault, "add_generation", full)
    with pytest.raises(SaveFailedError):
        at_work.run(at_work.engine.refresh(row.id))
    assert token(at_work, row.id) == before
    monkeypatch.undo()
    assert at_work.run(at_work.engine.refresh(row.id)).generation == 2
    assert at_work.token_requests("refresh_token") == 1
    assert at_work.run(at_work.engine.refresh(row.id)).generation == 3  # and it is the right one


def test_a_refresh_under_way_is_saved_before_the_vault_closes(home: Path, provider: Provider) -> None:
    with bench(home, provider) as at_work:
        row = at_work.connect()
        provider.knobs.slow = 0.3
        flight = at_work.engine.submit(at_work.engine.refresh(row.id))
        at_work.events.wait(lambda _: at_work.engine.is_refreshing(row.id))
    assert flight.result(30).generation == 2
    with bench(home, provider) as at_work:
        assert at_work.run(at_work.engine.refresh(row.id)).generation == 3
