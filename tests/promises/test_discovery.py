"""The promises about what a service says of itself (2, 52, 54, 56), and about pushed requests (11)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from connectors.errors import (
    ConnectorError,
    DeclinedError,
    MisconfiguredClientError,
    ServiceError,
    TemporaryError,
    UnsafeUrlError,
)
from connectors.methods import refresh, revoke, validate
from tests.connectors.support import PromptBrowser, connect_it, run
from tests.openid_provider import Person, Provider, inputs_for, sign_in
from tests.standin import Reply


@pytest.fixture
def provider() -> Any:
    with Provider() as running:
        yield running


def test_an_issuer_is_all_that_a_definition_needs(tmp_path: Path, provider: Provider) -> None:
    inputs, person = inputs_for(tmp_path, provider), Person(provider)
    connected = connect_it(inputs, person)
    assert (connected.name, connected.email, connected.identity) == (
        "Amelia",
        "amelia@practice.example",
        "u-1",
    )
    assert person.opened[0].startswith(f"{provider.url}/authorize?")
    assert person.asked["code_challenge_method"] == "S256"
    credential = connected.credential
    renewed = run(lambda ports: refresh(inputs, credential, ports))
    assert renewed.refresh_token == "rt-1"
    assert run(lambda ports: validate(inputs, credential, ports)) == ""
    assert run(lambda ports: revoke(inputs, credential, ports)) is True
    assert [seen.form["token"] for seen in provider.asked("/revoke")] == ["rt-1", "at-1"]


def test_the_document_of_rfc_8414_is_looked_for_as_well(tmp_path: Path, provider: Provider) -> None:
    provider.issuer = f"{provider.url}/tenant"
    provider.metadata["issuer"] = provider.issuer
    provider.publish("/.well-known/oauth-authorization-server/tenant")
    assert sign_in(tmp_path, provider).name == "Amelia"
    assert provider.requests[0].path == "/tenant/.well-known/openid-configuration"


def test_what_the_first_document_lacks_may_stand_in_the_second(tmp_path: Path, provider: Provider) -> None:
    inputs = inputs_for(tmp_path, provider)
    credential = connect_it(inputs, Person(provider)).credential
    full = dict(provider.metadata)
    del provider.metadata["revocation_endpoint"]
    assert run(lambda ports: revoke(inputs, credential, ports)) is False
    provider.answer("GET /.well-known/oauth-authorization-server", full)
    assert run(lambda ports: revoke(inputs, credential, ports)) is True
    strange = full | {"issuer": "https://evil.example"}
    provider.answer("GET /.well-known/oauth-authorization-server", strange)
    with pytest.raises(ServiceError, match="another issuer"):
        run(lambda ports: revoke(inputs, credential, ports))


@pytest.mark.parametrize(
    "change", [lambda i: i + "/", lambda i: i.upper(), lambda i: "https://evil.example", lambda i: None]
)
def test_54_an_issuer_is_compared_letter_by_letter(
    tmp_path: Path, provider: Provider, change: Callable[[str], Any]
) -> None:
    provider.metadata["issuer"] = change(provider.url)
    with pytest.raises(ServiceError, match="another issuer"):
        sign_in(tmp_path, provider)
    assert {seen.path for seen in provider.requests} == {"/.well-known/openid-configuration"}


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"token_endpoint": "http://login.example/token"}, UnsafeUrlError),
        ({"authorization_endpoint": "javascript:alert(1)"}, UnsafeUrlError),
        ({"jwks_uri": "file:///etc/passwd"}, UnsafeUrlError),
        ({"userinfo_endpoint": "https://169.254.169.254/me"}, UnsafeUrlError),
        ({"token_endpoint": "https://a.example/{{client_secret}}"}, ServiceError),
        ({"token_endpoint": None}, ServiceError),
        ({"authorization_endpoint": 7}, ConnectorError),
    ],
)
def test_56_addresses_out_of_discovery_are_checked_like_all_others(
    tmp_path: Path, provider: Provider, change: dict[str, Any], error: type[ConnectorError]
) -> None:
    provider.metadata |= change
    person = Person(provider)
    with pytest.raises(error):
        connect_it(inputs_for(tmp_path, provider), person)
    assert not person.opened


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply("<html>", 200), ServiceError),
        (Reply("[]", 200), ServiceError),
        (Reply("", 404), ServiceError),
        (Reply("", 503), TemporaryError),
        (Reply("", 302, {"Location": "https://evil.example"}), ServiceError),
    ],
)
def test_56_a_document_that_is_none(
    tmp_path: Path, provider: Provider, reply: Reply, error: type[ConnectorError]
) -> None:
    provider.answer("GET /.well-known/openid-configuration", reply)
    with pytest.raises(error):
        sign_in(tmp_path, provider)


def test_2_a_service_that_knows_only_plain_is_refused(tmp_path: Path, provider: Provider) -> None:
    provider.metadata["code_challenge_methods_supported"] = ["plain"]
    person = Person(provider)
    with pytest.raises(ServiceError, match="PKCE with S256"):
        connect_it(inputs_for(tmp_path, provider), person)
    assert not person.opened


def test_the_way_in_which_the_service_takes_a_secret(tmp_path: Path, provider: Provider) -> None:
    provider.metadata["token_endpoint_auth_methods_supported"] = ["client_secret_basic"]
    sign_in(tmp_path, provider)
    (seen,) = provider.asked("/token")
    assert seen.header("Authorization").startswith("Basic ")
    assert "client_secret" not in seen.form


@pytest.mark.parametrize("iss", ["https://evil.example", "", "{issuer}/", "{ISSUER}"])
def test_52_an_answer_of_another_issuer_is_dropped(tmp_path: Path, provider: Provider, iss: str) -> None:
    given = iss.format(issuer=provider.issuer, ISSUER=provider.issuer.upper())
    with pytest.raises(ServiceError, match="did not come from"):
        connect_it(inputs_for(tmp_path, provider), Person(provider, iss=given))
    assert not provider.asked("/token")
    with pytest.raises(ServiceError, match="did not come from"):
        connect_it(inputs_for(tmp_path, provider), Person(provider, iss=given, error="access_denied"))


def test_52_the_right_issuer_is_taken_and_a_promised_one_must_come(
    tmp_path: Path, provider: Provider
) -> None:
    provider.metadata["authorization_response_iss_parameter_supported"] = True
    assert connect_it(inputs_for(tmp_path, provider), Person(provider, iss=provider.issuer)).name == "Amelia"
    with pytest.raises(ServiceError, match="did not come from"):
        sign_in(tmp_path, provider)
    with pytest.raises(DeclinedError):
        more = {"iss": provider.issuer, "error": "access_denied"}
        connect_it(inputs_for(tmp_path, provider), Person(provider, **more))


PUSH = 'pushed_authorization_url = "{url}/par"'


@pytest.mark.parametrize("required", [False, True])
def test_11_only_a_reference_goes_through_the_browser(
    tmp_path: Path, provider: Provider, required: bool
) -> None:
    references = iter(f"urn:ietf:params:oauth:request_uri:{n}" for n in range(9))
    provider.answer("POST /par", lambda _: Reply({"request_uri": next(references), "expires_in": 60}, 201))
    if required:
        provider.metadata |= {
            "pushed_authorization_request_endpoint": f"{provider.url}/par",
            "require_pushed_authorization_requests": True,
        }
    inputs = inputs_for(tmp_path, provider, "" if required else PUSH.format(url=provider.url))
    seen = []
    for _ in range(2):
        person = Reader(provider)
        assert connect_it(inputs, person).name == "Amelia"
        assert person.asked.keys() == {"client_id", "request_uri"}
        seen.append(person.asked["request_uri"])
    assert len(set(seen)) == 2, "a reference is good for one attempt"
    first, second = provider.asked("/par")
    for pushed in (first, second):
        assert pushed.form["response_type"] == "code"
        assert pushed.form["client_secret"] == "s"
        assert {"state", "code_challenge", "nonce", "redirect_uri", "scope"} <= pushed.form.keys()
    (exchange, _) = provider.asked("/token")
    assert exchange.form["redirect_uri"] == first.form["redirect_uri"]


class Reader(PromptBrowser):
    """Signs in with what was pushed: the address itself holds nothing."""

    def __init__(self, provider: Provider) -> None:
        super().__init__(lambda asked: {"code": "code-1"})
        self.provider = provider

    async def authorize(self, url: str, state: str, renew: Any = None) -> Mapping[str, str]:
        assert renew is not None, "what is opened once more gets a reference of its own"
        self.opened.append(url)
        pushed = self.provider.asked("/par")[-1].form
        assert pushed["state"] == state
        self.provider.nonce = pushed["nonce"]
        return {"code": "code-1"}


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply({"error": "invalid_client"}, 401), MisconfiguredClientError),
        (Reply({"error": "invalid_request"}, 400), ServiceError),
        (Reply({"expires_in": 60}, 201), ServiceError),
        (Reply({}, 503), TemporaryError),
    ],
)
def test_11_a_request_that_was_not_taken_opens_nothing(
    tmp_path: Path, provider: Provider, reply: Reply, error: type[ConnectorError]
) -> None:
    provider.answer("POST /par", reply)
    person = Reader(provider)
    with pytest.raises(error):
        connect_it(inputs_for(tmp_path, provider, PUSH.format(url=provider.url)), person)
    assert not person.opened
