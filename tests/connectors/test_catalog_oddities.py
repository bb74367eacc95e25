"""What single services of the catalog do differently, against stand-ins that answer as they do."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from connectors.credential import utc_now
from connectors.errors import InvalidTokenError, ServiceError, WrongCredentialsError
from connectors.inputs import Connected, Inputs
from connectors.methods import connect, refresh, validate
from connectors.wire.applying import resolve_url
from tests.connectors.support import EveryHost, PromptBrowser, Stages, run
from tests.connectors.test_catalog import CATALOG, Service, inputs_for, the_last
from tests.standin import Reply, Seen, StandIn

NO_KEY = "API key not valid. Please pass a valid API key."


def inputs_of(key: str, method: str, **values: str) -> Inputs:
    connector = CATALOG.get(key)
    inputs = inputs_for(connector, connector.methods[method])
    return Inputs(connector, inputs.method, {**inputs.values, **values}, inputs.settings)


def connected_at(standin: StandIn, inputs: Inputs, callback: Mapping[str, str] | None = None) -> Connected:
    browser = PromptBrowser(lambda asked: {"code": "code-1", "state": asked["state"], **(callback or {})})
    return run(lambda ports: connect(inputs, ports, Stages()), browser, EveryHost(standin), the_last)


@pytest.mark.parametrize(
    ("key", "method", "status", "ended", "forbidden"),
    [
        ("vercel", "api_key", 403, {"error": {"invalidToken": True}}, {"error": {"code": "forbidden"}}),
        ("figma", "token", 403, {"err": "Token expired"}, {"err": "File not exportable"}),
        ("cloudflare", "token", 400, {"errors": [{"code": 6003}]}, {"errors": [{"code": 7003}]}),
        ("google-gemini", "api_key", 400, {"error": {"message": NO_KEY}}, {"error": {"message": "Bad page"}}),
    ],
)
def test_only_the_services_own_words_end_an_account(
    key: str, method: str, status: int, ended: Any, forbidden: Any
) -> None:
    inputs = inputs_of(key, method)
    service = Service(inputs)
    with StandIn() as standin:
        standin.answer("*", service)
        connected = connected_at(standin, inputs)

        def test() -> None:
            run(lambda ports: validate(inputs, connected.credential, ports), None, EveryHost(standin))

        service.refusing = Reply(ended, status)
        with pytest.raises(InvalidTokenError):
            test()
        with pytest.raises(WrongCredentialsError):
            connected_at(standin, inputs)
        service.refusing = Reply(forbidden, status)
        with pytest.raises(ServiceError):
            test()


def test_quickbooks_names_the_company_in_the_callback_alone() -> None:
    inputs = inputs_of("quickbooks", "oauth2", environment="sandbox")
    with StandIn() as standin:
        standin.answer("*", Service(inputs))
        connected = connected_at(standin, inputs, {"realmId": "4620816365"})
        assert standin.requests[-1].path == "/v3/company/4620816365/companyinfo/4620816365"
        assert standin.requests[-1].header("host") == "sandbox-quickbooks.api.intuit.com"
    assert connected.identity == "4620816365"
    assert connected.credential.extra["realmId"] == "4620816365"
    address = resolve_url(inputs, connected.credential, "query")
    assert address == "https://sandbox-quickbooks.api.intuit.com/v3/company/4620816365/query"


def test_squares_token_ends_at_the_moment_that_the_answer_names() -> None:
    inputs = inputs_of("square", "oauth2")
    service = Service(inputs)
    end = utc_now().replace(microsecond=0) + timedelta(days=29)

    def answer(seen: Seen) -> Reply:
        if not seen.path.endswith("/token"):
            return service(seen)
        more = {"token_type": "bearer", "expires_at": end.isoformat(), "merchant_id": "M1"}
        return Reply({"access_token": "at-1", "refresh_token": "rt-1", **more})

    with StandIn() as standin:
        standin.answer("*", answer)
        connected = connected_at(standin, inputs)
        assert standin.requests[0].json["client_secret"]
    assert connected.credential.expires_at == end
    assert connected.credential.extra["merchant_id"] == "M1"


def test_tiktok_calls_the_client_id_a_key_and_wants_the_challenge_in_hex() -> None:
    inputs = inputs_of("tiktok", "oauth2")
    browser = PromptBrowser()
    with StandIn() as standin:
        standin.answer("*", Service(inputs))
        connected = run(lambda ports: connect(inputs, ports, Stages()), browser, EveryHost(standin))
        run(lambda ports: refresh(inputs, connected.credential, ports), None, EveryHost(standin))
        legs = [seen.form for seen in standin.requests if seen.path == "/v2/oauth/token/"]
    key = inputs.settings["client_id"]
    assert [leg["grant_type"] for leg in legs] == ["authorization_code", "refresh_token"]
    assert all(leg["client_key"] == key and "client_id" not in leg for leg in legs)
    assert browser.asked["client_key"] == key
    assert browser.asked["scope"] == "user.info.basic"
    digest = hashlib.sha256(legs[0]["code_verifier"].encode()).hexdigest()
    assert (browser.asked["code_challenge"], browser.asked["code_challenge_method"]) == (digest, "S256")


@pytest.mark.parametrize(
    ("key", "method", "header"),
    [("xero", "oauth2", "xero-tenant-id"), ("harvest", "oauth2", "harvest-account-id")],
)
def test_what_was_chosen_is_named_on_each_request(key: str, method: str, header: str) -> None:
    inputs = inputs_of(key, method)
    with StandIn() as standin:
        standin.answer("*", Service(inputs))
        connected = connected_at(standin, inputs)
        run(lambda ports: validate(inputs, connected.credential, ports), None, EveryHost(standin))
        assert standin.requests[-1].header(header).endswith("-2")


def test_metabases_session_is_the_answers_id_and_goes_into_a_header() -> None:
    inputs = inputs_of("metabase", "password", address="https://bi.example/stats/")

    def answer(seen: Seen) -> Reply:
        if seen.path == "/stats/api/session":
            return Reply({"id": "session-1"})
        assert seen.header("x-metabase-session") == "session-1"
        return Reply({"id": 7, "common_name": "Amelia Ortega", "email": "amelia@service.example"})

    with StandIn() as standin:
        standin.answer("*", answer)
        connected = connected_at(standin, inputs)
    assert connected.name == "Amelia Ortega (bi.example)"
    assert connected.credential.access_token == "session-1"
