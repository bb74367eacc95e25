"""Chained steps, what they keep, sessions, and answers in XML."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from connectors.credential import Credential
from connectors.definition import Connector, Place
from connectors.errors import InvalidTokenError, ServiceError, TemporaryError, WrongCredentialsError
from connectors.methods import can_refresh, connect, refresh, revoke, validate
from connectors.methods.chain import value_at
from connectors.reading.loading import check_paths
from connectors.wire.answers import Answer
from connectors.wire.xml_data import UnreadableXmlError, read_xml, write_xml
from tests.connectors.support import PromptBrowser, Stages, connect_it, definition, inputs_of, run
from tests.standin import Reply, Seen, StandIn


def answer(content: bytes, *headers: tuple[str, str]) -> Answer:
    return Answer(status=200, headers=httpx.Headers(list(headers)), content=content, host="s.example")


BODY = answer(
    b'{"a": {"b": [{"c": 7}]}}',
    ("X-Token", "Bearer t-1"),
    ("Set-Cookie", "one=1; Path=/; HttpOnly"),
    ("Set-Cookie", "two=2=2; Secure"),
    ("Set-Cookie", "gone=; Max-Age=0"),
)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (Place("path", "a.b[0].c"), 7),
        (Place("path", "a.x"), None),
        (Place("header", "x-token"), "t-1"),
        (Place("header", "x-none"), ""),
        (Place("cookie", "two"), "2=2"),
        (Place("cookie", "gone"), None),
        (Place("cookies"), "one=1; two=2=2"),
        (Place("text"), '{"a": {"b": [{"c": 7}]}}'),
    ],
)
def test_every_place_of_an_answer(place: Place, value: Any) -> None:
    assert value_at(BODY, place) == value


def test_a_whole_body_may_be_the_token() -> None:
    assert value_at(answer(b'"t-1"\n'), Place("text")) == "t-1"


SESSION = """
name = "S"
type = "session"
base_url = "{url}"
request_profile_info = "{url}/me"
{more}
[[request_session]]
url = "{url}/hello"
keep = {{ nonce = "nonce", start = {{ header = "X-Start" }} }}

[[request_session]]
url = "{{{{optional}}}}"
keep = {{ never = "x" }}

[[request_session]]
url = "{url}/login"
headers = {{ X-Nonce = "{{{{nonce}}}}", X-Start = "{{{{start}}}}" }}
json = {{ user = "{{{{username}}}}", secret = "{{{{password}}}}" }}
keep = {{ access_token = {{ text = true }} }}

[token_answer]
default_expires_in = 60

