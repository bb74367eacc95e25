"""How the app says who it is (69): in one way, with what was typed, and never in an address."""

from __future__ import annotations

import base64
import io
import time
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from connectors.reading.loading import check_paths
from tests.engine.support import make_home
from tests.promises.scene import Scene, running
from tests.standin import Seen, StandIn

CLIENT_ID = "app:1 %ü/+&="
CLIENT_SECRET = "s3cr3t:with %25 ü+&=/ signs and thirty-two letters"
TOKENS = {"access_token": "at", "refresh_token": "rt", "token_type": "Bearer", "expires_in": 3600}


def asked_with(folder: Path, service: StandIn, client_auth: str, *, secret: bool = True) -> list[Seen]:
    """The requests to the token and revocation addresses: a code, a refresh, two revocations."""
    home = make_home(folder / "home", service.url, extra=f'client_auth = "{client_auth}"')
    service.answer("POST /oauth/token", TOKENS)
    service.answer("POST /oauth/revoke", {})
    for scene in running(home, service):
        settings = {"client_id": CLIENT_ID} | ({"client_secret": CLIENT_SECRET} if secret else {})
        scene.run(scene.engine.configure("demo", settings))
        row = scene.account()
        scene.run(scene.engine.refresh(row.id))
        assert scene.run(scene.engine.disconnect(row.id)).revoked
        for link in scene.opener.urls:
            assert not [word for word in ("client_secret", "s3cr3t", "client_assertion") if word in link]
    found = [*service.asked("/oauth/token"), *service.asked("/oauth/revoke")]
    assert len(found) == 4
    for seen in service.requests:
        assert "s3cr3t" not in seen.target and "secret" not in seen.query
    return found


def ways(seen: Seen) -> list[str]:
    """In how many ways a request says who asks."""
    said = {
        "basic": seen.header("Authorization").startswith("Basic "),
        "body": "client_secret" in seen.form,
        "statement": "client_assertion" in seen.form,
    }
    return [way for way, is_there in said.items() if is_there]


def test_69_basic_encodes_each_half_first(tmp_path: Path, service: StandIn) -> None:
    """RFC 6749 2.3.1: otherwise a colon or a letter beyond ASCII would be somebody else's name."""
    for seen in asked_with(tmp_path, service, "basic"):
        assert ways(seen) == ["basic"] and "client_id" not in seen.form
        pair = base64.b64decode(seen.header("Authorization").removeprefix("Basic ")).decode("ascii")
        name, _, secret = pair.partition(":")
        assert ":" not in secret
        assert (unquote_plus(name), unquote_plus(secret)) == (CLIENT_ID, CLIENT_SECRET)


def test_69_post_puts_both_into_the_body(tmp_path: Path, service: StandIn) -> None:
    for seen in asked_with(tmp_path, service, "body"):
        assert ways(seen) == ["body"]
        assert (seen.form["client_id"], seen.form["client_secret"]) == (CLIENT_ID, CLIENT_SECRET)


@pytest.mark.parametrize(("client_auth", "secret"), [("none", True), ("body", False), ("basic", False)])
def test_69_a_public_app_only_names_itself(
    tmp_path: Path, service: StandIn, client_auth: str, secret: bool
) -> None:
    for seen in asked_with(tmp_path, service, client_auth, secret=secret):
        assert ways(seen) == [] and seen.form["client_id"] == CLIENT_ID


def test_69_client_secret_jwt_signs_with_the_secret_and_sends_it_never(
    tmp_path: Path, service: StandIn
) -> None:
    seen_ids = set()
    for seen in asked_with(tmp_path, service, "client_secret_jwt"):
        assert ways(seen) == ["statement"]
        assert seen.form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        key = OctKey.import_key(CLIENT_SECRET)
        token = jwt.decode(seen.form["client_assertion"], key, algorithms=["HS256"])
        claims: dict[str, Any] = token.claims
        assert claims["iss"] == claims["sub"] == CLIENT_ID
        assert claims["aud"] == f"{service.url}/oauth/token"
        assert 0 < claims["exp"] - time.time() <= 300
        seen_ids.add(claims["jti"])
    assert len(seen_ids) == 4, "fresh for every request"


def test_69_the_audience_is_what_the_definition_says(tmp_path: Path, service: StandIn) -> None:
    home = make_home(tmp_path / "home", service.url, extra='client_auth = "client_secret_jwt"')
    file = home / "connectors" / "demo.toml"
    file.write_text(
        f'{file.read_text()}\n[client_assertion]\nclaims = {{ aud = "https://issuer.example" }}\n'
    )
    for scene in running(home, service):
        scene.run(scene.engine.configure("demo", {"client_secret": CLIENT_SECRET}))
        scene.account()
        key = OctKey.import_key(CLIENT_SECRET)
        token = jwt.decode(scene.exchanges[0]["client_assertion"], key, algorithms=["HS256"])
        assert token.claims["aud"] == "https://issuer.example"


def test_69_two_ways_at_once_only_where_a_definition_says_so_and_with_a_warning(
    tmp_path: Path, service: StandIn
) -> None:
    assert {tuple(ways(seen)) for seen in asked_with(tmp_path, service, "both")} == {("basic", "body")}
    (problem,) = check_paths([tmp_path / "home" / "connectors" / "demo.toml"])
    assert (problem.key, problem.severity) == ("client_auth", "warning")
    assert "twice in one request" in problem.reason


def test_69_a_secret_that_a_definition_puts_into_an_address_is_masked_in_what_is_written(
    scene: Scene, log: io.StringIO
) -> None:
    """Some services want it there; the definition then says so by name."""
    file = scene.engine.home / "connectors" / "demo.toml"
    line = f'request_access_token = "{scene.service.url}/oauth/token"'
    table = f'request_access_token = {{ url = "{scene.service.url}/oauth/token", method = "GET" }}'
    file.write_text(file.read_text().replace(line, table))
    scene.run(scene.engine.reload_connectors())
    scene.run(scene.engine.configure("demo", {"client_secret": "canary-s3cr3t-in-address"}))
    scene.service.answer("GET /oauth/token", TOKENS)
    row = scene.account()
    (seen,) = scene.service.asked("/oauth/token")
    assert seen.query["client_secret"] == "canary-s3cr3t-in-address"
    written = log.getvalue() + repr(scene.run(scene.engine.activity(row.id))) + repr(scene.events.all)
    assert "canary-s3cr3t" not in written
    assert seen.query["code"] not in log.getvalue()
