"""API keys and passwords in data form: where the key goes, what a login gives, what a refusal means."""

from __future__ import annotations

import base64
from pathlib import Path

import httpx
import pytest

from connectors.credential import Credential
from connectors.definition import Connector
from connectors.errors import (
    ConnectorError,
    DefinitionError,
    InvalidInputError,
    InvalidTokenError,
    ServiceError,
    TemporaryError,
    UnsafeUrlError,
    WrongCredentialsError,
)
from connectors.methods import can_refresh, refresh, revoke, validate
from connectors.wire.applying import CredentialAuth, authenticate, resolve_url
from tests.connectors.support import connect_it, definition, inputs_of, run, shipped
from tests.standin import Reply, StandIn

KEY = "key-1234567890"
PASSWORDS = {"username": "amelia", "password": "practice-2026"}


def key_definition(folder: Path, standin: StandIn, rest: str) -> Connector:
    toml = f'name = "Keyed"\ntype = "apiKey"\n{rest}\n[auth.api_key]\nname = "Key"\n'
    return definition(folder, toml.replace("HERE", standin.url))


@pytest.mark.parametrize(
    ("rest", "header", "sent", "query"),
    [
        (
            'validate = "HERE/me"\n[apply]\nauth = { bearer = "{{api_key}}" }',
            "authorization",
            f"Bearer {KEY}",
            {},
        ),
        ('validate = "HERE/me"\n[apply.headers]\nX-Key = "{{api_key}}"', "x-key", KEY, {}),
        ('validate = "HERE/me"\n[apply.query]\nk = "{{api_key}}"', "x-key", "", {"k": KEY}),
        ('validate = "HERE/me"\n[apply.cookies]\nsid = "{{api_key}}"', "cookie", f"sid={KEY}", {}),
        (
            '[validate]\nurl = "HERE/me"\nheaders = { X-Key = "Token {{api_key}}" }',
            "x-key",
            f"Token {KEY}",
            {},
        ),
        ('validate = "HERE/me?fixed=1&k={{api_key}}"', "x-key", "", {"k": KEY}),
        ('[validate]\nurl = "HERE/me"\nqs = { k = "{{api_key}}" }', "x-key", "", {"k": KEY}),
        (
            '[request_profile_info]\nuri = "HERE/me"\nauth = { bearer = "{{api_key}}" }',
            "authorization",
            f"Bearer {KEY}",
            {},
        ),
    ],
)
def test_where_the_key_goes_is_said_or_seen_in_the_test(
    tmp_path: Path, standin: StandIn, rest: str, header: str, sent: str, query: dict[str, str]
) -> None:
    """The account's later requests carry the key as the definition's own test did."""
    standin.answer("GET /me", {"id": 1, "name": "Amelia"})
    inputs = inputs_of(key_definition(tmp_path, standin, rest), {"api_key": KEY})
    connected = connect_it(inputs)
    tested = standin.asked("/me")[0]
    assert tested.header(header) == sent
    assert query.items() <= tested.query.items()
    request = httpx.Request("GET", "https://api.example/things")
    later = authenticate(inputs_of(inputs.connector), connected.credential, request)
    assert later.headers.get(header, "") == sent
    assert dict(later.url.params) == query


def test_a_definition_that_does_not_say_where(tmp_path: Path, standin: StandIn) -> None:
    connector = definition(
        tmp_path,
        'name = "F"\ntype = "apiKey"\n[auth.key]\nname = "Key"\n',
        "def validate(context):\n    return True\n",
    )
    inputs = inputs_of(connector, {"key": KEY})
    credential = connect_it(inputs).credential
    with pytest.raises(InvalidInputError, match="does not say where"):
        authenticate(inputs, credential, httpx.Request("GET", "https://api.example/"))


def test_a_credential_never_travels_in_clear() -> None:
    inputs = inputs_of(shipped().get("generic-bearer"), {"token": KEY})
    for url in ("http://api.example/", "ftp://api.example/"):
        with pytest.raises(UnsafeUrlError):
            authenticate(inputs, Credential(), httpx.Request("GET", url))
    with httpx.Client(
        transport=httpx.MockTransport(lambda r: httpx.Response(200, text=r.headers["authorization"]))
    ) as c:
        answer = c.get("https://api.example/", auth=CredentialAuth(inputs, Credential()))
    assert answer.text == f"Bearer {KEY}"


