"""*Choose one of these*: a site, a tenant, asked for while an account is being connected."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.errors import CancelledAttemptError, InvalidInputError, ServiceError
from desktop.engine.connect.attempt import Attempt
from desktop.engine.events import AttemptChanged
from desktop.practice import Provider
from tests.engine.support import DEADLINE, Bench, bench, define
from tests.sites import GARDEN, SITES, sites_service
from tests.standin import StandIn

VALUES = {"api_key": "key-of-amelia"}


@pytest.fixture
def service() -> Iterator[StandIn]:
    with sites_service() as running:
        yield running


@pytest.fixture
def desk(home: Path, provider: Provider, service: StandIn) -> Iterator[Bench]:
    define(home, SITES, url=service.url)
    with bench(home, provider) as running:
        yield running


def begin(desk: Bench) -> Attempt:
    """An attempt that has got as far as the question."""
    attempt: Attempt = desk.run(desk.engine.begin_connect("sites", None, VALUES))
    desk.events.wait(lambda e: isinstance(e, AttemptChanged) and e.choices)
    return attempt


@pytest.mark.parametrize("answer", ["s-2", "Greenhouse", " greenhouse "])
def test_the_person_is_asked_and_the_choice_is_kept(desk: Bench, answer: str) -> None:
    attempt = begin(desk)
    asked = attempt.last
    assert (asked.stage, asked.choices_title) == ("choose", "Choose a site")
    assert [(o.label, o.value) for o in asked.choices] == [("Garden", "s-1"), ("Greenhouse", "s-2")]
    with pytest.raises(InvalidInputError, match="There is no “shed” to choose"):
        attempt.choose("shed").result(DEADLINE)
    attempt.choose(answer).result(DEADLINE)
    row = desk.run(attempt.wait())
    assert row.name == "Amelia at Greenhouse"
    assert desk.events.stages() == ["form", "choose", "profile", "test", "done"]
    assert attempt.last.choices == ()
    view = desk.run(desk.engine.account(row.id))
    assert view.credential.extra["site_id"] == "s-2"
    sent = desk.run(desk.engine.request(row.id, "GET", "/me"))
    assert (sent.status, sent.url.endswith("/s-2/me")) == (200, True)
    with pytest.raises(InvalidInputError, match="does not wait"):
        attempt.choose("s-1").result(DEADLINE)


def test_cancelling_the_question_leaves_no_account(desk: Bench) -> None:
    attempt = begin(desk)
    attempt.cancel()
    with pytest.raises(CancelledAttemptError):
        desk.run(attempt.wait())


def test_an_answer_given_beforehand_is_taken(desk: Bench) -> None:
    assert desk.connect("sites", VALUES, choose=["garden"], ask=False).name == "Amelia at Garden"


@pytest.mark.parametrize(("given", "said"), [((), "There are"), (("shed",), "None of them is “shed”")])
def test_without_somebody_to_ask_the_options_are_listed(
    desk: Bench, given: tuple[str, ...], said: str
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        desk.connect("sites", VALUES, choose=given, ask=False)
    assert "Garden (s-1), Greenhouse (s-2)" in caught.value.sentence and said in caught.value.sentence


def test_one_option_needs_no_question_and_none_is_an_error(desk: Bench, service: StandIn) -> None:
    service.answer("GET /sites", {"sites": [GARDEN]})
    assert desk.connect("sites", VALUES, ask=False).name == "Amelia at Garden"
    service.answer("GET /sites", {"sites": []})
    with pytest.raises(ServiceError, match="nothing to choose from"):
        desk.connect("sites", VALUES)
