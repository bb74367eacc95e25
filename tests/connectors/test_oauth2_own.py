"""OAuth 2 as definitions of one's own say it: parameters, encodings, functions, and what is never opened."""

from __future__ import annotations

import base64
from pathlib import Path

import msgspec
import pytest

from connectors.credential import Credential
from connectors.definition import Connector
from connectors.errors import (
    UnsafeUrlError,
)
from connectors.methods import can_refresh, refresh, revoke
from tests.connectors.support import (
    PERSON,
    TOKEN,
    PromptBrowser,
    connect_it,
    definition,
    inputs_of,
    run,
    shipped,
)
from tests.standin import StandIn

CREDENTIAL = Credential(access_token="at-1", refresh_token="rt-1", token_type="Bearer", scope="profile")
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


def test_client_authentication_is_what_the_definition_says(tmp_path: Path, standin: StandIn) -> None:
    expected = base64.b64encode(b"id%3A1+%25%C3%BC:s%2Be%2Fc").decode()
    for way in ("body", "basic", "both", "none"):
        connect_it(inputs_of(own(tmp_path, standin, f'client_auth = "{way}"'), settings=CLIENT))
        seen = standin.asked("/token")[-1]
        in_body = "client_secret" in seen.form
        in_header = seen.header("authorization") == f"Basic {expected}"
        assert (in_body, in_header) == (way in {"body", "both"}, way in {"basic", "both"})
        assert ("client_id" in seen.form) == (way != "basic")


def test_parameters_added_renamed_removed_and_joined(tmp_path: Path, standin: StandIn) -> None:
    connector = own(
        tmp_path,
        standin,
        more='scope_delimiter = ","\nkeep_callback = ["realmId"]',
        auth_url='rename = { client_id = "client_key" }\nremove = ["audience"]',
        token='params = { realm = "{{client_id | lower}}" }\nrename = { code = "auth_code" }\n'
        'remove = ["redirect_uri"]\nheaders = { X-Version = "2" }',
    )
    browser = PromptBrowser(lambda asked: {"code": "c", "realmId": "r-9"})
    connected = connect_it(inputs_of(connector, settings=CLIENT), browser)
    asked = browser.asked
    assert (asked["theme"], asked["client_key"]) == ("dark", CLIENT["client_id"])
    assert asked["scope"] == "one,two"
    assert not {"client_id", "prompt", "audience"} & asked.keys()
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
    "https://2852039166/",
    "https://0xa9.254.169.254/",
    "https://[::ffff:169.254.169.254]/",
    "https://[fe80::1]/",
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
    inputs, browser = inputs_of(shipped().get("generic-oauth2"), values), PromptBrowser()
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
    assert (connected.name, connected.email) == (PERSON["name"], PERSON["email"])
    assert (browser.asked["scope"], standin.asked("/token")[-1].form["client_secret"]) == ("a b", "s")


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
    renewed = run(lambda ports: refresh(inputs_of(connector, settings=CLIENT), credential, ports))
    assert renewed.access_token == "at-9"
    assert standin.requests[0].form["grant_type"] == "exchange"
    assert standin.requests[0].form["old"] == "at-1"


def test_parameters_cannot_run_into_each_other(tmp_path: Path, standin: StandIn) -> None:
    browser = PromptBrowser()
    client = {"client_id": "a&state=x#y", "scope": "one&two +three"}
    connect_it(inputs_of(own(tmp_path, standin), settings=client), browser)
    assert browser.asked["client_id"] == "a&state=x#y"
    assert browser.asked["scope"] == "one&two +three"
    assert "+" not in browser.opened[0], "a blank is %20, which every service reads"


@pytest.mark.parametrize(
    ("body", "sent"),
    [
        ("{ it = '{{token}}', kind = '{{token_type_hint}}' }", ["rt-1", "at-1"]),
        ("{ it = '{{access_token}}' }", ["at-1"]),
    ],
)
def test_a_revocation_of_its_own_is_sent_as_it_is(
    tmp_path: Path, standin: StandIn, body: str, sent: list[str]
) -> None:
    text = OWN.format(url=standin.url, more="", auth_url="", token="")
    text += f"[revoke_access_token]\nmethod = 'DELETE'\nurl = '{standin.url}/grant'\njson = {body}\n"
    text += "auth = { user = '{{client_id}}', password = '{{client_secret}}' }\n"
    standin.answer("DELETE /grant", {})
    inputs = inputs_of(definition(tmp_path, text), settings={"client_id": "c", "client_secret": "s"})
    assert run(lambda ports: revoke(inputs, CREDENTIAL, ports))
    assert [seen.json["it"] for seen in standin.requests] == sent
    assert {seen.header("authorization") for seen in standin.requests} == {"Basic Yzpz"}


def test_a_parameter_may_be_left_unencoded_but_never_ends_the_address(
    tmp_path: Path, standin: StandIn
) -> None:
    connector = own(
        tmp_path,
        standin,
        more='[auth.host]\nname = "Host"\n',
        auth_url='unencoded = ["scope"]',
    )
    text = (tmp_path / "example.toml").read_text(encoding="utf-8")
    text = text.replace('["one", "two"]', '["https://{{host}}/a+b", "x&y=#1"]')
    connector = definition(tmp_path, text)
    browser = PromptBrowser()
    connect_it(inputs_of(connector, {"host": "h.example"}, CLIENT), browser)
    assert browser.opened[0].endswith("&scope=https://h.example/a+b%20x%26y%3D%231")
