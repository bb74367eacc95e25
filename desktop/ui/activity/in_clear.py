"""Requests and answers as they were, where somebody turned that on: fetched and shown only when asked for."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.ui.widgets import Dim, Label, TextButton, show_if


class InClearSection(QWidget):
    """`read` gives the texts of the entry's steps; nothing of them is kept here once they are hidden."""

    def __init__(self, read: Callable[[], list[str]]) -> None:
        super().__init__()
        self._read = read
        self._texts: list[Label] = []
        self.button = TextButton(self.tr("Show it with its secrets"))
        self.button.clicked.connect(lambda: self._turn())
        self.gone = Dim(self.tr("It was taken out meanwhile."))
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(10)
        self._column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addWidget(self.gone)
        show_if(self.gone, False)

    def hideEvent(self, event: QHideEvent) -> None:
        """Another page, another entry: the secrets are not shown again unasked."""
        super().hideEvent(event)
        self._hide_texts()

    def _turn(self) -> None:
        if self._texts:
            self._hide_texts()
        else:
            self._show_texts()

    def _hide_texts(self) -> None:
        for label in self._texts:
            label.clear()
            label.hide()
            label.deleteLater()
        self._texts = []
        self.button.set_text(self.tr("Show it with its secrets"))

    def _show_texts(self) -> None:
        steps = self._read()
        show_if(self.gone, not steps)
        for number, step in enumerate(steps, start=1):
            if step:
                label = Label(f"{number}. {step}")
                label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                self._column.addWidget(label)
                self._texts.append(label)
        if self._texts:
            self.button.set_text(self.tr("Hide the secrets"))
