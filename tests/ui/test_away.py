"""The vault locks when the person has gone, as the desktop tells it over D-Bus. Each on a bus of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from desktop.ui.away import Watcher
from desktop.ui.away.clock import LOOK_EVERY, SLEPT, ClockWatcher
from tests.ui.away_causes import GONE, HERE
from tests.ui.console import Console
from tests.ui.seeding import add
from tests.vault.helpers import ROOT

needs_bus = pytest.mark.skipif(shutil.which("dbus-daemon") is None, reason="there is no dbus-daemon here")

# A logind that keeps the computer awake as long as somebody holds the descriptor it gave out.
STAGE = """
import os, sys
from PySide6.QtCore import QCoreApplication, QSocketNotifier, QTimer
from PySide6.QtDBus import (
    QDBusConnection, QDBusMessage, QDBusObjectPath, QDBusPendingCallWatcher,
    QDBusUnixFileDescriptor, QDBusVariant, QDBusVirtualObject
)
from desktop.ui.away import watch
from desktop.ui.away.dbus import LOGIN, MANAGER, SCREEN_SAVERS, SESSION

app = QCoreApplication([])
bus = QDBusConnection.connectToBus(os.environ["DBUS_SESSION_BUS_ADDRESS"], "stage")
OWN, OTHER = (f"/org/freedesktop/login1/session/_{number}" for number in (31, 32))

def say(*words):
    print(*words, flush=True)

class Login(QDBusVirtualObject):
    def introspect(self, path):
        return ""

    def handleMessage(self, message, connection):
        say(message.member(), *message.arguments())
        if message.member() == "Inhibit":
            reading, writing = os.pipe()
            connection.send(message.createReply(QDBusUnixFileDescriptor(writing)))
            os.close(writing)
            self.released = QSocketNotifier(reading, QSocketNotifier.Type.Read)
            self.released.activated.connect(lambda: (say("released"), self.released.setEnabled(False)))
        elif message.member() == "Get":
            connection.send(message.createReply(QDBusVariant(self.active)))
        else:
            connection.send(message.createReply(QDBusObjectPath(OWN)))
        return True

def send(path, interface, name, *arguments):
    message = QDBusMessage.createSignal(path, interface, name)
    message.setArguments(list(arguments))
    assert bus.send(message)

login = Login()
assert bus.registerService(LOGIN)
below = QDBusConnection.VirtualObjectRegisterOption.SubPath
bus.registerVirtualObject("/org/freedesktop/login1", login, below)
watcher = watch(app)
watcher.gone.connect(lambda: say("gone"))
commands = QSocketNotifier(0, QSocketNotifier.Type.Read)

def obey():
    words = os.read(0, 4096).decode().split()
    if not words:
        app.quit()
    elif words[0] == "screen":
        send("/x", SCREEN_SAVERS[int(words[1])], "ActiveChanged", words[2] == "on")
    elif words[0] == "sleep":
        send("/org/freedesktop/login1", MANAGER, "PrepareForSleep", words[1] == "on")
    elif words[0] == "lock":
        send({"own": OWN, "other": OTHER}[words[1]], SESSION, "Lock")
    elif words[0] == "active":
        login.active = words[1] == "on"
        send(OWN, "org.freedesktop.DBus.Properties", "PropertiesChanged", SESSION,
             {"Active": words[1] == "on"}, [""])
    elif words[0] == "locked":
        watcher.locked()
    if words:
        say("did", words[0])

commands.activated.connect(obey)

def look():
    if watcher.findChildren(QDBusPendingCallWatcher):  # a question to logind is open
        QTimer.singleShot(0, look)
        return
    for one in (QDBusConnection.sessionBus(), QDBusConnection.systemBus()):
        one.interface().isServiceRegistered(LOGIN)  # whoever is answered has been listening before
    say("ready")

look()
app.exec()
watcher.close()
"""


class Stage:
    """A process with a bus, a logind and a watcher."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def do(self, command: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{command}\n")
        self._process.stdin.flush()

    def lines(self, command: str, count: int) -> set[str]:
        """So many lines that follow a command, in any order."""
        self.do(command)
        return {self.line() for _ in range(count)}

    def until_done(self, command: str, last: str) -> list[str]:
        """The lines up to this one, and up to the end of the command."""
        self.do(command)
        lines: list[str] = []
        while not {last, f"did {command.split()[0]}"} <= set(lines):
            lines.append(self.line())
        return lines


@pytest.fixture
def bus() -> Iterator[str]:
    """The address of a bus of this test's own."""
    command = ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as daemon:
        assert daemon.stdout is not None
        yield daemon.stdout.readline().strip()
        daemon.terminate()


