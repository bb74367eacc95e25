"""The promise about secrets in logs (132), for the ways to sign in that need no authorization code.

Everything is logged, at the level that says most, while the engine connects, renews, fails and revokes.
"""

from __future__ import annotations

import base64
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from joserfc.jwk import ECKey

from desktop.engine.engine import Engine
from tests.engine.support import DEADLINE, PASSPHRASE, Events, make_home
from tests.oauth1_server import KEYS, OAuth1Service
from tests.standin import Reply, StandIn

OLD = """
key = "old"
name = "Old"
type = "oauth"
request_request_token = "{url}/request"
auth_url = "{url}/authorize"
request_access_token = "{url}/access"
request_profile_info = "{url}/me"
"""
DEVICE = """
key = "device"
name = "Device"
type = "oauth2"
grant = "device_code"
dpop = true
client_auth = "private_key_jwt"
request_device_code = "{url}/device"
request_access_token = "{url}/token"
request_profile_info = "{url}/me"
"""
DEVICE_CODE = "cAn4ry-device-code"
ACCESS_TOKEN, REFRESH_TOKEN = "cAn4ry-access-token", "cAn4ry-refresh-token"


@pytest.fixture
def service() -> Iterator[StandIn]:
    with StandIn() as standin:
        yield standin


def person(link: str) -> None:
    """Agrees at once."""
    httpx.get(link, trust_env=False, timeout=DEADLINE, follow_redirects=True)


def running(folder: Path, service: StandIn, toml: str) -> Engine:
    home = make_home(folder / "home", service.url)
    (home / "connectors" / "canary.toml").write_text(toml.format(url=service.url))
    return Engine(home, opener=person, scheduled=False)


def assert_absent(secrets: set[str], text: str) -> None:
    """None of them in five encodings."""
    assert len(text) > 1000, "the log has to hold something for this to mean anything"
    for secret in secrets:
        assert len(secret) > 5
        raw = secret.encode()
        forms = {secret, quote(secret, safe=""), json.dumps(secret)[1:-1], raw.hex()}
        forms.add(base64.b64encode(raw).decode().rstrip("="))
        found = {form for form in forms if form in text}
        assert not found, f"{secret[:12]}… stands in the log"


def test_132_oauth_1(tmp_path: Path, service: StandIn, log: io.StringIO) -> None:
    provider = OAuth1Service(service)
    with running(tmp_path, service, OLD) as engine:
        engine.run(engine.unlock(PASSPHRASE), DEADLINE)
        engine.run(engine.configure("old", KEYS), DEADLINE)
        row = engine.run(engine.run(engine.begin_connect("old"), DEADLINE).wait(), DEADLINE)
        engine.run(engine.test(row.id), DEADLINE)
        issued = dict(provider.validator.access_tokens)
        provider.validator.access_tokens.clear()
        answer = engine.run(engine.request(row.id, "GET", f"{service.url}/things", {}, None), DEADLINE)
        assert answer.status == 401
    signatures = {
        value
        for seen in service.requests
        for value in re.findall(r'oauth_signature="([^"]+)"', seen.header("Authorization"))
    }
    assert len(signatures) >= 4
    (token,) = issued
    secrets = {KEYS["consumer_secret"], token, issued[token].secret, *signatures}
    verifiers = re.findall(r'oauth_verifier="([^"]+)"', service.asked("/access")[0].header("Authorization"))
    assert_absent(secrets | set(verifiers), log.getvalue())


def test_132_a_device_with_a_bound_token_and_a_signed_statement(
    tmp_path: Path, service: StandIn, log: io.StringIO
) -> None:
    code = {"device_code": DEVICE_CODE, "user_code": "BDWP-HQPK", "interval": 1, "expires_in": 600}
    service.answer("POST /device", code | {"verification_uri": "https://example.com/device"})
    token = {"access_token": ACCESS_TOKEN, "refresh_token": REFRESH_TOKEN, "token_type": "DPoP"}
    service.answer("POST /token", token, Reply({"error": "invalid_grant"}, 400))
    service.answer("GET /me", {"name": "Amelia"})
    key = ECKey.generate_key("P-256")
    settings = {"client_id": "app", "private_key": json.dumps(key.as_dict(private=True))}
    events = Events()
    with running(tmp_path, service, DEVICE) as engine:
        engine.subscribe(events)
        engine.run(engine.unlock(PASSPHRASE), DEADLINE)
        engine.run(engine.configure("device", settings), DEADLINE)
        row = engine.run(engine.run(engine.begin_connect("device"), DEADLINE).wait(), DEADLINE)
        stored = engine.run(engine.account(row.id), DEADLINE).credential
        with pytest.raises(Exception, match="no longer accepts"):
            engine.run(engine.refresh(row.id), DEADLINE)
    sent = [seen.form["client_assertion"] for seen in service.requests if seen.body]
    proofs = [seen.header("DPoP") for seen in service.requests if seen.header("DPoP")]
    assert len(sent) == 3 and len(proofs) >= 3
    halves = {key.as_dict(private=True)["d"], json.loads(stored.extra["dpop_key"])["d"]}
    secrets = {DEVICE_CODE, ACCESS_TOKEN, REFRESH_TOKEN, *sent, *proofs, *halves}
    assert_absent(secrets, log.getvalue())
    for secret in secrets:
        assert secret not in repr(events.all), "what the window is told"
