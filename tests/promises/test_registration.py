"""The promises about an app that registers itself with a service (106)."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from connectors.errors import (
    ConnectorError,
    InvalidTokenError,
    MisconfiguredClientError,
    ServiceError,
    TemporaryError,
)
from connectors.methods import Inputs, refresh
from connectors.reading.loading import check_paths
from desktop.engine.core import secret_names
from tests.connectors.support import REDIRECT_URI, connect_it, definition, inputs_of, run
from tests.openid_provider import Person, Provider
from tests.standin import Reply

TOML = 'name = "Example"\ntype = "oauth2"\nregister_client = true\nscope = ["openid"]\nissuer = "{url}"\n'


@pytest.fixture
def provider() -> Any:
    """Registers every app under the name that its ID tokens are made out to."""
    with Provider() as running:
        running.metadata["registration_endpoint"] = f"{running.url}/register"
        running.answer("POST /register", registered())
        yield running


def registered(**more: Any) -> Reply:
    answer = {
        "client_id": "app",
        "redirect_uris": [REDIRECT_URI],
        "registration_access_token": "registration-token",
        "registration_client_uri": "https://login.example/register/app",
        "token_endpoint_auth_method": "none",
        **more,
    }
    return Reply({k: v for k, v in answer.items() if v is not None}, 201)


def inputs_for(folder: Path, provider: Provider, settings: dict[str, str] | None = None) -> Inputs:
    return inputs_of(definition(folder, TOML.format(url=provider.url)), settings=settings)


def test_106_only_the_least_is_asked_for_and_the_registration_is_kept_as_a_secret(
    tmp_path: Path, provider: Provider
) -> None:
    inputs = inputs_for(tmp_path, provider)
    connected = connect_it(inputs, Person(provider))
    (asked,) = provider.asked("/register")
    assert asked.json == {
        "client_name": "Jackfield",
        "application_type": "native",
        "redirect_uris": [REDIRECT_URI],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "none",
    }
    (exchange,) = provider.asked("/token")
    assert exchange.form["client_id"] == "app"
    assert "client_secret" not in exchange.form
    credential = connected.credential
    assert credential.extra["registration_access_token"] == "registration-token"
    assert "registration_access_token" in secret_names(credential, inputs.method)
    provider.claims = {"nonce": "any"}
    run(lambda ports: refresh(inputs, credential, ports))
    assert provider.asked("/token")[1].form["client_id"] == "app"
    assert len(provider.asked("/register")) == 1, "a registration lasts as long as the account"


@pytest.mark.parametrize("how", ["client_secret_basic", "client_secret_post"])
def test_106_a_secret_that_the_service_gives_after_all(tmp_path: Path, provider: Provider, how: str) -> None:
    end = int(time.time()) + 600
    provider.answer(
        "POST /register",
        registered(client_secret="s-1", client_secret_expires_at=end, token_endpoint_auth_method=how),
    )
    inputs = inputs_for(tmp_path, provider)
    credential = connect_it(inputs, Person(provider)).credential
    (exchange,) = provider.asked("/token")
    assert exchange.header("Authorization").startswith("Basic ") == (how == "client_secret_basic")
    assert ("client_secret" in exchange.form) == (how == "client_secret_post")
    ended = {**credential.extra, "client_secret_expires_at": int(time.time()) - 1}
    with pytest.raises(InvalidTokenError, match="registration with Example has ended"):
        run(lambda ports: refresh(inputs, type(credential)(refresh_token="rt", extra=ended), ports))
    assert len(provider.asked("/token")) == 1


def test_a_client_id_that_somebody_entered_comes_first(tmp_path: Path, provider: Provider) -> None:
    inputs = inputs_for(tmp_path, provider, {"client_id": "app", "client_secret": "own"})
    connect_it(inputs, Person(provider))
    assert not provider.asked("/register")
    assert provider.asked("/token")[0].form["client_secret"] == "own"


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (registered(redirect_uris=["https://evil.example/callback"]), ServiceError),
        (registered(redirect_uris=[REDIRECT_URI, "https://evil.example/callback"]), ServiceError),
        (registered(redirect_uris=[]), ServiceError),
        (registered(token_endpoint_auth_method="tls_client_auth"), ServiceError),
        (registered(client_id=None), MisconfiguredClientError),
        (Reply({"error": "invalid_redirect_uri"}, 400), MisconfiguredClientError),
        (Reply({"message": "sign in first"}, 401), MisconfiguredClientError),
        (Reply({}, 503), TemporaryError),
        (Reply("<html>", 201), ServiceError),
    ],
)
def test_106_what_cannot_be_trusted_opens_nothing(
    tmp_path: Path, provider: Provider, reply: Reply, error: type[ConnectorError]
) -> None:
    provider.answer("POST /register", reply)
    person = Person(provider)
    with pytest.raises(error):
        connect_it(inputs_for(tmp_path, provider), person)
    assert not person.opened


def test_a_service_that_registers_nobody(tmp_path: Path, provider: Provider) -> None:
    del provider.metadata["registration_endpoint"]
    with pytest.raises(MisconfiguredClientError, match="does not let apps register"):
        connect_it(inputs_for(tmp_path, provider), Person(provider))


def test_without_an_issuer_nobody_knows_where(tmp_path: Path) -> None:
    (tmp_path / "wrong.toml").write_text('name = "W"\ntype = "oauth2"\nregister_client = true\n')
    assert any(p.key == "register_client" for p in check_paths([tmp_path]))
