"""A sign-in that came back as somebody unexpected: nothing is written over, and nothing kept unasked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors.errors import (
    AttemptTimedOutError,
    CancelledAttemptError,
    InvalidInputError,
    WrongAccountError,
)
from desktop.engine.connect.attempt import Attempt
from desktop.engine.errors import AlreadyConnectedError
from desktop.engine.events import AttemptChanged, Clash, Event
from desktop.practice import Provider
from tests.engine.support import DEMO, PASSPHRASE, Bench, bench, define, make_home

AMELIA_KEY, BEN_KEY = "practice-key-amelia-4f1c", "practice-key-ben-9d27"
REVOKE = "/oauth/revoke"


def view(at_work: Bench, account_id: str) -> Any:
    return at_work.run(at_work.engine.account(account_id))


def names(at_work: Bench) -> list[str]:
    return [row.name for row in at_work.run(at_work.engine.accounts())]


def begin(at_work: Bench, *args: Any, **options: Any) -> Attempt:
    attempt: Attempt = at_work.run(at_work.engine.begin_connect(*args, **options))
    return attempt


def question(at_work: Bench) -> Clash:
    def fits(event: Event) -> bool:
        return isinstance(event, AttemptChanged) and event.clash is not None

    event = at_work.events.wait(fits)
    assert isinstance(event, AttemptChanged) and event.clash is not None
    return event.clash


@pytest.fixture
def amelia(at_work: Bench) -> Any:
    """Amelia's account; from here on Ben sits at the browser."""
    row = at_work.connect(account_name="Mine")
    at_work.person.user = "ben"
    return view(at_work, row.id)


def test_keep_both_makes_an_account_of_its_own(at_work: Bench, amelia: Any) -> None:
    row = at_work.connect("demo", reconnect=amelia.row.id, on_other="keep_both")
    assert row.id != amelia.row.id and row.name == "Ben Carter"
    assert view(at_work, amelia.row.id) == amelia
    assert at_work.provider.count(REVOKE) == 0


def test_replace_is_a_generation_and_restoring_brings_the_person_back(at_work: Bench, amelia: Any) -> None:
    at_work.connect("demo", reconnect=amelia.row.id, on_other="replace")
    now = view(at_work, amelia.row.id)
    assert (now.row.name, now.row.email, now.row.identity, now.row.generation) == (
        "Ben Carter",
        "ben@practice.example",
        "u-1002",
        2,
    )
    assert now.profile["name"] == "Ben Carter" and now.credential != amelia.credential
    newest, first = at_work.run(at_work.engine.history(amelia.row.id))
    assert (newest.generation.note, newest.person, first.person) == ("in place of Mine", "", "Mine")
    at_work.run(at_work.engine.restore(amelia.row.id, 1))
    back = view(at_work, amelia.row.id)
    assert (back.row.name, back.row.email, back.row.identity) == (
        "Mine",
        "amelia@practice.example",
        "u-1001",
    )
    assert (back.profile, back.credential) == (amelia.profile, amelia.credential)
    people = [entry.person for entry in at_work.run(at_work.engine.history(amelia.row.id))]
    assert people == ["", "Ben Carter", ""]
    at_work.run(at_work.engine.restore(amelia.row.id, 2))
    assert view(at_work, amelia.row.id).row.identity == "u-1002"
    summaries = [entry.summary for entry in at_work.run(at_work.engine.activity(amelia.row.id))]
    assert "Ben Carter took the place of Mine." in summaries
    assert any("Mine again, and no longer Ben Carter" in summary for summary in summaries)


def test_cancel_keeps_nothing_and_gives_the_grant_back(at_work: Bench, amelia: Any) -> None:
    with pytest.raises(WrongAccountError, match="has revoked the access that it gave"):
        at_work.connect("demo", reconnect=amelia.row.id)
    assert view(at_work, amelia.row.id) == amelia and names(at_work) == ["Mine"]
    assert at_work.provider.count(REVOKE) > 0
    entry = at_work.run(at_work.engine.activity(amelia.row.id))[0]
    assert (entry.action, entry.outcome) == ("reconnected", "failed")


def test_the_grant_stays_where_the_other_person_is_connected_too(at_work: Bench, amelia: Any) -> None:
    ben = view(at_work, at_work.connect().id)
    with pytest.raises(WrongAccountError, match="could also end the access of Ben Carter"):
        at_work.connect("demo", reconnect=amelia.row.id)
    assert at_work.provider.count(REVOKE) == 0
    assert view(at_work, ben.row.id) == ben


def test_a_revocation_that_fails_is_said(at_work: Bench, amelia: Any) -> None:
    at_work.provider.knobs.fail_next(1, 503, path=REVOKE)
    with pytest.raises(WrongAccountError, match="could not be revoked and is still valid"):
        at_work.connect("demo", reconnect=amelia.row.id)


def test_a_service_without_revocation_is_named(tmp_path: Path, provider: Provider) -> None:
    home = make_home(tmp_path / "home", provider.url)
    without = "\n".join(line for line in DEMO.splitlines() if not line.startswith("revoke"))
    define(home, without, url=provider.url)
    with bench(home, provider) as desk:
        row = desk.connect()
        desk.person.user = "ben"
        with pytest.raises(WrongAccountError, match="Demo offers no way to revoke"):
            desk.connect("demo", reconnect=row.id)


