"""One window for each home: the second start raises the first, and what a killed one left is no obstacle."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.ui.single import LOCK, SOCKET, SingleWindow
from tests.ui.console import DEADLINE

PROGRAM = """
import sys
from pathlib import Path
from desktop.ui import app, window

shown = window.MainWindow._show_page
def show_page(self, page):
    shown(self, page)
    print(type(page).__name__, flush=True)
window.MainWindow._show_page = show_page
plain = app.bring_to_front
def bring_to_front(window, token):
    plain(window, token)
    print("called", token, window.isVisible(), flush=True)
app.bring_to_front = bring_to_front
took = app.Arrivals.take
def take(self, words):
    took(self, words)
    print("opened", ascii(list(words)), flush=True)
app.Arrivals.take = take
sys.exit(app.run(Path(sys.argv[1]), words=sys.argv[2:]))
"""


def started(home: Path, *words: str | bytes, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", PROGRAM, str(home), *words],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONUNBUFFERED": "1"} | environment,
        stdout=subprocess.PIPE,
        text=True,
    )


def line(program: subprocess.Popen[str], *, quiet: bool = True) -> str:
    """The next line; `quiet` passes over those that say that nothing was to be opened."""
    assert program.stdout is not None
    said = program.stdout.readline().strip()
    return line(program) if quiet and said == "opened []" else said


def ended(program: subprocess.Popen[str]) -> int:
    program.send_signal(signal.SIGTERM)
    program.communicate(timeout=60)
    return program.returncode


def address(home: Path) -> str:
    """The socket under a name that is short enough, whatever the folder of this test is called."""
    return os.path.relpath(home / SOCKET)


def test_131_a_second_start_raises_the_first_window(home: Path) -> None:
    with started(home) as first:
        assert line(first) == "UnlockPage"
        with started(home, XDG_ACTIVATION_TOKEN="token-1") as second:
            out, _ = second.communicate(timeout=60)
            assert (second.returncode, out) == (0, "")
        assert line(first) == "called token-1 True"
        assert ended(first) == 0
    with started(home) as third:  # the first one has gone in peace
        assert line(third) == "UnlockPage"
        assert ended(third) == 0


def test_131_links_and_files_go_to_the_window_that_is_there(home: Path) -> None:
    with started(home) as first:
        assert line(first) == "UnlockPage"
        words = ["jackfield://connect/github", "/tmp/a b\nc.toml", b"/tmp/\xff.toml", "ö" * 4000]
        with started(home, *words) as second:
            assert second.wait(60) == 0
        assert line(first) == "called  True"
        heard = ["jackfield://connect/github", "/tmp/a b\nc.toml", "/tmp/\udcff.toml", "ö" * 4000]
        assert line(first) == f"opened {heard!a}"
        assert ended(first) == 0
    with started(home, "jackfield://connect/github") as alone:
        assert line(alone) == "opened ['jackfield://connect/github']"
        assert line(alone) == "UnlockPage"
        assert ended(alone) == 0


def test_131_a_window_that_was_killed_is_no_obstacle(home: Path) -> None:
    with started(home) as first:
        assert line(first) == "UnlockPage"
        first.kill()
    assert (home / LOCK).exists()
    assert (home / SOCKET).exists()
    with started(home) as second:
        assert line(second) == "UnlockPage"
        with started(home) as third:
            assert third.wait(60) == 0
        assert line(second) == "called  True"
        assert ended(second) == 0


def test_131_two_homes_have_a_window_each(home: Path, tmp_path: Path) -> None:
    with started(home) as first, started(tmp_path / "other") as second:
        assert line(first) == "UnlockPage"
        assert line(second) == "FirstStartPage"
        assert (ended(first), ended(second)) == (0, 0)


def test_only_this_user_may_call(home: Path, qapp: object) -> None:
    single = SingleWindow(home)
    assert single.claim()
    for path in (home / LOCK, (home / SOCKET)):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0
    assert not SingleWindow(home).claim()
    single.close()
    assert not (home / SOCKET).exists()


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"\n",
        b"nonsense\n",
        b"x" * 200_000,
        b"raise\0 \xff\n",
        b"open\n",
        b"open []\n",
        b'open {"token": "", "words": "jackfield://connect/x"}\n',
        b'open {"token": "", "words": [1]}\n',
        b'open {"token": 1, "words": []}\n',
        b'open {"token": "", "words": [' + b",".join([b'"x"'] * 21) + b"]}\n",
        b"open " + b"[" * 90_000 + b"\n",
    ],
)
def test_whoever_says_something_else_is_not_heard(home: Path, qtbot: QtBot, said: bytes) -> None:
    single = SingleWindow(home)
    assert single.claim()
    calls: list[str] = []
    single.called.connect(calls.append)
    single.opened.connect(calls.append)
    with socket.socket(socket.AF_UNIX) as stranger:
        stranger.connect(address(home))
        stranger.setblocking(False)
        stranger.send(said)
    with socket.socket(socket.AF_UNIX) as friend:
        friend.connect(address(home))
        friend.sendall(b"raise \n")
        qtbot.waitUntil(lambda: calls == [""], timeout=DEADLINE)
        friend.settimeout(30)
        assert friend.recv(64) == b"raised\n"
    single.close()


def test_a_path_that_is_too_long_for_a_socket_will_do(tmp_path: Path) -> None:
    home = tmp_path / ("long-" * 30)
    with started(home) as first:
        assert line(first) == "FirstStartPage"
        assert (home / SOCKET).is_socket()
        with started(home) as second:
            assert second.wait(60) == 0
        assert line(first) == "called  True"
        assert ended(first) == 0
    assert not (home / SOCKET).exists()
