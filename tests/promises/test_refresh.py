"""The promises about refreshing, by their numbers. The practice provider rotates and detects reuse."""

from __future__ import annotations

import random
import statistics
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from connectors import methods
from connectors.errors import InvalidTokenError, TemporaryError
from desktop.engine.events import ActivityAdded
from desktop.engine.refreshing.backoff import LONGEST, Backoff
from desktop.practice import Provider
from desktop.vault.errors import SaveFailedError
from desktop.vault.vault import Vault, unlock_key
from tests.engine.conftest import at_work, home, provider
from tests.engine.refresh_rounds import Rounds, rounds
from tests.engine.support import PASSPHRASE, Bench, bench
from tests.engine.test_scheduler import START, FakeClock, FakeService, scheduled
from tests.practice.client import ClientApp

__all__ = ["at_work", "home", "provider"]  # fixtures
ME = "/oauth/userinfo"


@pytest.fixture
def going(tmp_path: Path, provider: Provider) -> Iterator[Rounds]:
    with rounds(tmp_path / "rounds", provider) as ready:
        yield ready


def credential(at_work: Bench, account_id: str) -> Any:
    return at_work.run(at_work.engine.account(account_id)).credential


def mark(home: Path, account_id: str) -> None:
    """What a refresh leaves that was killed: the mark, and nothing else."""
    with Vault.open_with_key(home, unlock_key(home, PASSPHRASE)) as vault:
        vault.begin_refresh(account_id, vault.account(account_id).generation)


def marks(home: Path) -> int:
    with Vault.open_with_key(home, unlock_key(home, PASSPHRASE)) as vault:
        return len(vault.pending_refreshes())


def test_91_eight_processes_with_fifty_tasks_each_send_one_request(going: Rounds) -> None:
    for _ in range(3):
        going.act("expire")
        before = going.refreshes()
        given = going.act("many", 8, 50)
        assert given["answers"] == 400
        (token,) = given["tokens"]
        assert going.refreshes() == before + 1
        assert going.is_alive(token)


def test_93_a_hundred_kills_lose_nothing_that_a_caller_had(going: Rounds) -> None:
    """Killed at any moment. What was handed out is what is kept, and the next start does the right thing."""
    chance, took = random.Random(93), [0.05]
    seen = {"handed out": 0, "saved": 0, "alive after a second try": 0, "sign in": 0}
    for _ in range(100):
        killed = going.act("kill", chance.random() * 1.4 * statistics.median(took))
        going.settle()
        if killed["handed"] is not None:
            took.append(killed["handed"]["seconds"])
            assert killed["stored"] == killed["handed"]["token"]
            assert not killed["marked"]
            seen["handed out"] += 1
        before = going.refreshes()
        again = going.act("start_again")
        asked = going.refreshes() - before
        assert again["marks"] == 0
        if not killed["marked"]:
            assert (asked, again["state"], again["token"]) == (0, "connected", killed["stored"])
            seen["saved"] += 1
        elif again["state"] == "connected":
            assert asked == 1
            assert again["token"] != killed["stored"]
            seen["alive after a second try"] += 1
        else:
            assert (asked, again["state"]) == (1, "needs_sign_in")
            assert killed["handed"] is None
            assert "was interrupted" in again["error"]
            assert "before its answer could be saved" in again["error"]
            seen["sign in"] += 1
            going.sign_in()
            continue
        assert going.is_alive(again["token"])
    print(seen)
    assert seen["handed out"] > 0
    assert seen["saved"] > 0
    assert seen["alive after a second try"] + seen["sign in"] > 0


def test_93_killed_before_the_service_was_reached_it_is_tried_again(home: Path, provider: Provider) -> None:
    with bench(home, provider) as at_work:
        row = at_work.connect()
    mark(home, row.id)
    with bench(home, provider) as at_work:
        at_work.run(at_work.engine.refresh_due())  # the token itself is not due for an hour
        assert at_work.token_requests("refresh_token") == 1
        assert at_work.run(at_work.engine.account(row.id)).row.generation == 2
        at_work.run(at_work.engine.refresh_due())
        assert at_work.token_requests("refresh_token") == 1
    assert marks(home) == 0


