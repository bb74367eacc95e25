"""A button that copies something that is no secret, and says that it did."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from desktop.ui.widgets.buttons import Button

_SAID_FOR = 2000  # milliseconds


class CopyButton(Button):
    """`source` is asked for the text when the button is pressed. The accessible name never changes."""

    def __init__(
        self, text: str, source: Callable[[], str], parent: QWidget | None = None, *, name: str = ""
    ) -> None:
        super().__init__(text, parent, name=name)
        self._source = source
        self._text = text
        self._name = name or text
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SAID_FOR)
        self._timer.timeout.connect(lambda: self.set_text(self._text, name=self._name))
        self.clicked.connect(lambda: self._copy())

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._source())
        # The button must not jump when its word becomes shorter.
        self.setMinimumWidth(self.width())
        self.set_text(self.tr("Copied"), name=self._name)
        self._timer.start()
