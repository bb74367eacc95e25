"""Meta's ways, with the shipped definitions: a token that is exchanged, and a number that says it ended."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.errors import InvalidTokenError, ServiceError, TemporaryError
from connectors.methods import Connected, Inputs, can_refresh, connect, refresh, validate
from tests.connectors.support import EveryHost, PromptBrowser, Stages, inputs_of, run, shipped
from tests.standin import Reply, Seen, StandIn

CATALOG = shipped()
APP = {"client_id": "app-1", "client_secret": "secret-of-the-app"}
SIXTY_DAYS = 5_184_000


class Meta:
    """Gives a short token for the code and a lasting one for that; `profile` answers everything else."""

    def __init__(self) -> None:
        self.profile = Reply({"id": "42", "user_id": "42", "name": "Amelia", "username": "amelia"})
        self.token: Reply | None = None

    def __call__(self, seen: Seen) -> Reply:
        sent = {**seen.query, **(seen.form if seen.method == "POST" else {})}
        if "grant_type" not in sent:
            return self.profile
        if self.token is not None:
            return self.token
        if sent["grant_type"] == "authorization_code":
            kind = {"token_type": "bearer"} if seen.method == "GET" else {}  # Instagram names no type here
            return Reply({"access_token": "short-token-1", "expires_in": 3600, **kind})
        return Reply({"access_token": "lasting-token-1", "token_type": "bearer", "expires_in": SIXTY_DAYS})


def refused(code: int, message: str) -> Reply:
    return Reply({"error": {"message": message, "type": "OAuthException", "code": code}}, 400)


def connected_to(key: str, standin: StandIn) -> tuple[Inputs, Connected]:
    inputs = inputs_of(CATALOG.get(key), settings=APP)
    work: Any = lambda ports: connect(inputs, ports, Stages())  # noqa: E731
    return inputs, run(work, PromptBrowser(), EveryHost(standin))


@pytest.mark.parametrize(
    ("key", "grant", "parameter", "names_app"),
    [
        ("facebook", "fb_exchange_token", "fb_exchange_token", True),
        ("instagram", "ig_exchange_token", "access_token", False),
    ],
)
def test_the_codes_token_is_exchanged_at_once(
    standin: StandIn, key: str, grant: str, parameter: str, names_app: bool
) -> None:
    standin.answer("*", Meta())
    _, connected = connected_to(key, standin)
    assert connected.credential.access_token == "lasting-token-1"
    assert connected.credential.expires_in == SIXTY_DAYS
    exchange = standin.requests[1]
    assert exchange.method == "GET"
    assert exchange.query["grant_type"] == grant
    assert exchange.query[parameter] == "short-token-1"
    assert exchange.query["client_secret"] == APP["client_secret"]
    assert ("client_id" in exchange.query) == names_app
    assert "code" not in exchange.query
    assert standin.requests[2].header("authorization") == "Bearer lasting-token-1"


@pytest.mark.parametrize(
    ("key", "grant", "parameter"),
    [
        ("facebook", "fb_exchange_token", "fb_exchange_token"),
        ("instagram", "ig_refresh_token", "access_token"),
    ],
)
def test_the_lasting_token_is_renewed_by_itself(
    standin: StandIn, key: str, grant: str, parameter: str
) -> None:
    meta = Meta()
    standin.answer("*", meta)
    inputs, connected = connected_to(key, standin)
    assert can_refresh(inputs.method, connected.credential)
    meta.token = Reply({"access_token": "lasting-token-2", "token_type": "bearer", "expires_in": SIXTY_DAYS})
    renewed = run(lambda ports: refresh(inputs, connected.credential, ports), None, EveryHost(standin))
    assert renewed.access_token == "lasting-token-2"
    assert standin.requests[-1].query["grant_type"] == grant
    assert standin.requests[-1].query[parameter] == "lasting-token-1"
    meta.token = refused(190, "Session has expired")
    with pytest.raises(InvalidTokenError, match="Session has expired"):
        run(lambda ports: refresh(inputs, connected.credential, ports), None, EveryHost(standin))
    meta.token = refused(1, "Something else")
    with pytest.raises(ServiceError, match="Something else") as other:
        run(lambda ports: refresh(inputs, connected.credential, ports), None, EveryHost(standin))
    assert not isinstance(other.value, InvalidTokenError)


@pytest.mark.parametrize("key", ["facebook", "instagram"])
@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (refused(190, "Error validating access token"), InvalidTokenError),
        (refused(4, "(#4) Application request limit reached"), TemporaryError),
        (refused(100, "(#100) Tried accessing nonexisting field"), ServiceError),
    ],
)
def test_one_status_and_three_meanings(
    standin: StandIn, key: str, answer: Reply, error: type[Exception]
) -> None:
    meta = Meta()
    standin.answer("*", meta)
    inputs, connected = connected_to(key, standin)
    meta.profile = answer
    with pytest.raises(error) as raised:
        run(lambda ports: validate(inputs, connected.credential, ports), None, EveryHost(standin))
    assert type(raised.value).__name__ == error.__name__ or error is ServiceError
    assert isinstance(raised.value, InvalidTokenError) == (error is InvalidTokenError)
