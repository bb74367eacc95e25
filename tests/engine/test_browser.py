"""Opening the person's browser, hearing it come back, and pasting the address when it cannot."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from connectors.credential import utc_now
from connectors.definition import Redirect
from connectors.errors import (
    AttemptTimedOutError,
    CancelledAttemptError,
    ConnectorError,
    InvalidInputError,
    PortTakenError,
    UnsafeUrlError,
)
from desktop.engine.connect.browser import BrowserFailedError, SystemBrowser
from desktop.engine.privacy.redaction import redact, redactor
from tests.engine.callback_client import SOON, STATE, refused
from tests.engine.stand_in_browser import UNSAFE, writes_its_arguments

URL = "https://service.example/authorize?state=" + STATE


class Opened:
    """An opener that only writes down what it was asked to open, and says when."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.urls: list[str] = []
        self.happened = threading.Event()
        self._failure = failure

    def __call__(self, url: str) -> None:
        self.urls.append(url)
        self.happened.set()
        if self._failure is not None:
            raise self._failure


class Links:
    """Collects what `on_link` is told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, datetime]] = []
        self.happened = asyncio.Event()

    def __call__(self, url: str, deadline: datetime) -> None:
        self.told.append((url, deadline))
        self.happened.set()


def attempt(
    work: Callable[[SystemBrowser, asyncio.Task[Any], Links], Awaitable[None]],
    opener: Any = None,
    **options: Any,
) -> None:
    """Runs `work` while an attempt waits for its browser; it has to see the attempt to its end."""

    async def run() -> None:
        links = Links()
        async with SystemBrowser(Redirect(), opener or Opened(), on_link=links, **options) as browser:
            waiting = asyncio.ensure_future(browser.authorize(URL, STATE))
            await links.happened.wait()
            await work(browser, waiting, links)
            assert waiting.done()
        assert not [task for task in asyncio.all_tasks() if "authorize" in repr(task)]

    asyncio.run(asyncio.wait_for(run(), SOON))


@pytest.fixture(autouse=True)
def no_browser_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JACKFIELD_BROWSER", raising=False)


@pytest.fixture
def arguments(tmp_path: Path) -> tuple[Path, Path]:
    return writes_its_arguments(tmp_path)


def test_the_browser_opens_once_and_its_answer_comes_back() -> None:
    def person(url: str) -> None:
        opened.append(url)
        answer = httpx.get(f"{uri[0]}?code=c&state={STATE}", follow_redirects=True, trust_env=False)
        assert "You can return to Jackfield" in answer.text

    opened: list[str] = []
    uri: list[str] = []
    began = utc_now()

    async def run() -> None:
        links = Links()
        async with SystemBrowser(Redirect(), person, on_link=links, timeout=100) as browser:
            uri.append(browser.redirect_uri)
            assert await browser.authorize(URL, STATE) == {"code": "c", "state": STATE}
        ((url, deadline),) = links.told
        assert url == URL
        assert began + timedelta(seconds=100) <= deadline <= utc_now() + timedelta(seconds=100)

    asyncio.run(asyncio.wait_for(run(), SOON))
    assert opened == [URL]


def test_state_and_code_are_known_to_the_redactor() -> None:
    async def work(browser: SystemBrowser, waiting: asyncio.Task[Any], _: Links) -> None:
        browser.paste(f"{browser.redirect_uri}?code=the-code-itself&state={STATE}")
        await waiting
        assert redact(f"{STATE} the-code-itself") == "•••• ••••"

    try:
        attempt(work)
    finally:
        redactor.forget_all()


def test_the_port_is_bound_before_the_browser_opens_and_free_after_a_cancel() -> None:
    async def work(browser: SystemBrowser, waiting: asyncio.Task[Any], _: Links) -> None:
        port = httpx.URL(browser.redirect_uri).port
        assert port is not None
        assert not await refused(port)
        browser.cancel()
        with pytest.raises(CancelledAttemptError):
            await waiting
        assert await refused(port)

    attempt(work)


def test_a_task_that_is_cancelled_frees_the_port() -> None:
    async def work(browser: SystemBrowser, waiting: asyncio.Task[Any], _: Links) -> None:
        port = httpx.URL(browser.redirect_uri).port
        assert port is not None
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert await refused(port)

    attempt(work)


def test_nobody_comes_back() -> None:
    async def work(browser: SystemBrowser, waiting: asyncio.Task[Any], _: Links) -> None:
        port = httpx.URL(browser.redirect_uri).port
        assert port is not None
        with pytest.raises(AttemptTimedOutError, match=r"within 0\.1 seconds"):
            await waiting
        assert await refused(port)
        with pytest.raises(InvalidInputError):
            browser.paste(f"{browser.redirect_uri}?code=c&state={STATE}")
        with pytest.raises(InvalidInputError):
            browser.open_again()
        browser.cancel()

    attempt(work, timeout=0.1)


def test_a_taken_port_ends_it_before_anything_is_opened() -> None:
    async def run(port: int) -> None:
        async with SystemBrowser(Redirect(ports=(port,)), opened, on_link=Links()):
            raise AssertionError("the port is taken")

    opened = Opened()
    with socket.create_server(("127.0.0.1", 0)) as holder, pytest.raises(PortTakenError):
        asyncio.run(run(holder.getsockname()[1]))
    assert opened.urls == []


@pytest.mark.parametrize("wrap", ["{}", "  {}\n", "<{}>", '"{}"'])
def test_a_pasted_address_completes_the_attempt(wrap: str) -> None:
    async def work(browser: SystemBrowser, waiting: asyncio.Task[Any], _: Links) -> None:
        await asyncio.to_thread(browser.paste, wrap.format(f"{browser.redirect_uri}?code=p&state={STATE}"))
        assert await waiting == {"code": "p", "state": STATE}

    attempt(work, open_at_once=False)


def test_a_pasted_refusal_is_an_answer_too() -> None:
    async def work(browser: SystemBrowser, waiting: asyncio.Task[Any], _: Links) -> None:
        browser.paste(f"{browser.redirect_uri}?error=access_denied&state={STATE}")
        assert (await waiting)["error"] == "access_denied"

    attempt(work)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "not a whole address"),
        ("code=c", "not a whole address"),
        ("http://[", "not an address"),
        ("{uri}", "holds no code"),
        ("{uri}?state={state}", "holds no code"),
        ("{uri}?scope=a&state={state}", "holds no code"),
        ("{uri}?code=c", "another sign-in"),
        ("{uri}?code=c&state=other", "another sign-in"),
        ("{uri}?code=c&code=d&state={state}", "another sign-in"),
        ("{uri}/x?code=c&state={state}", "another address"),
        ("https://elsewhere.example/callback?code=c&state={state}", "another address"),
        ("https://service.example/authorize?state={state}", "still the service's page"),
    ],
)
def test_a_pasted_address_that_does_not_fit_says_why_and_the_attempt_goes_on(
    text: str, sentence: str
) -> None:
    async def work(browser: SystemBrowser, waiting: asyncio.Task[Any], _: Links) -> None:
        with pytest.raises(InvalidInputError, match=sentence) as caught:
            browser.paste(text.format(uri=browser.redirect_uri, state=STATE))
        assert browser.redirect_uri in caught.value.hint
        assert "url" in caught.value.fields
        assert not waiting.done()
        browser.paste(f"{browser.redirect_uri}?code=good&state={STATE}")
        assert (await waiting)["code"] == "good"

    attempt(work)


def test_the_link_opens_only_when_asked_for_and_again_with_another_browser(
    arguments: tuple[Path, Path],
) -> None:
    opened = Opened()
    program, seen = arguments

    async def work(browser: SystemBrowser, waiting: asyncio.Task[Any], _: Links) -> None:
        assert opened.urls == []
        await asyncio.wrap_future(browser.open_again())
        assert opened.urls == [URL]
        await asyncio.wrap_future(browser.open_again(f"'{program}'"))
        assert seen.read_text() == URL
        browser.cancel()
        with pytest.raises(CancelledAttemptError):
            await waiting

    attempt(work, opened, open_at_once=False)


@pytest.mark.parametrize("failure", [BrowserFailedError("It is not there."), RuntimeError("secret-inside")])
def test_a_browser_that_does_not_start_is_told_and_the_attempt_goes_on(failure: Exception) -> None:
    problems: list[ConnectorError] = []
    told = asyncio.Event()

    def on_problem(problem: ConnectorError) -> None:
        problems.append(problem)
        told.set()

    async def work(browser: SystemBrowser, waiting: asyncio.Task[Any], _: Links) -> None:
        await told.wait()
        assert isinstance(problems[0], BrowserFailedError)
        assert "secret-inside" not in problems[0].sentence
        assert not waiting.done()
        browser.paste(f"{browser.redirect_uri}?code=c&state={STATE}")
        await waiting

    attempt(work, Opened(failure), on_problem=on_problem)


def test_with_nobody_to_tell_a_browser_that_does_not_start_ends_the_attempt() -> None:
    async def work(browser: SystemBrowser, waiting: asyncio.Task[Any], _: Links) -> None:
        with pytest.raises(BrowserFailedError, match="It is not there"):
            await waiting

    attempt(work, Opened(BrowserFailedError("It is not there.")))


@pytest.mark.parametrize("url", UNSAFE)
def test_15_what_is_not_safe_is_not_opened(url: str) -> None:
    opened = Opened()
    links: list[str] = []

    async def run() -> None:
        async with SystemBrowser(Redirect(), opened, on_link=lambda link, _: links.append(link)) as browser:
            with pytest.raises(UnsafeUrlError) as caught:
                await browser.authorize(url, STATE)
            assert caught.value.sentence.startswith("The address of the sign-in page is not safe to open: ")
            assert caught.value.hint
            assert len(caught.value.sentence) < 300

    asyncio.run(run())
    assert opened.urls == []
    assert links == []
