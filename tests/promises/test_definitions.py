"""What a definition cannot say (9, 13, 17), and what is looked at again when it is used (15)."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors.errors import DefinitionError, UnsafeUrlError
from tests.engine.support import define
from tests.promises.scene import Scene
from tests.standin import Reply

OAUTH = """key = "own"
name = "Own"
type = "oauth2"
auth_url = {auth_url}
request_access_token = "{url}/oauth/token"
request_profile_info = "{url}/oauth/userinfo"
{more}
"""


def problems_of(scene: Scene, text: str) -> str:
    """What is said of a definition when it is read; refused, it cannot be connected either."""
    (scene.engine.home / "connectors" / "own.toml").write_text(text)
    scene.run(scene.engine.reload_connectors())
    with pytest.raises(DefinitionError):
        scene.account("own")
    assert scene.opener.urls == [] and scene.service.requests == []
    return "\n".join(str(p) for p in scene.engine.catalog.problems if "own.toml" in p.file)


def own(scene: Scene, auth_url: str = "", more: str = "") -> str:
    return OAUTH.format(
        url=scene.service.url, auth_url=auth_url or f'"{scene.service.url}/oauth/authorize"', more=more
    )


@pytest.mark.parametrize("kind", ["token", "id_token", "code token", "implicit", "id_token token"])
@pytest.mark.parametrize(
    "said",
    [
        'response_type = "{kind}"',
        'auth_url.url = "{url}/authorize?response_type={kind}"',
        'auth_url.url = "{url}/authorize?a=b&response%5Ftype={kind}"',
        'auth_url = {{ url = "{url}/authorize", params = {{ response_type = "{kind}" }} }}',
        'auth_url = {{ url = "{url}/a", params = {{ x = "{kind}" }}, rename = {{ x = "response_type" }} }}',
        'auth_url = {{ url = "{url}/authorize", remove = ["response_type"], params = {{ x = "{kind}" }} }}',
    ],
)
def test_9_only_the_code_flow_is_carried_out(scene: Scene, kind: str, said: str) -> None:
    line = said.format(url=scene.service.url, kind=kind)
    text = own(scene)
    if line.startswith("auth_url"):
        text = "\n".join(one for one in text.splitlines() if not one.startswith("auth_url"))
    assert "response_type" in problems_of(scene, f"{text}\n{line}\n")


@pytest.mark.parametrize("grant", ["implicit", "token", "id_token"])
def test_9_no_grant_shows_tokens_in_addresses(scene: Scene, grant: str) -> None:
    said = problems_of(scene, own(scene, more=f'grant = "{grant}"'))
    assert "own.toml: grant: " in said and "shows tokens in addresses" in said


RESERVED = [
    "client_id",
    "redirect_uri",
    "state",
    "response_type",
    "code_challenge",
    "code_challenge_method",
    "nonce",
]


@pytest.mark.parametrize("name", RESERVED)
@pytest.mark.parametrize(
    "said",
    [
        'params = {{ {name} = "mine" }}',
        'params = {{ x = "mine" }}, rename = {{ x = "{name}" }}',
        'rename = {{ scope = "{name}" }}',
        'rename = {{ {name} = "y" }}, params = {{ y = "mine" }}',
    ],
)
def test_13_no_definition_sets_what_protects_the_sign_in(scene: Scene, name: str, said: str) -> None:
    table = f'{{ url = "{scene.service.url}/oauth/authorize", {said.format(name=name)} }}'
    assert "protects the sign-in" in problems_of(scene, own(scene, table))


@pytest.mark.parametrize("name", [*RESERVED, "st%61te", "redirect%5Furi"])
def test_13_nor_does_its_address(scene: Scene, name: str) -> None:
    said = problems_of(scene, own(scene, f'"{scene.service.url}/oauth/authorize?{name}=mine"'))
    assert "own.toml: auth_url.url: must not hold" in said


@pytest.mark.parametrize("name", [*RESERVED, "st%61te"])
@pytest.mark.parametrize("where", ["setting", "metadata", "parameter"])
def test_13_nor_what_fills_it_in_later(scene: Scene, name: str, where: str) -> None:
    url = f"{scene.service.url}/oauth/authorize?{name}=mine"
    match where:
        case "setting":
            text = own(scene, '"{{page}}"', '[settings.page]\nname = "Page"')
        case "metadata":
            text = f'key = "own"\nname = "Own"\ntype = "oauth2"\nissuer = "{scene.service.url}"\n'
            said = {"issuer": scene.service.url, "authorization_endpoint": url}
            scene.service.answer(
                "GET /.well-known/openid-configuration",
                said | {"token_endpoint": f"{scene.service.url}/oauth/token"},
            )
        case _:
            table = '{ url = "%s/oauth/authorize", params = { "{{page}}" = "mine" } }' % scene.service.url  # noqa: UP031
            text, url = own(scene, table, '[settings.page]\nname = "Page"'), name.replace("%61", "a")
    define(scene.engine.home, text.replace("{", "{{").replace("}", "}}"))
    scene.run(scene.engine.reload_connectors())
    scene.run(
        scene.engine.configure("own", {"client_id": "app"} | ({"page": url} if where != "metadata" else {}))
    )
    error = scene.refusal("own")
    assert isinstance(error, UnsafeUrlError) and "to a value of its own" in error.sentence
    assert scene.opener.urls == []


OPENS_NOTHING = [
    "javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "vbscript:x", "ftp://h/", "smb://h/share",
    "ms-msdt:/id", "x-scheme:y", "mailto:a@b.example", r"\\host\share", "-flag", " https://h/", "",
    "http://service.example/", "https://h/\n-x", "https://user@h/",
]  # fmt: skip


# Blanks around what somebody types are taken away, and a line break is refused there.
TYPED = [url for url in OPENS_NOTHING if url.strip() == url and "\n" not in url]


@pytest.mark.parametrize(
    ("source", "url"),
    [
        *((source, url) for source in ("setting", "oauth1") for url in TYPED),
        *((source, url) for source in ("metadata", "function") for url in OPENS_NOTHING),
    ],
)
def test_15_nothing_but_a_web_page_is_opened(scene: Scene, tmp_path: Path, source: str, url: str) -> None:
    service, setting = scene.service.url, '[settings.page]\nname = "Page"\nrequired = false\n'
    settings = {"client_id": "app", "page": url}
    match source:
        case "setting":
            text = own(scene, '"{{page}}"', setting)
        case "oauth1":
            text = (
                'key = "own"\nname = "Own"\ntype = "oauth"\nauth_url = "{{page}}"\n'
                f'request_request_token = "{service}/request"\nrequest_access_token = "{service}/access"\n'
                + setting
            )
            scene.service.answer(
                "POST /request", "oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=true"
            )
            settings = {"consumer_key": "k", "consumer_secret": "s", "page": url}
        case "metadata":
            text = f'key = "own"\nname = "Own"\ntype = "oauth2"\nissuer = "{service}"\n'
            said = {
                "issuer": service,
                "authorization_endpoint": url,
                "token_endpoint": f"{service}/oauth/token",
            }
            scene.service.answer("GET /.well-known/openid-configuration", said)
            settings = {"client_id": "app"}
        case _:
            text = own(scene).replace(f'auth_url = "{service}/oauth/authorize"\n', "")
            settings = {"client_id": "app"}
    (folder := tmp_path / "mine").mkdir()
    (folder / "own.toml").write_text(text)
    if source == "function":
        (folder / "own.py").write_text(f"def auth_url(context):\n    return {url!r}\n")
    scene.run(scene.engine.add_connector(folder / "own.toml", run_with_my_rights=source == "function"))
    scene.run(scene.engine.configure("own", settings))
    scene.refusal("own")
    assert scene.opener.urls == []


ENDPOINTS = {
    "request_access_token": "POST /oauth/token",
    "refresh_access_token": "",
    "revoke_access_token": "",
    "request_profile_info": "GET /oauth/userinfo",
    "validate": "",
    "auth_url": "",
    "base_url": "",
    "issuer": "",
    "pushed_authorization_url": "",
}


@pytest.fixture
def elsewhere() -> Iterator[tuple[str, Any]]:
    """A port of this computer under an address that is no loopback literal: it must hear nothing at all."""
    with socket.create_server(("127.0.0.2", 0)) as listening:
        listening.settimeout(0)

        def was_reached() -> bool:
            try:
                listening.accept()[0].close()
            except BlockingIOError:
                return False
            return True

        yield f"http://127.0.0.2:{listening.getsockname()[1]}", was_reached


@pytest.mark.parametrize("key", ENDPOINTS)
def test_17_an_address_without_encryption_is_refused_when_it_is_read(
    scene: Scene, elsewhere: tuple[str, Any], key: str
) -> None:
    url, was_reached = elsewhere
    lines = [line for line in own(scene).splitlines() if not line.startswith(key)]
    for bad in (f"{url}/x", "http://service.example/x"):
        said = problems_of(scene, "\n".join([*lines, f'{key} = "{bad}"']) + "\n")
        assert f"own.toml: {key}" in said and "not encrypted" in said
    assert not was_reached()


@pytest.mark.parametrize(
    "member",
    [
        "authorization_endpoint", "token_endpoint", "userinfo_endpoint", "revocation_endpoint", "jwks_uri",
        "registration_endpoint", "pushed_authorization_request_endpoint", "device_authorization_endpoint",
    ],
)  # fmt: skip
def test_17_nor_when_discovery_names_it(scene: Scene, elsewhere: tuple[str, Any], member: str) -> None:
    (url, was_reached), service = elsewhere, scene.service.url
    said = {
        "issuer": service,
        "authorization_endpoint": f"{service}/a",
        "token_endpoint": f"{service}/oauth/token",
    }
    scene.service.answer("GET /.well-known/openid-configuration", said | {member: f"{url}/x"})
    define(scene.engine.home, f'key = "own"\nname = "Own"\ntype = "oauth2"\nissuer = "{service}"\n')
    scene.run(scene.engine.reload_connectors())
    scene.run(scene.engine.configure("own", {"client_id": "app", "client_secret": "s"}))
    assert isinstance(scene.refusal("own"), UnsafeUrlError)
    assert scene.opener.urls == [] and not was_reached()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("step", ["POST /oauth/token", "GET /oauth/userinfo"])
def test_17_nor_by_a_redirect(scene: Scene, elsewhere: tuple[str, Any], status: int, step: str) -> None:
    url, was_reached = elsewhere
    scene.service.answer(step, Reply("", status, {"Location": f"{url}/x"}))
    scene.refusal()
    assert not was_reached()