@pytest.mark.parametrize(
    ("base", "url", "resolved"),
    [
        ("https://a.example/v1", "me?x=1", "https://a.example/v1/me?x=1"),
        ("https://a.example/v1/", "/me", "https://a.example/v1/me"),
        ("https://a.example/v1", "https://b.example/x", "https://b.example/x"),
        ("https://a.example", "{{token}}", "https://a.example/{{token}}"),
    ],
)
def test_relative_addresses(base: str, url: str, resolved: str) -> None:
    inputs = inputs_of(shipped().get("generic-bearer"), {"token": KEY, "base_url": base})
    assert resolve_url(inputs, Credential(), url) == resolved


@pytest.mark.parametrize("url", ["http://a.example/", "file:///etc/passwd", "//evil.example/"])
def test_addresses_that_are_not_resolved(url: str) -> None:
    inputs = inputs_of(shipped().get("generic-bearer"), {"token": KEY})
    with pytest.raises(ConnectorError):
        resolve_url(inputs, Credential(), url)


@pytest.mark.parametrize(
    ("reply", "error", "sentence"),
    [
        (Reply({"message": "No such key"}, 401), WrongCredentialsError, "No such key"),
        (Reply({"message": "Not yours"}, 403), WrongCredentialsError, "Not yours"),
        (Reply({"message": "Odd"}, 418), ServiceError, "Keyed said: Odd."),
        (Reply("<html>Not here</html>", 404), ServiceError, "status 404"),
        (Reply("<html>Sign in</html>"), ServiceError, "a web page"),
        (Reply({"message": "Down"}, 503), TemporaryError, "Down"),
    ],
)
def test_refusals_while_connecting(
    tmp_path: Path, standin: StandIn, reply: Reply, error: type[ConnectorError], sentence: str
) -> None:
    standin.answer("GET /me", reply)
    rest = 'request_profile_info = "HERE/me"\n[apply.headers]\nX-Key = "{{api_key}}"'
    with pytest.raises(error, match=sentence) as raised:
        connect_it(inputs_of(key_definition(tmp_path, standin, rest), {"api_key": KEY}))
    assert raised.value.reason == error.reason
    assert KEY not in f"{raised.value.sentence} {raised.value.hint}"


def test_input_is_checked_before_anything_is_sent(tmp_path: Path, standin: StandIn) -> None:
    connector = key_definition(tmp_path, standin, 'validate = "HERE/me?k={{api_key}}"')
    with pytest.raises(InvalidInputError) as raised:
        connect_it(inputs_of(connector, {"api_key": " "}))
    assert raised.value.fields == {"api_key": "Key is needed."}
    assert standin.requests == []


def test_the_practice_password(standin: StandIn) -> None:
    connector = shipped().get("practice-password")
    inputs = inputs_of(connector, PASSWORDS, {"practice_url": standin.url})
    standin.answer(
        "POST /password/login", {"token": "t-1", "expiresIn": 60}, {"token": "t-2", "expiresIn": 60}
    )
    standin.answer(
        "GET /password/me", {"sub": "1", "name": "Amelia Ortega", "email": "amelia@practice.example"}
    )
    connected = connect_it(inputs)
    credential = connected.credential
    assert (connected.name, connected.identity) == ("Amelia Ortega", "1")
    assert (credential.access_token, credential.expires_in, credential.fields) == ("t-1", 60, PASSWORDS)
    assert standin.asked("/password/me")[0].header("authorization") == "Bearer t-1"
    # Testing uses the token: a second login could end it.
    run(lambda ports: validate(inputs, credential, ports))
    assert len(standin.asked("/password/login")) == 1
    renewed = run(lambda ports: refresh(inputs, credential, ports))
    assert (renewed.access_token, renewed.fields) == ("t-2", PASSWORDS)
    standin.answer("POST /password/login", {"error": "invalid_credentials"}, status=401)
    with pytest.raises(InvalidTokenError, match="invalid_credentials"):
        run(lambda ports: refresh(inputs, credential, ports))
    with pytest.raises(WrongCredentialsError):
        connect_it(inputs)
    standin.answer("POST /password/login", {"ok": True})
    with pytest.raises(ServiceError, match="without an access token"):
        run(lambda ports: refresh(inputs, credential, ports))
    standin.answer("POST /password/login", {}, status=500)
    with pytest.raises(TemporaryError):
        run(lambda ports: refresh(inputs, credential, ports))
    assert not run(lambda ports: revoke(inputs, credential, ports))


