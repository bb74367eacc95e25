"""Connecting an account: every way it can go, through the engine's own door."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from connectors.errors import (
    AttemptTimedOutError,
    CancelledAttemptError,
    ConnectorError,
    DeclinedError,
    DefinitionError,
    InvalidInputError,
    MisconfiguredClientError,
    PortTakenError,
    ServiceError,
    TemporaryError,
    UnsafeUrlError,
    WrongAccountError,
    WrongCredentialsError,
)
from desktop.engine.connect.attempt import Attempt
from desktop.engine.engine import Engine
from desktop.engine.events import AccountChanged, AttemptChanged
from desktop.practice import Provider
from desktop.vault.records import AccountQuery
from tests.engine.support import PASSPHRASE, Bench, Events, PersonAtBrowser, bench

AMELIA_KEY = "practice-key-amelia-4f1c"


@pytest.fixture
def free_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    yield port


def accounts(at_work: Bench) -> list[Any]:
    return list(at_work.run(at_work.engine.accounts(AccountQuery())))


def begin(at_work: Bench, *args: Any, **options: Any) -> Attempt:
    attempt: Attempt = at_work.run(at_work.engine.begin_connect(*args, **options))
    return attempt


def refused(at_work: Bench, kind: type[ConnectorError], *args: Any, **options: Any) -> ConnectorError:
    """The attempt ends with this error, tells it in an event, and leaves no account behind."""
    with pytest.raises(kind) as caught:
        at_work.connect(*args, **options)
    ended = at_work.events.of(AttemptChanged)[-1]
    assert ended.failure is not None and ended.ended
    assert ended.failure.reason == kind.reason
    assert accounts(at_work) == []
    return caught.value


def test_an_account_is_connected_named_and_listed(at_work: Bench) -> None:
    row = at_work.connect()
    assert (row.name, row.email, row.identity) == ("Amelia Ortega", "amelia@practice.example", "u-1001")
    assert row.renewable and row.has_token and row.generation == 1 and row.state == "connected"
    assert len(row.id) == 10 and row.id.isalnum() and row.id == row.id.lower()
    assert accounts(at_work) == [row]
    view = at_work.run(at_work.engine.account(row.id))
    assert view.profile["sub"] == "u-1001"
    assert view.scopes_asked == view.scopes_granted == ("profile", "email")
    assert view.credential.refresh_token and view.shown == "connected"
    assert {"access_token", "refresh_token"} <= view.secret_fields
    assert "It will be refreshed" in view.sentence


def test_the_steps_are_told_in_order_and_the_account_before_the_end(at_work: Bench) -> None:
    row = at_work.connect()
    assert at_work.events.stages() == ["form", "browser", "exchange", "profile", "test", "done"]
    link = next(event for event in at_work.events.of(AttemptChanged) if event.link)
    assert link.link == at_work.person.urls[0] and link.deadline is not None
    kinds = [event for event in at_work.events.all if isinstance(event, AccountChanged | AttemptChanged)]
    assert kinds.index(AccountChanged(row.id, added=True)) < len(kinds) - 1
    last = kinds[-1]
    assert isinstance(last, AttemptChanged) and last.account_id == row.id and last.stage == "done"


def test_the_exchange_stands_in_the_activity_without_secrets(at_work: Bench) -> None:
    row = at_work.connect()
    (entry,) = at_work.run(at_work.engine.activity(row.id))
    assert (entry.action, entry.outcome, entry.connector, entry.actor) == (
        "connected",
        "ok",
        "demo",
        "window",
    )
    steps = entry.detail["steps"]
    assert [step["status"] for step in steps] == [200, 200]
    assert steps[0]["method"] == "POST" and steps[0]["url"].endswith("/oauth/token")
    token = at_work.run(at_work.engine.account(row.id)).credential
    assert token.access_token not in repr(entry) and token.refresh_token not in repr(entry)


def test_a_name_of_ones_own_wins_and_names_may_repeat(at_work: Bench) -> None:
    first = at_work.connect(account_name="Mine")
    second = at_work.connect(account_name="Mine")
    assert first.name == second.name == "Mine" and first.id != second.id


def test_a_declined_consent(home: Path, provider: Provider) -> None:
    with bench(home, provider, PersonAtBrowser(press="Decline")) as at_work:
        refused(at_work, DeclinedError)
        assert at_work.token_requests("authorization_code") == 0


def test_nobody_comes_back(home: Path, provider: Provider) -> None:
    with bench(home, provider, PersonAtBrowser(alter=lambda callback: "")) as at_work:
        refused(at_work, AttemptTimedOutError, timeout=0.2)


def test_cancel_frees_the_port_at_once(home: Path, provider: Provider) -> None:
    with bench(home, provider, PersonAtBrowser(alter=lambda callback: "")) as at_work:
        attempt = begin(at_work, "demo")
        at_work.person.callback()
        redirect = urlsplit(at_work.person.asked["redirect_uri"])
        attempt.cancel()
        with pytest.raises(CancelledAttemptError):
            at_work.run(attempt.wait())
        assert attempt.last.failure is not None and attempt.last.failure.reason == "cancelled"
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", redirect.port or 0))
        assert accounts(at_work) == []


def test_a_wrong_state_does_not_end_the_attempt(home: Path, provider: Provider) -> None:
    with bench(home, provider, PersonAtBrowser(alter=lambda url: "")) as at_work:
        attempt = begin(at_work, "demo")
        callback = at_work.person.callback()
        with httpx.Client(trust_env=False) as stranger:
            wrong = stranger.get(callback.replace("state=", "state=x"))
            assert wrong.status_code >= 400
            assert not attempt.last.ended and at_work.token_requests("authorization_code") == 0
            assert stranger.get(callback, follow_redirects=True).status_code == 200
        assert at_work.run(attempt.wait()).name == "Amelia Ortega"


def test_the_redirected_address_can_be_pasted(home: Path, provider: Provider) -> None:
    with bench(home, provider, PersonAtBrowser(alter=lambda url: "")) as at_work:
        attempt = begin(at_work, "demo")
        callback = at_work.person.callback()
        with pytest.raises(ConnectorError):
            attempt.paste("http://127.0.0.1/callback?code=x&state=wrong").result(30)
        attempt.paste(callback).result(30)
        assert at_work.run(attempt.wait()).name == "Amelia Ortega"
        with pytest.raises(ConnectorError):
            attempt.paste(callback).result(30)


def test_the_link_can_be_left_to_the_person(at_work: Bench) -> None:
    attempt = begin(at_work, "demo", open_browser=False)
    event = at_work.events.wait(lambda event: isinstance(event, AttemptChanged) and event.link)
    assert at_work.person.urls == []
    assert isinstance(event, AttemptChanged)
    at_work.person(event.link)
    assert at_work.run(attempt.wait()).name == "Amelia Ortega"


@pytest.mark.parametrize("answer", ["html_200", "html_502", "empty", "bad_json", "invalid_grant"])
def test_a_token_endpoint_that_answers_nonsense(at_work: Bench, answer: Any) -> None:
    at_work.provider.knobs.fail_next(answer=answer)
    error = refused(at_work, TemporaryError if answer == "html_502" else ServiceError)
    assert "<" not in error.sentence
    failure = at_work.events.of(AttemptChanged)[-1].failure
    assert failure is not None and "/oauth/token: " in failure.detail
    assert at_work.token_requests("authorization_code") == 1


def test_a_taken_port_is_told_before_any_browser_opens(at_work: Bench) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        at_work.run(at_work.engine.configure("demo", {"redirect_uri": f"http://127.0.0.1:{port}/callback"}))
        error = refused(at_work, PortTakenError)
        assert str(port) in error.sentence
    assert at_work.person.urls == []


def test_a_configured_redirect_is_used_to_the_byte(at_work: Bench, free_port: int) -> None:
    uri = f"http://localhost:{free_port}/come/back"
    at_work.run(at_work.engine.configure("demo", {"redirect_uri": uri}))
    assert at_work.engine.redirect_uri("demo") == uri
    at_work.connect()
    assert at_work.person.asked["redirect_uri"] == uri


def test_a_missing_client_id_is_named_with_the_way_to_set_it(at_work: Bench) -> None:
    at_work.run(at_work.engine.configure("demo", {"client_id": None}))
    with pytest.raises(MisconfiguredClientError) as caught:
        begin(at_work, "demo")
    assert "client_id" in caught.value.sentence
    assert "jackfield connectors configure demo --set client_id" in caught.value.hint
    assert at_work.person.urls == [] and at_work.events.of(AttemptChanged) == []


def test_an_unknown_connector_or_method_names_the_nearest(at_work: Bench) -> None:
    with pytest.raises(DefinitionError) as caught:
        begin(at_work, "dem")
    assert "demo" in caught.value.sentence + caught.value.hint
    with pytest.raises(DefinitionError, match="no method") as caught:
        begin(at_work, "demo", "oath2")
    assert "oauth2" in caught.value.sentence + caught.value.hint


def test_a_missing_field_is_told_before_anything_is_sent(at_work: Bench) -> None:
    with pytest.raises(InvalidInputError) as caught:
        begin(at_work, "demo-key", None, {"api_key": " "})
    assert set(caught.value.fields) == {"api_key"}
    assert at_work.provider.log == []


def test_a_key_is_tested_named_and_kept(at_work: Bench) -> None:
    row = at_work.connect("demo-key", {"api_key": AMELIA_KEY})
    assert not row.has_token and not row.renewable
    view = at_work.run(at_work.engine.account(row.id))
    assert view.credential.fields == {"api_key": AMELIA_KEY}
    assert "api_key" in view.secret_fields and view.shown == "connected"
    assert view.values == {"api_key": AMELIA_KEY}
    assert at_work.person.urls == []


def test_a_wrong_key_is_refused_in_the_services_words(at_work: Bench) -> None:
    error = refused(at_work, WrongCredentialsError, "demo-key", {"api_key": "practice-key-of-nobody"})
    assert "practice-key-of-nobody" not in error.sentence


def test_signing_in_again_keeps_the_account_and_adds_a_generation(at_work: Bench) -> None:
    first = at_work.connect(account_name="Mine")
    again = at_work.connect("", reconnect=first.id)
    assert (again.id, again.name, again.generation) == (first.id, "Mine", 2)
    assert [entry.generation.source for entry in at_work.run(at_work.engine.history(first.id))] == [
        "connect",
        "connect",
    ]
    assert len(accounts(at_work)) == 1


def test_signing_in_again_as_somebody_else_changes_nothing(at_work: Bench) -> None:
    row = at_work.connect()
    before = at_work.run(at_work.engine.account(row.id))
    at_work.person.user = "ben"
    with pytest.raises(WrongAccountError) as caught:
        at_work.connect("demo", reconnect=row.id)
    assert "Ben Carter" in caught.value.sentence and "Amelia Ortega" in caught.value.sentence
    assert at_work.run(at_work.engine.account(row.id)) == before


def test_a_key_can_be_given_again_without_typing_the_rest(at_work: Bench) -> None:
    row = at_work.connect("demo-key", {"api_key": AMELIA_KEY})
    again = at_work.connect("demo-key", reconnect=row.id)
    assert (again.id, again.generation) == (row.id, 2)


def test_a_browser_that_does_not_start_is_told_and_the_link_still_works(
    home: Path, provider: Provider
) -> None:
    def broken(url: str) -> None:
        raise RuntimeError("no such program")

    person, events = PersonAtBrowser(), Events()
    with Engine(home, opener=broken, scheduled=False) as engine:
        engine.subscribe(events)
        engine.run(engine.unlock(PASSPHRASE), 30)
        attempt = engine.run(engine.begin_connect("demo"), 30)
        told = events.wait(lambda event: isinstance(event, AttemptChanged) and event.problem)
        assert isinstance(told, AttemptChanged) and not told.ended and told.link
        person(told.link)
        assert engine.run(attempt.wait(), 30).name == "Amelia Ortega"
        person.leave()


def test_a_page_of_a_service_goes_the_same_way_as_a_sign_in(home: Path) -> None:
    opened: list[str] = []
    with Engine(home, opener=opened.append, scheduled=False) as engine:
        engine.run(engine.open_link("https://service.example/apps"), 30)
        with pytest.raises(UnsafeUrlError):
            engine.run(engine.open_link("javascript:alert(1)"), 30)
    assert opened == ["https://service.example/apps"]


def test_two_attempts_run_side_by_side(at_work: Bench) -> None:
    async def both() -> list[str]:
        attempts = [await at_work.engine.begin_connect("demo") for _ in range(2)]
        return [(await attempt.wait()).id for attempt in attempts]

    assert len(set(at_work.run(both()))) == 2
    assert len({event.attempt_id for event in at_work.events.of(AttemptChanged)}) == 2
