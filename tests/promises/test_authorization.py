"""The promises about the authorization request, by their numbers, through the real engine.

The service is a stand-in on loopback; the opener follows the link as a browser would.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from connectors.errors import CancelledAttemptError, ConnectorError, ServiceError
from connectors.reading.loading import check_paths
from desktop.engine.connect.attempt import Attempt
from desktop.engine.events import AttemptChanged, Event
from tests.engine.support import DEADLINE, make_home
from tests.promises.scene import Scene, parameters, running
from tests.standin import StandIn

ROOT = Path(__file__).parents[2]
UNRESERVED = re.compile(r"[A-Za-z0-9\-._~]{43,128}")


def challenge(verifier: str) -> str:
    """RFC 7636 4.2, computed here once more."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def test_1_pkce_with_s256_always_and_never_twice(scene: Scene) -> None:
    scene.connect(200)
    asked = {one["state"]: one for one in scene.opener.asked}
    assert len(asked) == 200
    assert {one["code_challenge_method"] for one in asked.values()} == {"S256"}
    assert len({one["code_challenge"] for one in asked.values()}) == 200
    assert len(scene.exchanges) == 200
    for form in scene.exchanges:
        verifier = form["code_verifier"]
        assert UNRESERVED.fullmatch(verifier)
        assert asked[form["code"].removeprefix("code-")]["code_challenge"] == challenge(verifier)


def test_2_a_service_that_refuses_s256_is_not_asked_again_without_it(scene: Scene) -> None:
    scene.opener.answer = lambda asked: {
        "error": "invalid_request",
        "error_description": "Transform algorithm not supported",
    }
    with pytest.raises(ServiceError) as caught:
        scene.connect()
    assert "Transform algorithm not supported" in caught.value.sentence
    (asked,) = scene.opener.asked
    assert asked["code_challenge_method"] == "S256" and asked["code_challenge"]
    assert scene.exchanges == []


def test_2_only_a_definition_that_says_so_goes_without_and_is_warned_about(
    tmp_path: Path, service: StandIn
) -> None:
    home = make_home(tmp_path / "home", service.url, extra='pkce = "none"')
    for scene in running(home, service):
        scene.connect()
        assert not {"code_challenge", "code_challenge_method"} & set(scene.opener.asked[0])
        assert "code_verifier" not in scene.exchanges[0]
        problems = check_paths([home / "connectors" / "demo.toml"])
        assert [(problem.key, problem.severity) for problem in problems] == [("pkce", "warning")]


def test_4_the_state_is_random_and_never_used_twice(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock stands still, so nothing of it can come from the time."""
    monkeypatch.setattr(time, "time", lambda: 1_800_000_000.0)
    monkeypatch.setattr(time, "time_ns", lambda: 1_800_000_000 * 10**9)

    attempts: dict[str, Attempt] = {}

    def give_up(event: Event) -> None:
        if isinstance(event, AttemptChanged) and event.link and not event.ended:
            attempts[event.attempt_id].cancel()

    scene.engine.subscribe(give_up)

    async def links() -> None:
        for _ in range(500):
            attempt = await scene.engine.begin_connect("demo", open_browser=False)
            attempts[attempt.id] = attempt
            with pytest.raises(CancelledAttemptError):
                await attempt.wait()

    scene.engine.run(links(), 4 * DEADLINE)
    seen = {event.link for event in scene.events.of(AttemptChanged) if event.link}
    states = {parameters(link)["state"] for link in seen}
    assert len(states) == 500
    for state in states:
        assert len(base64.urlsafe_b64decode(state + "=" * (-len(state) % 4))) * 8 >= 128
    # A counter or a common prefix would leave some places almost constant.
    for place in range(min(len(state) for state in states)):
        assert len({state[place] for state in states}) > 8


def test_5_a_nonce_for_openid_and_only_then(scene: Scene) -> None:
    scene.connect()
    assert "nonce" not in scene.opener.asked[0]
    scene.run(scene.engine.configure("demo", {"scope": "openid profile"}))
    scene.connect(50)
    asked, forms = scene.opener.asked[1:], {form["code"]: form for form in scene.exchanges}
    assert len({one["nonce"] for one in asked}) == 50
    for one in asked:
        verifier = forms[f"code-{one['state']}"]["code_verifier"]
        assert len({one["nonce"], one["state"], verifier, one["code_challenge"]}) == 4


@pytest.mark.parametrize("outcome", ["connected", "declined", "refused"])
def test_6_one_click_opens_one_page(scene: Scene, outcome: str) -> None:
    if outcome == "declined":
        scene.opener.answer = lambda asked: {"error": "access_denied"}
    if outcome == "refused":
        scene.service.answer("POST /oauth/token", {"error": "invalid_grant"}, status=400)
    if outcome == "connected":
        scene.connect()
    else:
        with pytest.raises(ConnectorError):
            scene.connect()
    assert len(scene.opener.urls) == 1
    assert scene.opener.urls[0] == next(event.link for event in scene.events.of(AttemptChanged) if event.link)


def test_6_no_web_view_is_ever_loaded() -> None:
    """The whole window and all that a sign-in needs, in a process that names every module it has loaded."""
    program = (
        "import pkgutil, sys, desktop.ui, desktop.engine, connectors\n"
        "for package in (desktop.ui, desktop.engine, connectors):\n"
        "    for found in pkgutil.walk_packages(package.__path__, package.__name__ + '.'):\n"
        "        if not found.name.startswith('connectors.worker.child'): __import__(found.name)\n"
        "print([name for name in sys.modules if 'webengine' in name.lower() or 'webview' in name.lower()])\n"
        "print('PySide6.QtWidgets' in sys.modules)\n"
    )
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=ROOT,
        env=environment,
    )
    assert done.stdout.split("\n")[:2] == ["[]", "True"], done.stderr
    sources = [file for folder in ("desktop", "connectors") for file in (ROOT / folder).rglob("*.py")]
    assert sources
    assert not [
        file for file in sources if "QtWebEngine" in file.read_text() or "QtWebView" in file.read_text()
    ]


@pytest.mark.parametrize(
    "redirect",
    ["", "http://127.0.0.1/", "http://localhost/call/back", "http://127.0.0.1/Call-Back_1.2"],
)
def test_8_the_redirect_uri_is_the_same_to_the_byte(scene: Scene, redirect: str) -> None:
    scene.run(scene.engine.configure("demo", {"redirect_uri": redirect}))
    scene.connect(5)
    asked = {one["state"]: one["redirect_uri"] for one in scene.opener.asked}
    assert len(asked) == 5
    for form in scene.exchanges:
        assert form["redirect_uri"] == asked[form["code"].removeprefix("code-")]
    if redirect:
        given, sent = urlsplit(redirect), urlsplit(scene.opener.asked[0]["redirect_uri"])
        assert (sent.scheme, sent.hostname, sent.path) == (given.scheme, given.hostname, given.path)