def test_generic_basic_without_a_test_address_asks_nobody(standin: StandIn) -> None:
    connector = shipped().get("generic-http-basic")
    connected = connect_it(inputs_of(connector, PASSWORDS))
    assert connected.name == "amelia"  # there is no host to name it after
    connected = connect_it(inputs_of(connector, {**PASSWORDS, "base_url": "https://a.example/"}))
    assert connected.name == "amelia at a.example"
    assert not can_refresh(connector.default_method, connected.credential)
    with pytest.raises(ServiceError, match="nothing to renew"):
        run(lambda ports: refresh(inputs_of(connector), connected.credential, ports))
    connected = connect_it(inputs_of(connector, {**PASSWORDS, "name": "Mine"}))
    assert connected.name == "Mine"
    request = authenticate(
        inputs_of(connector), connected.credential, httpx.Request("GET", "https://a.example/")
    )
    assert base64.b64decode(request.headers["authorization"][6:]) == b"amelia:practice-2026"


@pytest.mark.parametrize(
    ("body", "error", "sentence"),
    [
        ("return False", WrongCredentialsError, "did not accept"),
        ("import sys; sys.exit('Not today')", WrongCredentialsError, "Not today"),
        ("raise Exception('Bad <b>day</b>\\u202e')", WrongCredentialsError, "Bad"),
        ("raise context.InvalidTokenError('Gone for good.')", WrongCredentialsError, "Gone for good."),
        ("raise context.TemporaryError('Please wait.')", TemporaryError, "Please wait."),
        ("return context.kye", DefinitionError, "Did you mean “key”?"),
        ("return {}['x']", DefinitionError, "KeyError"),
        ("return 1 / 0", DefinitionError, "ZeroDivisionError"),
    ],
)
def test_what_a_function_may_do(
    tmp_path: Path, body: str, error: type[ConnectorError], sentence: str
) -> None:
    toml = 'name = "F"\ntype = "apiKey"\n[auth.key]\nname = "Key"\n'
    for word in ("def", "async def"):
        connector = definition(tmp_path, toml, f"{word} validate(context):\n    {body}\n")
        with pytest.raises(error, match=sentence.replace("?", r"\?")) as raised:
            connect_it(inputs_of(connector, {"key": KEY}))
        assert type(raised.value) is error


def test_a_function_that_waits_never_ends_an_account(tmp_path: Path) -> None:
    toml = 'name = "F"\ntype = "apiKey"\n[auth.key]\nname = "Key"\n'
    connector = definition(
        tmp_path, toml, "def validate(context):\n    raise context.TemporaryError('Wait.')\n"
    )
    with pytest.raises(TemporaryError):
        run(lambda ports: validate(inputs_of(connector, {"key": KEY}), Credential(), ports))
    connector = definition(tmp_path, toml, "def validate(context):\n    raise Exception('No idea')\n")
    with pytest.raises(ServiceError) as raised:
        run(lambda ports: validate(inputs_of(connector, {"key": KEY}), Credential(), ports))
    assert not isinstance(raised.value, InvalidTokenError)
    connector = definition(
        tmp_path, toml, "def validate(context):\n    raise context.InvalidTokenError('Gone.')\n"
    )
    with pytest.raises(InvalidTokenError, match="Gone"):
        run(lambda ports: validate(inputs_of(connector, {"key": KEY}), Credential(), ports))
