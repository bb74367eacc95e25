"""One page or card on the real engine, and the practice provider behind a person who signs in by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import httpx
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget
from pytestqt.qtbot import QtBot

from desktop.ui.bridge import Bridge
from desktop.vault.records import AccountQuery
from tests.practice.person import sign_in
from tests.ui.console import DEADLINE

W = TypeVar("W", bound=QWidget)


class Visitor:
    """Stands in for the person's browser: `hold` leaves the page open, `press` is the button they choose."""

    def __init__(self) -> None:
        self.links: list[str] = []
        self.hold = False
        self.press = "Allow"
        self.user = "amelia"

    def __call__(self, url: str) -> None:
        self.links.append(url)
        if not self.hold:
            self.come_back(url)

    def come_back(self, url: str) -> None:
        """Signs in and follows the redirect to the app."""
        callback = sign_in(url, user=self.user, press=self.press)
        httpx.get(callback, trust_env=False, follow_redirects=True).raise_for_status()


class Part:
    """A widget on the screen, found and used through what people see and hear of it."""

    def __init__(self, qtbot: QtBot, root: W) -> None:
        self.qtbot, self.root = qtbot, root
        qtbot.addWidget(root)
        root.resize(900, 760)
        root.show()
        root.activateWindow()
        qtbot.waitUntil(root.isActiveWindow, timeout=DEADLINE)

    def until(self, ready: Callable[[], object]) -> None:
        """Lets events run until something is so."""
        self.qtbot.waitUntil(lambda: bool(ready()), timeout=DEADLINE)

    def all(self, kind: type[W], name: str) -> list[W]:
        """Every visible control of a kind with this accessible name."""
        return [w for w in self.root.findChildren(kind) if w.accessibleName() == name and w.isVisible()]

    def find(self, kind: type[W], name: str) -> W:
        """The one visible control of a kind with this accessible name."""
        found = self.all(kind, name)
        assert len(found) == 1, f"{len(found)} visible {kind.__name__} named {name!r}"
        return found[0]

    def press(self, name: str) -> None:
        """Presses a button with the mouse, as soon as it can be pressed."""
        self.until(lambda: any(button.isEnabled() for button in self.all(QAbstractButton, name)))
        QTest.mouseClick(self.find(QAbstractButton, name), Qt.MouseButton.LeftButton)

    def type(self, name: str, text: str) -> None:
        """Types into the box with this name, in place of what it holds."""
        box = self.find(QWidget, name)
        box.setFocus()
        QTest.keyClick(box, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(box, text) if text else QTest.keyClick(box, Qt.Key.Key_Delete)

    def says(self, text: str) -> bool:
        """Whether a visible label holds this text."""
        return any(text in label.text() for label in self.root.findChildren(QLabel) if label.isVisible())

    def tab_order(self) -> list[QWidget]:
        """The visible stops of the Tab key, in their order."""
        stops: list[QWidget] = []
        widget = self.root
        while (widget := widget.nextInFocusChain()) is not self.root:
            takes_tab = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
            if takes_tab and widget.isVisible() and widget.isEnabled() and widget.focusProxy() is None:
                stops.append(widget)
        return stops


def account_names(bridge: Bridge) -> list[str]:
    """The names of all accounts in the vault."""
    return [row.name for row in bridge.engine.run(bridge.engine.accounts(AccountQuery()))]
