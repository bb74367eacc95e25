"""The services that a definition language fails on first: each connects, is named, renewed and told apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import msgspec
import pytest

from connectors.credential import Credential, utc_now
from connectors.definition import Choice
from connectors.errors import InvalidTokenError, TemporaryError, WrongCredentialsError
from connectors.methods import Connected, Inputs, can_refresh, connect, refresh, revoke, validate
from connectors.ports import Ports
from connectors.reading.loading import check_paths, load_file
from connectors.wire.applying import authenticate, resolve_url
from desktop.engine.refreshing.due import is_due
from tests.connectors.hard_cases.cases import CASES, OTHER_CASES, Case
from tests.connectors.hard_cases.standins import Service
from tests.connectors.support import REDIRECT_URI, EveryHost, Stages, inputs_of, run
from tests.standin import StandIn

FOLDER = Path(__file__).parent / "hard_cases"
EVERY = pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c.file}: {c.why}")


class Person:
    """Signs in at once, and chooses what the case says."""

    redirect_uri = REDIRECT_URI

    def __init__(self, case: Case) -> None:
        self.case = case
        self.opened = ""
        self.offered: tuple[str, ...] = ()

    @property
    def asked(self) -> dict[str, str]:
        """The parameters of the address, wherever it has them."""
        parts = urlsplit(self.opened)
        return dict(parse_qsl(parts.query or parts.fragment.partition("?")[2]))

    async def authorize(self, url: str, state: str) -> Mapping[str, str]:
        """Comes back with what the service calls code and state."""
        self.opened = url
        return {**self.case.callback, self.case.state: self.asked[self.case.state]}

    async def choose(self, title: str, options: tuple[Choice, ...]) -> str:
        """Takes what the case says."""
        self.offered = tuple(option.label for option in options)
        return self.case.choose


class Bench:
    """A case at work: its definition against a stand-in that behaves as the row says."""

    def __init__(self, case: Case, standin: StandIn) -> None:
        connector, problems = load_file(FOLDER / f"{case.file}.toml")
        assert connector is not None, [str(p) for p in problems]
        self.case, self.person = case, Person(case)
        self.service = Service(case.routes)
        self.inputs: Inputs = inputs_of(connector, case.values, case.settings)
        self._standin = standin
        standin.answer("*", self.service)

    def run(self, work: Any) -> Any:
        """Runs one operation; what the stand-in refused is told with a failure."""
        try:
            return run(
                lambda ports: work(msgspec.structs.replace(ports, choose=self.person.choose)),
                self.person,  # type: ignore[arg-type]
                EveryHost(self._standin),
            )
        except Exception as error:
            error.add_note(f"refused by the stand-in: {self.service.refused}")
            raise

    def connect(self) -> Connected:
        connected: Connected = self.run(lambda ports: connect(self.inputs, ports, Stages()))
        # From here on the stored values count, as they do in the app.
        self.inputs = msgspec.structs.replace(self.inputs, values={})
        return connected

    def test(self, credential: Credential) -> Any:
        return self.run(lambda ports: validate(self.inputs, credential, ports))

    def refresh(self, credential: Credential) -> Credential:
        renewed: Credential = self.run(lambda ports: refresh(self.inputs, credential, ports))
        return renewed


@pytest.fixture
def service() -> Iterator[StandIn]:
    with StandIn() as server:
        yield server


def test_every_definition_is_without_a_fault() -> None:
    assert [str(p) for p in check_paths([FOLDER])] == []
    assert {c.file for c in CASES} == {p.stem for p in FOLDER.glob("*.toml")}


@EVERY
def test_it_connects_and_is_named(case: Case, service: StandIn) -> None:
    bench = Bench(case, service)
    connected = bench.connect()
    credential = connected.credential
    assert (connected.name, credential.access_token) == (case.name, case.token)
    assert (credential.expires_in is None) == (case.lives is None)
    assert 0 <= (case.lives or 0) - (credential.expires_in or 0) <= case.slack
    assert bench.service.refused == []
    assert bench.person.opened.startswith(case.asked_at)
    assert bench.person.asked | dict(case.asked) == bench.person.asked
    assert bench.person.offered == case.offered
    assert {key: credential.extra.get(key) for key in case.kept} == dict(case.kept)
    # A token that has just come is never due again, however short its life (banks: as long as the lead).
    assert not is_due(credential, bench.inputs.method.refresh_before_exp, utc_now())


@EVERY
def test_it_is_renewed_as_far_as_it_can_be(case: Case, service: StandIn) -> None:
    bench = Bench(case, service)
    credential = bench.connect().credential
    assert can_refresh(bench.inputs.method, credential) == bool(case.refreshed)
    if not case.refreshed:
        return
    renewed = bench.refresh(credential)
    assert (renewed.access_token, bench.service.refused) == (case.refreshed, [])
    assert {key: renewed.extra.get(key) for key in case.kept} == dict(case.kept)
    bench.test(renewed)
    if case.reauthorize is not None:
        bench.service.instead = case.reauthorize
        with pytest.raises(InvalidTokenError, match=bench.inputs.connector.name):
            bench.refresh(renewed)


@EVERY
def test_only_a_real_end_ends_it(case: Case, service: StandIn) -> None:
    bench = Bench(case, service)
    credential = bench.connect().credential
    for reply in case.waits:
        bench.service.instead = reply
        with pytest.raises(TemporaryError):
            bench.test(credential)
    bench.service.instead = case.ended
    with pytest.raises(InvalidTokenError):
        bench.test(credential)


@pytest.mark.parametrize("case", [c for c in CASES if c.sent], ids=lambda c: c.file)
def test_a_request_is_sent_where_the_account_lives(case: Case, service: StandIn) -> None:
    bench = Bench(case, service)
    credential = bench.connect().credential
    assert case.sent is not None
    address, headers = case.sent
    url = resolve_url(bench.inputs, credential, case.request)
    request = authenticate(bench.inputs, credential, httpx.Request("GET", url))
    assert str(request.url) == address
    assert {name: request.headers.get(name) for name in headers} == dict(headers)


@pytest.mark.parametrize("case", OTHER_CASES, ids=lambda c: f"{c.file}: {c.why}")
def test_wrong_values_are_told_while_connecting(case: Case, service: StandIn) -> None:
    bench = Bench(case, service)
    wrong = {k: "wrong" if k in {"password", "api_key", "token"} else v for k, v in case.values.items()}
    bench.inputs = msgspec.structs.replace(bench.inputs, values=wrong)
    with pytest.raises(WrongCredentialsError):
        bench.connect()


@pytest.mark.parametrize("case", [c for c in OTHER_CASES if c.revokes], ids=lambda c: c.file)
def test_a_session_is_ended_at_the_service(case: Case, service: StandIn) -> None:
    bench = Bench(case, service)
    credential = bench.connect().credential

    async def end(ports: Ports) -> bool:
        return await revoke(bench.inputs, credential, ports)

    assert bench.run(end) is True
    assert (service.requests[-1].path, bench.service.refused) == ("/b1s/v1/Logout", [])