def test_nothing_is_kept_until_somebody_decides(at_work: Bench, amelia: Any) -> None:
    attempt = begin(at_work, "demo", reconnect=amelia.row.id, on_other="ask")
    asked = question(at_work)
    assert (asked.kind, asked.account_id) == ("somebody_else", amelia.row.id)
    assert (asked.came.name, asked.came.email, asked.came.identity) == (
        "Ben Carter",
        "ben@practice.example",
        "u-1002",
    )
    assert asked.there.name == "Mine"
    assert view(at_work, amelia.row.id) == amelia and names(at_work) == ["Mine"]
    with pytest.raises(InvalidInputError):
        attempt.decide("update").result()
    attempt.decide("replace").result()
    assert at_work.run(attempt.wait()).name == "Ben Carter"
    with pytest.raises(InvalidInputError, match="does not wait"):
        attempt.decide("replace").result()


def test_a_lock_drops_what_was_not_decided(at_work: Bench, amelia: Any) -> None:
    attempt = begin(at_work, "demo", reconnect=amelia.row.id, on_other="ask")
    question(at_work)
    at_work.run(at_work.engine.lock())
    with pytest.raises(CancelledAttemptError):
        at_work.run(attempt.wait())
    at_work.run(at_work.engine.unlock(PASSPHRASE))
    assert view(at_work, amelia.row.id) == amelia and names(at_work) == ["Mine"]


def test_nobody_waits_for_ever(at_work: Bench) -> None:
    row = at_work.connect("demo-key", {"api_key": AMELIA_KEY})
    with pytest.raises(AttemptTimedOutError, match="Nobody said what to do with the sign-in of Ben Carter"):
        at_work.connect("demo-key", {"api_key": BEN_KEY}, reconnect=row.id, on_other="ask", timeout=0.05)
    assert view(at_work, row.id).credential.fields == {"api_key": AMELIA_KEY}


def test_somebody_who_is_there_already_makes_a_second_account_unless_told(at_work: Bench) -> None:
    first = at_work.connect()
    second = at_work.connect()
    assert second.id != first.id
    assert view(at_work, first.id).row.generation == 1


def test_the_account_that_is_there_can_be_updated(at_work: Bench) -> None:
    first = at_work.connect()
    again = at_work.connect(on_same="update", account_name="Work")
    assert (again.id, again.generation, again.name) == (first.id, 2, "Work")
    key = at_work.connect("demo-key", {"api_key": AMELIA_KEY})
    assert at_work.connect("demo-key", {"api_key": AMELIA_KEY}, on_same="update").id == key.id
    assert len(names(at_work)) == 2


def test_of_several_the_one_that_needs_it_is_updated(at_work: Bench) -> None:
    first, _second = at_work.connect(), at_work.connect()
    at_work.run(_needs_sign_in(at_work, first.id))
    assert at_work.connect(on_same="update").id == first.id


async def _needs_sign_in(at_work: Bench, account_id: str) -> None:
    at_work.engine._parts.core.vault.set_state(account_id, "needs_sign_in", "refused")


def test_not_wanting_either_keeps_the_account_and_its_grant(at_work: Bench) -> None:
    first = view(at_work, at_work.connect().id)
    attempt = begin(at_work, "demo", on_same="ask")
    assert question(at_work).kind == "there_already"
    attempt.decide("cancel").result()
    with pytest.raises(AlreadyConnectedError, match="could also end the access of Amelia Ortega"):
        at_work.run(attempt.wait())
    assert view(at_work, first.row.id) == first and at_work.provider.count(REVOKE) == 0


def test_keep_both_asks_once_more_where_the_other_is_there_too(at_work: Bench, amelia: Any) -> None:
    ben = at_work.connect()
    row = at_work.connect("demo", reconnect=amelia.row.id, on_other="keep_both", on_same="update")
    assert (row.id, row.generation) == (ben.id, 2)
    assert view(at_work, amelia.row.id) == amelia


def test_another_scope_is_another_account(at_work: Bench, home: Path) -> None:
    first = at_work.connect()
    define(home, DEMO.replace('["profile", "email"]', '["profile"]'), url=at_work.provider.url)
    at_work.run(at_work.engine.reload_connectors())
    assert at_work.connect(on_same="update").id != first.id


WORKSPACES = """
key = "spaces"
name = "Spaces"
type = "apiKey"
identity_from_profile_info = "sub"

[auth.workspace]
name = "Workspace"

[auth.api_key]
type = "password"
name = "API key"

[request_profile_info]
url = "{url}/key/me"
headers = {{ "X-Api-Key" = "{{{{api_key}}}}" }}
"""


@pytest.fixture
def spaces(home: Path, provider: Provider) -> Iterator[Bench]:
    define(home, WORKSPACES, url=provider.url)
    with bench(home, provider) as running:
        yield running


def test_another_workspace_is_another_account_and_another_key_is_not(spaces: Bench) -> None:
    first = spaces.connect("spaces", {"workspace": "one", "api_key": AMELIA_KEY}, on_same="update")
    other = spaces.connect("spaces", {"workspace": "two", "api_key": AMELIA_KEY}, on_same="update")
    again = spaces.connect("spaces", {"workspace": "one", "api_key": AMELIA_KEY}, on_same="update")
    assert first.identity == "u-1001" and other.id != first.id and again.id == first.id


def test_a_service_that_names_nobody_has_nothing_to_compare(tmp_path: Path, provider: Provider) -> None:
    home = make_home(tmp_path / "home", provider.url)
    nameless = "\n".join(line for line in DEMO.splitlines() if "profile_info" not in line)
    define(home, nameless, url=provider.url)
    with bench(home, provider) as desk:
        row = desk.connect()
        desk.person.user = "ben"
        assert desk.connect("demo", reconnect=row.id).generation == 2
        assert desk.connect(on_same="update").id != row.id
