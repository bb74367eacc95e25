"""How a browser is started: which addresses, which program, one argument, no shell."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

import pytest

from connectors.errors import UnsafeUrlError
from desktop.engine.connect.opening import (
    BrowserFailedError,
    browsers,
    check_url,
    child_environment,
    system_opener,
)
from tests.engine.callback_client import SOON, STATE
from tests.engine.stand_in_browser import UNSAFE, script, writes_its_arguments

URL = "https://service.example/authorize?state=" + STATE


@pytest.fixture(autouse=True)
def no_browser_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JACKFIELD_BROWSER", raising=False)


@pytest.fixture
def arguments(tmp_path: Path) -> tuple[Path, Path]:
    return writes_its_arguments(tmp_path)


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
