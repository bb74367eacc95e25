"""Redirect addresses where nobody listens: the browser ends there, and its address is pasted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.errors import InvalidInputError, PortTakenError
from desktop.engine.connect import browser as browsers
from desktop.engine.connect.attempt import Attempt
from desktop.engine.events import AttemptChanged
from desktop.practice import Provider
from tests.engine.support import DEADLINE, Bench, bench, define
from tests.hosted import HOSTED, PAGE, ended_on, hosted_service
from tests.standin import StandIn


@pytest.fixture
def service() -> Iterator[StandIn]:
    with hosted_service() as running:
        yield running


@pytest.fixture
def desk(home: Path, provider: Provider, service: StandIn) -> Iterator[Bench]:
    define(home, HOSTED, url=service.url)
    with bench(home, provider) as running:
        running.run(running.engine.configure("hosted", {"client_id": "app-1"}))
        yield running


def begin(desk: Bench, redirect_uri: str) -> tuple[Attempt, str]:
    """A waiting attempt, and the address that the service sends the browser to."""
    desk.run(desk.engine.configure("hosted", {"redirect_uri": redirect_uri}))
    attempt: Attempt = desk.run(desk.engine.begin_connect("hosted", open_browser=False))
    desk.events.wait(lambda e: isinstance(e, AttemptChanged) and e.link)
    return attempt, ended_on(attempt.last.link)


def test_a_page_of_ones_own_is_where_the_browser_ends(desk: Bench, service: StandIn) -> None:
    attempt, address = begin(desk, PAGE)
    assert attempt.last.ends_on == PAGE and address.startswith(PAGE + "?")
    assert desk.engine.redirect_uri("hosted") == PAGE
    for wrong in (address.replace("state=", "state=x"), PAGE, "http://127.0.0.1/callback?code=c"):
        with pytest.raises(InvalidInputError, match="That "):
            attempt.paste(wrong).result(DEADLINE)
    attempt.paste(address).result(DEADLINE)
    assert desk.run(attempt.wait()).has_token
    assert service.asked("/token")[0].form["redirect_uri"] == PAGE
    assert attempt.last.ends_on == ""


def test_it_can_be_cancelled(desk: Bench) -> None:
    attempt, _ = begin(desk, PAGE)
    attempt.cancel()
    desk.run(attempt.ended())
    assert attempt.last.failure is not None and attempt.last.failure.reason == "cancelled"


def test_a_port_that_few_may_open_is_not_needed(
    desk: Bench, service: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: object, **__: object) -> object:
        raise PortTakenError("The system does not let this program open port 443.")

    monkeypatch.setattr(browsers, "open_listener", refuse)
    attempt, address = begin(desk, "https://localhost/callback")
    assert attempt.last.ends_on == "https://localhost/callback"
    attempt.paste(address).result(DEADLINE)
    assert desk.run(attempt.wait()).has_token
    assert service.asked("/token")[0].form["redirect_uri"] == "https://localhost/callback"
    desk.run(desk.engine.configure("hosted", {"redirect_uri": "https://localhost:8443/callback"}))
    with pytest.raises(PortTakenError):
        desk.connect("hosted")
