"""The well-known examples of the definition language, each carried out against a stand-in."""

from __future__ import annotations

import base64

import pytest

from connectors.credential import Credential
from connectors.definition import Connector
from connectors.errors import InvalidTokenError, ServiceError, WrongCredentialsError
from connectors.methods import Connected, can_refresh, connect, refresh, validate
from tests.connectors.support import REDIRECT_URI, EveryHost, PromptBrowser, Stages, example, inputs_of, run
from tests.real.requirements import need_room
from tests.standin import StandIn

CLIENT = {"client_id": "1234", "client_secret": "s3cret"}


@pytest.fixture(params=[False, True], ids=["here", "shut in"])
def shut_in(request: pytest.FixtureRequest) -> bool:
    """Functions do the same in the app and in a worker."""
    if request.param:
        need_room()
    return bool(request.param)


def connect_it(
    connector: Connector, standin: StandIn, values: dict[str, str], browser: PromptBrowser | None = None
) -> Connected:
    inputs = inputs_of(connector, values, CLIENT)
    return run(lambda ports: connect(inputs, ports, Stages()), browser, EveryHost(standin))


def validate_it(
    connector: Connector, standin: StandIn, values: dict[str, str], credential: Credential
) -> None:
    inputs = inputs_of(connector, values, CLIENT)
    run(lambda ports: validate(inputs, credential, ports), None, EveryHost(standin))


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def test_freshdesk_with_functions(standin: StandIn, shut_in: bool) -> None:
    agent = {"id": 7, "contact": {"email": "amelia@practice.example", "name": "Amelia"}}
    standin.answer("GET /api/v2/agents/me", agent)
    connector, values = example("freshdesk", shut_in=shut_in), {"domain": "acme", "api_key": "key-123456"}
    assert connector.default_method.fields[1].secret, "a key is secret although it is declared as text"
    connected = connect_it(connector, standin, values)
    assert connected.name == connected.email == "amelia@practice.example"
    assert connected.credential.fields == values
    for seen in standin.requests:
        assert seen.header("host") == "acme.freshdesk.com"
        assert seen.header("authorization") == basic("key-123456", "X")
    standin.answer("GET /api/v2/agents/me", {"code": "invalid_credentials", "message": "No."}, status=401)
    with pytest.raises(WrongCredentialsError, match=r"Freshdesk did not accept what was entered: No\."):
        connect_it(connector, standin, values)
    with pytest.raises(InvalidTokenError):
        validate_it(connector, standin, values, connected.credential)


def test_a_key_in_a_header_with_a_textarea(standin: StandIn) -> None:
    standin.answer("GET /get-some-records/app_id=app-7", [])
    values = {
        "app_id": "app-7",
        "api_key": "key-123456",
        "cert": "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
    }
    connector = example("acme")
    assert connector.default_method.fields[2].tooltip == "Paste text content of <code>.crt</code> file"
    connected = connect_it(connector, standin, values)
    assert connected.name == "app-7"
    assert "\nMIIB\n" in connected.credential.fields["cert"]
    assert standin.requests[0].header("authorization") == "Basic key-123456"


def test_the_error_callback_words_the_refusal(standin: StandIn, shut_in: bool) -> None:
    connector, values = example("apify", shut_in=shut_in), {"api_user_id": "u/1", "api_token": "token-123456"}
    standin.answer("GET /v2/users/u%2F1", {"data": {}})
    connected = connect_it(connector, standin, values)
    assert standin.requests[0].query == {"token": "token-123456"}
    assert connected.name == "u/1"
    refusal = {"someNestedObject": {"message": "This token was thrown away"}}
    standin.answer("GET /v2/users/u%2F1", refusal, status=401)
    with pytest.raises(WrongCredentialsError, match="This token was thrown away"):
        connect_it(connector, standin, values)
    standin.answer("GET /v2/users/u%2F1", refusal, status=418)
    with pytest.raises(ServiceError, match="This token was thrown away"):
        connect_it(connector, standin, values)


def test_a_password_that_becomes_a_token(standin: StandIn, shut_in: bool) -> None:
    connector, values = (
        example("session-password", shut_in=shut_in),
        {"username": "amelia", "password": " spaces kept "},
    )
    standin.answer(
        "POST /auth",
        {"isValid": True, "token": "t-1", "expiresIn": 600},
        {"isValid": True, "token": "t-2", "expiresIn": "900"},
        {"isValid": False},
    )
    first = connect_it(connector, standin, values)
    assert standin.requests[0].json == values
    assert (first.name, first.credential.access_token, first.credential.expires_in) == ("amelia", "t-1", 600)
    assert can_refresh(connector.default_method, first.credential)
    inputs = inputs_of(connector)  # renewed from what was stored
    second = run(lambda ports: refresh(inputs, first.credential, ports), None, EveryHost(standin))
    assert (second.access_token, second.expires_in, second.fields) == ("t-2", 900, values)
    with pytest.raises(ServiceError, match=r"Invalid username/password combination\."):
        # Only an answer of 401 may end an account; a function that just says no may not.
        run(lambda ports: refresh(inputs, first.credential, ports), None, EveryHost(standin))
    with pytest.raises(WrongCredentialsError, match=r"Invalid username/password combination\."):
        connect_it(connector, standin, values)


