"""The listener as part of an attempt (25, 26, 33, 35, 38, 39, 49): the port, the one answer, the end."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import httpx
import pytest

from connectors.credential import utc_now
from connectors.errors import (
    AttemptTimedOutError,
    CancelledAttemptError,
    ConnectorError,
    DeclinedError,
    PortTakenError,
    ServiceError,
)
from desktop.engine.callback import listener
from desktop.engine.callback.http import Limits
from desktop.engine.connect.attempt import Attempt
from desktop.engine.events import AttemptChanged
from desktop.vault.records import AccountQuery
from tests.engine.callback_client import listening_on
from tests.engine.support import DEADLINE, make_home
from tests.promises.scene import Scene, parameters, running
from tests.standin import StandIn


def begin(scene: Scene, **options: float) -> tuple[Attempt, dict[str, str]]:
    """An attempt that waits for the browser, and what its link asks for."""
    attempt = scene.run(scene.engine.begin_connect("demo", open_browser=False, **options))
    event = scene.events.wait(
        lambda event: isinstance(event, AttemptChanged) and event.attempt_id == attempt.id and event.link
    )
    assert isinstance(event, AttemptChanged)
    return attempt, parameters(event.link)


def port_of(asked: dict[str, str]) -> int:
    return urlsplit(asked["redirect_uri"]).port or 0


def come_back(asked: dict[str, str], **answer: str) -> httpx.Response:
    url = f"{asked['redirect_uri']}?{urlencode({**answer, 'state': asked['state']})}"
    return httpx.get(url, trust_env=False, timeout=DEADLINE, follow_redirects=True)


def is_open(port: int) -> bool:
    with socket.socket() as trial:
        return trial.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("ending", ["cancel", "time-out", "lock", "end of the program"])
def test_25_the_port_is_free_when_the_attempt_is_over(tmp_path: Path, service: StandIn, ending: str) -> None:
    home = make_home(tmp_path / "home", service.url)
    before = set(os.listdir("/proc/self/fd"))  # noqa: PTH208
    for scene in running(home, service):
        attempt, asked = begin(scene, **({"timeout": 0.2} if ending == "time-out" else {}))
        assert ending == "time-out" or listening_on(port_of(asked)) == {"0100007F"}
        match ending:
            case "cancel":
                attempt.cancel()
            case "lock":
                scene.run(scene.engine.lock())
            case "end of the program":
                scene.engine.stop()
        if ending != "end of the program":
            with pytest.raises(AttemptTimedOutError if ending == "time-out" else CancelledAttemptError):
                scene.run(attempt.wait())
        assert not is_open(port_of(asked)), "at once, and not some time later"
        assert listening_on(port_of(asked)) == set()
    assert len(set(os.listdir("/proc/self/fd")) - before) <= 1  # noqa: PTH208


@contextmanager
def taken_ports(count: int) -> Iterator[list[int]]:
    """Ports that this process holds."""
    with ExitStack() as held:
        yield [
            held.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1] for _ in range(count)
        ]


def with_ports(home: Path, url: str, ports: list[int]) -> Path:
    make_home(home, url)
    file = home / "connectors" / "demo.toml"
    file.write_text(f"{file.read_text()}\n[redirect]\nports = {ports}\n")
    return home


def test_26_a_taken_port_is_named_with_its_holder_and_no_other_is_used(
    tmp_path: Path, service: StandIn
) -> None:
    with taken_ports(2) as ports:
        for scene in running(with_ports(tmp_path / "home", service.url, ports), service):
            error = scene.refusal()
            assert isinstance(error, PortTakenError)
            for port in ports:
                assert f"Port {port}" in error.sentence
            assert f"(process {os.getpid()})" in error.sentence
            assert "register a further port" in error.hint
            assert scene.opener.urls == []


def test_26_the_next_registered_port_is_used(tmp_path: Path, service: StandIn) -> None:
    with taken_ports(1) as (taken,), socket.create_server(("127.0.0.1", 0)) as probe:
        free = probe.getsockname()[1]
        probe.close()
        for scene in running(with_ports(tmp_path / "home", service.url, [taken, free]), service):
            assert scene.account().state == "connected"
            assert port_of(scene.opener.asked[0]) == free
            assert scene.exchanges[0]["redirect_uri"] == scene.opener.asked[0]["redirect_uri"]


def test_33_many_callbacks_are_one_exchange(scene: Scene) -> None:
    """Reloaded, fetched in advance, pressed twice: the code goes to the service once."""
    attempt, asked = begin(scene)
    pages: list[httpx.Response] = []

    def visit() -> None:
        try:
            pages.append(come_back(asked, code="c"))
        except httpx.TransportError:
            return  # the port was closed already

    visitors = [threading.Thread(target=visit) for _ in range(10)]
    for visitor in visitors:
        visitor.start()
    assert scene.run(attempt.wait()).state == "connected"
    for visitor in visitors:
        visitor.join(DEADLINE)
    assert len(scene.exchanges) == 1
    assert [page for page in pages if page.status_code == 200]
    assert all(page.status_code == 200 or "already used" in page.text for page in pages)
    assert len(scene.run(scene.engine.accounts(AccountQuery()))) == 1


@pytest.mark.parametrize("ending", ["cancel", "time-out"])
def test_35_after_the_end_no_callback_is_an_answer(scene: Scene, ending: str) -> None:
    attempt, asked = begin(scene, **({"timeout": 0.2} if ending == "time-out" else {}))
    if ending == "cancel":
        attempt.cancel()
    with pytest.raises(ConnectorError):
        scene.run(attempt.wait())
    with pytest.raises(httpx.ConnectError):
        come_back(asked, code="late")
    assert scene.exchanges == []


@pytest.mark.parametrize("order", [("code", "error"), ("error", "code")])
def test_38_an_error_beside_a_code_is_an_error(scene: Scene, order: tuple[str, str]) -> None:
    values = {"code": "c", "error": "server_error"}
    scene.opener.answer = lambda _: {name: values[name] for name in order}
    scene.refusal()
    assert scene.exchanges == []


@pytest.mark.parametrize(
    "error", ["access_denied", "server_error", "temporarily_unavailable", "invalid_scope", "x"]
)
def test_39_no_error_makes_a_token_request(scene: Scene, error: str) -> None:
    scene.opener.answer = lambda _: {"error": error, "error_description": "Not today."}
    refusal = scene.refusal()
    assert scene.exchanges == []
    assert isinstance(refusal, DeclinedError) == (error == "access_denied")
    if error == "access_denied":
        assert "was declined" in refusal.sentence and refusal.hint == "Nothing was connected."
    else:
        assert "Not today" in refusal.sentence and isinstance(refusal, ServiceError | ConnectorError)
    scene.opener.answer = lambda asked: {"code": "again"}
    assert scene.account().state == "connected"


def test_the_last_page_comes_although_the_program_ends(
    tmp_path: Path, service: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command line is done as soon as the account is saved; its browser still asks for the page."""
    monkeypatch.setattr(listener, "Limits", lambda: Limits(linger=DEADLINE))
    for scene in running(make_home(tmp_path / "home", service.url), service):
        attempt, asked = begin(scene)
        with httpx.Client(trust_env=False, timeout=DEADLINE) as browser:
            query = urlencode({"code": "c", "state": asked["state"]})
            moved = browser.get(f"{asked['redirect_uri']}?{query}")
            assert moved.status_code == 303
            assert scene.run(attempt.wait()).state == "connected"
            ending = threading.Thread(target=scene.engine.stop)
            ending.start()
            page = browser.get(httpx.URL(asked["redirect_uri"]).join(moved.headers["Location"]))
            assert page.status_code == 200 and "You can return to Jackfield" in page.text
            ending.join(DEADLINE)
        assert not ending.is_alive() and not is_open(port_of(asked))


