"""Security schemes become methods: which there are, what they ask, and what is then sent."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from connectors.definition import Tls
from connectors.errors import DefinitionError
from tests.connectors.dialects.openapi_support import SERVER, api, oauth, read, rows, sent
from tests.connectors.support import connect_it, inputs_of
from tests.engine.certificates import Authority
from tests.engine.client_certificates import client_pair

KEY = {"type": "apiKey", "in": "header", "name": "X-API-Key"}
APP = {"type": "apiKey", "in": "header", "name": "X-App-Id"}
TOKEN = {"tokenUrl": "https://login.acme.example/token", "scopes": {}}


@pytest.mark.parametrize(
    ("place", "where"),
    [("header", "header"), ("query", "query"), ("cookie", "cookie")],
)
def test_a_key_goes_where_the_document_says(place: str, where: str) -> None:
    _, connector = read(api({"key": {"type": "apiKey", "in": place, "name": "acme_key"}}, [{"key": []}]))
    assert connector.default_method.type == "apiKey"
    assert rows(connector)["key"].secret
    request = sent(connector, {"key": "k-1"})
    found = {
        "header": request.headers.get("acme_key"),
        "query": request.url.params.get("acme_key"),
        "cookie": request.headers.get("cookie", "").removeprefix("acme_key="),
    }
    assert {name for name, value in found.items() if value} == {where}
    assert found[where] == "k-1"
    assert str(request.url).startswith(f"{SERVER}/things")


@pytest.mark.parametrize("word", ["basic", "Basic", "BASIC"])
def test_http_basic_by_name_in_any_case(word: str) -> None:
    _, connector = read(api({"login": {"type": "http", "scheme": word}}, [{"login": []}]))
    request = sent(connector, {"username": "amelia", "password": "pä:ss"})
    assert (
        base64.b64decode(request.headers["Authorization"].removeprefix("Basic ")).decode() == "amelia:pä:ss"
    )


def test_http_digest_answers_the_challenge() -> None:
    _, connector = read(api({"login": {"type": "http", "scheme": "DIGEST"}}, [{"login": []}]))
    assert "Authorization" not in sent(connector, {"username": "amelia", "password": "pw"}).headers
    assert connector.default_method.apply is not None
    assert connector.default_method.apply.auth["digest"]


def test_http_wsse_proves_each_request() -> None:
    _, connector = read(api({"login": {"type": "http", "scheme": "WSSE"}}, [{"login": []}]))
    request = sent(connector, {"username": "amelia", "password": "pw-of-amelia"})
    assert request.headers["X-WSSE"].startswith('UsernameToken Username="amelia", PasswordDigest="')
    assert request.headers["Authorization"] == 'WSSE profile="UsernameToken"'
    assert "pw-of-amelia" not in str(request.headers)
    two = {"login": {"type": "http", "scheme": "wsse"}, "basic": {"type": "http", "scheme": "basic"}}
    imported, _ = read(api({**two, "key": KEY}, [{"login": [], "basic": []}, {"key": []}]))
    assert "same place, Authorization" in imported.dropped["login and basic"]


def test_mutual_tls_asks_for_a_certificate_alone_and_with_others(tmp_path: Path) -> None:
    schemes = {
        "cert": {"type": "mutualTLS", "description": "Issued by **Acme** staff."},
        "key": KEY,
        "app": oauth(clientCredentials=TOKEN),
        "other": {"type": "mutualTLS"},
    }
    asked = [{"cert": []}, {"cert": [], "key": []}, {"app": [], "cert": []}, {"cert": [], "other": []}]
    imported, connector = read(api(schemes, asked))
    assert list(connector.methods) == ["cert", "cert_and_key", "app_and_cert"]
    assert "Two client certificates" in imported.dropped["cert and other"]
    for method in connector.methods.values():
        assert method.tls == Tls()
        form = {field.key: field for field in method.fields}
        certificate, key = form["certificate"], form["private_key"]
        assert (certificate.type, certificate.format, certificate.secret) == ("textarea", "certificate", True)
        assert (key.format, key.secret, key.required) == ("private_key", True, False)
        assert certificate.tooltip.startswith("Issued by") and "PKCS#12" in certificate.tooltip
        assert form["private_key_password"].type == "password"
    alone = connector.methods["cert"]
    assert (alone.type, len(alone.fields)) == ("apiKey", 3)
    pair = client_pair(Authority(tmp_path))
    values = {"certificate": pair.certificate, "private_key": pair.key, "key": "k-1"}
    assert sent(connector, values, "cert_and_key").headers["X-API-Key"] == "k-1"
    assert connector.methods["app_and_cert"].grant == "client_credentials"


def test_a_key_of_that_name_does_not_take_the_place_of_the_certificate() -> None:
    schemes = {"certificate": {**KEY, "name": "certificate"}, "tls": {"type": "mutualTLS"}}
    _, connector = read(api(schemes, [{"certificate": [], "tls": []}]))
    (method,) = connector.methods.values()
    assert method.tls == Tls(certificate="{{certificate_2}}")
    assert {"certificate", "certificate_2"} <= {field.key for field in method.fields}


def test_http_bearer_and_schemes_that_are_only_a_word() -> None:
    schemes = {"jwt": {"type": "http", "scheme": "Bearer"}, "genie": {"type": "http", "scheme": "GenieKey"}}
    _, connector = read(api(schemes, [{"jwt": []}, {"genie": []}]))
    assert sent(connector, {"token": "t-1"}, "jwt").headers["Authorization"] == "Bearer t-1"
    assert sent(connector, {"genie": "g-1"}, "genie").headers["Authorization"] == "GenieKey g-1"


@pytest.mark.parametrize(
    ("scheme", "reason"),
    [
        ({"type": "http", "scheme": "negotiate"}, "Kerberos"),
        ({"type": "http"}, "“scheme” is missing"),
        ({"type": "magic"}, "“magic” is not known"),
        ({}, "“type”"),
        ({"type": "apiKey", "in": "body", "name": "k"}, "not “body”"),
        ({"type": "apiKey", "in": "header"}, "“name”"),
        ({"type": "apiKey", "in": "header", "name": "two words"}, "two words"),
        ({"type": "oauth2"}, "“flows”"),
        ({"type": "oauth2", "flows": {"magic": {}}}, "“magic” is not carried out"),
        ("text", "must be a table, not text"),
        ({"$ref": "#/components/securitySchemes/odd"}, "leads back to itself"),
        ({"$ref": "other.yaml#/x"}, "leads to no security scheme"),
    ],
)
def test_what_cannot_be_carried_out_is_left_out_with_the_reason(scheme: Any, reason: str) -> None:
    document = api({"odd": scheme, "key": KEY}, [{"key": []}, {"odd": []}])
    imported, connector = read(document)
    assert list(connector.methods) == ["key"]
    assert reason in " ".join(imported.dropped.values())
    alone = api({"odd": scheme}, [{"odd": []}])
    with pytest.raises(DefinitionError, match="None of the ways to sign in"):
        read(alone)


def test_a_text_that_carries_its_own_word_is_asked_for_without_it() -> None:
    scheme = {**KEY, "name": "Authorization", "description": 'Enter "Bearer {token}" here'}
    _, connector = read(api({"auth": scheme}, [{"auth": []}]))
    for typed in ("t-1", "Bearer t-1"):
        assert sent(connector, {"auth": typed}).headers["Authorization"] == "Bearer t-1"


def test_schemes_together_are_one_method_and_schemes_in_turn_are_several() -> None:
    both = [{"key": [], "app": []}]
    _, connector = read(api({"key": KEY, "app": APP}, both))
    (method,) = connector.methods.values()
    assert {f.key: f.secret for f in method.fields} == {"key": True, "app": False}
    request = sent(connector, {"key": "k", "app": "a"})
    assert (request.headers["X-API-Key"], request.headers["X-App-Id"]) == ("k", "a")
    _, connector = read(api({"key": KEY, "app": APP}, [{"key": []}, {"app": []}]))
    assert list(connector.methods) == ["key", "app"]


def test_keys_that_are_asked_for_together_are_secrets_where_no_name_tells_which_one_is() -> None:
    first, second = ({**KEY, "name": name} for name in ("X-A", "X-B"))
    _, connector = read(api({"a": first, "b": second}, [{"a": [], "b": []}]))
    assert {f.key: f.secret for f in connector.default_method.fields} == {"a": True, "b": True}
    _, connector = read(
        api({"basic": {"type": "http", "scheme": "basic"}, "a": first}, [{"basic": [], "a": []}])
    )
    assert rows(connector)["a"].secret


def test_two_credentials_in_one_place_are_refused() -> None:
    schemes = {"a": {"type": "http", "scheme": "basic"}, "b": {"type": "http", "scheme": "bearer"}}
    imported, connector = read(api({**schemes, "key": KEY}, [{"a": [], "b": []}, {"key": []}]))
    assert "same place, Authorization" in imported.dropped["a and b"]
    assert next(iter(connector.methods)) == "key"


def test_two_oauth_schemes_of_one_server_share_a_token_and_those_of_two_servers_cannot() -> None:
    code = {"authorizationUrl": "https://login.acme.example/authorize", **TOKEN}
    same = {"implicit": oauth(implicit=code | {"scopes": {"a": "A"}}), "code": oauth(authorizationCode=code)}
    imported, connector = read(api(same, [{"implicit": ["a"], "code": ["a"]}]))
    (method,) = connector.methods.values()
    assert (method.type, method.grant) == ("oauth2", "authorization_code")
    assert "shows tokens in addresses" in imported.dropped["implicit.implicit"]
    other = {"one": oauth(password=TOKEN), "two": oauth(password={"tokenUrl": "https://else.example/t"})}
    imported, _ = read(api({**other, "key": KEY}, [{"one": [], "two": []}, {"key": []}]))
    assert "different servers" in imported.dropped["one and two"]


def test_a_token_and_a_key_are_asked_for_and_sent_together() -> None:
    _, connector = read(
        api({"key": KEY, "sign_in": oauth(clientCredentials=TOKEN)}, [{"key": [], "sign_in": []}])
    )
    (method,) = connector.methods.values()
    assert list(rows(connector)) == ["client_id", "client_secret", "token_url", "key"]
    assert method.apply is not None
    assert method.apply.auth == {"bearer": "{{access_token}}"}
    assert method.apply.headers == {"X-API-Key": "{{key}}"}


def test_security_of_operations_replaces_that_of_the_document() -> None:
    paths = {f"/{n}": {"get": {"security": [{"app": []}]}} for n in range(3)}
    paths["/open"] = {"get": {"security": []}}
    paths["/rest"] = {"get": {}}
    imported, connector = read(api({"key": KEY, "app": APP}, [{"key": []}], paths=paths))
    assert list(connector.methods) == ["app", "key"], "the one that most operations ask for comes first"
    assert "1 of 5 operations need no sign-in" in " ".join(imported.warnings)


def test_optional_undefined_and_never_applied_schemes_are_told() -> None:
    document = api({"key": KEY, "app": APP}, [{}, {"key": []}, {"ghost": []}])
    imported, connector = read(document)
    told = " ".join([*imported.warnings, *imported.dropped, *imported.dropped.values()])
    assert "signing in is optional" in told
    assert "“ghost”" in told and "is not defined. Defined: key, app" in told
    assert "app: is declared, and no operation asks for it" in told
    assert list(connector.methods) == ["key", "app"]
    imported, connector = read(api({"mail": {**APP, "name": "email"}, "key": KEY}))
    assert list(connector.methods) == ["mail_and_key"], "nothing says more than that both are needed"


def test_aws_signature_is_asked_for_and_made() -> None:
    scheme = {
        "type": "apiKey",
        "name": "Authorization",
        "in": "header",
        "x-amazon-apigateway-authtype": "awsSigv4",
    }
    servers = [
        {
            "url": f"{scheme_}://queue.{{region}}.amazonaws.com",
            "variables": {"region": {"enum": ["us-east-1", "eu-west-1"], "default": "us-east-1"}},
        }
        for scheme_ in ("http", "https")
    ]
    _, connector = read(api({"hmac": scheme}, [{"hmac": []}], servers=servers))
    assert rows(connector)["service"].default == "queue"
    request = sent(connector, {"access_key": "AKID", "secret_key": "s", "region": "eu-west-1"})
    assert request.url.host == "queue.eu-west-1.amazonaws.com"
    assert "/eu-west-1/queue/aws4_request" in request.headers["Authorization"]


def test_a_key_that_is_only_a_parameter_is_found() -> None:
    key = {"in": "header", "name": "xi-api-key", "schema": {"type": "string"}}
    paths = {"/v": {"get": {"parameters": [key, {"in": "query", "name": "page_token"}]}}}
    imported, connector = read(api(paths=paths))
    assert sent(connector, {"xi_api_key": "k"}).headers["xi-api-key"] == "k"
    assert "was taken for it" in imported.warnings[0]


def test_a_document_that_asks_for_nothing_makes_requests_without_a_credential() -> None:
    imported, connector = read(api())
    request = sent(connector, {})
    assert str(request.url) == f"{SERVER}/things" and "Authorization" not in request.headers
    assert rows(connector)["base_url"].default == SERVER
    assert "no credential" in " ".join(imported.warnings)
    assert connect_it(inputs_of(connector)).credential.fields == {"base_url": SERVER}
    with pytest.raises(DefinitionError, match="declares no way to sign in"):
        read(api(paths={}))


def test_swagger_2_reads_the_same() -> None:
    document = {
        "swagger": "2.0",
        "info": {"title": "Old Acme"},
        "host": "api.acme.example",
        "basePath": "/v1",
        "schemes": ["http", "https"],
        "securityDefinitions": {
            "login": {"type": "basic"},
            "app": {"type": "oauth2", "flow": "application", **TOKEN},
            "key": KEY,
        },
        "security": [{"login": []}],
        "paths": {"/things": {"get": {"summary": "List", "security": [{"app": []}, {"key": []}]}}},
    }
    imported, connector = read(document)
    assert imported.key == "old-acme"
    assert connector.base_url == SERVER
    assert {m.key: (m.type, m.grant) for m in connector.methods.values() if m.type == "oauth2"} == {
        "app": ("oauth2", "client_credentials")
    }
    assert [(o.method, o.path, o.summary) for o in imported.operations] == [("GET", "/things", "List")]
    assert (
        sent(connector, {"username": "a", "password": "b"}, "login")
        .headers["Authorization"]
        .startswith("Basic ")
    )
