"""OAuth 2 against a stand-in: what is sent, what is kept, and what each refusal becomes."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any

import pytest

from connectors.credential import Credential
from connectors.definition import Connector
from connectors.errors import (
    ConnectorError,
    DeclinedError,
    InvalidTokenError,
    MisconfiguredClientError,
    ServiceError,
    TemporaryError,
)
from connectors.methods import Inputs, connect, refresh, revoke, validate
from tests.connectors.support import (
    PERSON,
    REDIRECT_URI,
    TOKEN,
    PromptBrowser,
    Stages,
    connect_it,
    inputs_of,
    parameters_of,
    run,
    shipped,
)
from tests.standin import Reply, StandIn


@pytest.fixture(scope="module")
def practice() -> Connector:
    return shipped().get("practice-oauth2")


def practice_inputs(connector: Connector, standin: StandIn, **settings: str) -> Inputs:
    return inputs_of(connector, settings={"practice_url": standin.url, **settings})


def test_a_connect_from_form_to_named_account(standin: StandIn, practice: Connector) -> None:
    browser, stages = PromptBrowser(), Stages()
    inputs = practice_inputs(practice, standin)
    connected = run(lambda ports: connect(inputs, ports, stages), browser)
    assert (connected.name, connected.email, connected.identity) == (PERSON["name"], PERSON["email"], "42")
    assert connected.credential.access_token == "at-1"
    assert connected.credential.refresh_token == "rt-1"
    assert connected.credential.expires_in == 3600
    assert connected.scope_asked == connected.scope_granted == "profile email"
    assert stages.seen == ["form", "browser", "exchange", "profile", "test", "done"]
    asked, sent = browser.asked, standin.asked("/oauth/token")[0].form
    assert asked["response_type"] == "code"
    assert asked["client_id"] == sent["client_id"] == "jackfield-practice"
    assert asked["redirect_uri"] == sent["redirect_uri"] == REDIRECT_URI
    assert sent["grant_type"] == "authorization_code"
    assert sent["code"] == "code-1"
    assert "client_secret" not in sent
    assert standin.asked("/oauth/userinfo")[0].header("authorization") == "Bearer at-1"
    # The test is the profile request, so the service is asked once.
    assert len(standin.asked("/oauth/userinfo")) == 1


def test_pkce_and_state_over_many_attempts(standin: StandIn, practice: Connector) -> None:
    browser = PromptBrowser()
    inputs = practice_inputs(practice, standin, scope="openid profile")

    async def many(ports: Any) -> None:
        for _ in range(40):
            await connect(inputs, ports, Stages())

    run(many, browser)
    asked = [parameters_of(url) for url in browser.opened]
    verifiers = [seen.form["code_verifier"] for seen in standin.asked("/oauth/token")]
    for parameters, verifier in zip(asked, verifiers, strict=True):
        assert parameters["code_challenge_method"] == "S256"
        assert re.fullmatch(r"[A-Za-z0-9._~-]{43,128}", verifier)
        digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
        assert parameters["code_challenge"] == digest.decode()
        assert len(parameters["state"]) >= 22  # 128 bits in base64
        assert len({parameters["state"], parameters["nonce"], verifier}) == 3
    for name in ("state", "nonce", "code_challenge"):
        assert len({parameters[name] for parameters in asked}) == 40


def test_a_missing_setting_is_said_before_any_browser_opens(standin: StandIn) -> None:
    browser = PromptBrowser()
    inputs = inputs_of(shipped().get("github"))
    with pytest.raises(MisconfiguredClientError, match="Client ID and Client secret are not set"):
        connect_it(inputs, browser)
    assert browser.opened == []


@pytest.mark.parametrize(
    ("callback", "error", "sentence"),
    [
        ({"error": "access_denied"}, DeclinedError, "was declined"),
        ({"error": "access_denied", "code": "c"}, DeclinedError, "was declined"),
        ({"error": "access_denied", "error_description": "Not\u202e today\x00."}, DeclinedError, "Not today"),
        ({"error": "unauthorized_client"}, MisconfiguredClientError, "does not accept this app"),
        ({"error": "redirect_uri_mismatch"}, MisconfiguredClientError, "redirect_uri_mismatch"),
        ({"error": "temporarily_unavailable"}, TemporaryError, "at the moment"),
        ({"error": "invalid_scope", "error_description": "No such scope"}, ServiceError, "No such scope"),
        ({"error": "x", "error_description": "y" * 5000}, ServiceError, "y…"),
        ({}, ServiceError, "without a code"),
        ({"code": ""}, ServiceError, "without a code"),
        ({"code": ["a", "b"]}, ServiceError, "more than once"),
        ({"error": ["access_denied", "x"], "code": "c"}, ServiceError, "more than once"),
    ],
)
def test_what_the_callback_says(
    standin: StandIn,
    practice: Connector,
    callback: dict[str, Any],
    error: type[ConnectorError],
    sentence: str,
) -> None:
    with pytest.raises(error, match=sentence) as raised:
        connect_it(practice_inputs(practice, standin), PromptBrowser(lambda asked: callback))
    assert type(raised.value) is error
    assert len(raised.value.sentence) < 450
    assert standin.requests == [], "no token is asked for after an error"


@pytest.mark.parametrize(
    ("reply", "error", "sentence"),
    [
        (Reply({"error": "invalid_grant"}, 400), ServiceError, "could not be verified"),
        (Reply({"error": "invalid_client"}, 401), MisconfiguredClientError, "does not accept this app"),
        (Reply({"error": "unauthorized_client"}, 400), MisconfiguredClientError, "unauthorized_client"),
        (Reply({"error": "redirect_uri_mismatch"}, 400), MisconfiguredClientError, "redirect address"),
        (Reply({"error": "bad_verification_code"}), ServiceError, "bad_verification_code"),
        (Reply({**TOKEN, "error": "server_error"}), ServiceError, "server_error"),
        (Reply(TOKEN, 400), ServiceError, "status 400"),
        (Reply({"error": "slow_down"}, 429, {"Retry-After": "12"}), TemporaryError, "asks to wait"),
        (Reply("<html>Bad gateway</html>", 502), TemporaryError, "status 502"),
        (Reply("<html>Hello</html>"), ServiceError, "a web page"),
        (Reply(TOKEN, 302, {"Location": "https://elsewhere.example"}), ServiceError, "could not be verified"),
    ],
)
def test_what_the_token_endpoint_says(
    standin: StandIn, practice: Connector, reply: Reply, error: type[ConnectorError], sentence: str
) -> None:
    standin.answer("POST /oauth/token", reply)
    with pytest.raises(error) as raised:
        connect_it(practice_inputs(practice, standin))
    assert type(raised.value) is error
    assert sentence in f"{raised.value.sentence} {raised.value.hint}"
    assert len(standin.requests) == 1, "a code is good for one try"
    if isinstance(raised.value, TemporaryError) and reply.status == 429:
        assert raised.value.retry_after == 12


def test_nobody_listens(practice: Connector) -> None:
    with StandIn() as gone:
        address = gone.url
    inputs = inputs_of(practice, settings={"practice_url": address})
    with pytest.raises(TemporaryError, match=r"127\.0\.0\.1 could not be reached"):
        connect_it(inputs)


CREDENTIAL = Credential(access_token="at-1", refresh_token="rt-1", token_type="Bearer", scope="profile")


def refresh_it(inputs: Inputs, credential: Credential = CREDENTIAL) -> Credential:
    return run(lambda ports: refresh(inputs, credential, ports))


def test_refresh_rotates_or_keeps_the_refresh_token(standin: StandIn, practice: Connector) -> None:
    inputs = practice_inputs(practice, standin)
    rotated = {**TOKEN, "access_token": "at-2", "refresh_token": "rt-2"}
    omitted = {"access_token": "at-3", "token_type": "Bearer"}
    standin.answer("POST /oauth/token", rotated, omitted)
    first = refresh_it(inputs)
    assert standin.requests[0].form == {
        "grant_type": "refresh_token",
        "refresh_token": "rt-1",
        "client_id": "jackfield-practice",
    }
    assert (first.access_token, first.refresh_token) == ("at-2", "rt-2")
    second = refresh_it(inputs, first)
    assert (second.access_token, second.refresh_token, second.scope) == ("at-3", "rt-2", "profile")
    assert second.expires_at is None


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply({"error": "invalid_grant"}, 400), InvalidTokenError),
        (Reply({"error": "invalid_client"}, 401), MisconfiguredClientError),
        (Reply({"error": "temporarily_unavailable"}, 503), TemporaryError),
        (Reply({"error": "invalid_request"}, 400), ServiceError),
        (Reply("<html>Sorry</html>", 400), ServiceError),
        (Reply(""), ServiceError),
    ],
)
def test_only_invalid_grant_ends_an_account(
    standin: StandIn, practice: Connector, reply: Reply, error: type[ConnectorError]
) -> None:
    standin.answer("POST /oauth/token", reply)
    with pytest.raises(error) as raised:
        refresh_it(practice_inputs(practice, standin))
    assert type(raised.value) is error


def test_revocation_takes_the_refresh_token_first(standin: StandIn, practice: Connector) -> None:
    inputs = practice_inputs(practice, standin)
    assert run(lambda ports: revoke(inputs, CREDENTIAL, ports))
    sent = [(seen.form["token"], seen.form["token_type_hint"]) for seen in standin.asked("/oauth/revoke")]
    assert sent == [("rt-1", "refresh_token"), ("at-1", "access_token")]
    assert all(seen.query == {} for seen in standin.requests), "no token in an address"
    standin.answer("POST /oauth/revoke", Reply({}, 503, {"Retry-After": "30"}))
    with pytest.raises(TemporaryError) as raised:
        run(lambda ports: revoke(inputs, CREDENTIAL, ports))
    assert raised.value.retry_after == 30
    standin.answer("POST /oauth/revoke", Reply({"error": "invalid_request"}, 400))
    with pytest.raises(ServiceError, match="invalid_request"):
        run(lambda ports: revoke(inputs, CREDENTIAL, ports))
    standin.answer("POST /oauth/revoke", Reply({"error": "unsupported_token_type"}, 400))
    assert run(lambda ports: revoke(inputs, CREDENTIAL, ports)) is False, "it revokes tokens of neither kind"


def test_validate_tells_ended_from_broken(standin: StandIn, practice: Connector) -> None:
    inputs = practice_inputs(practice, standin)
    assert run(lambda ports: validate(inputs, CREDENTIAL, ports)) == ""
    for reply, error in [
        (Reply({"error": "invalid_token"}, 401), InvalidTokenError),
        (Reply({}, 500), TemporaryError),
        (Reply({"message": "no"}, 403), ServiceError),
    ]:
        standin.answer("GET /oauth/userinfo", reply)
        with pytest.raises(error) as raised:
            run(lambda ports: validate(inputs, CREDENTIAL, ports))
        assert type(raised.value) is error


def test_a_scope_that_was_not_granted_shows(standin: StandIn, practice: Connector) -> None:
    standin.answer("POST /oauth/token", {**TOKEN, "scope": "profile,offline"})
    connected = connect_it(practice_inputs(practice, standin, scope="profile email"))
    assert (connected.scope_asked, connected.scope_granted) == ("profile email", "profile offline")


def test_a_refused_profile_after_a_good_token_is_no_wrong_password(
    standin: StandIn, practice: Connector
) -> None:
    standin.answer("GET /oauth/userinfo", Reply({"error": "insufficient_scope"}, 403))
    with pytest.raises(ServiceError, match="gave a token and then did not accept it") as raised:
        connect_it(practice_inputs(practice, standin))
    assert type(raised.value) is ServiceError
