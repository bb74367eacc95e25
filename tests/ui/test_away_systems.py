"""The vault locks when the person has gone, as Windows and macOS tell it. On stand-ins for both."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.ui.away import Watcher, watch
from desktop.ui.away.clock import LOOK_EVERY, SLEPT, ClockWatcher
from tests.ui.away_causes import GONE, HERE, POWER, SESSION
from tests.ui.away_macos import FakeMac
from tests.ui.away_windows import RPC_S_INVALID_BINDING, FakeWindows
from tests.ui.console import Console
from tests.ui.seeding import add
from tests.vault.helpers import ROOT

LOCK = GONE["the screen is locked"]


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> FakeWindows:
    return FakeWindows(monkeypatch)


@pytest.fixture
def mac(monkeypatch: pytest.MonkeyPatch) -> FakeMac:
    return FakeMac(monkeypatch)


class Heard:
    """A window and its watcher, and how often that said `gone`."""

    def __init__(self, qtbot: QtBot) -> None:
        self.times = 0
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.watcher: Watcher = watch(self.window)
        self.watcher.gone.connect(self._gone)

    def _gone(self) -> None:
        self.times += 1


@pytest.mark.parametrize("cause", [name for name, words in GONE.items() if words.windows])
def test_126_windows_says_that_the_person_has_gone(cause: str, windows: FakeWindows, qtbot: QtBot) -> None:
    heard = Heard(qtbot)
    assert GONE[cause].windows is not None
    assert not windows.tell(*GONE[cause].windows), "the window hears it, too"
    assert heard.times == 1
    heard.watcher.close()


@pytest.mark.parametrize("event", [name for name, words in HERE.items() if words.windows])
def test_126_windows_says_something_else(event: str, windows: FakeWindows, qtbot: QtBot) -> None:
    heard = Heard(qtbot)
    assert HERE[event].windows is not None
    assert not windows.tell(*HERE[event].windows)
    assert heard.times == 0
    heard.watcher.close()


def test_126_windows_asks_for_its_own_session_and_gives_that_back(windows: FakeWindows, qtbot: QtBot) -> None:
    heard = Heard(qtbot)
    assert windows.loaded == [("wtsapi32", 0x800)], "out of System32 alone"
    assert windows.registered == {int(heard.window.winId()): 0}  # NOTIFY_FOR_THIS_SESSION
    for kind in (b"windows_dispatcher_MSG", b"xcb_generic_event_t"):  # on its way, or no MSG at all
        windows.tell(SESSION, 0x7, kind=kind)
    assert heard.times == 0
    heard.watcher.close()
    assert windows.registered == {}
    windows.tell(SESSION, 0x7)
    windows.tell(POWER, 0x4)
    assert heard.times == 0
    windows.registered[1] = 0
    heard.watcher.close()
    assert windows.registered == {1: 0}, "given back once"


@pytest.mark.parametrize("lacks", ["", "WTSRegisterSessionNotification", "WTSUnRegisterSessionNotification"])
def test_126_windows_refuses(
    lacks: str, windows: FakeWindows, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    windows.lacks, windows.refuses = lacks, not lacks
    with caplog.at_level(logging.INFO, logger="desktop"):
        heard = Heard(qtbot)
    (line,) = caplog.records
    reason = f"function '{lacks}' not found" if lacks else f"[WinError {RPC_S_INVALID_BINDING}]"
    assert reason in line.getMessage()
    assert "It locks on waking, and when nobody uses it." in line.getMessage()
    windows.tell(SESSION, 0x7)
    assert heard.times == 0
    only_the_clock_is_left(heard)


@pytest.mark.parametrize("cause", [name for name, words in GONE.items() if words.macos])
def test_126_macos_says_that_the_person_has_gone(cause: str, mac: FakeMac, qtbot: QtBot) -> None:
    heard = Heard(qtbot)
    assert GONE[cause].macos is not None
    mac.post(GONE[cause].macos)
    assert heard.times == 1
    heard.watcher.close()


@pytest.mark.parametrize("event", [name for name, words in HERE.items() if words.macos])
def test_126_macos_says_something_else(event: str, mac: FakeMac, qtbot: QtBot) -> None:
    heard = Heard(qtbot)
    assert HERE[event].macos is not None
    mac.post(HERE[event].macos)
    assert heard.times == 0
    heard.watcher.close()


def test_126_macos_is_asked_for_three_names_and_no_longer_than_needed(mac: FakeMac, qtbot: QtBot) -> None:
    heard = Heard(qtbot)
    names = {words.macos for words in GONE.values() if words.macos}
    assert mac.observed == names
    heard.watcher.close()
    assert mac.observed == set()
    for name in names:
        mac.post(name)
    assert heard.times == 0


def test_126_pyobjc_is_missing(
    mac: FakeMac, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "AppKit", None)  # Python's way to say that there is none
    with caplog.at_level(logging.INFO, logger="desktop"):
        heard = Heard(qtbot)
    (line,) = caplog.records
    assert "AppKit" in line.getMessage()
    assert mac.observed == set()
    only_the_clock_is_left(heard)


def only_the_clock_is_left(heard: Heard) -> None:
    """And it still works."""
    (clock,) = heard.watcher.findChildren(Watcher)
    assert isinstance(clock, ClockWatcher)
    before = clock.wall()
    clock.wall = lambda: before + LOOK_EVERY + SLEPT + 3600
    clock.look()
    assert heard.times == 1
    heard.watcher.close()


def test_126_the_window_locks_on_a_message_and_gives_back_at_its_end(
    home: Path, console: Console, windows: FakeWindows
) -> None:
    add(home, "amelia")
    console.open()
    assert windows.registered == {int(console.window.winId()): 0}
    assert LOCK.windows is not None
    windows.tell(*LOCK.windows)
    console.until(lambda: console.window.shell is None)
    assert console.engine.vault_state == "locked"
    console.window.close()
    assert windows.registered == {}


def test_126_the_window_locks_on_a_notification(home: Path, console: Console, mac: FakeMac) -> None:
    add(home, "amelia")
    console.open()
    assert LOCK.macos is not None
    mac.post(LOCK.macos)
    console.until(lambda: console.window.shell is None)
    assert console.engine.vault_state == "locked"
    console.window.close()
    assert mac.observed == set()


def test_126_no_other_system_is_imported() -> None:
    """What is only there on another system would end the start of the window."""
    program = (
        "import sys; from PySide6.QtCore import QCoreApplication; app = QCoreApplication([]);"
        "from desktop.ui.away import watch; watch(app).close();"
        "print(sorted(name for name in sys.modules if name.startswith('desktop.ui.away.')))"
    )
    told = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "['desktop.ui.away.clock', 'desktop.ui.away.dbus']"
    assert told.stderr == ""
