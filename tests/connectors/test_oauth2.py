"""OAuth 2 against a stand-in: what is sent, what is kept, and what each refusal becomes."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.standin import Reply, StandIn
from tests.connectors.support import (
    REDIRECT_URI,
    PromptBrowser,
    Stages,
    definition,
    inputs_of,
    parameters_of,
    run,
)

from connectors.credential import Credential
from connectors.definition import Connector
from connectors.errors import (
    ConnectorError,
    DeclinedError,
    InvalidTokenError,
    MisconfiguredClientError,
    ServiceError,
    TemporaryError,
    UnsafeUrlError,
)
from connectors.loading import load_catalog
from connectors.methods import Connected, Inputs, can_refresh, connect, refresh, revoke, validate

TOKEN = {"access_token": "at-1", "refresh_token": "rt-1", "token_type": "bearer", "expires_in": 3600}
PERSON = {"sub": "42", "name": "Amelia Ortega", "email": "amelia@practice.example"}


@pytest.fixture
def standin() -> Iterator[StandIn]:
    with StandIn(
        {"POST /oauth/token": TOKEN, "GET /oauth/userinfo": PERSON, "POST /oauth/revoke": {}}
    ) as server:
        yield server


@pytest.fixture(scope="module")
def practice() -> Connector:
    return load_catalog().get("practice-oauth2")


def practice_inputs(connector: Connector, standin: StandIn, **settings: str) -> Inputs:
    return inputs_of(connector, settings={"practice_url": standin.url, **settings})


def connect_it(inputs: Inputs, browser: PromptBrowser | None = None) -> Connected:
    return run(lambda ports: connect(inputs, ports, Stages()), browser or PromptBrowser())


def test_a_connect_from_form_to_named_account(standin: StandIn, practice: Connector) -> None:
    browser, stages = PromptBrowser(), Stages()
    inputs = practice_inputs(practice, standin)
    connected = run(lambda ports: connect(inputs, ports, stages), browser)
    assert (connected.name, connected.email, connected.identity) == (PERSON["name"], PERSON["email"], "42")
    assert connected.credential.access_token == "at-1"
    assert connected.credential.refresh_token == "rt-1"
    assert connected.credential.expires_in == 3600
    assert connected.scope_asked == connected.scope_granted == "profile email"
    assert stages.seen == ["form", "browser", "exchange", "profile", "test", "done"]
    asked, sent = browser.asked, standin.asked("/oauth/token")[0].form
    assert asked["response_type"] == "code"
    assert asked["client_id"] == sent["client_id"] == "jackfield-practice"
    assert asked["redirect_uri"] == sent["redirect_uri"] == REDIRECT_URI
    assert sent["grant_type"] == "authorization_code"
    assert sent["code"] == "code-1"
    assert "client_secret" not in sent
    assert standin.asked("/oauth/userinfo")[0].header("authorization") == "Bearer at-1"
    # The test is the profile request, so the service is asked once.
    assert len(standin.asked("/oauth/userinfo")) == 1


def test_pkce_and_state_over_many_attempts(standin: StandIn, practice: Connector) -> None:
    browser = PromptBrowser()
    inputs = practice_inputs(practice, standin, scope="openid profile")

    async def many(ports: Any) -> None:
        for _ in range(40):
            await connect(inputs, ports, Stages())

    run(many, browser)
    asked = [parameters_of(url) for url in browser.opened]
    verifiers = [seen.form["code_verifier"] for seen in standin.asked("/oauth/token")]
    for parameters, verifier in zip(asked, verifiers, strict=True):
        assert parameters["code_challenge_method"] == "S256"
        assert re.fullmatch(r"[A-Za-z0-9._~-]{43,128}", verifier)
        digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
        assert parameters["code_challenge"] == digest.decode()
        assert len(parameters["state"]) >= 22  # 128 bits in base64
        assert len({parameters["state"], parameters["nonce"], verifier}) == 3
    for name in ("state", "nonce", "code_challenge"):
        assert len({parameters[name] for parameters in asked}) == 40
