"""Documents as people write them: other encodings, other spellings, and sizes that nobody meant."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from connectors.dialects.openapi import MOST_TOLD, import_document
from connectors.dialects.openapi.methods import MOST_METHODS
from connectors.errors import DefinitionError
from tests.connectors.dialects.openapi_documents.table import told
from tests.connectors.dialects.openapi_support import api, oauth, read, sent

KEY = {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}
ASKED = [{"key": []}]
TEXT = json.dumps(api(KEY, ASKED))
YAML = (
    "openapi: 3.0.0\ninfo: {title: Acme}\nsecurity: [{key: []}]\n"
    + "components: "
    + json.dumps({"securitySchemes": KEY})
)


def becomes(document: Any, source: str = "acme.json") -> str:
    """What the table says of a document."""
    return told(document if isinstance(document, bytes) else json.dumps(document).encode(), source)


@pytest.mark.parametrize("text", [TEXT, YAML])
@pytest.mark.parametrize(
    "encoding",
    ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "utf-8-sig", "utf-8"],
)
def test_the_encodings_of_json_and_yaml_with_and_without_a_mark(text: str, encoding: str) -> None:
    for ends in (text, text.replace("\n", "\r\n"), text.replace("\n", "\r")):
        _, connector = read(ends.encode(encoding))
        assert connector.name == "Acme"


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (gzip.compress(YAML.encode(), mtime=0), "packed with gzip"),
        (b"PK\x03\x04rest", "a ZIP archive"),
        (b"%PDF-1.7 rest", "a PDF"),
        (
            b"openapi: 3.0.0\ninfo:\n  title: &a {x: *a}",
            "Line 3 has an alias, *a, that names nothing, or itself",
        ),
        (YAML.replace('{"key"', '{<<: *ghost, "key"').encode(), "Line 4 has an alias, *ghost"),
    ],
)
def test_what_it_is_instead_is_said(raw: bytes, said: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        import_document(raw, "acme.yaml")
    assert said in refused.value.sentence


@pytest.mark.parametrize(
    ("scheme", "form"),
    [
        ({"type": "HTTP", "scheme": "BASIC"}, "username*, password secret"),
        ({"type": "basic"}, "username*, password secret"),
        ({"type": "apikey", "in": "Header", "name": "X-Key"}, "key* secret"),
        ({"$ref": "#/components/securitySchemes/one~1two~0three%20four"}, "key* secret"),
        (
            {"type": "oauth2", "flow": "application", "tokenUrl": "https://l.example/t"},
            "token_url=https://l.example/t",
        ),
        (oauth(application={"tokenUrl": "https://l.example/t"}), "client_secret* secret"),
        (oauth(accessCode={"authorizationUrl": "https://l.example/a"}), "client_id*, client_secret secret"),
    ],
)
def test_schemes_in_other_spellings(scheme: dict[str, Any], form: str) -> None:
    named = {"key": scheme, "one/two~three four": KEY["key"]}
    line = next(line for line in becomes(api(named, ASKED)).splitlines() if line.startswith("    key: "))
    assert form in line


def test_a_scheme_called_by_a_number_is_called_by_its_parameter() -> None:
    assert "method: X key (apiKey)" in becomes(api({"404": KEY["key"]}, [{"404": []}]))


def test_schemes_that_share_a_token_ask_for_all_their_scopes() -> None:
    def code(**scopes: str) -> dict[str, Any]:
        urls = {"authorizationUrl": "https://l.example/a", "tokenUrl": "https://l.example/t"}
        return oauth(authorizationCode={**urls, "scopes": scopes})

    document = api({"a": code(r="Read", x="Else"), "b": code(w="Write")}, [{"a": ["r"], "b": ["w"]}])
    imported, connector = read(document)
    scopes = {scope.value: (scope.meaning, scope.default) for scope in connector.default_method.scopes}
    assert scopes == {"r": ("Read", True), "x": ("Else", False), "w": ("Write", True)}
    assert imported.warnings == ()


@pytest.mark.parametrize(
    ("host", "schemes", "base"),
    [
        ("https://api.example/", ["http"], "https://api.example/v1"),
        ("//api.example", ["https"], "https://api.example/v1"),
        ("api.example:8443", ["HTTPS", "http"], "https://api.example:8443/v1"),
        ("http://localhost:8080", None, "http://localhost:8080/v1"),
    ],
)
def test_a_host_of_swagger_2_that_is_a_whole_address(host: str, schemes: Any, base: str) -> None:
    document = {
        "swagger": "2.0",
        "info": {"title": "Acme"},
        "host": host,
        "basePath": "v1",
        "schemes": schemes,
    }
    assert f"acme at {base}\n" in becomes(document | {"securityDefinitions": KEY, "security": ASKED})


def test_a_stage_of_a_gateway_stands_behind_one_slash() -> None:
    servers = [
        {
            "url": "https://abc12.execute-api.eu-west-1.amazonaws.com/{basePath}",
            "variables": {"basePath": {"default": "/prod"}},
        }
    ]
    aws = {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "x-amazon-apigateway-authtype": "awsSigv4",
    }
    said = becomes(api({"sigv4": aws}, [{"sigv4": []}], servers=servers))
    assert "base_url=https://abc12.execute-api.eu-west-1.amazonaws.com/prod*" in said
    assert "region=eu-west-1*" in said and "service=execute-api*" in said


def test_without_servers_the_service_is_where_the_document_came_from() -> None:
    document = {name: part for name, part in api(KEY, ASKED).items() if name != "servers"}
    said = becomes(document, "https://api.example/docs/openapi.json")
    assert "base_url=https://api.example*" in said and "https://api.example is assumed" in said


@pytest.mark.parametrize(
    "url",
    [
        "https://" + "{" * 100_000,
        "https://" + "{a" * 100_000,
        "https://{{{a}.example",
        "https://a}.example/{b",
    ],
)
def test_braces_that_never_close_are_told_at_once(url: str) -> None:
    flow = {"tokenUrl": url, "scopes": {}}
    document = api(
        {**KEY, "app": oauth(clientCredentials=flow)}, [*ASKED, {"app": []}], servers=[{"url": url}]
    )
    imported, connector = read(document)
    assert connector.base_url == "{{base_url}}"
    assert "token_url" in {field.key for field in connector.methods["app"].fields}
    assert len([told for told in imported.warnings if "braces" in told or "longer" in told]) == 2


def test_blanks_without_end_in_a_description_cost_no_time() -> None:
    about = "Bearer" + " " * 300_000 + "Bearer" + "'" * 300_000
    scheme = {"type": "apiKey", "in": "header", "name": "Authorization", "description": about}
    _, connector = read(api({"key": scheme}, ASKED))
    assert sent(connector, {"key": "k"}).headers["authorization"] == "k"


def test_what_is_said_of_a_document_has_an_end() -> None:
    paths = {f"/a{n}": {"get": {"security": [{f"s{n}": []}]}, "put": {"security": n}} for n in range(2000)}
    imported, _ = read(api(KEY, ASKED, paths=paths))
    assert len(imported.dropped) == len(imported.warnings) == MOST_TOLD + 1
    assert "1900 further" in imported.warnings[-1] and "1900 further ones" in imported.dropped


def test_more_ways_to_sign_in_than_anybody_chooses_from() -> None:
    schemes = {f"s{n}": {"type": "apiKey", "in": "header", "name": f"X-{n}"} for n in range(500)}
    paths = {"/a": {"get": {"security": [{"s499": []}]}}}
    imported, connector = read(api(schemes, paths=paths))
    assert len(connector.methods) == MOST_METHODS and connector.default_method.key == "s499"
    assert f"{MOST_METHODS} at most" in imported.dropped["the way s40"]


def test_many_scopes_are_told_more_shortly_and_too_many_are_refused() -> None:
    def document(count: int) -> dict[str, Any]:
        scopes = {f"scope.number.{n}": "What it lets the app do. " * 20 for n in range(count)}
        return api({"app": oauth(clientCredentials={"tokenUrl": "https://l.example/t", "scopes": scopes})})

    _, connector = read(document(3000))
    assert len(connector.default_method.scopes) == 3000
    with pytest.raises(DefinitionError, match="more about signing in than a definition holds"):
        import_document(json.dumps(document(20_000)).encode(), "acme.json")


@pytest.mark.parametrize(
    ("url", "variables", "filled", "sent_to"),
    [
        (
            "https://{host}:{port}/v1",
            {"host": {"default": "a.example"}, "port": {"default": 8443}},
            {},
            "a.example:8443/v1",
        ),
        (
            "https://{host}:{port}",
            {"port": {"enum": [443, 8443]}},
            {"host": "b.example", "port": "8443"},
            "b.example:8443",
        ),
        ("https://a.example/{base}", {"base": {"default": ""}}, {}, "a.example"),
        ("https://a.example/{base}", {"base": {"default": ""}}, {"base": "v2"}, "a.example/v2"),
        ("https://a.example/v1?x=1", {}, {}, "a.example/v1"),
        ("https://a.example/v1/#part", {}, {}, "a.example/v1"),
    ],
)
def test_addresses_with_ports_empty_pieces_and_more_behind_them(
    url: str, variables: dict[str, Any], filled: dict[str, str], sent_to: str
) -> None:
    _, connector = read(api(KEY, ASKED, servers=[{"url": url, "variables": variables}]))
    values = {field.key: field.default for field in connector.default_method.fields if field.default}
    assert str(sent(connector, {**values, **filled, "key": "k"}).url) == f"https://{sent_to}/things"


@pytest.mark.parametrize("name", ["Host", "content-length", "Transfer-Encoding"])
def test_a_key_does_not_take_the_place_of_what_a_request_sets_itself(name: str) -> None:
    scheme = {"type": "apiKey", "in": "header", "name": name}
    assert "is a header that every request sets itself" in becomes(api({"key": scheme}, ASKED))


def test_an_address_in_a_remark_makes_no_definition_local() -> None:
    about = {"description": "Such as https://intranet/api or https://10.0.0.1/."}
    said = becomes(api({"key": {**KEY["key"], **about}}, ASKED, servers=[{"url": "https://u:p@a.example"}]))
    assert "private network" not in said
    assert "private network" in becomes(api(KEY, ASKED, servers=[{"url": "https://10.0.0.1/"}]))