[settings.optional]
"""
VALUES = {"username": "amelia", "password": "practice-2026"}


def session(folder: Path, standin: StandIn, more: str = "", python: str = "") -> Connector:
    def login(seen: Seen) -> Reply:
        right = seen.json == {"user": "amelia", "secret": "practice-2026"}
        fits = seen.header("x-nonce") == "n-1" and seen.header("x-start") == "9"
        number = len(standin.asked("/login"))
        return Reply(f"t-{number}") if right and fits else Reply({"message": "wrong"}, 400)

    standin.answer("GET /hello", Reply({"nonce": "n-1"}, headers={"X-Start": "9"}))
    standin.answer("POST /login", login)
    standin.answer(
        "GET /me",
        lambda seen: Reply(
            {"name": "Amelia"} if seen.header("authorization").startswith("Bearer t-") else {}
        ),
    )
    return definition(folder, SESSION.format(url=standin.url, more=more), python)


def test_a_session_is_logged_in_kept_and_renewed(tmp_path: Path, standin: StandIn) -> None:
    inputs = inputs_of(session(tmp_path, standin), VALUES)
    stages = Stages()
    connected = run(lambda ports: connect(inputs, ports, stages))
    credential = connected.credential
    assert (connected.name, credential.access_token, credential.expires_in) == ("Amelia", "t-1", 60)
    assert credential.extra == {"nonce": "n-1", "start": "9"}
    assert credential.fields == VALUES
    assert stages.seen == ["form", "exchange", "profile", "test", "done"]
    # Nothing of a session goes along with the requests that make one.
    assert all(not seen.header("authorization") for seen in standin.asked("/login"))
    assert can_refresh(inputs.method, credential)
    renewed = run(lambda ports: refresh(inputs, credential, ports))
    assert (renewed.access_token, renewed.fields) == ("t-2", VALUES)
    standin.answer("GET /me", {"message": "gone"}, status=401)
    with pytest.raises(InvalidTokenError, match="gone"):
        run(lambda ports: validate(inputs, renewed, ports))
    assert run(lambda ports: revoke(inputs, renewed, ports)) is False


def test_refusals_while_connecting_and_while_renewing(tmp_path: Path, standin: StandIn) -> None:
    connector = session(tmp_path, standin)
    with pytest.raises(WrongCredentialsError, match="wrong"):
        connect_it(inputs_of(connector, {**VALUES, "password": "other"}))
    credential = connect_it(inputs_of(connector, VALUES)).credential
    for status, kind in ((401, InvalidTokenError), (400, ServiceError), (503, TemporaryError)):
        standin.answer("POST /login", {"message": "no"}, status=status)
        with pytest.raises(kind):
            run(lambda ports: refresh(inputs_of(connector), credential, ports))


def test_an_answer_without_a_token_is_no_session(tmp_path: Path, standin: StandIn) -> None:
    connector = session(tmp_path, standin)
    standin.answer("POST /login", "")
    with pytest.raises(ServiceError, match="without an access token"):
        connect_it(inputs_of(connector, VALUES))
    credential = Credential(access_token="t-0", fields=VALUES)
    with pytest.raises(ServiceError, match="without an access token"):
        run(lambda ports: refresh(inputs_of(connector), credential, ports))


FUNCTION = """
name = "F"
type = "session"
[auth.username]
[auth.password]
type = "password"
"""


def test_a_function_may_make_the_session(tmp_path: Path) -> None:
    python = (
        "def request_session(context):\n"
        "    if context.password != 'right': return False\n"
        "    return {'token': 't-' + context.username, 'expires': 120, 'shard': 'eu'}\n"
    )
    connector = definition(tmp_path, FUNCTION, python)
    credential = connect_it(inputs_of(connector, {"username": "a", "password": "right"})).credential
    assert (credential.access_token, credential.expires_in) == ("t-a", 120)
    assert credential.extra == {"shard": "eu"}
    with pytest.raises(WrongCredentialsError):
        connect_it(inputs_of(connector, {"username": "a", "password": "wrong"}))


AFTER = """
name = "A"
type = "oauth2"
auth_url = "{url}/authorize"
request_access_token = "{url}/oauth/token"
account_name_from_profile_info = "{{{{plan}}}} in {{{{region}}}}"
[[after_connect]]
url = "{url}/account"
keep = {{ region = "account.@region", plan = "account.plan" }}
"""


def test_steps_after_a_sign_in_carry_the_token_and_read_xml(tmp_path: Path, standin: StandIn) -> None:
    xml = '<a:account xmlns:a="urn:a" region="eu"><a:plan>Gold &amp; more</a:plan></a:account>'
    standin.answer("GET /account", Reply(xml, headers={"Content-Type": "text/xml; charset=utf-8"}))
    connector = definition(tmp_path, AFTER.format(url=standin.url))
    client = {"client_id": "c", "client_secret": "s"}
    connected = connect_it(inputs_of(connector, settings=client), PromptBrowser())
    assert connected.name == "Gold & more in eu"
    assert standin.asked("/account")[0].header("authorization") == "Bearer at-1"
    assert connected.credential.extra == {"region": "eu", "plan": "Gold & more"}
    # The same answer declared as a page, or with a document type, is no data.
    for content in ("<!DOCTYPE a><account/>", "<account>", ""):
        standin.answer("GET /account", Reply(content, headers={"Content-Type": "text/xml"}))
        with pytest.raises(ServiceError, match="XML that cannot be used"):
            connect_it(inputs_of(connector, settings=client), PromptBrowser())


def test_xml_as_data() -> None:
    text = '<r><i n="1">a</i><i>b</i><e/><t>  x <!-- y --> z </t></r>'
    assert read_xml(text) == {"r": {"i": [{"@n": "1"}, "b"], "e": "", "t": "x  z"}}


def test_a_refusal_in_xml_says_why(tmp_path: Path, standin: StandIn) -> None:
    xml = "<Error><Code>AccessDenied</Code><Message>No such bucket.</Message></Error>"
    standin.answer("GET /account", Reply(xml, status=403, headers={"Content-Type": "application/xml"}))
    connector = definition(tmp_path, AFTER.format(url=standin.url))
    with pytest.raises(ServiceError) as caught:
        connect_it(inputs_of(connector, settings={"client_id": "c"}), PromptBrowser())
    assert "No such bucket" in str(caught.value.__cause__)


def test_data_as_xml() -> None:
    data = {"r": {"@n": 'a"b', "i": ["<x>", True, 3], "t": {"u": "&"}}}
    text = write_xml(data)
    assert text == "<r n='a\"b'><i>&lt;x&gt;</i><i>true</i><i>3</i><t><u>&amp;</u></t></r>"
    assert read_xml(text) == {"r": {"@n": 'a"b', "i": ["<x>", "true", "3"], "t": {"u": "&"}}}


def test_a_table_is_sent_as_xml(tmp_path: Path, standin: StandIn) -> None:
    connector = definition(
        tmp_path,
        f'''
name = "X"
type = "pwd"
[validate]
url = "{standin.url}/login"
encoding = "xml"
body = {{ login = {{ "@version" = "1", user = "{{{{username}}}}", word = "{{{{password}}}}" }} }}
''',
    )
    standin.answer("POST /login", {})
    connect_it(inputs_of(connector, {"username": "a<b", "password": "p&</word>"}))
    (seen,) = standin.asked("/login")
    assert seen.body == b'<login version="1"><user>a&lt;b</user><word>p&amp;&lt;/word&gt;</word></login>'
    assert seen.header("content-type") == "application/xml"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<a>",
        "<a></b>",
        "{}",
        '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>',
        '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        "<a>" * 65 + "</a>" * 65,
    ],
)
def test_what_is_no_harmless_xml_is_refused(text: str) -> None:
    with pytest.raises(UnreadableXmlError):
        read_xml(text)


STEP = 'name = "S"\ntype = "session"\n[request_session]\nurl = "https://s.example/login"\n'


@pytest.mark.parametrize(
    ("text", "key", "reason"),
    [
        ('name = "S"\ntype = "session"\n', "request_session", "is needed"),
        ('name = "S"\ntype = "session"\nrequest_session = [1]\n', "request_session", "addresses or tables"),
        (STEP + "kep = {}\n", "request_session.kep", "Did you mean “keep”?"),
        (STEP + "keep = { a = 1 }\n", "request_session.keep.a", "a path or a table"),
        (STEP + "keep = { a = 'b c' }\n", "request_session.keep.a", "not a path"),
        (STEP + "keep = { a = { heder = 'b' } }\n", "request_session.keep.a.heder", "Did you mean “header”?"),
        (STEP + "keep = { a = { header = 'b', cookie = 'c' } }\n", "request_session.keep.a", "one place"),
        (STEP + "choose = { }\n", "request_session.choose.keep", "is needed"),
        (STEP + "choose = { lable = 'x' }\n", "request_session.choose.lable", "“label”"),
        (STEP + "headers = { X = '{{nothing}}' }\n", "request_session.headers.X", "names nothing"),
        (STEP.replace("https", "http"), "request_session.url", "not encrypted"),
        (STEP + "[after_connect]\nurl = 'http://s.example'\n", "after_connect.url", "not encrypted"),
        (STEP + "[callback]\ncode = 'c'\n", "callback", "belongs to oauth2"),
        (STEP + "[sign]\nkey = 'k'\n", "sign.type", "is needed"),
        (STEP + "[sign]\ntype = 'hmac'\nkey = 'k'\n", "sign.header", "is needed for hmac"),
        (STEP + "[sign]\ntype = 'aws-sigv4'\n", "sign.region", "is needed for aws-sigv4"),
        (STEP + "[sign]\ntype = 'hmac'\nheader = 'X'\nkey = '{{kay}}'\n", "sign.key", "names nothing"),
        (STEP + "[sign]\ntype = 'hmac'\nalgorithm = 'sha2'\n", "sign.algorithm", "Did you mean"),
        (STEP + "sign = { type = 'hmac', key = 'k' }\n", "request_session.sign.header", "is needed"),
        (
            STEP + "sign = { type = 'hmac', header = 'X', key = '{{kay}}' }\n",
            "request_session.sign.key",
            "names nothing",
        ),
        (STEP + "[redirect]\nschema = 'https'\n", "redirect.schema", "Did you mean “scheme”?"),
        (STEP + "[apply]\nbdoy = {}\n", "apply.bdoy", "Did you mean “body”?"),
        (
            'name = "O"\ntype = "oauth2"\nauth_url = "https://o.example"\n'
            'request_access_token = "https://o.example"\n[callback]\ncode = "state"\n',
            "callback",
            "a name of its own",
        ),
    ],
)
def test_mistakes_in_steps_are_named(tmp_path: Path, text: str, key: str, reason: str) -> None:
    (tmp_path / "broken.toml").write_text(text, encoding="utf-8")
    problems = check_paths([tmp_path])
    assert any(p.key == key and reason in p.reason for p in problems), [str(p) for p in problems]
