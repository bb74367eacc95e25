"""The promises about OAuth 1.0a (109) through the real engine: its listener, its redactor, its requests."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from connectors.errors import DeclinedError, InvalidInputError
from desktop.engine.engine import Engine
from desktop.engine.events import AttemptChanged, Event
from desktop.engine.privacy.redaction import redactor
from tests.engine.support import DEADLINE, PASSPHRASE, make_home
from tests.oauth1_server import CONSUMER_KEY, CONSUMER_SECRET, OAuth1Service
from tests.standin import StandIn

TOML = """
key = "old"
name = "Old service"
type = "oauth"
base_url = "{url}"
request_request_token = "{url}/request"
auth_url = "{url}/authorize"
request_access_token = "{url}/access"
request_profile_info = "{url}/me"
account_name_from_profile_info = "username"
"""


class Person:
    """Follows the link as a browser does; `come_back` may replace where the provider sends it."""

    def __init__(self) -> None:
        self.links: list[str] = []
        self.pages: queue.Queue[str] = queue.Queue()
        self.come_back: Callable[[str], str] = lambda callback: callback

    def __call__(self, link: str) -> None:
        self.links.append(link)
        answer = httpx.get(link, trust_env=False, timeout=DEADLINE)
        if "Location" not in answer.headers:
            self.pages.put(answer.text)
        elif callback := self.come_back(answer.headers["Location"]):
            page = httpx.get(callback, trust_env=False, timeout=DEADLINE, follow_redirects=True)
            self.pages.put(page.text)


@pytest.fixture
def service() -> Iterator[OAuth1Service]:
    with StandIn() as standin:
        yield OAuth1Service(standin)


@pytest.fixture
def person() -> Person:
    return Person()


@pytest.fixture
def engine(tmp_path: Path, service: OAuth1Service, person: Person) -> Iterator[Engine]:
    home = make_home(tmp_path / "home", service.standin.url)
    (home / "connectors" / "old.toml").write_text(TOML.format(url=service.standin.url))
    with Engine(home, opener=person, scheduled=False) as running:
        running.run(running.unlock(PASSPHRASE), DEADLINE)
        settings = {"consumer_key": CONSUMER_KEY, "consumer_secret": CONSUMER_SECRET}
        running.run(running.configure("old", settings), DEADLINE)
        yield running


def test_109_an_account_and_its_signed_requests(
    engine: Engine, service: OAuth1Service, person: Person
) -> None:
    row = engine.run(engine.run(engine.begin_connect("old"), DEADLINE).wait(), DEADLINE)
    assert (row.name, row.method, row.renewable) == ("Amelia Ortega", "oauth1", False)
    assert "You can return to Jackfield" in person.pages.get(timeout=DEADLINE)
    assert engine.run(engine.test(row.id), DEADLINE) == ""
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = engine.run(
        engine.request(row.id, "POST", "/cards?key=1", form, "name=Fix%20it&pos=top"), DEADLINE
    )
    assert answer.status == 200
    token = engine.run(engine.token(row.id), DEADLINE)
    assert token in service.validator.access_tokens
    view = engine.run(engine.account(row.id), DEADLINE)
    assert {"access_token", "access_token_secret"} <= view.secret_fields


def test_109_denied_is_a_decline_and_the_page_says_so(engine: Engine, person: Person) -> None:
    def refuse(callback: str) -> str:
        bare = callback.split("oauth_token=")[0].split("&oauth_verifier")[0]
        state = parse_qs(urlsplit(callback).query)["state"][0]
        token = parse_qs(urlsplit(callback).query)["oauth_token"][0]
        return f"{bare.split('?')[0]}?state={state}&denied={token}"

    person.come_back = refuse
    with pytest.raises(DeclinedError):
        engine.run(engine.run(engine.begin_connect("old"), DEADLINE).wait(), DEADLINE)
    assert "You declined" in person.pages.get(timeout=DEADLINE)


def test_109_another_sign_ins_callback_ends_nothing(engine: Engine, person: Person) -> None:
    """Without the random value in the callback address, anybody could bring a token of their own."""
    callbacks: list[str] = []
    back = threading.Event()

    def hold(callback: str) -> str:
        callbacks.append(callback)
        back.set()
        return ""

    person.come_back = hold
    attempt = engine.run(engine.begin_connect("old"), DEADLINE)
    assert back.wait(DEADLINE)
    query = parse_qs(urlsplit(callbacks[0]).query)
    base = callbacks[0].split("?")[0]
    for forged in (
        f"{base}?oauth_token={query['oauth_token'][0]}&oauth_verifier=x",
        f"{base}?state=guessed&oauth_token=x&oauth_verifier=x",
    ):
        assert httpx.get(forged, trust_env=False, timeout=DEADLINE).status_code == 400
    assert not attempt.last.ended
    assert redactor.redact(f"see {query['state'][0]}") == "see ••••"
    with pytest.raises(InvalidInputError, match="holds no code"):
        attempt.paste(f"{base}?state={query['state'][0]}&else=1").result(DEADLINE)
    attempt.paste(callbacks[0]).result(DEADLINE)
    assert engine.run(attempt.wait(), DEADLINE).name == "Amelia Ortega"


def test_109_a_pin_is_typed_in_where_nothing_comes_back(
    engine: Engine, service: OAuth1Service, person: Person, tmp_path: Path
) -> None:
    path = tmp_path / "with-pin.toml"
    path.write_text(TOML.replace('"old"', '"with-pin"').format(url=service.standin.url) + "pin = true\n")
    engine.run(engine.add_connector(path), DEADLINE)
    settings = {"consumer_key": CONSUMER_KEY, "consumer_secret": CONSUMER_SECRET}
    engine.run(engine.configure("with-pin", settings), DEADLINE)
    attempt = engine.run(engine.begin_connect("with-pin"), DEADLINE)
    pin = parse_qs(person.pages.get(timeout=DEADLINE))["oauth_verifier"][0]
    for wrong in ("", "no pin", "http://127.0.0.1/callback?oauth_verifier=1234", "1" * 65):
        with pytest.raises(InvalidInputError, match="not a PIN"):
            attempt.paste(wrong).result(DEADLINE)
    attempt.paste(f" {pin}\n").result(DEADLINE)
    assert engine.run(attempt.wait(), DEADLINE).name == "Amelia Ortega"
    (token,) = service.validator.access_tokens
    assert token


def test_109_the_verifier_and_the_secrets_stay_out_of_the_details(
    engine: Engine, service: OAuth1Service
) -> None:
    seen: list[AttemptChanged] = []

    def listen(event: Event) -> None:
        if isinstance(event, AttemptChanged):
            seen.append(event)

    engine.subscribe(listen)
    service.standin.answer("POST /access", b"<html>", status=502)
    attempt = engine.run(engine.begin_connect("old"), DEADLINE)
    engine.run(attempt.ended(), DEADLINE)
    failure = seen[-1].failure
    assert failure is not None
    shown = f"{failure.sentence}{failure.hint}{failure.detail}"
    (token,) = service.validator.request_tokens.values()
    for secret in (CONSUMER_SECRET, token.secret, token.verifier):
        assert secret not in shown
