"""The longest stall of the window's event loop while an account is connected, looked at and refreshed.

    python tests/bench/loop_stall.py [--rounds N]

A timer on the window's thread ticks every 5 ms; a stall is what a tick is late by. The practice provider
and the person who signs in are processes of their own, so that they do not share this one's interpreter.
Prints the longest stall of each step, and ends with 1 if one was over 100 ms from Add account on.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
if not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, Qt, QTimer  # noqa: E402
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QWidget  # noqa: E402

from desktop.engine.engine import Engine  # noqa: E402
from desktop.ui.app import Session, make_app  # noqa: E402
from desktop.ui.theme import apply_theme  # noqa: E402
from desktop.ui.window import MainWindow  # noqa: E402

TICK = 0.005  # seconds
LIMIT = 0.100
PATIENCE = 60.0
W = TypeVar("W", bound=QWidget)


class Heartbeat:
    """Ticks on the window's thread and remembers the longest gap of the step under way."""

    def __init__(self) -> None:
        self.worst: dict[str, float] = {}
        self._step = "show the window"
        self._last = time.perf_counter()
        self._until: Callable[[], bool] | None = None
        self._loop = QEventLoop()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start(round(TICK * 1000))

    def step(self, name: str, act: Callable[[], object], until: Callable[[], bool]) -> None:
        """Acts from inside the event loop, as a click does, and lets it run until something is so."""
        self._step, self._until = name, until
        self._deadline = time.perf_counter() + PATIENCE
        QTimer.singleShot(0, act)
        if self._loop.exec():
            raise TimeoutError(f"{name}: the window did not get there in {PATIENCE:.0f} s")

    def _tick(self) -> None:
        now = time.perf_counter()
        late = now - self._last - TICK
        self.worst[self._step] = max(self.worst.get(self._step, 0.0), late)
        self._last = time.perf_counter()
        if self._until is not None and self._until():
            self._until = None
            self._loop.exit(0)
        elif now > getattr(self, "_deadline", now):
            self._loop.exit(1)


class Walk:
    """Does in the window what a person does, by the names that assistive technology finds."""

    def __init__(self, window: MainWindow, session: Session, heartbeat: Heartbeat) -> None:
        self._window, self._session, self._heartbeat = window, session, heartbeat

    def unlock(self, passphrase: str) -> None:
        box = self._wait_for("start the engine", QLineEdit, "Passphrase")
        box.setText(passphrase)
        self._press("Unlock", until=lambda: self._window.shell is not None)

    def connect(self, number: int) -> None:
        """One account more, then its token renewed."""
        accounts = self._window.shell.accounts
        self._press("Add account", until=lambda: self._has(QLineEdit, "Search services"))
        box = self._find(QLineEdit, "Search services")
        self._heartbeat.step(
            "type a name",
            lambda: QTest.keyClicks(box, "practice (oauth"),
            lambda: self._has(QAbstractButton, "Connect"),
        )
        self._press("Connect", until=lambda: self._has(QAbstractButton, "Sign in with browser"))
        self._press("Sign in with browser", until=lambda: self._has(QAbstractButton, "Done"))
        self._press("Done", until=lambda: accounts.model.rowCount() == number)
        details = self._window.shell.details
        row = accounts.model.account(number - 1)
        self._heartbeat.step(
            "choose the account", lambda: accounts.table.choose(row.id), lambda: details.shown_id == row.id
        )
        for tab in (1, 2, 3, 0):
            self._heartbeat.step(
                "open a tab", lambda tab=tab: details.tabs.setCurrentIndex(tab), lambda: True
            )
        before = row.updated_at
        self._press("Refresh now", until=lambda: self._updated(row.id) > before)

    def _updated(self, account_id: str) -> object:
        return self._session.bridge.reader.account(account_id).updated_at

    def _press(self, name: str, *, until: Callable[[], bool]) -> None:
        button = self._wait_for(f"wait for “{name}”", QAbstractButton, name)
        self._heartbeat.step(f"press “{name}”", button.click, until)

    def _wait_for(self, step: str, kind: type[W], name: str) -> W:
        self._heartbeat.step(step, lambda: None, lambda: self._has(kind, name))
        return self._find(kind, name)

    def _has(self, kind: type[W], name: str) -> bool:
        return any(True for _ in self._all(kind, name))

    def _find(self, kind: type[W], name: str) -> W:
        return next(self._all(kind, name))

    def _all(self, kind: type[W], name: str) -> Iterator[W]:
        for widget in self._window.findChildren(kind):
            if widget.accessibleName() == name and widget.isVisible() and widget.isEnabled():
                yield widget


@contextmanager
def practice() -> Iterator[str]:
    """A provider in a process of its own; its URL."""
    command = [sys.executable, "-m", "desktop", "practice", "--serve-only", "--port", "0"]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, text=True, env=env, **streams) as provider:
        assert provider.stdout is not None
        try:
            yield provider.stdout.readline().strip()
        finally:
            provider.send_signal(signal.SIGINT)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    passphrase = "measured, not guessed"
    with tempfile.TemporaryDirectory() as folder, practice() as url:
        home = Path(folder, "home")
        with Engine(home, actor="command line") as engine:
            engine.run(engine.create_vault(passphrase))
            engine.run(engine.configure("practice-oauth2", {"practice_url": url}))
        person = Path(folder, "person")
        person.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{ROOT}/tests/practice/person.py" "$1"\n')
        person.chmod(0o700)
        os.environ["JACKFIELD_BROWSER"] = str(person)

        app = make_app()
        apply_theme(app, "light")
        window = MainWindow()
        window.resize(1280, 760)  # all three panes, whatever the screen
        session = Session(home, window)
        window.painted.connect(session.begin, Qt.ConnectionType.QueuedConnection)
        heartbeat = Heartbeat()
        window.show()
        walk = Walk(window, session, heartbeat)
        try:
            walk.unlock(passphrase)
            before = set(heartbeat.worst)
            for number in range(1, rounds + 1):
                walk.connect(number)
        finally:
            window.close()
            session.end()
    for step, late in heartbeat.worst.items():
        print(f"{late * 1000:6.1f} ms  {step}")
    longest = max(late for step, late in heartbeat.worst.items() if step not in before)
    print(f"longest while connecting: {longest * 1000:.1f} ms (limit {LIMIT * 1000:.0f} ms)")
    return 0 if longest <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