def test_http_basic(standin: StandIn) -> None:
    connector, values = example("http-basic"), {"username": "postman", "password": "pässword"}
    assert [f.name for f in connector.default_method.fields] == ["User name", "Password"]
    standin.answer("GET /basic-auth", {"authenticated": True})
    connected = connect_it(connector, standin, values)
    assert standin.requests[0].header("authorization") == basic("postman", "pässword")
    assert connected.name == "postman"
    assert not connected.credential.access_token
    assert not can_refresh(connector.default_method, connected.credential)
    standin.answer("GET /basic-auth", "Unauthorized", status=401)
    with pytest.raises(WrongCredentialsError, match=r"entered: Unauthorized\."):
        connect_it(connector, standin, values)


def test_asana_whose_definition_is_a_function(standin: StandIn, shut_in: bool) -> None:
    token = {"access_token": "at-1", "expires_in": 3600, "refresh_token": "rt/1"}
    standin.answer("POST /-/oauth_token", {**token, "data": {"id": 9, "email": "amelia@practice.example"}})
    standin.answer("GET /api/1.0/users/me", {"data": {"gid": "9"}})
    connector, browser = example("asana", shut_in=shut_in), PromptBrowser()
    connected = connect_it(connector, standin, {}, browser)
    sent = standin.asked("/-/oauth_token")[0]
    assert browser.opened[0].startswith("https://app.asana.com/-/oauth_authorize?")
    assert sent.body == b""
    assert sent.query["grant_type"] == "authorization_code"
    assert sent.query["code"] == "code-1"
    assert sent.query["redirect_uri"] == browser.asked["redirect_uri"] == REDIRECT_URI
    assert sent.query["client_secret"] == "s3cret"
    assert connected.name == "amelia@practice.example"
    assert standin.asked("/api/1.0/users/me")[0].header("authorization") == "Bearer at-1"
    # The next person's connect does not see the first one's profile.
    standin.answer("POST /-/oauth_token", {**token, "data": {"id": 10, "email": ""}})
    assert connect_it(connector, standin, {}, PromptBrowser()).name == "10"
    standin.answer("POST /-/oauth_token", {"access_token": "at-2", "expires_in": 60, "data": {}})
    inputs = inputs_of(connector, {}, CLIENT)
    renewed = run(lambda ports: refresh(inputs, connected.credential, ports), None, EveryHost(standin))
    assert (renewed.access_token, renewed.refresh_token, renewed.expires_in) == ("at-2", "rt/1", 60)
    assert standin.requests[-1].query["refresh_token"] == "rt/1"
    assert standin.requests[-1].query["redirect_uri"] == REDIRECT_URI


def test_microsoft(standin: StandIn) -> None:
    token_path = "/common/oauth2/v2.0/token"
    token = {"access_token": "at-1", "refresh_token": "rt-1", "token_type": "Bearer", "expires_in": 3599}
    standin.answer(f"POST {token_path}", {**token, "scope": "User.Read"}, {**token, "access_token": "at-2"})
    standin.answer("GET /v1.0/me", {"displayName": "Amelia Ortega", "mail": "amelia@practice.example"})
    connector, browser = example("microsoft"), PromptBrowser()
    assert connector.default_method.refresh_before_exp == 30
    connected = connect_it(connector, standin, {}, browser)
    assert browser.asked["scope"] == connected.scope_asked == "offline_access user.read"
    assert connected.scope_granted == "User.Read"
    assert (connected.name, connected.email) == ("Amelia Ortega", "amelia@practice.example")
    assert {seen.header("authorization") for seen in standin.asked("/v1.0/me")} == {"Bearer at-1"}
    inputs = inputs_of(connector, {}, CLIENT)
    renewed = run(lambda ports: refresh(inputs, connected.credential, ports), None, EveryHost(standin))
    assert renewed.access_token == "at-2"
    assert standin.requests[-1].form["refresh_token"] == "rt-1"
    standin.answer(f"POST {token_path}", {"error": "invalid_grant"}, status=400)
    with pytest.raises(InvalidTokenError, match="invalid_grant"):
        run(lambda ports: refresh(inputs, connected.credential, ports), None, EveryHost(standin))