def test_49_an_attempt_is_waited_for_five_minutes_unless_something_else_is_said(scene: Scene) -> None:
    for options, seconds in (({}, 300), ({"timeout": 7.0}, 7)):
        attempt, _ = begin(scene, **options)
        assert attempt.last.deadline is not None
        left = attempt.last.deadline - utc_now()
        assert timedelta(seconds=seconds - DEADLINE) < left <= timedelta(seconds=seconds)
        attempt.cancel()
        with pytest.raises(CancelledAttemptError):
            scene.run(attempt.wait())


def test_49_under_attack_the_engine_answers_and_cancel_frees_the_port(scene: Scene) -> None:
    """How quickly is measured by tests/bench/listener_latency.py."""
    attempt, asked = begin(scene)
    port, over, engine = port_of(asked), threading.Event(), scene.engine
    rounds = threading.Semaphore(0)

    def attack(opening: bytes) -> None:
        while not over.is_set():
            try:
                with socket.create_connection(("127.0.0.1", port), DEADLINE) as hostile:
                    hostile.sendall(opening)
                    hostile.sendall(b"x" * 65536)
            except OSError:
                rounds.release()  # cut off, which is as good an answer as any
                continue
            rounds.release()

    openings = (
        b"",
        b"GET /callback?code=x&state=y HTTP/1.1\r\n",
        b"\x16\x03\x01",
        b"POST / HTTP/1.1\r\n\r\n",
    )
    hostile = [threading.Thread(target=attack, args=(opening,)) for opening in openings]
    for thread in hostile:
        thread.start()
    try:
        for _ in range(50):
            assert rounds.acquire(timeout=DEADLINE)
            assert engine.run(engine.accounts(AccountQuery()), DEADLINE) == []
        assert not attempt.last.ended
        attempt.cancel()
        with pytest.raises(CancelledAttemptError):
            scene.run(attempt.wait())
        assert listening_on(port) == set()
    finally:
        over.set()
        for thread in hostile:
            thread.join(DEADLINE)
    assert scene.exchanges == []