@pytest.fixture
def stage(bus: str) -> Iterator[Stage]:
    environment = os.environ | {"DBUS_SESSION_BUS_ADDRESS": bus, "DBUS_SYSTEM_BUS_ADDRESS": bus}
    process = subprocess.Popen(
        [sys.executable, "-c", STAGE],
        env=environment | {"PYTHONPATH": str(ROOT), "XDG_SESSION_ID": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        ready = Stage(process)
        begun = {ready.line() for _ in range(3)}
        assert begun == {"ready", "Inhibit sleep Jackfield The vault is locked first delay", "GetSession 1"}
        yield ready
    assert process.returncode == 0


@needs_bus
def test_126_the_screen_is_locked(stage: Stage) -> None:
    for number in range(4):
        assert stage.lines(f"screen {number} on", 2) == {"did screen", "gone"}
        stage.do(f"screen {number} off")
        assert stage.line() == "did screen"


@needs_bus
def test_126_the_computer_sleeps_once_the_vault_is_locked(stage: Stage) -> None:
    assert stage.lines("screen 0 on", 2) == {"did screen", "gone"}
    assert stage.lines("locked", 1) == {"did locked"}  # nobody waits for that: it is only the screen
    for _ in range(2):
        assert stage.lines("sleep on", 2) == {"did sleep", "gone"}
        assert stage.lines("locked", 2) == {"did locked", "released"}
        assert stage.lines("sleep off", 2) == {
            "did sleep",
            "Inhibit sleep Jackfield The vault is locked first delay",
        }


@needs_bus
def test_126_the_session_is_locked_or_left(stage: Stage) -> None:
    assert stage.lines("lock own", 2) == {"did lock", "gone"}
    assert stage.lines("lock other", 1) == {"did lock"}
    asked = "Get org.freedesktop.login1.Session Active"
    assert stage.lines("active off", 3) == {"did active", asked, "gone"}
    assert stage.lines("active on", 2) == {"did active", asked}


@needs_bus
@pytest.mark.parametrize("cause", [name for name, words in GONE.items() if words.linux])
def test_126_linux_says_that_the_person_has_gone(cause: str, stage: Stage) -> None:
    assert GONE[cause].linux is not None
    assert "gone" in stage.until_done(GONE[cause].linux, "gone")


@needs_bus
@pytest.mark.parametrize("event", [name for name, words in HERE.items() if words.linux])
def test_126_linux_says_something_else(event: str, stage: Stage) -> None:
    assert HERE[event].linux is not None
    first = f"did {HERE[event].linux.split()[0]}"
    assert "gone" not in stage.until_done(HERE[event].linux, first)
    # On the same bus, and so later: what the first had caused would be there by then.
    assert stage.until_done("screen 0 on", "gone").count("gone") == 1
    assert "gone" not in stage.until_done("locked", "did locked")


def test_126_the_window_locks(home: Path, console: Console) -> None:
    add(home, "amelia")
    console.open()
    locked: list[bool] = []
    away: Watcher = console.window.away
    away.locked = lambda: locked.append(True)  # type: ignore[method-assign]
    away.gone.emit()
    console.until(lambda: console.window.shell is None and locked == [True])
    away.gone.emit()  # locked already: a sleep need not wait
    assert locked == [True, True]


class Hands:
    """A clock with hands."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_126_a_sleep_that_nobody_told_is_noticed_on_waking(qtbot: QtBot) -> None:
    clock, heard = Hands(), []
    watcher = ClockWatcher(wall=clock)
    watcher.gone.connect(lambda: heard.append(clock.now))
    for step in (LOOK_EVERY, LOOK_EVERY + SLEPT, 0.0, -3600.0):  # busy at most, or set back
        clock.now += step
        watcher.look()
    assert heard == []
    clock.now += LOOK_EVERY + SLEPT + 1
    watcher.look()
    assert heard == [clock.now]
    watcher.look()
    assert len(heard) == 1
    clock.now += 3600
    QGuiApplication.instance().applicationStateChanged.emit(Qt.ApplicationState.ApplicationActive)
    assert len(heard) == 2, "whoever comes back to the window need not wait for the timer"
    watcher.close()


def test_126_the_window_locks_on_waking_and_not_who_opens_it_then(home: Path, console: Console) -> None:
    add(home, "amelia")
    console.open()
    (watcher,) = console.window.away.findChildren(ClockWatcher)
    clock = Hands()
    watcher.wall = clock
    watcher.opened()
    clock.now += 8 * 3600
    watcher.look()
    console.until(lambda: console.window.shell is None)
    assert console.engine.vault_state == "locked"
    clock.now += 3600
    console.unlock()
    watcher.look()
    assert console.engine.vault_state == "open"
