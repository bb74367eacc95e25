"""The promises about tokens without a browser (69, 104): app credentials, password, signed statements."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey

from connectors.definition import Connector
from connectors.errors import (
    ConnectorError,
    InvalidTokenError,
    MisconfiguredClientError,
    ServiceError,
    TemporaryError,
    WrongCredentialsError,
)
from connectors.inputs import settings_for
from connectors.methods import Connected, Inputs, can_refresh, connect, refresh, revoke
from connectors.reading.loading import check_paths
from tests.connectors.support import Stages, definition, inputs_of, run
from tests.standin import Reply, StandIn

TOKEN = {"access_token": "at-1", "token_type": "Bearer", "expires_in": 600}
TOML = """
name = "Example"
type = "oauth2"
request_access_token = "{url}/oauth/token"
request_profile_info = "{url}/oauth/userinfo"
revoke_access_token = "{url}/oauth/revoke"
account_name_from_profile_info = "name"
{more}
"""
SETTINGS = {"client_id": "app", "client_secret": "app-secret"}
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


@pytest.fixture
def standin() -> Iterator[StandIn]:
    answers = {"GET /oauth/userinfo": {"name": "Amelia Ortega"}, "POST /oauth/revoke": {}}
    with StandIn(answers) as service:
        yield service


def example(folder: Path, standin: StandIn, more: str) -> Connector:
    standin.answer("POST /oauth/token", TOKEN)
    return definition(folder, TOML.format(url=standin.url, more=more))


def connect_without_browser(inputs: Inputs) -> Connected:
    return run(lambda ports: connect(inputs, ports, Stages()))


@pytest.mark.parametrize("auth", ["body", "basic"])
def test_104_client_credentials_are_asked_for_again(tmp_path: Path, standin: StandIn, auth: str) -> None:
    more = f'grant = "client_credentials"\nclient_auth = "{auth}"\nscope = ["read", "write"]'
    inputs = inputs_of(example(tmp_path, standin, more), settings=SETTINGS)
    first = connect_without_browser(inputs)
    assert first.name == "Amelia Ortega"
    assert first.credential.refresh_token == ""
    assert can_refresh(inputs.method, first.credential), "it is asked for again when it is due"
    standin.answer("POST /oauth/token", TOKEN | {"access_token": "at-2"})
    second = run(lambda ports: refresh(inputs, first.credential, ports))
    assert second.access_token == "at-2"
    asked = standin.asked("/oauth/token")
    assert len(asked) == 2
    for seen in asked:
        assert seen.form["grant_type"] == "client_credentials"
        assert seen.form["scope"] == "read write"
        assert "app-secret" not in seen.target, "a secret never stands in an address"
        assert ("client_secret" in seen.form) != bool(seen.header("Authorization")), "one way, never two"


def test_104_a_secret_in_an_address_is_refused_when_the_definition_is_read(tmp_path: Path) -> None:
    for more in (
        'grant = "client_credentials"\nrequest_access_token = { url = "https://a.example", method = "GET" }',
        'grant = "password"\nrequest_access_token = { url = "https://a.example", encoding = "query" }',
    ):
        (tmp_path / "wrong.toml").write_text(f'name = "Wrong"\ntype = "oauth2"\n{more}\n')
        assert any("into an address" in p.reason for p in check_paths([tmp_path]))


def test_app_credentials_that_are_the_accounts_own(tmp_path: Path, standin: StandIn) -> None:
    more = 'grant = "client_credentials"\nauth.client_id.name = "Key"\nauth.client_secret.name = "Secret"'
    inputs = inputs_of(example(tmp_path, standin, more), values={"client_id": "k", "client_secret": "s"})
    assert inputs.connector.settings == ()
    connected = connect_without_browser(inputs)
    standin.answer("POST /oauth/token", {"error": "invalid_client"}, status=401)
    with pytest.raises(WrongCredentialsError):
        connect_without_browser(inputs)
    with pytest.raises(InvalidTokenError):
        run(lambda ports: refresh(inputs, connected.credential, ports))
    standin.answer("POST /oauth/token", {}, status=503)
    with pytest.raises(TemporaryError):
        run(lambda ports: refresh(inputs, connected.credential, ports))


def test_the_apps_secret_that_all_accounts_share_is_a_setting(tmp_path: Path, standin: StandIn) -> None:
    inputs = inputs_of(example(tmp_path, standin, 'grant = "client_credentials"'), settings=SETTINGS)
    assert [(f.key, f.required) for f in inputs.connector.settings] == [
        ("client_id", True),
        ("client_secret", True),
    ]
    connected = connect_without_browser(inputs)
    standin.answer("POST /oauth/token", {"error": "invalid_client"}, status=401)
    with pytest.raises(MisconfiguredClientError):
        run(lambda ports: refresh(inputs, connected.credential, ports))


def test_each_of_several_methods_asks_only_for_what_it_needs(tmp_path: Path) -> None:
    toml = """
name = "Example"

[methods.browser]
type = "oauth2"
auth_url = "https://login.example/authorize"
request_access_token = "https://login.example/token"

