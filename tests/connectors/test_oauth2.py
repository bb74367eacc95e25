"""OAuth 2 against a stand-in: what is sent, what is kept, and what each refusal becomes."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
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
    UnsafeUrlError,
)
from connectors.loading import load_catalog
from connectors.methods import Connected, Inputs, can_refresh, connect, refresh, revoke, validate
from tests.connectors.support import (
    REDIRECT_URI,
    PromptBrowser,
    Stages,
    definition,
    inputs_of,
    parameters_of,
    run,
)
from tests.standin import Reply, StandIn

TOKEN = {"access_token": "at-1", "refresh_token": "rt-1", "token_type": "bearer", "expires_in": 3600}
PERSON = {"sub": "42", "name": "Amelia Ortega", "email": "amelia@practice.example"}


@pytest.fixture
def standin() -> Iterator[StandIn]:
    with StandIn(
        {"POST /oauth/token": TOKEN, "GET /oauth/userinfo": PERSON, "POST /oauth/revoke": {}}
    ) as server:
        yield server


@pytest.fixture(scope="module")
def practice() -> Connector:
    return load_catalog().get("practice-oauth2")


def practice_inputs(connector: Connector, standin: StandIn, **settings: str) -> Inputs:
    return inputs_of(connector, settings={"practice_url": standin.url, **settings})


def connect_it(inputs: Inputs, browser: PromptBrowser | None = None) -> Connected:
    return run(lambda ports: connect(inputs, ports, Stages()), browser or PromptBrowser())


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
    inputs = inputs_of(load_catalog().get("github"))
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
    standin.answer("POST /oauth/revoke", Reply({"error": "unsupported_token_type"}, 400))
    with pytest.raises(ServiceError, match="unsupported_token_type"):
        run(lambda ports: revoke(inputs, CREDENTIAL, ports))


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


OWN = """
name = "Own"
type = "oauth2"
scope = ["one", "two"]
{more}
[auth_url]
url = "{url}/authorize?theme=dark"
params = {{ audience = "api", prompt = "" }}
{auth_url}
[request_access_token]
url = "{url}/token"
{token}
"""


def own(
    folder: Path, standin: StandIn, more: str = "", auth_url: str = "", token: str = "", python: str = ""
) -> Connector:
    standin.answer("POST /token", TOKEN)
    text = OWN.format(url=standin.url, more=more, auth_url=auth_url, token=token)
    return definition(folder, text, python)


CLIENT = {"client_id": "id:1 %ü", "client_secret": "s+e/c"}


def test_client_authentication_is_one_thing_at_a_time(tmp_path: Path, standin: StandIn) -> None:
    expected = base64.b64encode(b"id%3A1+%25%C3%BC:s%2Be%2Fc").decode()
    for way in ("body", "basic", "none"):
        connect_it(inputs_of(own(tmp_path, standin, f'client_auth = "{way}"'), settings=CLIENT))
        seen = standin.asked("/token")[-1]
        in_body = "client_secret" in seen.form
        in_header = seen.header("authorization") == f"Basic {expected}"
        assert (in_body, in_header) == (way == "body", way == "basic")
        assert ("client_id" in seen.form) == (way != "basic")


def test_parameters_added_renamed_removed_and_joined(tmp_path: Path, standin: StandIn) -> None:
    connector = own(
        tmp_path,
        standin,
        more='scope_delimiter = ","\nkeep_callback = ["realmId"]',
        auth_url='rename = { client_id = "client_key" }\nremove = ["code_challenge_method"]',
        token='params = { realm = "{{client_id | lower}}" }\nrename = { code = "auth_code" }\n'
        'remove = ["redirect_uri"]\nheaders = { X-Version = "2" }',
    )
    browser = PromptBrowser(lambda asked: {"code": "c", "realmId": "r-9"})
    connected = connect_it(inputs_of(connector, settings=CLIENT), browser)
    asked = browser.asked
    assert (asked["theme"], asked["audience"], asked["client_key"]) == ("dark", "api", CLIENT["client_id"])
    assert asked["scope"] == "one,two"
    assert not {"client_id", "prompt", "code_challenge_method"} & asked.keys()
    sent = standin.asked("/token")[0]
    assert (sent.form["auth_code"], sent.form["realm"]) == ("c", "id:1 %ü")
    assert not {"code", "redirect_uri"} & sent.form.keys()
    assert sent.header("x-version") == "2"
    assert connected.credential.extra["realmId"] == "r-9"
    assert connected.scope_granted == "one two"


@pytest.mark.parametrize("encoding", ["form", "json", "query"])
def test_token_encodings(tmp_path: Path, standin: StandIn, encoding: str) -> None:
    connector = own(tmp_path, standin, token=f'encoding = "{encoding}"')
    browser = PromptBrowser(lambda asked: {"code": "{{client_secret}}&x=1"})
    connect_it(inputs_of(connector, settings=CLIENT), browser)
    seen = standin.asked("/token")[0]
    members = {"form": lambda: seen.form, "json": lambda: seen.json, "query": lambda: seen.query}[encoding]()
    assert members["code"] == "{{client_secret}}&x=1", "what the service sent is never read as a template"
    assert members["client_secret"] == CLIENT["client_secret"]
    assert (seen.body == b"") == (encoding == "query")


def test_pkce_only_off_when_it_is_said(tmp_path: Path, standin: StandIn) -> None:
    browser = PromptBrowser()
    connect_it(inputs_of(own(tmp_path, standin, 'pkce = "none"'), settings=CLIENT), browser)
    assert "code_challenge" not in browser.asked
    assert "code_verifier" not in standin.asked("/token")[-1].form
    connect_it(inputs_of(own(tmp_path, standin, 'pkce = "plain"'), settings=CLIENT), browser)
    assert browser.asked["code_challenge_method"] == "plain"
    assert browser.asked["code_challenge"] == standin.asked("/token")[-1].form["code_verifier"]


def test_a_function_makes_the_sign_in_address(tmp_path: Path, standin: StandIn) -> None:
    toml = 'name = "F"\ntype = "oauth2"\n'
    python = f"""
