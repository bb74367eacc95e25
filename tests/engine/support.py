"""What the engine's tests stand on: a person at a browser, the events that arrived, a ready engine."""

from __future__ import annotations

import queue
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, TypeVar
from unittest import mock
from urllib.parse import parse_qs, urlsplit

import httpx

from connectors.reading.registry import load_catalog
from desktop.engine.definitions.index import definition_index
from desktop.engine.engine import Engine
from desktop.engine.events import AttemptChanged, Event
from desktop.practice import Provider
from desktop.vault import kdf
from desktop.vault.records import AccountRow
from desktop.vault.vault import Vault
from tests.practice.person import TLS, sign_in

PASSPHRASE = "a passphrase for trying things"
DEADLINE = 30.0  # generous: nothing here is timed, it only must not hang
E = TypeVar("E")

DEMO = """
key = "demo"
name = "Demo"
type = "oauth2"
base_url = "{url}"
auth_url = "{url}/oauth/authorize"
request_access_token = "{url}/oauth/token"
revoke_access_token = "{url}/oauth/revoke"
request_profile_info = "{url}/oauth/userinfo"
account_name_from_profile_info = "name"
email_from_profile_info = "email"
identity_from_profile_info = "sub"
scope = ["profile", "email"]
"""
KEY = """
key = "demo-key"
name = "Demo key"
type = "apiKey"
base_url = "{url}"

[auth.api_key]
type = "password"
name = "API key"

[validate]
url = "{url}/key/me"
headers = {{ "X-Api-Key" = "{{{{api_key}}}}" }}

[request_profile_info]
url = "{url}/key/me"
headers = {{ "X-Api-Key" = "{{{{api_key}}}}" }}
"""


class PersonAtBrowser:
    """Takes the place of the system browser: signs in and comes back, on a thread of its own.

    `alter` may change the callback before it is followed, or return an empty text to go nowhere.
    """

    def __init__(
        self,
        user: str = "amelia",
        press: str = "Allow",
        alter: Callable[[str], str] = lambda callback: callback,
    ) -> None:
        self.user, self.press, self.alter = user, press, alter
        self.urls: list[str] = []
        self.pages: list[httpx.Response] = []
        self._threads: list[threading.Thread] = []
        self._starting = threading.Lock()
        self._callbacks: queue.Queue[str] = queue.Queue()

    def __call__(self, url: str) -> None:
        self.urls.append(url)
        thread = threading.Thread(target=self._act, args=(url,))
        with self._starting:  # else somebody who leaves might wait for a thread that has not begun
            self._threads.append(thread)
            thread.start()

    @property
    def asked(self) -> dict[str, str]:
        """The parameters of the last authorization request."""
        return {name: values[0] for name, values in parse_qs(urlsplit(self.urls[-1]).query).items()}

    def callback(self) -> str:
        """The address that the provider sent the browser to; waits for it."""
        return self._callbacks.get(timeout=DEADLINE)

    def leave(self) -> None:
        """Waits until everything begun is done."""
        with self._starting:
            begun = list(self._threads)
        for thread in begun:
            thread.join(DEADLINE)

    def _act(self, url: str) -> None:
        callback = sign_in(url, self.user, press=self.press)
        self._callbacks.put(callback)
        callback = self.alter(callback)
        if callback:
            with httpx.Client(trust_env=False, timeout=DEADLINE, verify=TLS) as client:
                self.pages.append(client.get(callback, follow_redirects=True))


class Events:
    """Everything that was emitted, and a way to wait for more."""

    def __init__(self) -> None:
        self.all: list[Event] = []
        self._more = threading.Condition()

    def __call__(self, event: Event) -> None:
        with self._more:
            self.all.append(event)
            self._more.notify_all()

    def of(self, kind: type[E]) -> list[E]:
        """Those of one kind, in order."""
        return [event for event in self.all if isinstance(event, kind)]

    def stages(self) -> list[str]:
        """The stages that attempts went through, each once."""
        return list(dict.fromkeys(event.stage for event in self.of(AttemptChanged)))

    def wait(self, fits: Callable[[Event], Any]) -> Event:
        """The first event, past or to come, that fits."""
        with self._more:
            assert self._more.wait_for(lambda: any(fits(event) for event in self.all), DEADLINE), self.all
            return next(event for event in self.all if fits(event))


def define(home: Path, text: str, **values: str) -> None:
    """Puts a definition into the own folder of `home`."""
    folder = home / "connectors"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    filled = text.format(**values)
    key = next(line.split('"')[1] for line in filled.splitlines() if line.startswith("key"))
    (folder / f"{key}.toml").write_text(filled)


derived_once = lru_cache(kdf.derive)


@cache
def _template() -> dict[str, bytes]:
    """The files of a home after a first start, made once: a key is derived and the catalog read for it."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder, "home")
        with Vault.create(home, PASSPHRASE, cost=kdf.FLOOR_COST) as vault:
            vault.set_connector_settings("demo", {"client_id": "jackfield-practice"})
        load_catalog(index=definition_index(home))
        files = (file for file in home.rglob("*") if file.is_file())
        return {str(file.relative_to(home)): file.read_bytes() for file in files}


def make_home(home: Path, provider_url: str = "http://127.0.0.1:1", extra: str = "") -> Path:
    """A home with a vault (the cheapest key derivation) and the two demo connectors."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, content in _template().items():
        file = home / name
        file.parent.mkdir(mode=0o700, exist_ok=True)
        file.touch(mode=0o600)
        file.write_bytes(content)
    define(home, extra + DEMO, url=provider_url)
    define(home, KEY, url=provider_url)
    return home


class Bench:
    """An unlocked engine with its person, its events and its provider."""

    def __init__(self, engine: Engine, person: PersonAtBrowser, events: Events, provider: Provider) -> None:
        self.engine, self.person, self.events, self.provider = engine, person, events, provider

    def run(self, coroutine: Any) -> Any:
        """Runs on the engine's loop and waits."""
        return self.engine.run(coroutine, DEADLINE)

    def connect(
        self, key: str = "demo", values: Mapping[str, str] | None = None, **options: Any
    ) -> AccountRow:
        """Connects an account to the end."""

        async def whole() -> AccountRow:
            attempt = await self.engine.begin_connect(key, None, values, **options)
            return await attempt.wait()

        row: AccountRow = self.run(whole())
        return row

    def token_requests(self, grant: str) -> int:
        """How often the token endpoint was asked."""
        return self.provider.count("/oauth/token", grant_type=grant)


@contextmanager
def bench(
    home: Path, provider: Provider, person: PersonAtBrowser | None = None, **options: Any
) -> Iterator[Bench]:
    """An unlocked engine on `home`; stopped at the end."""
    person, events = person or PersonAtBrowser(), Events()
    with Engine(home, opener=person, **{"scheduled": False, **options}) as engine:
        engine.subscribe(events)
        with mock.patch.object(kdf, "derive", derived_once):
            engine.run(engine.unlock(PASSPHRASE), DEADLINE)
        try:
            yield Bench(engine, person, events, provider)
        finally:
            person.leave()
