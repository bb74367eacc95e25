"""Redirect addresses with https, and callbacks whose parameters have other names."""

from __future__ import annotations

import socket
import ssl
import stat
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from cryptography import x509

from connectors.errors import InvalidInputError
from desktop.engine.callback.certificate import FILE, LIFETIME, RENEWED_BEFORE, callback_context
from desktop.engine.connect.attempt import Attempt
from desktop.engine.engine import Engine
from desktop.engine.events import AttemptChanged
from tests.engine.support import DEADLINE, PASSPHRASE, Events, define, make_home
from tests.standin import StandIn

SELLER = """
key = "seller"
name = "Seller"
type = "oauth2"
base_url = "{url}"
request_access_token = "{url}/token"
keep_callback = ["seller_id"]
account_name_from_profile_info = "{{{{seller_id}}}}"
callback = {{ code = "seller_code", state = "seller_state" }}

[auth_url]
url = "{url}/authorize"
rename = {{ state = "seller_state" }}

[redirect]
scheme = "https"
host = "localhost"
"""
NOW = datetime(2026, 5, 1, tzinfo=UTC)


class Seller:
    """A browser that trusts the app's certificate, as somebody does who passes the warning."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._threads: list[threading.Thread] = []
        self.urls: list[str] = []
        self.answers: list[httpx.Response] = []

    def __call__(self, url: str) -> None:
        self.urls.append(url)
        thread = threading.Thread(target=self._come_back)
        self._threads.append(thread)
        thread.start()

    def address(self, **more: str) -> str:
        """Where the service sends the browser."""
        asked = {k: v[0] for k, v in parse_qs(urlsplit(self.urls[-1]).query).items()}
        parameters = {"seller_state": asked["seller_state"], **more}
        return str(httpx.URL(asked["redirect_uri"], params=parameters))

    def _come_back(self) -> None:
        context = ssl.create_default_context(cafile=self._home / FILE)
        with httpx.Client(trust_env=False, timeout=DEADLINE, verify=context) as client:
            # A `code` is nothing here: the service calls it otherwise.
            address = self.address(code="decoy", seller_code="code-1", seller_id="A1SELLER")
            self.answers.append(client.get(address, follow_redirects=True))

    def leave(self) -> None:
        """Waits until everything begun is done."""
        for thread in self._threads:
            thread.join(DEADLINE)


@pytest.fixture
def service() -> Iterator[StandIn]:
    token = {"access_token": "at-1", "token_type": "Bearer", "expires_in": 3600}
    with StandIn({"POST /token": token}) as running:
        yield running


@pytest.fixture
def home(tmp_path: Path, service: StandIn) -> Path:
    made = make_home(tmp_path / "home")
    define(made, SELLER, url=service.url)
    return made


def begin(engine: Engine, **options: bool) -> Attempt:
    engine.run(engine.unlock(PASSPHRASE), DEADLINE)
    engine.run(engine.configure("seller", {"client_id": "app-1"}), DEADLINE)
    attempt: Attempt = engine.run(engine.begin_connect("seller", **options), DEADLINE)
    return attempt


def test_the_browser_comes_back_over_https(home: Path, service: StandIn) -> None:
    person = Seller(home)
    with Engine(home, opener=person, scheduled=False) as engine:
        row = engine.run(begin(engine).wait(), DEADLINE)
        person.leave()
    assert row.name == "A1SELLER"
    assert person.address().startswith("https://localhost:")
    assert service.asked("/token")[0].form["code"] == "code-1"
    (page,) = person.answers
    assert page.status_code == 200 and "Your sign-in has arrived" in page.text


def test_the_address_can_be_pasted_just_as_well(home: Path, service: StandIn) -> None:
    person, events = Seller(home), Events()
    with Engine(home, opener=person, scheduled=False) as engine:
        engine.subscribe(events)
        attempt = begin(engine, open_browser=False)
        events.wait(lambda e: isinstance(e, AttemptChanged) and e.link)
        person.urls.append(attempt.last.link)
        with pytest.raises(InvalidInputError, match="holds no code"):
            attempt.paste(person.address(code="decoy")).result(DEADLINE)
        attempt.paste(person.address(seller_code="code-1", seller_id="B2")).result(DEADLINE)
        assert engine.run(attempt.wait(), DEADLINE).name == "B2"


def test_plain_http_gets_no_answer_there(home: Path) -> None:
    person, events = Seller(home), Events()
    with Engine(home, opener=person, scheduled=False) as engine:
        engine.subscribe(events)
        attempt = begin(engine, open_browser=False)
        events.wait(lambda e: isinstance(e, AttemptChanged) and e.link)
        person.urls.append(attempt.last.link)
        plain = person.address(seller_code="code-1").replace("https://", "http://")
        with pytest.raises(httpx.TransportError), httpx.Client(trust_env=False, timeout=DEADLINE) as client:
            client.get(plain)
        assert not attempt.last.ended
        attempt.cancel()


def test_connections_that_never_speak_keep_nobody_out(home: Path) -> None:
    person, events = Seller(home), Events()
    with ExitStack() as silent:
        with Engine(home, opener=person, scheduled=False) as engine:
            engine.subscribe(events)
            attempt = begin(engine, open_browser=False)
            events.wait(lambda e: isinstance(e, AttemptChanged) and e.link)
            person.urls.append(attempt.last.link)
            port = urlsplit(person.address()).port
            for _ in range(40):
                silent.enter_context(socket.create_connection(("127.0.0.1", port or 0), DEADLINE))
            person(person.urls[-1])
            assert engine.run(attempt.wait(), DEADLINE).name == "A1SELLER"
            person.leave()
        assert "Your sign-in has arrived" in person.answers[0].text


def certificate_of(home: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate((home / FILE).read_bytes())


def test_the_certificate_is_private_short_and_only_for_this_computer(tmp_path: Path) -> None:
    callback_context(tmp_path, NOW)
    file, certificate = tmp_path / FILE, certificate_of(tmp_path)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost"]
    assert sorted(map(str, names.get_values_for_type(x509.IPAddress))) == ["127.0.0.1", "::1"]
    assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert certificate.not_valid_after_utc - NOW == LIFETIME
    assert [f.name for f in tmp_path.iterdir()] == [FILE]


@pytest.mark.parametrize(
    ("later", "same"),
    [
        (timedelta(days=1), True),
        (LIFETIME - RENEWED_BEFORE - timedelta(days=1), True),
        (LIFETIME - RENEWED_BEFORE, False),
        (LIFETIME + timedelta(days=1), False),
        (-timedelta(days=2), False),
    ],
)
def test_it_is_kept_until_shortly_before_its_end(tmp_path: Path, later: timedelta, same: bool) -> None:
    callback_context(tmp_path, NOW)
    before = certificate_of(tmp_path)
    callback_context(tmp_path, NOW + later)
    assert (certificate_of(tmp_path) == before) is same


@pytest.mark.parametrize(
    "content", [b"", b"-----BEGIN CERTIFICATE-----\nnot one\n-----END CERTIFICATE-----\n"]
)
def test_a_damaged_file_is_replaced(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    callback_context(tmp_path, NOW)
    assert certificate_of(tmp_path).not_valid_after_utc > NOW