[methods.machine]
type = "oauth2"
grant = "client_credentials"
client_auth = "private_key_jwt"
request_access_token = "https://login.example/token"

[methods.robot]
type = "oauth2"
grant = "jwt_bearer"
request_access_token = "https://login.example/token"
auth.private_key.name = "Key"

[methods.old]
type = "oauth"
request_request_token = "https://login.example/1"
auth_url = "https://login.example/2"
request_access_token = "https://login.example/3"
"""
    connector = definition(tmp_path, toml)
    asked = {key: {f.key for f in settings_for(connector, m)} for key, m in connector.methods.items()}
    assert asked == {
        "browser": {"client_id", "client_secret"},
        "machine": {"client_id", "client_secret", "private_key", "key_id"},
        "robot": {"key_id"},
        "old": {"consumer_key", "consumer_secret"},
    }
    assert not next(f for f in connector.settings if f.key == "client_secret").required


def test_password_grant_refreshes_first_and_signs_in_again_after(tmp_path: Path, standin: StandIn) -> None:
    connector = example(tmp_path, standin, 'grant = "password"')
    method = connector.default_method
    assert "legacy" in method.name
    assert [f.key for f in method.fields] == ["username", "password"]
    standin.answer("POST /oauth/token", TOKEN | {"refresh_token": "rt-1"})
    inputs = inputs_of(connector, {"username": "amelia", "password": "pass word&"}, SETTINGS)
    connected = connect_without_browser(inputs)
    assert standin.requests[0].form["password"] == "pass word&"
    assert connected.credential.fields["password"] == "pass word&"
    standin.answer("POST /oauth/token", Reply({"error": "invalid_grant"}, 400), Reply(TOKEN))
    stored = inputs_of(connector, settings=SETTINGS)
    renewed = run(lambda ports: refresh(stored, connected.credential, ports))
    assert renewed.access_token == "at-1"
    assert [seen.form["grant_type"] for seen in standin.asked("/oauth/token")] == [
        "password",
        "refresh_token",
        "password",
    ]
    standin.answer("POST /oauth/token", {"error": "invalid_grant"}, status=400)
    with pytest.raises(InvalidTokenError):
        run(lambda ports: refresh(stored, connected.credential, ports))
    with pytest.raises(WrongCredentialsError):
        connect_without_browser(inputs)


def claims_of(token: str, key: Any) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    found = jwt.decode(token, key, algorithms=["RS256", "ES256", "ES384", "EdDSA", "PS256"])
    return found.header, found.claims


KEYS = {
    "RS256": RSAKey.generate_key(2048),
    "ES256": ECKey.generate_key("P-256"),
    "ES384": ECKey.generate_key("P-384"),
    "EdDSA": OKPKey.generate_key("Ed25519"),
}


def pem(key: Any) -> str:
    return str(key.as_pem(private=True).decode())


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
@pytest.mark.parametrize("algorithm", KEYS)
@pytest.mark.parametrize("form", ["pem", "jwk"])
def test_69_private_key_jwt_is_fresh_for_every_request(
    tmp_path: Path, standin: StandIn, algorithm: str, form: str
) -> None:
    key = KEYS[algorithm]
    text = pem(key) if form == "pem" else json.dumps(key.as_dict(private=True))
    more = 'grant = "client_credentials"\nclient_auth = "private_key_jwt"'
    connector = example(tmp_path, standin, more)
    assert [f.key for f in connector.settings] == ["client_id", "private_key", "key_id"]
    settings = {"client_id": "app", "private_key": text, "key_id": "key-7"}
    inputs = inputs_of(connector, settings=settings)
    connected = connect_without_browser(inputs)
    run(lambda ports: refresh(inputs, connected.credential, ports))
    run(lambda ports: revoke(inputs, connected.credential, ports))
    seen = [*standin.asked("/oauth/token"), *standin.asked("/oauth/revoke")]
    assert len(seen) == 3
    jtis = set()
    for request in seen:
        assert request.form["client_assertion_type"].endswith("jwt-bearer")
        assert "client_secret" not in request.form
        assert not request.header("Authorization")
        header, claims = claims_of(request.form["client_assertion"], key)
        assert header["alg"] == algorithm
        assert header["kid"] == "key-7"
        assert claims["iss"] == claims["sub"] == "app"
        assert claims["aud"] == f"{standin.url}/oauth/token"
        assert 0 < claims["exp"] - time.time() <= 300
        jtis.add(claims["jti"])
    assert len(jtis) == 3


def test_jwt_bearer_signs_what_the_definition_says(tmp_path: Path, standin: StandIn) -> None:
    more = """
grant = "jwt_bearer"
scope = ["drive", "mail"]
auth.client_email.name = "Service account"
auth.private_key = { name = "Key", type = "textarea" }
auth.subject = { name = "On behalf of", required = false }

