"""OAuth 1.0a with steps that are functions, against oauthlib's server."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import pytest

from connectors.errors import (
    InvalidTokenError,
    ServiceError,
    UnsafeUrlError,
)
from connectors.methods import connect, validate
from tests.connectors.support import (
    EveryHost,
    Stages,
    connect_it,
    definition,
    inputs_of,
    run,
)
from tests.connectors.support import example as trello
from tests.oauth1_server import KEYS, OAuth1Service, Person, signed_in
from tests.real.requirements import need_room
from tests.standin import StandIn


@pytest.fixture
def service() -> Any:
    with StandIn() as standin:
        yield OAuth1Service(standin)


FUNCTIONS = """
async def request_request_token(context):
    answer = await context.http_request("POST", "{url}/request", authenticate=True)
    found = answer.members()
    return {{"request_token": found["oauth_token"], "request_token_secret": found["oauth_token_secret"]}}

def auth_url(context):
    return "{url}/authorize?oauth_token=" + context.request_token + "&expiration=never"

async def request_access_token(context):
    answer = await context.http_request("POST", "{url}/access", authenticate=True)
    found = answer.members()
    return {{"access_token": found["oauth_token"], "access_token_secret": found["oauth_token_secret"]}}

async def request_profile_info(context):
    answer = await context.http_request("GET", "{url}/members/me", authenticate=True)
    return answer.json()

async def validate_access_token(context):
    url = "{url}/tokens/" + context.access_token
    answer = await context.http_request("GET", url, authenticate=True, raise_for_status=False)
    if answer.status == 401:
        raise context.InvalidTokenError("The service has forgotten this token.")
"""
BARE = 'name = "Example"\ntype = "oauth"\naccount_name_from_profile_info = "username"\n'


def test_every_step_as_a_function(tmp_path: Path, service: OAuth1Service) -> None:
    connector = definition(tmp_path, BARE, FUNCTIONS.format(url=service.standin.url))
    inputs = inputs_of(connector, settings=KEYS)
    connected = connect_it(inputs, Person(signed_in(service)))
    assert connected.name == "Amelia Ortega"
    assert run(lambda ports: validate(inputs, connected.credential, ports)) == ""
    service.validator.access_tokens.clear()
    with pytest.raises(InvalidTokenError, match="forgotten"):
        run(lambda ports: validate(inputs, connected.credential, ports))


@pytest.mark.parametrize("shut_in", [False, True])
def test_trello_as_a_function_of_the_context(service: OAuth1Service, shut_in: bool) -> None:
    """The example of the definition language: every step a function, and the profile as it is."""
    if shut_in:
        need_room()
    standin = service.standin
    standin.answer("POST /1/OAuthGetRequestToken", service.request_token)
    standin.answer("POST /1/OAuthGetAccessToken", service.access_token)
    inputs, person = inputs_of(trello("trello", shut_in=shut_in), settings=KEYS), Person(signed_in(service))
    standin.answer("GET /1/members/me", {"id": "m-1", "fullName": "Amelia", "limits": {"a.b": 1}})
    connected = run(lambda ports: connect(inputs, ports, Stages()), person, EveryHost(standin))
    assert connected.name == "m-1"
    assert connected.profile == {"id": "m-1", "fullName": "Amelia"}
    asked = {"name": "AppMixer", "scope": "read,write,account", "expiration": "never"}
    assert {k: v for k, v in person.asked.items() if k != "oauth_token"} == asked
    path = f"/1/tokens/{connected.credential.access_token}"
    for answer, status, error in (
        ({"dateExpires": None}, 200, None),
        ({"dateExpires": "2027-01-01"}, 200, InvalidTokenError),
        ({}, 401, InvalidTokenError),
        ({}, 404, ServiceError),
    ):
        standin.answer(f"GET {path}", answer, status=status)
        with pytest.raises(error) if error else contextlib.nullcontext():
            run(lambda ports: validate(inputs, connected.credential, ports), None, EveryHost(standin))


def test_a_function_cannot_slip_in_a_token_of_its_own(tmp_path: Path, service: OAuth1Service) -> None:
    code = FUNCTIONS.format(url=service.standin.url).replace("+ context.request_token", '+ "mine"')
    person = Person()
    with pytest.raises(UnsafeUrlError, match="a token of its own"):
        connect_it(inputs_of(definition(tmp_path, BARE, code), settings=KEYS), person)
    assert not person.opened
