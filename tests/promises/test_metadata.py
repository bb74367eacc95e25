"""What a service says of itself (54, 56) or hands out (11); and what is never asked (57)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from connectors.errors import ServiceError
from desktop.engine.events import AttemptChanged
from tests.engine.support import DEADLINE, define
from tests.promises.scene import Scene, parameters
from tests.standin import Reply, StandIn

DOCUMENT = "GET /.well-known/openid-configuration"


def by_issuer(scene: Scene, issuer: str = "") -> dict[str, Any]:
    """A definition that only names the issuer, and what that says of itself."""
    url = scene.service.url
    define(scene.engine.home, f'key = "own"\nname = "Own"\ntype = "oauth2"\nissuer = "{issuer or url}"\n')
    scene.run(scene.engine.reload_connectors())
    scene.run(scene.engine.configure("own", {"client_id": "app", "client_secret": "s"}))
    said = {"issuer": url, "authorization_endpoint": f"{url}/a", "token_endpoint": f"{url}/oauth/token"}
    scene.service.answer(DOCUMENT, said)
    return said


@pytest.mark.parametrize(
    "change",
    [
        lambda url: url + "/",
        lambda url: url.upper().replace("HTTP://", "http://") + "/X",
        lambda url: url.replace("http://", "HTTP://"),
        lambda url: url.replace("127.0.0.1", "localhost"),
        lambda url: url + "?",
        lambda url: f" {url}",
        lambda url: [url],
        lambda url: None,
    ],
)
def test_54_the_issuer_is_the_one_that_was_asked_to_the_byte(scene: Scene, change: Any) -> None:
    said = by_issuer(scene)
    scene.service.answer(DOCUMENT, said | {"issuer": change(scene.service.url)})
    assert "names another issuer" in scene.refusal("own").sentence
    assert scene.opener.urls == [] and scene.exchanges == []


@pytest.mark.parametrize(
    "reply",
    [
        Reply("<html><body>{}</body></html>"),
        Reply(b"x" * 5 * 1024 * 1024),
        Reply({"issuer": "X", "padding": "x" * 5 * 1024 * 1024}),
        Reply(b""),
        Reply(b"[" * 100_000),
        Reply({"error": "no"}, 500),
        Reply("", 302, {"Location": "https://evil.example/"}),
    ],
)
def test_56_a_document_that_cannot_be_used(scene: Scene, reply: Reply) -> None:
    by_issuer(scene)
    scene.service.answer(DOCUMENT, reply)
    scene.refusal("own")
    assert scene.opener.urls == [] and scene.exchanges == []


@pytest.mark.parametrize("missing", ["token_endpoint", "authorization_endpoint"])
def test_56_an_address_that_is_missing_is_named(scene: Scene, missing: str) -> None:
    said = by_issuer(scene)
    scene.service.answer(DOCUMENT, {name: value for name, value in said.items() if name != missing})
    assert isinstance(scene.refusal("own"), ServiceError)
    assert scene.opener.urls == []


def test_56_an_address_of_somebody_else_is_shown_in_the_activity(scene: Scene) -> None:
    with StandIn({"POST /token": {"access_token": "at", "token_type": "Bearer"}}) as other:
        said = by_issuer(scene)
        scene.service.answer(DOCUMENT, said | {"token_endpoint": f"{other.url}/token"})
        row = scene.account("own")
        assert len(other.asked("/token")) == 1
    connected = next(e for e in scene.run(scene.engine.activity(row.id)) if e.action == "connected")
    assert f"127.0.0.1:{other.port}/token" in repr(connected.detail)


def test_57_a_challenge_leads_to_no_other_service(scene: Scene) -> None:
    """Protected resource metadata (RFC 9728) is not carried out: nothing that a 401 names is asked."""
    row = scene.account()
    with StandIn(
        {"*": {"resource": scene.service.url, "authorization_servers": ["https://evil.example"]}}
    ) as other:
        challenge = f'Bearer resource_metadata="{other.url}/.well-known/oauth-protected-resource"'
        scene.service.answer("GET /oauth/userinfo", Reply({}, 401, {"WWW-Authenticate": challenge}))
        before = len(scene.service.requests)
        answer = scene.run(scene.engine.request(row.id, "GET", "/oauth/userinfo", {}, None))
        assert answer.status == 401 and len(scene.service.requests) == before + 1
        assert other.requests == [] and len(scene.opener.urls) == 1


def test_11_a_page_that_is_opened_once_more_has_a_reference_of_its_own(scene: Scene) -> None:
    """References end after a minute and are good for one visit (RFC 9126 4)."""
    numbers = iter(range(100))
    scene.service.answer(
        "POST /par", lambda _: Reply({"request_uri": f"urn:{next(numbers)}", "expires_in": 1}, 201)
    )
    file = scene.engine.home / "connectors" / "demo.toml"
    file.write_text(f'{file.read_text()}\npushed_authorization_url = "{scene.service.url}/par"\n')
    scene.run(scene.engine.reload_connectors())
    scene.opener.follows = False
    attempt = scene.run(scene.engine.begin_connect("demo"))
    event = scene.events.wait(lambda event: isinstance(event, AttemptChanged) and event.link)
    assert isinstance(event, AttemptChanged)
    attempt.open_browser().result(DEADLINE)
    attempt.open_browser().result(DEADLINE)
    assert {parameters(url)["request_uri"] for url in scene.opener.urls} == {"urn:0", "urn:1", "urn:2"}
    assert parameters(attempt.last.link)["request_uri"] == "urn:2", "and so has the link that can be copied"
    pushed = [seen.form for seen in scene.service.asked("/par")]
    assert len({(form["state"], form["code_challenge"], form["redirect_uri"]) for form in pushed}) == 1
    query = urlencode({"code": "c", "state": pushed[0]["state"]})
    httpx.get(
        f"{pushed[0]['redirect_uri']}?{query}", trust_env=False, timeout=DEADLINE, follow_redirects=True
    )
    assert scene.run(attempt.wait()).state == "connected"
