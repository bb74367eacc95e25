"""What the tests of connectors share: a browser that comes straight back, and running a method."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

import httpx

from connectors.definition import Connector
from connectors.methods import Connected, Inputs, connect
from connectors.ports import Chooser, Ports, Stage
from connectors.reading.loading import Catalog, code_hash, load_catalog, load_file
from connectors.wire.presenting import presented
from connectors.worker.runner import Runner
from tests.standin import StandIn

T = TypeVar("T")
TOKEN = {"access_token": "at-1", "refresh_token": "rt-1", "token_type": "bearer", "expires_in": 3600}
PERSON = {"sub": "42", "name": "Amelia Ortega", "email": "amelia@practice.example"}
REDIRECT_URI = "http://127.0.0.1:49152/callback"


def parameters_of(url: str) -> dict[str, str]:
    """The query of an address."""
    return dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))


@cache
def shipped() -> Catalog:
    """The catalog as it ships; read once for all tests."""
    return load_catalog()


class PromptBrowser:
    """A person who signs in at once. `answer` makes the callback's parameters from the request's."""

    redirect_uri = REDIRECT_URI

    def __init__(self, answer: Callable[[dict[str, str]], Mapping[str, Any]] | None = None) -> None:
        self.opened: list[str] = []
        self._answer = answer or (lambda asked: {"code": "code-1", "state": asked.get("state", "")})

    @property
    def asked(self) -> dict[str, str]:
        """The parameters of the last authorization request."""
        return parameters_of(self.opened[-1])

    async def authorize(self, url: str, state: str, renew: Any = None) -> Mapping[str, str]:
        """Comes back with a code."""
        self.opened.append(url)
        assert state in parameters_of(url).values()
        return self._answer(self.asked)


class Stages:
    """Remembers the stages that a connect went through."""

    def __init__(self) -> None:
        self.seen: list[Stage] = []

    def __call__(self, stage: Stage) -> None:
        self.seen.append(stage)


def run(
    work: Callable[[Ports], Coroutine[Any, Any, T]],
    browser: PromptBrowser | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
    choose: Chooser | None = None,
) -> T:
    """Runs one operation with a client of its own."""

    async def whole() -> T:
        async with httpx.AsyncClient(trust_env=False, verify=False, transport=transport) as client:
            return await work(Ports(client=client, browser=browser, choose=choose))

    return asyncio.run(whole())


def connect_it(inputs: Inputs, browser: PromptBrowser | None = None) -> Connected:
    """Connects, with a person who signs in at once."""
    return run(lambda ports: connect(inputs, ports, Stages()), browser or PromptBrowser())


def inputs_of(
    connector: Connector,
    values: Mapping[str, str] | None = None,
    settings: Mapping[str, str] | None = None,
    method: str = "",
) -> Inputs:
    """Inputs for a connector's method."""
    chosen = connector.methods[method] if method else connector.default_method
    return Inputs(connector, chosen, values or {}, settings or {})


def definition(folder: Path, toml: str, python: str = "", name: str = "example") -> Connector:
    """Loads a definition written in a test; every problem in it fails the test."""
    path = folder / f"{name}.toml"
    path.write_text(toml, encoding="utf-8")
    if python:
        path.with_suffix(".py").write_text(python, encoding="utf-8")
    connector, problems = load_file(path, trusted_code=None)
    assert not [str(p) for p in problems if p.severity == "error"]
    assert connector is not None
    return connector


def example(name: str, *, shut_in: bool = False) -> Connector:
    """One of the definitions in examples/, with its Python file running: here, or in a worker."""
    path = Path(__file__).parent / "examples" / f"{name}.toml"
    code = path.with_suffix(".py")
    runner = Runner(frozenset({code_hash(code)})) if code.exists() else None
    connector, problems = load_file(path, trusted_code=frozenset() if shut_in else None, runner=runner)
    assert not problems, [str(p) for p in problems]
    assert connector is not None
    return connector


class EveryHost(httpx.AsyncBaseTransport):
    """Takes the requests to any https host to one stand-in; the Host header still tells who was meant.

    `X-Presented` tells whose certificate the connection would have presented.
    """

    def __init__(self, standin: StandIn) -> None:
        self._base = httpx.URL(standin.url)
        self._inner = httpx.AsyncHTTPTransport(verify=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        assert request.url.scheme == "https", request.url
        target = self._base.copy_with(raw_path=request.url.raw_path)
        headers = request.headers.copy()
        if (certificate := presented()) is not None:
            headers["X-Presented"] = certificate.holder
        return await self._inner.handle_async_request(
            httpx.Request(
                request.method,
                target,
                headers=headers,
                stream=request.stream,
                extensions=request.extensions,
            )
        )

    async def aclose(self) -> None:
        await self._inner.aclose()