def auth_url(context):
    return "{standin.url}/authorize?state=" + context.state + "&extra=1"

async def request_access_token(context):
    data = {{"code": context.authorization_code}}
    answer = await context.http_request("POST", "{standin.url}/token", data=data)
    return {{"access_token": answer.json()["access_token"], "expires": "2999-01-01T00:00:00Z", "site": "s-1"}}
"""
    standin.answer("POST /token", TOKEN)
    connector, browser = definition(tmp_path, toml, python), PromptBrowser()
    connected = connect_it(inputs_of(connector, settings=CLIENT), browser)
    assert browser.asked["extra"] == "1"
    assert browser.asked["client_id"] == CLIENT["client_id"]
    assert browser.asked["code_challenge_method"] == "S256"
    assert connected.credential.extra == {"site": "s-1"}
    assert connected.credential.expires_in == 10 * 365 * 24 * 3600, "absurd lifetimes are cut"
    assert not can_refresh(connector.default_method, connected.credential)
    forged = definition(tmp_path, toml, python.replace("context.state", "'fixed'"))
    with pytest.raises(UnsafeUrlError, match="state"):
        connect_it(inputs_of(forged, settings=CLIENT), browser)


BAD_ADDRESSES = [
    "javascript:alert(1)",
    "file:///etc/passwd",
    "data:text/html,x",
    "ftp://host.example/",
    "smb://host/share",
    "mailto:a@b.example",
    "http://login.example/authorize",
    "http://127.0.0.1.evil.example/",
    "http://localhost@evil.example/",
    "https://user@login.example/",
    "https://",
    "\\\\host\\share",
    "-flag",
    "//login.example/",
    "https://169.254.169.254/",
]


@pytest.mark.parametrize("address", BAD_ADDRESSES)
def test_addresses_that_are_never_opened(tmp_path: Path, standin: StandIn, address: str) -> None:
    """The same check for what a function made, and for what a setting put into a template."""
    browser = PromptBrowser()
    toml = 'name = "F"\ntype = "oauth2"\nrequest_access_token = "https://login.example/token"\n'
    made = definition(tmp_path, toml, f"def auth_url(context):\n    return {address!r}\n")
    templated = definition(
        tmp_path,
        toml + 'auth_url = "{{where}}"\n[settings.where]\nname = "Where"\n',
        name="templated",
    )
    for connector in (made, templated):
        with pytest.raises(UnsafeUrlError):
            connect_it(inputs_of(connector, settings={**CLIENT, "where": address}), browser)
    assert browser.opened == []


def test_a_token_is_never_sent_in_clear(tmp_path: Path, standin: StandIn) -> None:
    toml = 'name = "F"\ntype = "oauth2"\nauth_url = "https://login.example/a"\n'
    toml += 'request_access_token = "{{where}}/token"\n[settings.where]\nname = "Where"\n'
    connector = definition(tmp_path, toml)
    with pytest.raises(UnsafeUrlError, match="not encrypted"):
        connect_it(inputs_of(connector, settings={**CLIENT, "where": "http://login.example"}))


def test_generic_oauth2_is_named_after_its_host_without_userinfo(standin: StandIn) -> None:
    standin.answer("POST /token", TOKEN)
    values = {
        "authorization_endpoint": f"{standin.url}/authorize",
        "token_endpoint": f"{standin.url}/token",
        "client_id": "c-1",
    }
    inputs, browser = inputs_of(load_catalog().get("generic-oauth2"), values), PromptBrowser()
    connected = connect_it(inputs, browser)
    assert connected.name == f"account at 127.0.0.1:{standin.port}"
    assert "scope" not in browser.asked
    assert [seen.path for seen in standin.requests] == ["/token"]
    assert not run(lambda ports: revoke(inputs, connected.credential, ports))
    full = {
        **values,
        "userinfo_endpoint": f"{standin.url}/oauth/userinfo",
        "scope": "a, b",
        "client_secret": "s",
    }
    connected = connect_it(inputs_of(inputs.connector, full), browser)
    assert connected.name == connected.email == PERSON["email"]
    assert (browser.asked["scope"], standin.asked("/token")[-1].form["client_secret"]) == ("a b", "s")


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


def test_a_refresh_that_exchanges_the_access_token(tmp_path: Path, standin: StandIn) -> None:
    text = OWN.format(url=standin.url, more="", auth_url="", token="")
    text += f"""
[refresh_access_token]
url = "{standin.url}/exchange"
params = {{ grant_type = "exchange", old = "{{{{access_token}}}}" }}
remove = ["refresh_token"]
"""
    connector = definition(tmp_path, text)
    credential = msgspec.structs.replace(CREDENTIAL, refresh_token="")
    assert can_refresh(connector.default_method, credential)
    standin.answer("POST /exchange", {**TOKEN, "access_token": "at-9"})
    assert refresh_it(inputs_of(connector, settings=CLIENT), credential).access_token == "at-9"
    assert standin.requests[0].form["grant_type"] == "exchange"
    assert standin.requests[0].form["old"] == "at-1"