[assertion]
claims = { iss = "{{client_email}}", sub = "{{subject}}", scope = "{{scope}}" }
algorithm = "RS256"
lifetime = 60
"""
    connector = example(tmp_path, standin, more)
    assert connector.settings == (), "the key says who asks"
    key = KEYS["RS256"]
    # Keys out of a JSON file come with their line breaks escaped.
    values = {"client_email": "robot@example.com", "private_key": pem(key).replace("\n", "\\n")}
    inputs = inputs_of(connector, values)
    connected = connect_without_browser(inputs)
    assert can_refresh(inputs.method, connected.credential)
    run(lambda ports: refresh(inputs_of(connector), connected.credential, ports))
    first, second = standin.asked("/oauth/token")
    assert first.form["grant_type"] == JWT_BEARER
    assert "client_id" not in first.form or first.form["client_id"] == ""
    _, claims = claims_of(first.form["assertion"], key)
    assert claims["iss"] == "robot@example.com"
    assert "sub" not in claims
    assert claims["scope"] == "drive mail"
    assert claims["exp"] - claims["iat"] == 60
    assert claims_of(second.form["assertion"], key)[1]["jti"] != claims["jti"]


@pytest.mark.parametrize(
    "key", ["", "no key", "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----", "{}"]
)
def test_a_key_that_is_none_is_said_so_and_nothing_is_sent(
    tmp_path: Path, standin: StandIn, key: str
) -> None:
    more = 'grant = "client_credentials"\nclient_auth = "private_key_jwt"'
    inputs = inputs_of(
        example(tmp_path, standin, more), settings={"client_id": "app", "private_key": key or " "}
    )
    with pytest.raises(MisconfiguredClientError):
        connect_without_browser(inputs)
    assert not standin.requests


def test_a_public_key_does_not_sign(tmp_path: Path, standin: StandIn) -> None:
    more = 'grant = "client_credentials"\nclient_auth = "private_key_jwt"'
    public = KEYS["RS256"].as_pem(private=False).decode()
    inputs = inputs_of(example(tmp_path, standin, more), settings={"client_id": "app", "private_key": public})
    with pytest.raises(MisconfiguredClientError, match="private key"):
        connect_without_browser(inputs)


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply({"error": "invalid_scope"}, 400), ServiceError),
        (Reply({"error": "unauthorized_client"}, 400), MisconfiguredClientError),
        (Reply("<html>", 200), ServiceError),
        (Reply({}, 429), TemporaryError),
    ],
)
def test_what_a_token_endpoint_may_say(
    tmp_path: Path, standin: StandIn, reply: Reply, error: type[ConnectorError]
) -> None:
    inputs = inputs_of(example(tmp_path, standin, 'grant = "client_credentials"'), settings=SETTINGS)
    standin.answer("POST /oauth/token", reply)
    with pytest.raises(error):
        connect_without_browser(inputs)


def test_a_token_from_a_function(tmp_path: Path, standin: StandIn) -> None:
    code = """
async def request_access_token(context):
    answer = await context.http_request("POST", "URL/login", json={"id": context.client_id})
    if answer.json().get("no"):
        raise ValueError("not you")
    return {"access_token": answer.json()["ticket"], "expires_in": 60}
""".replace("URL", standin.url)
    toml = 'name = "Example"\ntype = "oauth2"\ngrant = "client_credentials"\n'
    inputs = inputs_of(definition(tmp_path, toml, code), settings=SETTINGS)
    standin.answer("POST /login", {"ticket": "t-1"}, {"ticket": "t-2"}, {"no": True})
    first = connect_without_browser(inputs).credential
    assert first.access_token == "t-1"
    assert run(lambda ports: refresh(inputs, first, ports)).access_token == "t-2"
    with pytest.raises(WrongCredentialsError, match="not you"):
        connect_without_browser(inputs)


@pytest.mark.parametrize(
    ("more", "key", "reason"),
    [
        ('grant = "implicit"', "grant", "implicit flow"),
        ('grant = "magic"', "grant", "is not one of"),
        (
            'grant = "client_credentials"\nauth_url = "https://a.example"',
            "auth_url",
            "sign-in with the browser",
        ),
        ('grant = "client_credentials"\nassertion = { lifetime = 10 }', "assertion", "jwt_bearer"),
        ('grant = "jwt_bearer"\nassertion = { lifetime = 3600 }', "assertion.lifetime", "1 to 300"),
        (
            'grant = "jwt_bearer"\nassertion = { claims = { sub = "{{nobody}}" } }',
            "assertion.claims.sub",
            "names nothing",
        ),
        ('grant = "device_code"', "request_device_code", "is needed"),
        ('grant = "password"\nverification_url = "https://a.example"', "verification_url", "device_code"),
        (
            'grant = "device_code"\nrequest_device_code = "http://a.example"',
            "request_device_code.url",
            "not encrypted",
        ),
    ],
)
def test_mistakes_are_named(tmp_path: Path, more: str, key: str, reason: str) -> None:
    head = 'name = "Wrong"\ntype = "oauth2"\nrequest_access_token = "https://a.example/token"\n'
    (tmp_path / "wrong.toml").write_text(head + more + "\n")
    problems = check_paths([tmp_path])
    assert any(p.key == key and reason in p.reason for p in problems), [str(p) for p in problems]
