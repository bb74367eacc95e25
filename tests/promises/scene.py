"""An engine with its service and somebody at the browser, all on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from connectors.errors import ConnectorError
from desktop.engine.engine import Engine
from desktop.engine.failures import explain
from desktop.vault import kdf
from desktop.vault.records import AccountQuery, AccountRow
from tests.engine.support import DEADLINE, PASSPHRASE, Events, derived_once
from tests.standin import StandIn


@dataclass
class Opener:
    """Follows the authorize link: the service agrees at once and sends the browser back with `answer`."""

    answer: Callable[[dict[str, str]], dict[str, str]] = lambda asked: {"code": f"code-{asked['state']}"}
    urls: list[str] = field(default_factory=list)
    follows: bool = True  # else it only shows the page

    def __call__(self, url: str) -> None:
        self.urls.append(url)
        if not self.follows:
            return
        asked = parameters(url)
        callback = f"{asked['redirect_uri']}?{urlencode({**self.answer(asked), 'state': asked['state']})}"
        httpx.get(callback, trust_env=False, timeout=DEADLINE, follow_redirects=True)

    @property
    def asked(self) -> list[dict[str, str]]:
        """The parameters of every authorization request."""
        return [parameters(url) for url in self.urls]


@dataclass
class Scene:
    """An engine, its opener and the service's token requests."""

    engine: Engine
    opener: Opener
    service: StandIn
    events: Events

    def run(self, coroutine: Any) -> Any:
        return self.engine.run(coroutine, DEADLINE)

    def connect(self, times: int = 1, at_once: int = 8) -> None:
        """Connects that often, a few at a time."""

        async def one(turn: asyncio.Semaphore) -> None:
            async with turn:
                attempt = await self.engine.begin_connect("demo")
                await attempt.wait()

        async def all_of_them() -> None:
            turn = asyncio.Semaphore(at_once)
            await asyncio.gather(*(one(turn) for _ in range(times)))

        self.engine.run(all_of_them(), 4 * DEADLINE)

    def account(
        self, key: str = "demo", values: Mapping[str, str] | None = None, **options: Any
    ) -> AccountRow:
        """Connects one account to the end."""

        async def whole() -> AccountRow:
            attempt = await self.engine.begin_connect(key, None, values, **options)
            return await attempt.wait()

        row: AccountRow = self.run(whole())
        return row

    def refusal(self, key: str = "demo", values: Mapping[str, str] | None = None) -> ConnectorError:
        """What a sign-in ends with that must not work: a typed error, and nothing is stored."""
        with pytest.raises(ConnectorError) as caught:
            self.account(key, values)
        assert self.run(self.engine.accounts(AccountQuery())) == []
        sentence = explain(caught.value).sentence
        assert sentence and "Traceback" not in sentence
        return caught.value

    @property
    def exchanges(self) -> list[dict[str, str]]:
        """The form of every token request."""
        return [seen.form for seen in self.service.asked("/oauth/token")]


def parameters(url: str) -> dict[str, str]:
    """The query of an address; every name once."""
    found = parse_qs(urlsplit(url).query, strict_parsing=True)
    assert all(len(values) == 1 for values in found.values()), f"a parameter came twice: {found}"
    return {name: values[0] for name, values in found.items()}


def running(home: Path, service: StandIn) -> Iterator[Scene]:
    opener, events = Opener(), Events()
    with Engine(home, opener=opener, scheduled=False) as engine:
        engine.subscribe(events)
        with mock.patch.object(kdf, "derive", derived_once):
            engine.run(engine.unlock(PASSPHRASE), DEADLINE)
        yield Scene(engine, opener, service, events)
