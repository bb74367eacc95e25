"""The promises about codes that are entered on another device (103), with time that passes at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors.credential import utc_now
from connectors.errors import (
    AttemptTimedOutError,
    CancelledAttemptError,
    ConnectorError,
    DeclinedError,
    MisconfiguredClientError,
    ServiceError,
    UnsafeUrlError,
)
from connectors.methods import Connected, Inputs, connect, refresh
from connectors.ports import DeviceCode, Ports
from desktop.engine.engine import Engine
from desktop.engine.events import AttemptChanged, Event
from tests.connectors.support import Stages, definition, inputs_of, run
from tests.engine.support import DEADLINE, PASSPHRASE, Events, make_home
from tests.standin import Reply, StandIn

TOML = """
name = "Example"
type = "oauth2"
grant = "device_code"
client_auth = "none"
scope = ["openid", "mail"]
request_device_code = "{url}/device"
request_access_token = "{url}/token"
request_profile_info = "{url}/me"
account_name_from_profile_info = "name"
{more}
"""
CODE = {
    "device_code": "device-code-1",
    "user_code": "BDWP-HQPK",
    "verification_uri": "https://example.com/device",
    "verification_uri_complete": "https://example.com/device?user_code=BDWP-HQPK",
    "expires_in": 1800,
    "interval": 5,
}
TOKEN = {"access_token": "at", "refresh_token": "rt", "token_type": "Bearer", "expires_in": 3600}
PENDING = Reply({"error": "authorization_pending"}, 400)
SLOW = Reply({"error": "slow_down"}, 400)


@pytest.fixture
def service() -> Iterator[StandIn]:
    with StandIn({"POST /device": CODE, "POST /token": TOKEN, "GET /me": {"name": "Amelia"}}) as standin:
        yield standin


class Clock:
    """Waits for nothing and remembers how long it should have."""

    def __init__(self) -> None:
        self.pauses: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.pauses.append(seconds)
        assert len(self.pauses) < 1000, "it never gives up"


def inputs_for(folder: Path, service: StandIn, more: str = "") -> Inputs:
    connector = definition(folder, TOML.format(url=service.url, more=more))
    return inputs_of(connector, settings={"client_id": "app"})


def sign_in(inputs: Inputs, clock: Clock, shown: list[DeviceCode] | None = None) -> Connected:
    codes = shown if shown is not None else []
    wait: Callable[[float], Awaitable[None]] = clock

    def work(ports: Ports) -> Any:
        return connect(inputs, Ports(client=ports.client, show_code=codes.append, pause=wait), Stages())

    return run(work)


def test_103_the_code_is_shown_as_it_is_and_asked_about_at_the_interval(
    tmp_path: Path, service: StandIn
) -> None:
    service.answer("POST /token", PENDING, PENDING, Reply(TOKEN))
    inputs, clock, shown = inputs_for(tmp_path, service), Clock(), list[DeviceCode]()
    connected = sign_in(inputs, clock, shown)
    assert connected.name == "Amelia"
    assert connected.scope_granted == "openid mail"
    (code,) = shown
    assert code.user_code == "BDWP-HQPK"
    assert code.verification_uri == "https://example.com/device"
    assert code.link == "https://example.com/device?user_code=BDWP-HQPK"
    assert 1700 < (code.deadline - utc_now()).total_seconds() <= 1800
    assert service.requests[0].form == {"client_id": "app", "scope": "openid mail"}
    for seen in service.asked("/token"):
        assert seen.form == {
            "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
            "device_code": "device-code-1",
            "client_id": "app",
        }
    assert clock.pauses == [5, 5, 5]
    renewed = run(lambda ports: refresh(inputs, connected.credential, ports))
    assert renewed.access_token == "at"
    assert service.requests[-1].form["grant_type"] == "refresh_token"


@pytest.mark.parametrize(("interval", "first"), [(None, 5), (0, 5), (-3, 5), ("7", 7), (0.1, 1), (11, 11)])
def test_103_an_interval_that_is_missing_or_odd(
    tmp_path: Path, service: StandIn, interval: Any, first: float
) -> None:
    service.answer("POST /device", {**CODE, "interval": interval})
    clock = Clock()
    sign_in(inputs_for(tmp_path, service), clock)
    assert clock.pauses == [first]


def test_103_slow_down_adds_five_seconds_for_good(tmp_path: Path, service: StandIn) -> None:
    service.answer("POST /token", PENDING, SLOW, PENDING, SLOW, PENDING, Reply(TOKEN))
    clock = Clock()
    sign_in(inputs_for(tmp_path, service), clock)
    assert clock.pauses == [5, 5, 10, 10, 15, 15]


def test_103_a_service_that_cannot_be_reached_is_asked_more_rarely(tmp_path: Path, service: StandIn) -> None:
    down = Reply({}, 503)
    service.answer("POST /token", down, Reply({}, cut=True), Reply({}, 429), PENDING, Reply(TOKEN))
    clock = Clock()
    sign_in(inputs_for(tmp_path, service), clock)
    assert clock.pauses == [5, 10, 20, 40, 5]


def test_103_it_stops_when_the_code_ends(tmp_path: Path, service: StandIn) -> None:
    service.answer("POST /device", {**CODE, "expires_in": 60})
    service.answer("POST /token", PENDING)
    clock = Clock()
    with pytest.raises(AttemptTimedOutError, match="ended before"):
        sign_in(inputs_for(tmp_path, service), clock)
    assert sum(clock.pauses) <= 60
    assert len(service.asked("/token")) == 11


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply({"error": "access_denied"}, 400), DeclinedError),
        (Reply({"error": "expired_token"}, 400), AttemptTimedOutError),
        (Reply({"error": "invalid_grant"}, 400), ServiceError),
        (Reply({"error": "invalid_client"}, 401), MisconfiguredClientError),
        (Reply("<html>", 200), ServiceError),
    ],
)
def test_103_answers_that_end_it(
    tmp_path: Path, service: StandIn, reply: Reply, error: type[ConnectorError]
) -> None:
    service.answer("POST /token", PENDING, reply)
    with pytest.raises(error):
        sign_in(inputs_for(tmp_path, service), Clock())
    assert len(service.asked("/token")) == 2, "nothing is asked after it"


@pytest.mark.parametrize("missing", [{"verification_uri": None}, {"verification_uri": ""}, {}])
def test_103_a_service_that_never_says_where(
    tmp_path: Path, service: StandIn, missing: dict[str, Any]
) -> None:
    bare = {k: v for k, v in CODE.items() if not k.startswith("verification")}
    service.answer("POST /device", bare | missing)
    with pytest.raises(ServiceError, match="not the page to enter it on"):
        sign_in(inputs_for(tmp_path, service), Clock())
    more = 'verification_url = "https://known.example/activate"'
    shown: list[DeviceCode] = []
    sign_in(inputs_for(tmp_path, service, more), Clock(), shown)
    assert shown[0].link == shown[0].verification_uri == "https://known.example/activate"


def test_the_names_that_google_uses(tmp_path: Path, service: StandIn) -> None:
    bare = {k: v for k, v in CODE.items() if not k.startswith("verification")}
    service.answer("POST /device", bare | {"verification_url": "https://www.google.example/device"})
    shown: list[DeviceCode] = []
    sign_in(inputs_for(tmp_path, service), Clock(), shown)
    assert shown[0].verification_uri == "https://www.google.example/device"


@pytest.mark.parametrize("member", ["verification_uri", "verification_uri_complete"])
@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "data:text/html,x",
        "vbscript:x",
        "ftp://h/",
        "smb://h/",
        "ms-msdt:/id",
        "x-scheme:y",
        "mailto:a@b.example",
        r"\\host\share",
        "http://example.com/d",
        "-x",
        " https://h/",
        "https://u:p@e.example",
    ],
)
def test_15_the_page_for_the_code_is_checked_like_every_address(
    tmp_path: Path, service: StandIn, member: str, url: str
) -> None:
    service.answer("POST /device", CODE | {member: url})
    shown: list[DeviceCode] = []
    with pytest.raises(UnsafeUrlError):
        sign_in(inputs_for(tmp_path, service), Clock(), shown)
    assert not shown
    assert not service.asked("/token")


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply({"error": "unauthorized_client"}, 400), MisconfiguredClientError),
        (Reply({"error": "invalid_scope", "error_description": "No mail."}, 400), ServiceError),
        (Reply({"user_code": "X"}), ServiceError),
        (Reply({"device_code": "X", "user_code": "\u202e"}), ServiceError),
        (Reply("<html>", 200), ServiceError),
    ],
)
def test_no_code_is_said_so(
    tmp_path: Path, service: StandIn, reply: Reply, error: type[ConnectorError]
) -> None:
    service.answer("POST /device", reply)
    with pytest.raises(error):
        sign_in(inputs_for(tmp_path, service), Clock())


DEFINITION = TOML.replace('name = "Example"', 'key = "device"\nname = "Example"')


@pytest.fixture
def engine(tmp_path: Path, service: StandIn) -> Iterator[Engine]:
    home = make_home(tmp_path / "home", service.url)
    (home / "connectors" / "device.toml").write_text(DEFINITION.format(url=service.url, more=""))
    opened: list[str] = []
    with Engine(home, opener=opened.append, scheduled=False) as running:
        running.run(running.unlock(PASSPHRASE), DEADLINE)
        running.run(running.configure("device", {"client_id": "app"}), DEADLINE)
        running.opened = opened  # type: ignore[attr-defined]
        yield running


def stage_device(engine: Engine) -> tuple[Any, AttemptChanged]:
    """Begins an attempt and waits until its code is there."""
    reached = threading.Event()
    seen: list[AttemptChanged] = []

    def listen(event: Event) -> None:
        if isinstance(event, AttemptChanged) and event.code is not None:
            seen.append(event)
            reached.set()

    engine.subscribe(listen)
    attempt = engine.run(engine.begin_connect("device"), DEADLINE)
    assert reached.wait(DEADLINE)
    return attempt, seen[0]


def test_103_the_engine_tells_the_code_and_cancel_ends_the_asking(engine: Engine, service: StandIn) -> None:
    service.answer("POST /device", CODE | {"interval": 60})
    attempt, event = stage_device(engine)
    assert event.stage == "device"
    assert event.code is not None
    assert event.code.user_code == "BDWP-HQPK"
    assert event.deadline == event.code.deadline
    assert engine.opened == [], "nothing is opened until somebody asks"  # type: ignore[attr-defined]
    attempt.open_browser().result(DEADLINE)
    assert engine.opened == [CODE["verification_uri_complete"]]  # type: ignore[attr-defined]
    started = time.monotonic()
    attempt.cancel()
    with pytest.raises(CancelledAttemptError):
        engine.run(attempt.wait(), DEADLINE)
    assert time.monotonic() - started < 1
    assert not service.asked("/token")


def test_103_an_account_through_the_engine(engine: Engine, service: StandIn) -> None:
    service.answer("POST /device", CODE | {"interval": 1})
    events = Events()
    engine.subscribe(events)
    row = engine.run(engine.run(engine.begin_connect("device"), DEADLINE).wait(), DEADLINE)
    assert row.name == "Amelia"
    assert row.renewable
