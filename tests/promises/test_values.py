"""What people type and services send stays where it belongs (19), and goes to nobody else (21)."""

from __future__ import annotations

import pytest

from connectors.errors import ConnectorError
from tests.engine.support import define
from tests.promises.scene import Scene
from tests.standin import Reply, StandIn

KEYED = """key = "keyed"
name = "Keyed"
type = "apiKey"

[auth.api_key]
type = "{kind}"
name = "API key"

[validate]
url = "{url}/me/{{{{api_key}}}}"
method = "POST"
{request}
"""
NASTY = [
    'a"b',
    "a\\",
    'x", "admin": "1',
    "a&admin=1",
    "a=b",
    "a?b#c",
    "../../admin",
    "a%0d%0aX-Admin: 1",
    "<a>",
    "{{api_key}}",
]


def keyed(scene: Scene, request: str, kind: str = "password") -> None:
    define(scene.engine.home, KEYED, url=scene.service.url, request=request, kind=kind)
    scene.run(scene.engine.reload_connectors())
    scene.service.answer("*", {"ok": True})


@pytest.mark.parametrize("value", NASTY)
def test_19_a_value_stays_where_the_definition_puts_it(scene: Scene, value: str) -> None:
    for request in (
        'body = { key = "{{api_key}}", admin = "0" }\nencoding = "json"',
        """body = '{"key": "{{api_key}}", "admin": "0"}'\nencoding = "json\"""",
        'body = { key = "{{api_key}}", admin = "0" }',
        'body = "key={{api_key}}&admin=0"',
    ):
        scene.service.requests.clear()
        more = '\nquery = { key = "{{api_key}}" }\nheaders = { X-Key = "{{api_key}}" }'
        keyed(scene, request + more)
        scene.account("keyed", {"api_key": value})
        seen = scene.service.requests[0]
        sent = seen.json if "json" in request else seen.form
        assert sent == {"key": value, "admin": "0"}
        assert seen.query == {"key": value}
        assert [(k, v) for k, v in seen.headers if k.lower().startswith("x-")] == [("X-Key", value)]
        assert seen.target.partition("?")[0].count("/") == 2 and seen.path.startswith("/me/")


@pytest.mark.parametrize(
    "value", ["k\r\nX-Admin: 1", "k\nX-Admin: 1", "k\rX-Admin: 1", "k\r\n\r\nPOST /x HTTP/1.1"]
)
def test_19_no_value_ends_a_header(scene: Scene, value: str) -> None:
    for kind in ("password", "textarea"):
        keyed(scene, 'headers = { X-Key = "{{api_key}}" }', kind)
        assert isinstance(scene.refusal("keyed", {"api_key": value}), ConnectorError)
        assert scene.service.requests == []


def test_19_nor_does_what_the_service_sent(scene: Scene) -> None:
    """A token with a line break or quotation marks in it goes into the profile's request."""
    for token in ("t\r\nX-Admin: 1", 't"', "t\n"):
        scene.service.requests.clear()
        scene.service.answer("POST /oauth/token", {"access_token": token, "token_type": "Bearer"})
        try:
            scene.account()
        except ConnectorError:
            continue
        seen = scene.service.asked("/oauth/userinfo")[0]
        assert seen.header("Authorization") == f"Bearer {token.strip()}" and not seen.header("X-Admin")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("step", ["profile", "test", "request"])
def test_21_no_credential_follows_a_redirect(scene: Scene, status: int, step: str) -> None:
    with StandIn({"*": {"sub": "1", "name": "Somebody else"}}) as other:
        moved = Reply("", status, {"Location": f"{other.url}/oauth/userinfo"})
        if step == "profile":
            scene.service.answer("GET /oauth/userinfo", moved)
            scene.refusal()
        else:
            row = scene.account()
            scene.service.answer("GET /oauth/userinfo", moved)
            if step == "test":
                with pytest.raises(ConnectorError):
                    scene.run(scene.engine.test(row.id))
            else:
                answer = scene.run(scene.engine.request(row.id, "GET", "/oauth/userinfo", {}, None))
                assert answer.status == status
        assert other.requests == []