def test_93_the_window_finds_out_by_itself(home: Path, provider: Provider) -> None:
    with bench(home, provider) as at_work:
        row = at_work.connect()
    mark(home, row.id)
    with bench(home, provider, scheduled=True) as at_work:
        at_work.events.wait(lambda event: isinstance(event, ActivityAdded) and event.account_id == row.id)
        assert at_work.token_requests("refresh_token") == 1
        assert at_work.run(at_work.engine.account(row.id)).row.generation == 2


def test_93_killed_after_the_answer_the_person_is_told_why(home: Path, provider: Provider) -> None:
    with bench(home, provider) as at_work:
        row = at_work.connect()
        before = credential(at_work, row.id)
    mark(home, row.id)
    with ClientApp(provider.url) as gone:  # the process that was killed had got this far
        assert gone.renew(before.refresh_token).status_code == 200
    with bench(home, provider) as at_work:
        (outcome,) = at_work.run(at_work.engine.refresh_due())
        assert outcome.failure is not None
        view = at_work.run(at_work.engine.account(row.id))
        assert view.shown == "needs_sign_in"
        assert view.sentence.startswith(f"A refresh of {row.name} was interrupted at ")
        assert "before its answer could be saved" in view.sentence
        assert view.credential == before
        asked = at_work.token_requests("refresh_token")
        at_work.run(at_work.engine.refresh_due())
        assert at_work.token_requests("refresh_token") == asked  # tried once, not again and again
        assert at_work.connect(reconnect=row.id).state == "connected"
    assert marks(home) == 0


def test_93_a_mark_that_is_about_another_token_means_nothing(home: Path, provider: Provider) -> None:
    with bench(home, provider) as at_work:
        row = at_work.connect()
        mark(home, row.id)
        at_work.run(at_work.engine.edit(row.id, {"refresh_token": "typed by hand"}))
        assert at_work.run(at_work.engine.refresh_due()) == []
        assert at_work.token_requests("refresh_token") == 0
    assert marks(home) == 0


