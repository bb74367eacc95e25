"""Opening the person's browser, hearing it come back, and pasting the address when it cannot."""

from __future__ import annotations

import asyncio
import os
import stat
import sys
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
from desktop.engine.browser import BrowserFailedError, SystemBrowser, browsers, check_url, system_opener
from desktop.engine.opening import MAX_URL, child_environment
from tests.engine.callback_client import SOON, STATE, refused

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


def script(folder: Path, body: str, name: str = "a browser") -> Path:
    """A program that stands in for a browser."""
    file = folder / name
    file.write_text(f"#!{sys.executable}\n{body}\n")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return file


@pytest.fixture(autouse=True)
def no_browser_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JACKFIELD_BROWSER", raising=False)


@pytest.fixture
def arguments(tmp_path: Path) -> tuple[Path, Path]:
    """A stand-in browser that writes its arguments to a file, and that file."""
    seen = tmp_path / "seen"
    return script(tmp_path, f"import sys; open({str(seen)!r}, 'w').write('\\n'.join(sys.argv[1:]))"), seen


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
    import socket

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


UNSAFE = [
    "",
    "-flag",
    "--browser=x",
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    "file:///etc/passwd",
    "data:text/html,x",
    "vbscript:x",
    "ftp://h/",
    "smb://h/share",
    "ms-msdt:/id",
    "x-scheme:y",
    "mailto:a@b.example",
    "view-source:https://h/",
    r"\\host\share",
    "//host/path",
    " https://h/",
    "https://h/ ",
    "https://h/a b",
    "https://h/\n--flag",
    "https://h/\x00",
    "https://h/\u202egnp",
    "https://h\\@evil.example/",
    "https://",
    "https:///path",
    "https:path",
    "https://user:pass@h/",
    "https://h@evil.example/",
    "https://h:99999/",
    "https://h:0/",
    "https://[::1/",
    "https://%68/",
    'https://h/"',
    "https://h/<x>",
    "http://service.example/",
    "http://127.0.0.1.evil.example/",
    "http://127.1/",
    "http://2130706433/",
    "http://localhost.evil.example/",
    "http://0.0.0.0/",
    "http://[::]/",
    "http://192.168.0.1/",
    "https://h/" + "a" * MAX_URL,
]


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


@pytest.mark.parametrize("url", UNSAFE)
def test_15_the_opener_itself_checks_again(url: str, arguments: tuple[Path, Path]) -> None:
    program, seen = arguments
    with pytest.raises(UnsafeUrlError):
        system_opener(f"'{program}'")(url)
    assert not seen.exists()


@pytest.mark.parametrize(
    "url",
    [
        URL,
        "HTTPS://service.example/?a=%20&b=c+d;e,f!g(h)'i'*j",
        "https://service.example:8443/a#/b",
        "https://192.168.0.1/",
        "https://[2001:db8::1]/",
        "https://xn--bcher-kva.example/",
        "http://127.0.0.1:8910/authorize",
        "http://127.9.9.9/",
        "http://localhost:1/",
        "http://[::1]:1/",
    ],
)
def test_15_what_is_safe_may_be_opened(url: str) -> None:
    assert check_url(url) == url


HOSTILE = "https://service.example/?a=$(touch%20x);`id`&b='c'".replace("`", "%60")


