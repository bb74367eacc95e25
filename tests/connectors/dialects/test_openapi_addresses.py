"""Server and token addresses: relative, templated, missing, not encrypted."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.errors import InvalidInputError
from tests.connectors.dialects.openapi_support import api, oauth, read, rows, sent

KEY = {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}


def with_servers(*servers: Any, schemes: Any = KEY, **more: Any) -> dict[str, Any]:
    return api(schemes, [{name: []} for name in schemes], servers=list(servers), **more)


def test_variables_become_fields_with_their_choices_and_defaults() -> None:
    server = {
        "url": "{protocol}://{customer}.acme.{tld}:{port}/api",
        "variables": {
            "protocol": {"enum": ["http", "https"], "default": "http"},
            "customer": {"default": "demo", "description": "Your part of the address."},
            "tld": {"enum": ["example", "test"], "default": "example"},
            "port": {"default": 8443},
        },
    }
    _, connector = read(with_servers(server))
    fields = rows(connector)
    assert list(fields) == ["customer", "tld", "port", "key"]
    assert [choice.value for choice in fields["tld"].options] == ["example", "test"]
    assert fields["customer"].default == "demo" and "Your part" in fields["customer"].tooltip
    assert str(sent(connector, {"key": "k"}).url) == "https://demo.acme.example:8443/api/things"
    assert sent(connector, {"key": "k", "customer": "mine", "tld": "test"}).url.host == "mine.acme.test"


@pytest.mark.parametrize("hole", ["{your-domain}", "{{your-domain}}", "${your-domain}", "<your-domain>"])
def test_an_undeclared_variable_is_a_field_that_is_needed(hole: str) -> None:
    _, connector = read(with_servers({"url": f"https://{hole}.acme.example"}))
    assert rows(connector)["your_domain"].required
    with pytest.raises(InvalidInputError, match="Your domain is needed"):
        sent(connector, {"key": "k"})
    assert sent(connector, {"key": "k", "your_domain": "mine"}).url.host == "mine.acme.example"


def test_several_servers_are_a_choice_and_the_unencrypted_twin_is_none() -> None:
    urls = ["https://api.acme.example", "http://api.acme.example", "https://sandbox.acme.example"]
    imported, connector = read(with_servers(*({"url": url, "description": url[8:11]} for url in urls)))
    server = rows(connector)["server"]
    assert server.default == urls[0]
    assert [choice.value for choice in server.options] == [urls[0], urls[2]]
    request = sent(connector, {"key": "k", "server": urls[2]})
    assert request.url.host == "sandbox.acme.example"
    assert not imported.warnings


@pytest.mark.parametrize(
    ("servers", "said"),
    [
        ([{"url": "/api/v1"}], "only says “/api/v1”"),
        ([{"url": ""}], "does not say where"),
        ([], "does not say where"),
        ([{"url": "http://acme.example/api"}], "only says “http://acme.example/api”"),
        (["odd", 5, {}], "does not say where"),
    ],
)
def test_what_the_document_leaves_open_is_asked_for(servers: list[Any], said: str) -> None:
    _, connector = read(with_servers(*servers))
    base = rows(connector)["base_url"]
    assert base.required and not base.default and said in base.tooltip
    assert (
        str(sent(connector, {"key": "k", "base_url": "https://a.example/x/"}).url)
        == "https://a.example/x/things"
    )


def test_a_relative_server_stands_below_the_documents_own_address() -> None:
    _, connector = read(with_servers({"url": "/api"}), "https://acme.example/docs/openapi.json")
    assert connector.base_url == "https://acme.example/api"


def test_a_piece_of_path_is_no_field_but_the_whole_address_can_be_edited() -> None:
    server = {"url": "https://acme.example{basePath}", "variables": {"basePath": {"default": "/v1/beta"}}}
    _, connector = read(with_servers(server))
    assert rows(connector)["base_url"].default == "https://acme.example/v1/beta"
    assert str(sent(connector, {"key": "k"}).url) == "https://acme.example/v1/beta/things"


@pytest.mark.parametrize(
    ("given", "default", "tooltip"),
    [
        ("https://login.acme.example/token", "https://login.acme.example/token", ""),
        ("/token", "https://api.acme.example/token", ""),
        ("token", "https://api.acme.example/token", ""),
        ("", "", "does not give it"),
        (None, "", "does not give it"),
        (5, "", "does not give it"),
        ("http://login.acme.example/token", "", "not encrypted"),
    ],
)
def test_token_addresses_are_prefilled_and_editable(given: Any, default: str, tooltip: str) -> None:
    flow = {"tokenUrl": given, "scopes": {}}
    server = {"url": "https://api.acme.example/v1"}
    _, connector = read(with_servers(server, schemes={"app": oauth(clientCredentials=flow)}))
    field = rows(connector)["token_url"]
    assert (field.default, field.required) == (default, True)
    assert tooltip in field.tooltip


def test_a_token_address_with_variables_shares_the_fields_of_the_server() -> None:
    server = {"url": "https://{site}.acme.example/api", "variables": {"site": {"default": "demo"}}}
    for url in ("/oauth/token", "https://{site}.acme.example/oauth/token"):
        _, connector = read(with_servers(server, schemes={"app": oauth(clientCredentials={"tokenUrl": url})}))
        assert list(rows(connector)) == ["site", "client_id", "client_secret"]
        request = connector.default_method.request_access_token
        assert getattr(request, "url", "") == "https://{{site}}.acme.example/oauth/token"