def test_93_nothing_is_asked_for_that_could_not_be_saved(
    at_work: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = at_work.connect()

    def full(*_: Any) -> None:
        raise SaveFailedError("The disk is full.")

    monkeypatch.setattr(Vault, "begin_refresh", full)
    with pytest.raises(SaveFailedError):
        at_work.run(at_work.engine.refresh(row.id))
    assert at_work.token_requests("refresh_token") == 0
    monkeypatch.undo()
    assert at_work.run(at_work.engine.refresh(row.id)).state == "connected"


def test_93_what_the_disk_refused_outlives_an_edit(at_work: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The new token is in memory only; a change by hand in the meantime does not throw it away."""
    row = at_work.connect()

    def full(*_: Any, **__: Any) -> None:
        raise SaveFailedError("The disk is full.")

    monkeypatch.setattr(Vault, "add_generation", full)
    with pytest.raises(SaveFailedError):
        at_work.run(at_work.engine.refresh(row.id))
    monkeypatch.undo()
    at_work.run(at_work.engine.edit(row.id, {"scope": "profile"}))
    at_work.run(at_work.engine.refresh_due())
    assert at_work.token_requests("refresh_token") == 1
    assert at_work.run(at_work.engine.refresh(row.id)).state == "connected"


def test_95_a_refusal_after_somebody_else_rotated_is_none(
    home: Path, at_work: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = at_work.connect()
    key = unlock_key(home, PASSPHRASE)

    async def refused(*_: Any) -> Any:
        with Vault.open_with_key(home, key) as other:
            facts = {"expires_at": row.expires_at, "renewable": True, "has_token": True, "scope_granted": ""}
            other.add_generation(row.id, other.record(row.id), "refresh", **facts)
        raise InvalidTokenError("The refresh token was used before.")

    monkeypatch.setattr(methods, "refresh", refused)
    assert at_work.run(at_work.engine.refresh(row.id)).generation == 2
    assert at_work.run(at_work.engine.account(row.id)).shown == "connected"


def test_95_a_refusal_marks_and_deletes_nothing(at_work: Bench) -> None:
    row = at_work.connect()
    at_work.run(at_work.engine.rename(row.id, "By hand"))
    before = at_work.run(at_work.engine.account(row.id))
    at_work.provider.end_all_tokens(grants=True)
    with pytest.raises(InvalidTokenError) as caught:
        at_work.run(at_work.engine.refresh(row.id))
    assert "interrupted" not in caught.value.sentence
    after = at_work.run(at_work.engine.account(row.id))
    assert after.shown == "needs_sign_in"
    assert (after.credential, after.profile, after.row.name) == (before.credential, before.profile, "By hand")
    assert len(at_work.run(at_work.engine.history(row.id))) == 1


@pytest.mark.parametrize("answer", [500, 502, 503, 429, "html_502", "empty", "bad_json"])
def test_97_what_passes_changes_nothing(at_work: Bench, home: Path, answer: Any) -> None:
    row = at_work.connect()
    before = at_work.run(at_work.engine.account(row.id))
    at_work.provider.knobs.fail_next(answer=answer)
    with pytest.raises(Exception, match=r".") as caught:
        at_work.run(at_work.engine.refresh(row.id))
    assert not isinstance(caught.value, InvalidTokenError)
    after = at_work.run(at_work.engine.account(row.id))
    assert (after.credential, after.row) == (before.credential, before.row)
    assert at_work.run(at_work.engine.refresh(row.id)).generation == 2
    assert marks(home) == 0


def test_97_a_service_that_is_not_reached_leaves_no_mark(home: Path, provider: Provider) -> None:
    with bench(home, provider) as at_work:
        row = at_work.connect()
    provider.stop()
    with bench(home, provider) as at_work:
        with pytest.raises(TemporaryError):
            at_work.run(at_work.engine.refresh(row.id))
        assert at_work.run(at_work.engine.account(row.id)).row.state == "connected"
    assert marks(home) == 0


def test_97_retry_after_is_honoured_up_to_an_hour(at_work: Bench) -> None:
    for number, asked in enumerate((120, 86_400)):
        row = at_work.connect()
        at_work.run(at_work.engine.edit(row.id, {"created_at": "2020-01-01", "expires_at": "2020-01-02"}))
        date = format_datetime(datetime.now(UTC) + timedelta(seconds=asked), usegmt=True)
        at_work.provider.knobs.fail_next(answer=503, retry_after=(str(asked), date)[number])
        with pytest.raises(TemporaryError) as caught:
            at_work.run(at_work.engine.token(row.id))
        assert caught.value.retry_after is not None
        now, backoff = datetime.now(UTC), Backoff()
        backoff.failed(row.id, caught.value, now)
        until = backoff.until(row.id)
        assert until is not None
        pause = (until - now).total_seconds()
        assert min(asked, LONGEST) - 60 <= pause <= min(asked, LONGEST)
        count = at_work.token_requests("refresh_token")
        with pytest.raises(TemporaryError):
            at_work.run(at_work.engine.token(row.id))
        assert at_work.token_requests("refresh_token") == count


def expired(at_work: Bench) -> str:
    """The id of a new account whose token has ended."""
    row = at_work.connect()
    at_work.run(at_work.engine.edit(row.id, {"created_at": "2020-01-01", "expires_at": "2020-01-02"}))
    return row.id


def test_97_what_one_program_was_asked_the_next_one_respects(home: Path, provider: Provider) -> None:
    with bench(home, provider) as first:
        account = expired(first)
        provider.knobs.fail_next(answer=429, retry_after="120")
        with pytest.raises(TemporaryError):
            first.run(first.engine.token(account))
        asked = first.token_requests("refresh_token")
    with bench(home, provider) as second:
        with pytest.raises(TemporaryError, match="left alone until") as caught:
            second.run(second.engine.token(account))
        assert 100 < (caught.value.retry_after or 0) <= 120
        assert second.token_requests("refresh_token") == asked
        assert second.run(second.engine.account(account)).shown == "offline"
        (note,) = (home / "locks").glob("*.wait")
        assert note.stat().st_mode & 0o777 == 0o600
        second.run(second.engine.refresh(account))  # a person may try at once, and it works again
        assert not note.exists()
        assert second.run(second.engine.token(account))


def test_97_programs_one_after_the_other_ask_ten_times_at_the_most(home: Path, provider: Provider) -> None:
    with bench(home, provider) as at_work:
        account = expired(at_work)
    asked = []
    for _ in range(12):
        provider.knobs.fail_next(answer=500)
        with bench(home, provider) as at_work:
            with pytest.raises(TemporaryError):
                at_work.run(at_work.engine.token(account))
            asked.append(at_work.token_requests("refresh_token"))
    assert asked[-1] == asked[9] == asked[0] + 9


@pytest.mark.parametrize("spoilt", ["", "{", '{"until":"2999-01-01T00:00:00Z"}', '{"failures":[1]}'])
def test_97_a_spoilt_note_keeps_nobody_waiting(at_work: Bench, home: Path, spoilt: str) -> None:
    account = expired(at_work)
    (home / "locks").mkdir(mode=0o700, exist_ok=True)
    (home / "locks" / f"{account}.wait").write_text(spoilt)
    assert at_work.run(at_work.engine.token(account))


def test_97_ten_requests_in_ten_minutes_at_the_most() -> None:
    async def play(service: FakeService, clock: FakeClock) -> None:
        service.failing = {"a0"}
        await clock.advance(3300 + 600)

    assert 1 < len(scheduled(1, 3600, 300, play).refreshed) <= 10


@pytest.mark.parametrize("lead", [1, 60, 300])
def test_98_a_token_of_five_seconds_is_renewed_once_in_its_life(lead: float) -> None:
    async def play(service: FakeService, clock: FakeClock) -> None:
        await clock.advance(600)

    refreshed = [at for _, at in scheduled(1, 5, lead, play).refreshed]
    assert len(refreshed) >= 600 / 5 - 1
    gaps = [(after - before).total_seconds() for before, after in pairwise(refreshed)]
    assert min(gaps) >= 3.9


def test_98_the_margin_is_kept() -> None:
    async def play(service: FakeService, clock: FakeClock) -> None:
        await clock.advance(3600)

    ((_, at),) = scheduled(1, 3600, 60, play).refreshed
    assert 3539 <= (at - FakeClock().now()).total_seconds() <= 3541


def test_102_after_eight_hours_of_sleep_refreshes_are_spread() -> None:
    async def play(service: FakeService, clock: FakeClock) -> None:
        await clock.advance(10)
        clock.sleep(8 * 3600)
        await clock.advance(120)

    service = scheduled(100, 3600, 300, play)
    moments = sorted(at for _, at in service.refreshed)
    woken = START + timedelta(seconds=10 + 8 * 3600)
    assert len(moments) == 100
    assert moments[0] - woken <= timedelta(seconds=5)
    per_second = Counter(int((at - woken).total_seconds()) for at in moments)
    assert max(per_second.values()) <= 8


def test_100_a_401_is_one_refresh_and_one_more_try(at_work: Bench) -> None:
    row = at_work.connect()
    before = at_work.provider.count(ME)
    at_work.provider.knobs.fail_next(10, 401, path=ME)
    answer = at_work.run(at_work.engine.request(row.id, "GET", ME))
    assert (answer.status, answer.renewed) == (401, True)
    assert at_work.provider.count(ME) - before == 2
    assert at_work.token_requests("refresh_token") == 1


def test_100_a_403_is_no_reason_to_refresh(at_work: Bench) -> None:
    row = at_work.connect()
    at_work.provider.knobs.fail_next(1, 403, path=ME)
    assert at_work.run(at_work.engine.request(row.id, "GET", ME)).status == 403
    assert at_work.token_requests("refresh_token") == 0
