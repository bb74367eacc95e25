"""OAuth flows and OpenID Connect: the form, the scope picker, and the requests for a token."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.definition import Connector
from connectors.methods import asked_scope, connect, refresh
from connectors.ports import Ports
from tests.connectors.dialects.openapi_support import api, oauth, read, rows
from tests.connectors.support import TOKEN, PromptBrowser, Stages, inputs_of, run
from tests.standin import StandIn

AUTHORIZE = "https://login.acme.example/authorize"
TOKENS = "https://login.acme.example/token"
SCOPES = {"read": "Read *things*", "write": "Change things"}
APP = {"client_id": "app", "client_secret": "shh"}


def one(scheme: dict[str, Any], scopes: list[str] | None = None, **more: Any) -> Connector:
    """The connector of a document with this one scheme."""
    _, connector = read(api({"acme": scheme}, [{"acme": scopes or []}], **more))
    return connector


def test_the_form_of_the_password_flow() -> None:
    connector = one(oauth(password={"tokenUrl": TOKENS, "refreshUrl": f"{TOKENS}/again", "scopes": SCOPES}))
    fields = rows(connector)
    wanted = ["username", "password", "client_id", "client_secret", "token_url", "refresh_url"]
    assert list(fields) == wanted
    assert {key for key in wanted if fields[key].secret} == {"password", "client_secret"}
    assert (fields["token_url"].default, fields["refresh_url"].default) == (TOKENS, f"{TOKENS}/again")
    assert connector.default_method.grant == "password"


def test_the_form_of_client_credentials() -> None:
    fields = rows(one(oauth(clientCredentials={"tokenUrl": TOKENS, "scopes": SCOPES})))
    assert list(fields) == ["client_id", "client_secret", "token_url"]
    assert all(field.required for field in fields.values())


def test_each_flow_is_a_method() -> None:
    flow = {"authorizationUrl": AUTHORIZE, "tokenUrl": TOKENS, "scopes": SCOPES}
    connector = one(oauth(authorizationCode=flow, clientCredentials=flow, password=flow))
    assert {key: method.grant for key, method in connector.methods.items()} == {
        "acme_authorization_code": "authorization_code",
        "acme_client_credentials": "client_credentials",
        "acme_password": "password",
    }


def test_a_token_is_had_renewed_and_asked_for_again_at_the_addresses_of_the_form() -> None:
    connector = one(oauth(password={"tokenUrl": TOKENS, "refreshUrl": f"{TOKENS}/again", "scopes": SCOPES}))
    with StandIn({"POST /token": TOKEN, "POST /renew": {**TOKEN, "access_token": "at-2"}}) as service:
        values = {
            **APP,
            "username": "amelia",
            "password": "pw",
            "token_url": f"{service.url}/token",
            "refresh_url": f"{service.url}/renew",
        }
        inputs = inputs_of(connector, values)

        async def both(ports: Ports) -> Any:
            connected = await connect(inputs, ports, Stages())
            return await refresh(inputs, connected.credential, ports)

        renewed = run(both)
        first, second = service.asked("/token")[0].form, service.asked("/renew")[0].form
    assert first == {
        "grant_type": "password",
        "username": "amelia",
        "password": "pw",
        "scope": "read write",
        **APP,
    }
    assert (second["grant_type"], second["refresh_token"]) == ("refresh_token", "rt-1")
    assert renewed.access_token == "at-2"


def test_an_implicit_flow_signs_in_with_a_code_and_pkce_once_a_token_url_is_given() -> None:
    scheme = oauth(
        implicit={"authorizationUrl": f"{AUTHORIZE}?response_type=token&tenant=7", "scopes": SCOPES}
    )
    imported, connector = read(api({"acme": scheme}, [{"acme": ["read"]}]))
    assert "a code with PKCE" in " ".join(imported.warnings)
    assert rows(connector)["token_url"].required and not rows(connector)["token_url"].default
    with StandIn({"POST /token": TOKEN}) as service:
        values = {"client_id": "app", "token_url": f"{service.url}/token"}
        browser = PromptBrowser()
        run(lambda ports: connect(inputs_of(connector, values), ports, Stages()), browser)
        form = service.asked("/token")[0].form
    assert browser.opened[0].startswith(AUTHORIZE)
    assert browser.asked["response_type"] == "code" and browser.asked["tenant"] == "7"
    assert browser.asked["code_challenge_method"] == "S256" and form["code_verifier"]
    nowhere = oauth(implicit={"scopes": {}})
    imported, _ = read(api({"acme": nowhere, "key": {"type": "apiKey", "in": "header", "name": "K"}}))
    assert "no address to sign in" in imported.dropped["acme"]


def test_scopes_are_the_picker_and_what_most_operations_ask_for_is_chosen() -> None:
    flow = {"authorizationUrl": AUTHORIZE, "tokenUrl": TOKENS, "scopes": SCOPES}
    scheme = oauth(authorizationCode=flow)
    assert {s.value: (s.meaning, s.default) for s in one(scheme).default_method.scopes} == {
        "read": ("Read *things*", True),
        "write": ("Change things", True),
    }
    paths = {f"/{n}": {"get": {"security": [{"acme": ["read"]}]}} for n in range(2)}
    paths["/w"] = {"get": {"security": [{"acme": ["write"]}]}}
    connector = one(scheme, paths=paths)
    assert asked_scope(inputs_of(connector)) == "read"
    assert [s.value for s in connector.default_method.scopes] == ["read", "write"]
    imported, connector = read(api({"acme": scheme}, [{"acme": ["ghost"]}]))
    assert asked_scope(inputs_of(connector)) == "ghost"
    assert "“ghost” is asked for and not described" in " ".join(imported.warnings)


def test_openid_connect_leaves_the_rest_to_discovery() -> None:
    url = "https://id.acme.example/realms/main/.well-known/openid-configuration"
    connector = one({"type": "openIdConnect", "openIdConnectUrl": url}, ["profile"])
    assert rows(connector)["issuer"].default == "https://id.acme.example/realms/main"
    assert connector.default_method.issuer == "{{issuer}}"
    assert asked_scope(inputs_of(connector)) == "openid profile"
    missing = one({"type": "openIdConnect"})
    assert rows(missing)["issuer"].required


PARAMETERS = [
    {
        "name": "client_assertion",
        "in": "header",
        "description": "Signed by us",
        "x-itential-use-in": ["refresh", "token"],
        "x-itential-variable": "clientAssertion",
    },
    {"name": "audience", "in": "body", "x-itential-use-in": ["token"], "schema": {"default": "things"}},
    {"name": "level", "in": "query", "x-itential-use-in": ["refresh"], "schema": {"enum": ["1", "2"]}},
    {"name": "grant_type", "in": "body"},
    {"name": "elsewhere", "in": "path"},
    "odd",
]


@pytest.mark.parametrize("parameters", [PARAMETERS, {"bad": 1}, "text", None])
def test_extra_parameters_of_any_shape_do_no_harm(parameters: Any) -> None:
    flow = {"tokenUrl": TOKENS, "scopes": {}}
    one(oauth(clientCredentials=flow) | {"x-itential-parameters": parameters})


def test_extra_parameters_are_asked_for_and_sent_where_they_belong() -> None:
    scheme = oauth(password={"tokenUrl": TOKENS, "scopes": {}}) | {"x-itential-parameters": PARAMETERS}
    imported, connector = read(api({"acme": scheme}, [{"acme": []}]))
    fields = rows(connector)
    assert fields["client_assertion"].secret
    assert fields["audience"].default == "things"
    assert [choice.value for choice in fields["level"].options] == ["1", "2"]
    assert len(imported.dropped) == 3
    with StandIn({"POST /token": TOKEN}) as service:
        values = {**APP, "username": "a", "password": "b", "token_url": f"{service.url}/token"}
        inputs = inputs_of(connector, values | {"client_assertion": "signed", "level": "2"})

        async def both(ports: Ports) -> None:
            connected = await connect(inputs, ports, Stages())
            await refresh(inputs, connected.credential, ports)

        run(both)
        token, again = service.asked("/token")
    assert token.header("client_assertion") == again.header("client_assertion") == "signed"
    assert (token.form["audience"], token.form["grant_type"]) == ("things", "password")
    assert "audience" not in again.form and "level" not in token.query
    assert again.query["level"] == "2"


def test_what_known_services_want_besides_is_added() -> None:
    microsoft = "https://login.microsoftonline.com/common/oauth2/v2.0"
    connector = one(
        oauth(implicit={"authorizationUrl": f"{microsoft}/authorize", "scopes": {"User.Read": ""}})
    )
    assert rows(connector)["token_url"].default == f"{microsoft}/token"
    assert connector.redirect.host == "localhost"
    assert asked_scope(inputs_of(connector)) == "User.Read offline_access"
    google = {"authorizationUrl": "https://accounts.google.com/o/oauth2/v2/auth", "tokenUrl": TOKENS}
    page = one(oauth(authorizationCode=google)).default_method.auth_url
    assert getattr(page, "params", {}) == {"access_type": "offline"}
