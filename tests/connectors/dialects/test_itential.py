"""What becomes of an adapter's properties: places, formats, answers, lifetimes, and what is never written."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from connectors.dialects.itential import import_configuration, is_configuration
from connectors.dialects.itential.formats import template_of
from connectors.errors import DefinitionError, InvalidInputError
from connectors.reading.loading import load_file
from connectors.templates.template import render
from tests.connectors.dialects.itential_cases import CASES, write_adapter
from tests.connectors.dialects.itential_support import STATIC, TOKEN_AUTH, applied, read, schema, signed_in
from tests.connectors.support import connect_it, inputs_of
from tests.standin import Reply, StandIn


@pytest.mark.parametrize(
    ("form", "filled"),
    [
        ("Token {token} and {token}", "Token t and t"),
        ("{b64}{username}{/b64}.{b64}{password}{/b64}", "dQ==.cCQm"),
        ("{b64}it's {username}}}{/b64}", "aXQncyB1fX0="),
        ("{{token}} {other} {/b64}", "{t} {other} {/b64}"),
        ("a{{b {token}", "a{{b t"),
        ("{b64}{/b64}x", "x"),
    ],
)
def test_formats(form: str, filled: str) -> None:
    names = {"token": "access_token", "username": "username", "password": "password"}
    values = {"access_token": "t", "username": "u", "password": "p$&"}
    assert render(template_of(form, names), values) == filled


@pytest.mark.parametrize("form", ["{b64}{token}", "{b64}a{b64}{token}{/b64}"])
def test_a_format_that_is_not_closed_is_refused_without_its_values(form: str) -> None:
    with pytest.raises(DefinitionError, match=r"\{b64\}"):
        template_of(form, {"token": "token"})


@pytest.mark.parametrize(
    ("field", "form", "path", "header"),
    [
        ("header.auth", "{username}:{password}", "/x?q=1", "Basic dTpw"),
        ("url", "?key={token}&user={username}", "/x?key=S%26T&user=u&q=1", None),
        ("urlpath", "/{token}/", "/x/S%26T?q=1", None),
        ("header.headers.authorization", "{token}", "/x?q=1", "S&T"),
    ],
)
def test_places(tmp_path: Path, field: str, form: str, path: str, header: str | None) -> None:
    _, connector = read(tmp_path, {**STATIC, "auth_field": field, "auth_field_format": form})
    values = {"username": "u", "password": "p", "token": "S&T"}
    request = applied(connector, values, httpx.Request("GET", "https://s.example/x?q=1"))
    assert request.url.raw_path.decode() == path
    assert request.headers.get("authorization") == header


def test_a_credential_in_the_body_only(tmp_path: Path) -> None:
    auth = {**STATIC, "auth_field": ["body.a.b", "body.c"], "auth_field_format": "{token}"}
    _, connector = read(tmp_path, auth)
    with pytest.raises(InvalidInputError, match="a GET request has none"):
        applied(connector, {"token": "t"}, httpx.Request("GET", "https://s.example/x"))
    request = applied(
        connector, {"token": "t"}, httpx.Request("PUT", "https://s.example/x", json={"a": {"z": 1}})
    )
    assert json.loads(request.read()) == {"a": {"z": 1, "b": "t"}, "c": "t"}
    with pytest.raises(InvalidInputError, match="holds something else"):
        applied(connector, {"token": "t"}, httpx.Request("PUT", "https://s.example/x", json={"a": "text"}))


@pytest.mark.parametrize(
    ("auth", "reason"),
    [
        ({"auth_field": "cookie.x"}, "is no place on a request"),
        ({"auth_field": "url", "auth_field_format": "{token}"}, "is not made of name=value"),
        ({"auth_field": []}, "must be a text or a list of texts"),
        ({"auth_field": "header.headers."}, "cannot be the name of a header"),
        ({"auth_field": "header.headers.X\r\nY: z"}, "cannot be the name of a header"),
        ({"token_timeout": "600000", "auth_method": "request_token"}, "must be a whole number"),
        ({"token_timeout": 86_400_001, "auth_method": "request_token"}, "must be from -1 to 86400000"),
        ({"token_cache": "disk", "auth_method": "request_token"}, "is not one of: local, redis, kept"),
        ({"auth_method": "aws_authentication", "aws_iam_role": 5}, "aws_iam_role must be text"),
        ({"auth_method": "multi_step_authentication", "multiStepAuthCalls": [{"name": "a"}]}, "MFA_Step_1"),
        ({"auth_method": "multi_step_authentication"}, "must be a list of steps"),
        ({"auth_method": ""}, "is not one of"),
    ],
)
def test_what_cannot_be_carried_out_is_refused_with_a_sentence(
    tmp_path: Path, auth: dict[str, Any], reason: str
) -> None:
    with pytest.raises(DefinitionError) as refused:
        import_configuration(write_adapter({"auth": {**STATIC, **auth}}, tmp_path, 1))
    assert reason in refused.value.sentence
    assert "S&T" not in refused.value.sentence


@pytest.mark.parametrize(
    ("reply", "action", "told", "token"),
    [
        ({"a": {"b": ["x", "y"]}}, {}, schema(token="BODY a.b.1"), "y"),
        ({"r": {"t": "z"}}, {"responseObjects": [{"key": "r"}]}, schema(token="BODY t"), "z"),
        (Reply({}, headers={"X-Token": "Bearer q"}), {}, schema(token="HEADER x-token"), "Bearer q"),
        (
            Reply({}, headers={"Set-Cookie": "sid=c1; Path=/"}),
            {},
            schema(token="HEADER set-cookie.sid"),
            "c1",
        ),
        ("tok=abc", {"responseDatatype": "PLAIN"}, {"token": {"placement": "BODY", "front": "tok="}}, "abc"),
        (
            Reply("<r><t>x1</t></r>", headers={"Content-Type": "text/xml"}),
            {"responseDatatype": "XML2JSON"},
            schema(token="BODY r.t"),
            "x1",
        ),
        (
            Reply("<r><t>x2</t></r>", headers={"Content-Type": "text/xml"}),
            {"responseDatatype": "XML"},
            {"token": {"placement": "BODY", "front": "<t>", "end": "</t>"}},
            "x2",
        ),
        (
            Reply("token=f1&x=2", headers={"Content-Type": "application/x-www-form-urlencoded"}),
            {"responseDatatype": "URLENCODE"},
            schema(token="BODY token"),
            "f1",
        ),
    ],
)
def test_where_the_token_stands_in_the_answer(
    tmp_path: Path, reply: Any, action: dict[str, Any], told: dict[str, Any], token: str
) -> None:
    with StandIn({"POST /login": reply}) as standin:
        connected = signed_in(tmp_path, standin, getToken=action, tokenResp=told)
    assert connected.credential.access_token == token
    assert standin.requests[0].json == {"username": "u", "password": "p$&$1"}


@pytest.mark.parametrize(
    ("timeout", "expires", "life"),
    [
        (600000, 5, 540),
        (61000, 5, 1),
        (0, 3600, 3540),
        (0, "3600", 3540),
        (0, "%iso", 3540),
        (0, "%ms", 3540),
        (0, "%http", 3540),
    ],
)
def test_how_long_a_token_is_used(tmp_path: Path, timeout: int, expires: Any, life: int) -> None:
    moment = time.time() + 3600
    notations = {
        "%iso": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment)),
        "%ms": int(moment * 1000),
        "%http": time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(moment)),
    }
    reply = {"token": "t", "until": notations.get(expires, expires)}
    told = schema(token="BODY token", expires="BODY until")
    with StandIn({"POST /login": reply}) as standin:
        connected = signed_in(tmp_path, standin, auth={"token_timeout": timeout}, tokenResp=told)
    assert connected.credential.expires_in is not None
    # A moment is seconds old when it is read, and a slow computer makes it older.
    assert life - (60 if str(expires).startswith("%") else 0) <= connected.credential.expires_in <= life


@pytest.mark.parametrize(
    ("auth", "kept"),
    [
        ({"token_timeout": -1}, "none"),
        ({"token_timeout": 60000}, "none"),
        ({"token_timeout": 0}, "none"),
        ({"token_timeout": 60000 * 2}, "memory"),
        ({"token_timeout": 60000 * 2, "token_cache": "kept"}, "vault"),
        ({"token_timeout": 60000 * 2, "token_cache": "redis"}, "redis"),
        ({"token_timeout": 60000 * 2, "token_cache": "Redis"}, "redis"),
        ({"token_timeout": -1, "token_cache": "redis"}, "none"),
    ],
)
def test_where_the_token_is_kept(tmp_path: Path, auth: dict[str, Any], kept: str) -> None:
    imported, connector = read(tmp_path, {**TOKEN_AUTH, **auth})
    assert connector.default_method.keep_session == kept
    assert ({field.key for field in connector.settings} == {"redis_url", "redis_secret"}) == (kept == "redis")
    assert ("where Redis is" in " ".join(imported.warnings)) == (kept == "redis")


def test_the_paths_headers_and_kinds_of_a_token_request(tmp_path: Path) -> None:
    action = {
        "entitypath": "/{base_path}/{version}/auth/{pathv1}",
        "requestDatatype": "URLENCODE",
        "headers": {"Authorization": "Basic {b64}{username}:{password}{/b64}", "X-Version": "7"},
    }
    asked = {
        name: {"external_name": name} for name in ("username", "password", "grant_type", "client_secret")
    }
    asked["ph_request_type"] = {"default": "getToken"}
    asked["kind"] = {"external_name": "for", "default": "the-api"}
    around = {
        "base_path": "/rest",
        "version": "v2",
        "request": {"global_request": {"uriOptions": {"scope": "s"}}},
    }
    with StandIn({"POST /rest/v2/auth": {"token": "t"}}) as standin:
        auth = {"grant_type": "client_credentials", "client_secret": "cs"}
        signed_in(tmp_path, standin, auth=auth, getToken=action, tokenReq=asked, properties=around)
    (seen,) = standin.requests
    assert seen.form == {"grant_type": "client_credentials", "client_secret": "cs", "for": "the-api"}
    assert seen.header("authorization") == "Basic dTpwJCYkMQ=="
    assert (seen.header("x-version"), seen.query) == ("7", {"scope": "s"})


def test_another_host_for_the_sign_in(tmp_path: Path) -> None:
    with StandIn({"POST /login": {"token": "t"}}) as standin:
        auth = {**TOKEN_AUTH, "sso": {"protocol": "http", "host": "127.0.0.1", "port": standin.port}}
        imported, _ = read(tmp_path, auth, 1, properties={"host": "api.example", "protocol": "http"})
        assert "http://api.example:1 is not taken over" in imported.warnings[0]
        (tmp_path / "second").mkdir()
        around = {"host": "api.example", "protocol": "https", "port": 8443}
        _, connector = read(tmp_path / "second", auth, properties=around)
        defaults = {f.key: f.default for f in connector.default_method.fields}
        assert defaults["address"] == "https://api.example:8443"
        connected = connect_it(inputs_of(connector, {**defaults, "password": "p"}))
    assert connected.credential.access_token == "t"


@pytest.mark.parametrize(
    ("around", "address"),
    [
        ({"host": "https://s.example/api/", "port": 443}, "https://s.example/api"),
        ({"host": "s.example/api", "port": 8443}, "https://s.example:8443/api"),
        ({"host": "s.example", "port": "8443"}, "https://s.example:8443"),
        ({"host": "s.example:9443", "port": 8443}, "https://s.example:9443"),
        ({"host": "s.example", "protocol": "HTTPS", "port": 443}, "https://s.example"),
        ({"host": "2001:db8::1", "port": 8443}, "https://[2001:db8::1]:8443"),
        ({"host": "s.example", "port": 99999}, ""),
        ({"host": "s.example", "protocol": "ftp"}, ""),
    ],
)
def test_addresses_as_people_write_them(tmp_path: Path, around: dict[str, Any], address: str) -> None:
    imported, connector = read(tmp_path, STATIC, properties={"protocol": "https", "port": 443, **around})
    (field,) = [field for field in connector.default_method.fields if field.key == "address"]
    assert field.default == address
    assert bool(address) != any("is not taken over" in told for told in imported.warnings)


def test_without_action_json_the_form_asks_for_all_that_a_sign_in_needs(tmp_path: Path) -> None:
    auth = {**TOKEN_AUTH, "username": None, "sso": {"host": "login.example"}}
    del auth["password"]
    (tmp_path / "conf.json").write_text(json.dumps({"host": "s.example", "authentication": auth}))
    imported = import_configuration(tmp_path / "conf.json")
    connector, _ = load_file(imported.write(tmp_path))
    assert connector is not None
    asked = {field.key: field.default for field in connector.default_method.fields if field.required}
    assert asked == {
        "address": "https://s.example",
        "sign_in_address": "https://login.example",
        "username": "",
        "password": "",
    }


def test_an_instance_is_called_by_its_own_name_and_never_too_long(tmp_path: Path) -> None:
    inner = {"id": "snow", "type": "SNow", "properties": {"host": "s.example", "authentication": STATIC}}
    for name, key in (("My SNow", "my-snow"), ("x" * 500, "x" * 48)):
        (tmp_path / "conf.json").write_text(json.dumps({"name": name, "properties": inner}))
        imported = import_configuration(tmp_path / "conf.json")
        assert (imported.key, imported.name) == (key, name[:80])
        assert imported.write(tmp_path).exists()


def test_certificates_are_checked_whatever_the_configuration_says(tmp_path: Path) -> None:
    imported, _ = read(tmp_path, STATIC, properties={"ssl": {"enabled": True, "accept_invalid_cert": True}})
    assert any("accept_invalid_cert is not taken over" in told for told in imported.warnings)


def test_a_signed_statement_ends_when_it_says(tmp_path: Path) -> None:
    auth = {**STATIC, "auth_method": "jwt_token", "token_timeout": 600000, "auth_field": "header.headers.X"}
    _, connector = read(tmp_path, {**auth, "auth_field_format": "{token}"})
    secret = "a secret of more than thirty-two characters"
    values = {"username": "u", "password": secret}
    request = applied(connector, values, httpx.Request("GET", "https://s.example/x"))
    claims = jwt.decode(request.headers["x"], OctKey.import_key(secret)).claims
    assert (claims["iss"], claims["exp"] - claims["iat"]) == ("u", 630)
    assert abs(claims["iat"] - time.time()) < 600


def test_requests_signed_for_aws(tmp_path: Path) -> None:
    auth = {"auth_method": "aws_authentication", "aws_access_key": "AK", "aws_secret_key": "SK"}
    imported, connector = read(tmp_path, auth, properties={"region": "eu-west-1", "service": "execute-api"})
    values = {"aws_access_key": "AK", "aws_secret_key": "SK"}
    request = applied(connector, values, httpx.Request("GET", "https://s.example/x"))
    assert request.headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=AK/")
    assert "/eu-west-1/execute-api/aws4_request" in request.headers["authorization"]
    assert imported.left == ("aws_secret_key",)


def test_a_system_that_asks_for_nothing(tmp_path: Path) -> None:
    _, connector = read(tmp_path, {"auth_method": "no_authentication"})
    before = httpx.Request("GET", "https://s.example/x")
    assert applied(connector, {}, httpx.Request("GET", "https://s.example/x")).headers == before.headers


def test_the_healthcheck_becomes_the_test(tmp_path: Path) -> None:
    check = {
        "name": "healthcheck",
        "method": "GET",
        "entitypath": "{base_path}/up?{query}",
        "schema": "not-there.json",
    }
    with StandIn({"POST /login": {"token": "t"}, "GET /up": {}}) as standin:
        around = {"healthcheck": {"type": "startup"}}
        signed_in(tmp_path, standin, extraActions=[check], properties=around)
    assert [(s.path, s.header("authorization")) for s in standin.requests] == [
        ("/login", ""),
        ("/up", "Bearer t"),
    ]


@pytest.mark.parametrize("result", CASES, ids=lambda result: str(result["case"]["name"]))
def test_no_secret_is_written_into_a_definition(result: dict[str, Any], tmp_path: Path) -> None:
    case = json.loads(json.dumps(result["case"]).replace('"p"', '"pass-word"').replace('"pw"', '"pass-word"'))
    secrets = ["pass-word", "STK", "123456", "header-secret", "query-secret"]
    around = {
        "request": {
            "global_request": {
                "addlHeaders": {"X-Any": "header-secret"},
                "uriOptions": {"any": "query-secret"},
                "authData": {"more": "query-secret"},
            }
        }
    }
    write_adapter(case, tmp_path, 1, **around)
    try:
        imported = import_configuration(tmp_path)
    except DefinitionError as error:
        assert not [secret for secret in secrets if secret in error.sentence]
        return
    assert not [secret for secret in secrets if secret in imported.toml]
    assert {"x_any", "any"} <= set(imported.left)


def test_a_format_without_placeholders_is_taken_for_a_secret(tmp_path: Path) -> None:
    auth = {
        **STATIC,
        "auth_field": ["header.headers.X-Key", "url"],
        "auth_field_format": ["abc", "k=def&g={token}"],
    }
    imported, connector = read(tmp_path, auth)
    assert "abc" not in imported.toml and "def" not in imported.toml.replace("default", "")
    values = {"x_key": "abc", "k": "def", "token": "t"}
    request = applied(connector, values, httpx.Request("GET", "https://s.example/x"))
    assert (request.headers["x-key"], request.url.query) == ("abc", b"k=def&g=t")


def test_auth_logging_is_carried_over(tmp_path: Path) -> None:
    imported, connector = read(tmp_path, {**TOKEN_AUTH, "auth_logging": True})
    assert connector.log_exchange
    assert "all values masked" in imported.warnings[0]


def test_headers_and_options_of_every_request(tmp_path: Path) -> None:
    request = {
        "global_request": {"addlHeaders": {"X-Any": "a", "Accept": "text/csv"}, "uriOptions": {"o": "1"}}
    }
    auth = {**STATIC, "auth_field": "header.headers.X-Key", "auth_field_format": "{token}"}
    _, connector = read(tmp_path, auth, properties={"request": request})
    assert connector.request_headers == {
        "Content-Type": "application/json",
        "X-Any": "{{x_any}}",
        "Accept": "text/csv",
    }
    values = {"token": "t", "o": "1", "x_any": "a"}
    sent = applied(connector, values, httpx.Request("GET", "https://s.example/x?q=2"))
    assert sent.url.query == b"o=1&q=2"


def test_what_is_an_adapters_configuration(tmp_path: Path) -> None:
    told = {
        "instance.json": ({"name": "n", "properties": {"authentication": STATIC}}, True),
        "alone.json": (STATIC, True),
        "properties.json": ({"authentication": STATIC}, True),
        "wrapped.json": ({"properties": {"id": "i", "properties": {"authentication": STATIC}}}, True),
        "openapi.json": ({"openapi": "3.0.0", "paths": {}}, False),
        "list.json": ([STATIC], False),
    }
    for name, (content, is_one) in told.items():
        (tmp_path / name).write_text(json.dumps(content))
        assert is_configuration(tmp_path / name) is is_one, name
    assert not is_configuration(tmp_path)
    write_adapter({"auth": STATIC}, tmp_path, 1)
    assert is_configuration(tmp_path)
