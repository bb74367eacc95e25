"""Signatures over a whole request: AWS's own examples, and an HMAC that the other side computes anew."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from connectors.credential import Credential
from connectors.definition import Sign
from connectors.errors import InvalidInputError, WrongCredentialsError
from connectors.wire.applying import CredentialAuth, authenticate
from connectors.wire.request_signing import sign_request
from connectors.wire.wsse import put_username_token
from tests.connectors.support import connect_it, definition, inputs_of
from tests.standin import Reply, Seen, StandIn

# The account of “Signature Version 4 test suite”, which AWS publishes for implementers.
AWS = Sign(
    type="aws-sigv4",
    region="us-east-1",
    service="service",
    access_key="{{access_key}}",
    secret_key="{{secret_key}}",
    session_token="{{session_token}}",
)
AWS_VALUES = {"access_key": "AKIDEXAMPLE", "secret_key": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}
AWS_MOMENT = datetime(2015, 8, 30, 12, 36, tzinfo=UTC)
HOST = "https://example.amazonaws.com"
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    ("request_", "signed", "signature"),
    [
        (
            httpx.Request("GET", HOST + "/"),
            "host;x-amz-date",
            "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
        ),
        (
            httpx.Request("GET", HOST + "/?Param2=value2&Param1=value1"),
            "host;x-amz-date",
            "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
        ),
        (
            httpx.Request("POST", HOST + "/", content=b"Param1=value1", headers=FORM),
            "content-type;host;x-amz-date",
            "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
        ),
    ],
)
def test_the_examples_of_aws(request_: httpx.Request, signed: str, signature: str) -> None:
    sign_request(request_, AWS, AWS_VALUES, AWS_MOMENT)
    assert request_.headers["authorization"] == (
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
        f"SignedHeaders={signed}, Signature={signature}"
    )


def test_a_session_token_and_the_bodys_digest_are_signed_too() -> None:
    request = httpx.Request("PUT", "https://b.s3.amazonaws.com/a%20b?x=a%20b+c", content=b"hello")
    rule = Sign(**{**{f: getattr(AWS, f) for f in AWS.__struct_fields__}, "service": "s3"})
    sign_request(request, rule, {**AWS_VALUES, "session_token": "st"}, AWS_MOMENT)
    digest = hashlib.sha256(b"hello").hexdigest()
    assert request.headers["x-amz-content-sha256"] == digest
    assert request.headers["x-amz-security-token"] == "st"
    signed = "host;x-amz-content-sha256;x-amz-date;x-amz-security-token"
    assert f"SignedHeaders={signed}," in request.headers["authorization"]
    # What is sent is what was signed: one spelling of a blank.
    assert request.url.raw_path == b"/a%20b?x=a%20b%20c"


EXCHANGE = """
name = "Exchange"
type = "apiKey"
request_profile_info = "{url}/me?full=1"
account_name_from_profile_info = "name"

[auth.key_id]
[auth.api_secret]
type = "password"

[apply]
headers = {{ X-Key = "{{{{key_id}}}}" }}

