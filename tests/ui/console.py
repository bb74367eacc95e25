"""The whole window on a real engine, and the ways in which tests look into it."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.engine.connect.opening import Opener
from desktop.engine.engine import Engine
from desktop.ui.app import Session
from desktop.ui.shell import Shell
from desktop.ui.window import MainWindow
from tests.ui.seeding import PASSPHRASE

W = TypeVar("W", bound=QWidget)
DEADLINE = 15_000  # milliseconds, generous


class Console:
    """`open()` shows the window on its home; `close()` at the end, which the fixture does."""

    def __init__(self, home: Path, qtbot: QtBot, opener: Opener | None = None) -> None:
        self.qtbot = qtbot
        self.window = MainWindow()
        self._session = Session(home, self.window, opener=opener)
        qtbot.addWidget(self.window)

    def open(self, *, unlock: bool = True) -> Console:
        """Shows the window and starts its engine."""
        self.window.resize(1280, 760)
        self.window.show()
        self.window.activateWindow()
        self.until(self.window.isActiveWindow)
        self._session.begin()
        self.until(lambda: self.window.attached)
        if unlock:
            self.unlock()
        return self

    def unlock(self) -> None:
        """Opens the vault through the engine and waits for the panes."""
        self._session.bridge.run(self.engine.unlock(PASSPHRASE))
        self.until(lambda: self.window.shell is not None)

    def close(self) -> None:
        """Ends the session as `run` does."""
        self.window.close()
        self._session.end()

    @property
    def engine(self) -> Engine:
        return self._session.engine

    @property
    def shell(self) -> Shell:
        assert self.window.shell is not None
        return self.window.shell

    def show(self, account_id: str, tab: str = "Overview") -> None:
        """Chooses an account in the list and opens one of its tabs."""
        shell = self.shell
        self.until(lambda: shell.accounts.table.choose(account_id))
        details = shell.details
        self.until(lambda: details.shown_id == account_id and details.isVisible())
        names = [details.tabs.tabText(number) for number in range(details.tabs.count())]
        details.tabs.setCurrentIndex(names.index(tab))

    def until(self, ready: object) -> None:
        """Lets events run until something is so."""
        self.qtbot.waitUntil(ready, timeout=DEADLINE)

    def button(self, name: str, within: QWidget | None = None) -> QAbstractButton:
        """The visible button with this accessible name."""
        return self.find(QAbstractButton, name, within)

    def find(self, kind: type[W], name: str, within: QWidget | None = None) -> W:
        """The one visible control of a kind with this accessible name."""
        found = [
            widget
            for widget in (within or self.window).findChildren(kind)
            if widget.accessibleName() == name and widget.isVisible()
        ]
        assert len(found) == 1, f"{len(found)} visible {kind.__name__} named {name!r}"
        return found[0]

    def press(self, name: str, within: QWidget | None = None) -> None:
        """Presses a button."""
        button = self.button(name, within)
        assert button.isEnabled(), f"{name!r} is disabled"
        button.click()

    def texts(self) -> str:
        """Everything that any widget of the program holds as text, name, description or tooltip."""
        pieces: list[str] = []
        for widget in QApplication.allWidgets():
            pieces += [widget.accessibleName(), widget.accessibleDescription(), widget.toolTip()]
            pieces += [widget.windowTitle(), widget.objectName()]
            for name in ("text", "toPlainText", "placeholderText"):
                held = getattr(widget, name, "")
                pieces.append(str(held() if callable(held) else held))
        return "\n".join(pieces)
