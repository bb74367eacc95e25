"""Published modules, letter by letter, carried out against a stand-in that takes every https host."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from connectors.definition import Apply
from connectors.errors import (
    InvalidTokenError,
    MisconfiguredClientError,
    TemporaryError,
    WrongCredentialsError,
)
from connectors.methods import can_refresh, connect, refresh, validate
from tests.connectors.dialects.support import CLIENT, CONSUMER, basic, connect_it, imported, loaded
from tests.connectors.support import REDIRECT_URI, EveryHost, PromptBrowser, Stages, inputs_of, run
from tests.standin import StandIn


def test_freshdesk(tmp_path: Path, standin: StandIn) -> None:
    agent = {"id": 7, "contact": {"email": "amelia@practice.example", "name": "Amelia"}}
    standin.answer("GET /api/v2/agents/me", agent)
    connector = loaded(tmp_path, imported("freshdesk"))
    domain, key = connector.default_method.fields
    assert (domain.name, key.name, key.secret) == ("Domain", "API Key", True)
    assert "<i>https://example.freshdesk.com</i>" in domain.tooltip
    assert connector.default_method.apply == Apply(auth={"user": "{{apiKey}}", "password": "X"})
    values = {"domain": "acme", "apiKey": "key-123456"}
    connected = connect_it(connector, standin, values)
    assert connected.name == connected.email == "amelia@practice.example"
    assert [s.header("authorization") for s in standin.requests] == [basic("key-123456", "X")] * 2
    assert {s.header("host") for s in standin.requests} == {"acme.freshdesk.com"}
    standin.answer("GET /api/v2/agents/me", {"message": "No."}, status=401)
    with pytest.raises(WrongCredentialsError, match=r"did not accept what was entered: No\."):
        connect_it(connector, standin, values)
    inputs = inputs_of(connector, values)
    with pytest.raises(InvalidTokenError):
        run(lambda ports: validate(inputs, connected.credential, ports), None, EveryHost(standin))
    standin.answer("GET /api/v2/agents/me", "", status=503)
    with pytest.raises(TemporaryError):
        run(lambda ports: validate(inputs, connected.credential, ports), None, EveryHost(standin))


def test_a_request_that_is_data_needs_no_function(tmp_path: Path, standin: StandIn) -> None:
    module = imported("acme-key")
    assert not module.javascript and module.dropped
    assert tomllib.loads(module.toml)["validate"]["headers"] == {"Authorization": "Basic {{apiKey}}"}
    standin.answer("GET /get-some-records/app_id=app-7", {})
    connector = loaded(tmp_path, module)
    fields = connector.default_method.fields
    assert [f.type for f in fields] == ["text", "password", "textarea"]
    assert [f.required for f in fields] == [True, True, False], "nothing reads the third"
    connected = connect_it(connector, standin, {"appId": "app-7", "apiKey": "key-123456", "cert": "-\n-"})
    assert connected.name == "app-7"
    assert standin.requests[0].header("authorization") == "Basic key-123456"


def test_a_function_that_words_the_refusal(tmp_path: Path, standin: StandIn) -> None:
    connector = loaded(tmp_path, imported("apify"))
    values = {"apiUserId": "me", "apiToken": "t-123456"}
    standin.answer(
        "GET /v2/users/me", {"someNestedObject": {"message": "That token is too old."}}, status=401
    )
    with pytest.raises(WrongCredentialsError, match="That token is too old"):
        connect_it(connector, standin, values)
    assert standin.requests[0].query == {"token": "t-123456"}
    standin.answer("GET /v2/users/me", {"error": {"message": "Unknown user."}}, status=401)
    with pytest.raises(WrongCredentialsError, match="Unknown user"):
        connect_it(connector, standin, values)
    standin.answer("GET /v2/users/me", {})
    assert connect_it(connector, standin, values).name == "me"


def test_a_password_that_becomes_a_token_and_is_renewed(tmp_path: Path, standin: StandIn) -> None:
    connector = loaded(tmp_path, imported("token-login"))
    answers = [{"isValid": True, "token": f"t-{n}", "expiresIn": 3600} for n in (1, 2)]
    standin.answer("POST /auth", *answers)
    inputs = inputs_of(connector, {"username": "amelia", "password": "p w"})
    connected = run(lambda ports: connect(inputs, ports, Stages()), None, EveryHost(standin))
    assert standin.requests[0].json == {"username": "amelia", "password": "p w"}
    assert (connected.credential.access_token, connected.credential.expires_in) == ("t-1", 3600)
    assert can_refresh(connector.default_method, connected.credential)
    renewed = run(lambda ports: refresh(inputs, connected.credential, ports), None, EveryHost(standin))
    assert renewed.access_token == "t-2"
    standin.answer("POST /auth", {"isValid": False})
    with pytest.raises(WrongCredentialsError, match="Invalid username/password combination"):
        run(lambda ports: connect(inputs, ports, Stages()), None, EveryHost(standin))


@pytest.mark.parametrize("name", ["http-basic", "login-without-token"])
def test_a_password_that_stays_one(name: str, tmp_path: Path, standin: StandIn) -> None:
    standin.answer("GET /basic-auth", {"authenticated": True})
    standin.answer("POST /auth", {"isValid": True})
    connected = connect_it(
        loaded(tmp_path, imported(name)), standin, {"username": "amelia", "password": "secret-1"}
    )
    assert connected.credential.access_token == ""
    assert connected.name == "amelia"
    if name == "http-basic":
        assert standin.requests[0].header("authorization") == basic("amelia", "secret-1")


def test_trello(tmp_path: Path, standin: StandIn) -> None:
    standin.answer(
        "POST /1/OAuthGetRequestToken", "oauth_token=rt&oauth_token_secret=rs&oauth_callback_confirmed=true"
    )
    standin.answer("POST /1/OAuthGetAccessToken", "oauth_token=at&oauth_token_secret=as")
    standin.answer(
        "GET /1/members/me", {"id": "member-1", "limits": {"a": 1}, "email": "amelia@practice.example"}
    )
    standin.answer("GET /1/tokens/at", {"dateExpires": None})
    browser = PromptBrowser(lambda asked: {"oauth_token": asked["oauth_token"], "oauth_verifier": "v-1"})
    connector = loaded(tmp_path, imported("trello"))
    inputs = inputs_of(connector, {}, CONSUMER)
    browser.authorize = _without_state(browser)  # type: ignore[method-assign]
    connected = run(lambda ports: connect(inputs, ports, Stages()), browser, EveryHost(standin))
    assert browser.asked == {
        "oauth_token": "rt",
        "name": "AppMixer",
        "scope": "read,write,account",
        "expiration": "never",
    }
    assert (connected.name, connected.credential.access_token) == ("member-1", "at")
    assert connected.credential.extra["access_token_secret"] == "as"
    assert "limits" not in connected.profile
    first, second, profile, test = [s.header("authorization") for s in standin.requests]
    assert 'oauth_consumer_key="ck"' in first and "oauth_callback=" in first
    assert 'oauth_verifier="v-1"' in second and 'oauth_token="rt"' in second
    assert 'oauth_token="at"' in profile and 'oauth_token="at"' in test
    standin.answer("GET /1/tokens/at", {"dateExpires": "2020-01-01"})
    with pytest.raises(InvalidTokenError, match="Invalid token"):
        run(lambda ports: validate(inputs, connected.credential, ports), None, EveryHost(standin))
    standin.answer("GET /1/tokens/at", "expired", status=401)
    with pytest.raises(InvalidTokenError):
        run(lambda ports: validate(inputs, connected.credential, ports), None, EveryHost(standin))


def _without_state(browser: PromptBrowser) -> Any:
    async def authorize(url: str, state: str) -> Any:
        browser.opened.append(url)
        return browser._answer(browser.asked)

    return authorize


def test_asana(tmp_path: Path, standin: StandIn) -> None:
    person = {"id": 42, "email": "amelia@practice.example"}
    standin.answer(
        "POST /-/oauth_token",
        {"access_token": "at-1", "refresh_token": "rt-1", "expires_in": 3600, "data": person},
        {"access_token": "at-2", "expires_in": 3600, "data": person},
    )
    standin.answer("GET /api/1.0/users/me", {"data": person})
    connector, browser = loaded(tmp_path, imported("asana")), PromptBrowser()
    inputs = inputs_of(connector, {}, CLIENT)
    connected = run(lambda ports: connect(inputs, ports, Stages()), browser, EveryHost(standin))
    assert set(browser.asked) == {"response_type", "client_id", "redirect_uri", "state"}
    exchange, test = standin.requests
    assert exchange.body == b"" and exchange.query == {
        "grant_type": "authorization_code",
        "code": "code-1",
        "redirect_uri": REDIRECT_URI,
        **CLIENT,
    }
    assert test.header("authorization") == "Bearer at-1"
    assert connected.name == "amelia@practice.example"
    assert connected.credential.expires_in in range(3590, 3601)
    renewed = run(lambda ports: refresh(inputs, connected.credential, ports), None, EveryHost(standin))
    assert (renewed.access_token, renewed.refresh_token) == ("at-2", "rt-1")
    assert standin.requests[-1].query["refresh_token"] == "rt-1"
    standin.answer("POST /-/oauth_token", {"error": "invalid_grant"}, status=400)
    with pytest.raises(InvalidTokenError):
        run(lambda ports: refresh(inputs, connected.credential, ports), None, EveryHost(standin))
    standin.answer("POST /-/oauth_token", {"error": "invalid_client"}, status=401)
    with pytest.raises(MisconfiguredClientError):
        run(lambda ports: refresh(inputs, connected.credential, ports), None, EveryHost(standin))


@pytest.mark.parametrize("name", ["microsoft", "google", "refresh-lead"])
def test_oauth_without_functions_for_tokens(name: str, tmp_path: Path, standin: StandIn) -> None:
    token = {"access_token": "at-1", "refresh_token": "rt-1", "token_type": "Bearer", "expires_in": 3600}
    person = {"displayName": "Amelia Ortega", "email": "a@practice.example", "mail": "a@practice.example"}
    paths = {
        "microsoft": ("/common/oauth2/v2.0/token", "/v1.0/me"),
        "google": ("/token", "/oauth2/v2/userinfo"),
    }
    exchange, profile = paths.get(name, ("/oaut2/token", "/"))
    standin.answer(f"POST {exchange}", token)
    standin.answer(f"GET {profile}", person)
    connector, browser = loaded(tmp_path, imported(name)), PromptBrowser()
    connected = connect_it(connector, standin, {}, CLIENT, browser)
    form = {"grant_type": "authorization_code", "code": "code-1", "redirect_uri": REDIRECT_URI, **CLIENT}
    assert standin.requests[0].form == form
    scope = {"microsoft": "offline_access user.read", "google": "profile,email"}.get(name)
    assert browser.asked.get("scope") == scope
    expected = {"microsoft": "Amelia Ortega", "google": "a@practice.example"}
    assert connected.name == expected.get(name, connected.name)
    assert connector.default_method.refresh_before_exp == (30 if name == "refresh-lead" else 300)


def test_of_three_forms_the_last_one_counts(tmp_path: Path, standin: StandIn) -> None:
    module = imported("three-forms")
    assert module.warnings[0].startswith("type: is missing")
    standin.answer("GET /get-profile-info", {"name": "Amelia"})
    connected = connect_it(loaded(tmp_path, module), standin, {"apiKey": "k-123456"})
    assert connected.name == "Amelia" and standin.requests[0].query == {"apiKey": "k-123456"}