[sign]
type = "hmac"
header = "X-Sign"
key = "{{{{api_secret}}}}"
key_encoding = "base64"
payload = "{{{{timestamp}}}}{{{{method}}}}{{{{path}}}}?{{{{query}}}}{{{{body}}}}"
algorithm = "sha512"
encoding = "base64"
headers = {{ X-Time = "{{{{timestamp}}}}" }}
"""
SECRET = b"\x01the secret of the exchange\xff"


def exchange(seen: Seen) -> Reply:
    """Computes the signature anew from what arrived."""
    query = "&".join(f"{k}={v}" for k, v in seen.query.items())
    text = f"{seen.header('x-time')}{seen.method}{seen.path}?{query}".encode() + seen.body
    right = base64.b64encode(hmac.new(SECRET, text, "sha512").digest()).decode()
    good = hmac.compare_digest(right, seen.header("x-sign")) and seen.header("x-key") == "k-1"
    return Reply({"name": "Amelia"}) if good else Reply({"error": "bad signature"}, 401)


def test_an_hmac_is_what_the_other_side_computes(tmp_path: Path, standin: StandIn) -> None:
    connector = definition(tmp_path, EXCHANGE.format(url=standin.url))
    standin.answer("GET /me", exchange)
    standin.answer("POST /orders", exchange)
    values = {"key_id": "k-1", "api_secret": base64.b64encode(SECRET).decode()}
    inputs = inputs_of(connector, values)
    connected = connect_it(inputs)
    assert connected.name == "Amelia"
    with httpx.Client(trust_env=False, auth=CredentialAuth(inputs, connected.credential)) as client:
        assert client.post(f"{standin.url}/orders?side=buy", json={"amount": "ü"}).status_code == 200
    with pytest.raises(WrongCredentialsError, match="bad signature"):
        connect_it(inputs_of(connector, {**values, "api_secret": base64.b64encode(b"other").decode()}))
    with pytest.raises(InvalidInputError, match="is not base64"):
        connect_it(inputs_of(connector, {**values, "api_secret": "not base64!"}))


@pytest.mark.parametrize("encoding", ["hex", "base64", "base64url"])
def test_each_encoding_of_the_digest(encoding: str) -> None:
    rule = Sign(type="hmac", header="X-S", key="k", payload="p", encoding=encoding, value="v1={{signature}}")
    request = httpx.Request("GET", "https://x.example/")
    sign_request(request, rule, {})
    raw = hmac.new(b"k", b"p", "sha256").digest()
    expected = {
        "hex": raw.hex(),
        "base64": base64.b64encode(raw).decode(),
        "base64url": base64.urlsafe_b64encode(raw).decode().rstrip("="),
    }
    assert request.headers["x-s"] == f"v1={expected[encoding]}"


BODY = """
name = "B"
type = "apiKey"
[auth.api_key]
type = "password"
[apply]
path = "/bot/{{api_key}}"
body = { api_key = "{{api_key}}" }
"""


@pytest.mark.parametrize(
    ("request_", "body"),
    [
        (httpx.Request("POST", "https://b.example/x", json={"a": 1}), b'{"a":1,"api_key":"k&1"}'),
        (httpx.Request("POST", "https://b.example/x", data={"a": "1"}), b"a=1&api_key=k%261"),
        (httpx.Request("POST", "https://b.example/x"), b'{"api_key":"k&1"}'),
        (httpx.Request("GET", "https://b.example/x"), b""),
    ],
)
def test_a_credential_in_path_and_body(tmp_path: Path, request_: httpx.Request, body: bytes) -> None:
    inputs = inputs_of(definition(tmp_path, BODY), {"api_key": "k&1"})
    sent = authenticate(inputs, Credential(fields={"api_key": "k&1"}), request_)
    assert sent.url.raw_path == b"/bot/k%261/x"
    assert sent.read() == body
    assert b"".join(sent.stream) == body
    assert sent.headers.get("content-length", "0") == str(len(body))


@pytest.mark.parametrize(
    ("content", "kind"),
    [(b"[1]", "application/json"), (b"{", "application/json"), (b"<a/>", "application/xml"), (b"x", "")],
)
def test_a_body_that_takes_no_members_is_refused(tmp_path: Path, content: bytes, kind: str) -> None:
    inputs = inputs_of(definition(tmp_path, BODY), {"api_key": "k"})
    request = httpx.Request("POST", "https://b.example/x", content=content, headers={"content-type": kind})
    with pytest.raises(InvalidInputError, match="The credential goes into the body"):
        authenticate(inputs, Credential(fields={"api_key": "k"}), request)


WSSE_DEFINITION = """
name = "Acme"
type = "apiKey"
[auth.username]
[auth.password]
type = "password"
[sign]
type = "wsse"
user = "{{username}}"
password = "{{password}}"
[request_profile_info]
url = "{url}/me"
"""


def _username_token(header: str) -> dict[str, str]:
    kind, _, rest = header.partition(" ")
    assert kind == "UsernameToken"
    return dict(re.findall(r'(\w+)="([^"]*)"', rest))


def test_the_example_of_wsse() -> None:
    """The values of “Atom Authentication” (xml.com, 2003), whose nonce is text."""
    request = httpx.Request("GET", "https://example.com/atom")
    nonce = b"d36e316282959a9ed4c89851497a717f"
    put_username_token(request, "bob", "taadtaadpstcsm", datetime(2003, 12, 15, 14, 43, 7, tzinfo=UTC), nonce)
    token = _username_token(request.headers["X-WSSE"])
    assert (token["Username"], token["Created"]) == ("bob", "2003-12-15T14:43:07Z")
    # openssl dgst -sha1 -binary | base64, over the same three texts
    assert token["PasswordDigest"] == "quR/EWLAV4xLf9Zqyw4pDmfV9OY="


def test_a_server_that_knows_the_password_computes_the_same_digest(tmp_path: Path, standin: StandIn) -> None:
    used: set[str] = set()

    def check(seen: Seen) -> Reply:
        token = _username_token(seen.header("X-WSSE"))
        nonce = base64.b64decode(token["Nonce"], validate=True)
        mine = hashlib.new("sha1", nonce + token["Created"].encode() + "pä ss".encode()).digest()
        fresh = abs((datetime.now(UTC) - datetime.fromisoformat(token["Created"])).total_seconds()) < 300
        good = base64.b64encode(mine).decode() == token["PasswordDigest"] and fresh
        good = good and len(nonce) == 16 and token["Nonce"] not in used
        used.add(token["Nonce"])
        assert seen.header("Authorization") == 'WSSE profile="UsernameToken"'
        assert "pä ss" not in str(seen.headers)
        return Reply({"name": token["Username"]}, 200 if good else 401)

    standin.answer("GET /me", check)
    made = definition(tmp_path, WSSE_DEFINITION.replace("{url}", standin.url))
    values = {"username": "amelia", "password": "pä ss"}
    assert connect_it(inputs_of(made, values)).name == "amelia"
    with pytest.raises(WrongCredentialsError):
        connect_it(inputs_of(made, {**values, "password": "wrong"}))
    assert len(used) == len(standin.requests) >= 2


def test_a_name_that_cannot_stand_in_the_header_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="quotes"):
        put_username_token(httpx.Request("GET", "https://example.com"), 'a"b', "x", AWS_MOMENT)