@pytest.mark.parametrize("form", ["path", "quoted path", "command"])
def test_the_address_is_one_argument_and_no_shell_sees_it(
    form: str, arguments: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    program, seen = arguments
    line = {
        "path": f"{program}",
        "quoted path": f"'{program}'",
        "command": f"'{program}' --new-window '%x y'",
    }[form]
    monkeypatch.setenv("JACKFIELD_BROWSER", line)
    system_opener("/nonexistent/preferred")(HOSTILE)
    before = ["--new-window", "%x y"] if form == "command" else []
    assert seen.read_text().split("\n") == [*before, HOSTILE]


def test_the_preferred_command_is_used_when_the_environment_names_none(arguments: tuple[Path, Path]) -> None:
    program, seen = arguments
    system_opener(str(program))(URL)
    assert seen.read_text() == URL


def test_a_chosen_browser_goes_before_the_environment(
    arguments: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    program, seen = arguments
    monkeypatch.setenv("JACKFIELD_BROWSER", "/nonexistent/browser")
    system_opener(str(program), first=True)(URL)
    assert seen.read_text() == URL


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        ("/nonexistent/browser", "“browser” could not be started: No such file"),
        ("/etc/passwd", "“passwd” could not be started: Permission denied"),
        ("'unfinished", "cannot be read"),
    ],
)
def test_a_command_that_cannot_be_started_is_a_sentence(command: str, sentence: str) -> None:
    with pytest.raises(BrowserFailedError, match=sentence) as caught:
        system_opener(command)(URL)
    assert STATE not in caught.value.sentence
    assert caught.value.hint


def test_a_command_that_fails_at_once_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BrowserFailedError, match="ended at once with the error 3"):
        system_opener(str(script(tmp_path, "raise SystemExit(3)")))(URL)


def test_without_any_browser_it_is_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert browsers() == []
    with pytest.raises(BrowserFailedError, match="No browser was found"):
        system_opener()(URL)


def test_xdg_open_opens_it_where_no_browser_is_named(
    arguments: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program, seen = arguments
    program.rename(tmp_path / "xdg-open")
    monkeypatch.setenv("PATH", str(tmp_path))
    system_opener()(URL)
    assert seen.read_text() == URL


def test_a_browser_that_stays_open_is_detached_and_reaped(tmp_path: Path) -> None:
    told = tmp_path / "told"
    os.mkfifo(told)
    program = script(
        tmp_path,
        f"import os\nwith open({str(told)!r}, 'w') as out: out.write(f'{{os.getpid()}} {{os.getsid(0)}}')\n"
        "import signal; signal.pause()",
    )
    opening = threading.Thread(target=system_opener(str(program)), args=(URL,))
    opening.start()
    pid, session = map(int, told.read_text().split())
    assert session == pid != os.getsid(0)
    assert os.readlink(f"/proc/{pid}/fd/1") == "/dev/null"  # noqa: PTH115
    opening.join()
    (reaper,) = [thread for thread in threading.enumerate() if thread.name == "browser"]
    os.kill(pid, 9)
    reaper.join(SOON)
    assert not Path(f"/proc/{pid}").exists()


def test_135_a_child_is_given_the_address_and_none_of_our_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = tmp_path / "seen"
    program = script(tmp_path, f"import os; open({str(seen)!r}, 'w').write(repr(dict(os.environ)))")
    monkeypatch.setenv("JACKFIELD_PASSPHRASE_FILE", "/run/secret-file")
    monkeypatch.setenv("JACKFIELD_BROWSER", str(program))
    monkeypatch.setenv("LANG", "C.UTF-8")
    system_opener()(URL)
    assert "JACKFIELD" not in seen.read_text()
    assert "LANG" in seen.read_text()


def test_a_packaged_program_does_not_lend_its_libraries_to_the_browser(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setenv("LD_LIBRARY_PATH", "/opt/jackfield/_internal")
    assert "LD_LIBRARY_PATH" not in child_environment()
    monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", "/usr/local/lib")
    assert child_environment()["LD_LIBRARY_PATH"] == "/usr/local/lib"


def test_installed_browsers_are_listed_once_each(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = tmp_path / "with space"
    folder.mkdir()
    script(folder, "", "chromium")
    (folder / "chromium-browser").symlink_to(folder / "chromium")
    script(folder, "", "firefox-esr")
    (folder / "brave").symlink_to(folder / "chromium")
    monkeypatch.setenv("PATH", str(folder))
    assert browsers() == [("Firefox", f"'{folder}/firefox-esr'"), ("Chromium", f"'{folder}/chromium'")]
    system_opener(browsers()[1][1])(URL)
