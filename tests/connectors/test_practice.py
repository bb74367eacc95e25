"""The practice definitions and the practice provider that ships with the app agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl, urlsplit

import pytest

from connectors.errors import DeclinedError, InvalidTokenError, WrongCredentialsError
from connectors.methods import Inputs, connect, refresh, revoke, validate
from desktop.practice import PASSWORD, PEOPLE, Provider, start
from tests.connectors.support import PromptBrowser, Stages, connect_it, inputs_of, run, shipped
from tests.practice.person import sign_in

AMELIA = PEOPLE["amelia"]


@pytest.fixture
def provider() -> Iterator[Provider]:
    with start() as running:
        yield running


def practice(provider: Provider, key: str, **values: str) -> Inputs:
    return inputs_of(shipped().get(key), values, {"practice_url": provider.url})


class SigningIn(PromptBrowser):
    """Signs in on the provider's real pages."""

    def __init__(self, press: str = "Allow") -> None:
        super().__init__()
        self._press = press

    async def authorize(self, url: str, state: str) -> Mapping[str, str]:
        parameters = dict(parse_qsl(urlsplit(sign_in(url, press=self._press)).query))
        assert parameters["state"] == state
        return parameters


def test_sign_in_renew_and_revoke(provider: Provider) -> None:
    inputs = practice(provider, "practice-oauth2")
    connected = run(lambda ports: connect(inputs, ports, Stages()), SigningIn())
    assert (connected.name, connected.email, connected.identity) == (AMELIA.name, AMELIA.email, AMELIA.sub)
    first = connected.credential
    second = run(lambda ports: refresh(inputs, first, ports))
    assert second.access_token != first.access_token
    assert second.refresh_token != first.refresh_token
    assert run(lambda ports: revoke(inputs, second, ports))
    with pytest.raises(InvalidTokenError):
        run(lambda ports: validate(inputs, second, ports))
    with pytest.raises(InvalidTokenError):
        run(lambda ports: refresh(inputs, second, ports))


def test_declining(provider: Provider) -> None:
    inputs = practice(provider, "practice-oauth2")
    with pytest.raises(DeclinedError):
        run(lambda ports: connect(inputs, ports, Stages()), SigningIn("Decline"))


def test_a_key(provider: Provider) -> None:
    connected = connect_it(practice(provider, "practice-key", api_key=AMELIA.api_key))
    assert (connected.name, connected.email, connected.identity) == (AMELIA.name, AMELIA.email, AMELIA.sub)
    with pytest.raises(WrongCredentialsError):
        connect_it(practice(provider, "practice-key", api_key="no-such-key"))


def test_a_password(provider: Provider) -> None:
    inputs = practice(provider, "practice-password", username=AMELIA.username, password=PASSWORD)
    connected = connect_it(inputs)
    assert (connected.name, connected.identity) == (AMELIA.name, AMELIA.sub)
    assert connected.credential.expires_in
    run(lambda ports: validate(inputs, connected.credential, ports))
    renewed = run(lambda ports: refresh(inputs, connected.credential, ports))
    assert renewed.access_token != connected.credential.access_token
    with pytest.raises(WrongCredentialsError):
        connect_it(practice(provider, "practice-password", username=AMELIA.username, password="wrong"))
