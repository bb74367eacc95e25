"""What stands where there is nothing yet: a title, the sentence that says what to do, one act."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.ui.icons import pixmap
from desktop.ui.widgets.buttons import Button, PrimaryButton
from desktop.ui.widgets.labels import Dim, Heading
from desktop.ui.widgets.showing import show_if

_READABLE = 400  # pixels: a sentence in the middle of a wide page stays a short paragraph


class EmptyState(QWidget):
    """Centred in the room that it is given. `primary=False` where the page has its main act elsewhere."""

    acted = Signal()

    def __init__(
        self,
        title: str,
        sentence: str,
        action: str = "",
        parent: QWidget | None = None,
        *,
        icon_name: str = "",
        action_name: str = "",
        primary: bool = True,
    ) -> None:
        super().__init__(parent)
        self._icon_name = icon_name
        self._picture = QLabel()
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        show_if(self._picture, bool(icon_name))
        self._title = Heading(title, points=12)
        self._title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._title.setWordWrap(True)
        self._sentence = Dim(sentence)
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._sentence.setMaximumWidth(_READABLE)
        self.button = (PrimaryButton if primary else Button)(action or "None", name=action_name)
        self.button.clicked.connect(self.acted)
        show_if(self.button, bool(action))
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(8)
        column.addStretch(2)
        column.addWidget(self._picture)
        column.addWidget(self._title)
        middle = QHBoxLayout()
        middle.addWidget(self._sentence)
        column.addLayout(middle)
        column.addSpacing(8)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        self._retint()

    def say(self, title: str, sentence: str, action: str = "") -> None:
        """Says something else."""
        self._title.setText(title)
        self._sentence.setText(sentence)
        self.button.set_text(action or "None")
        show_if(self.button, bool(action))

    def changeEvent(self, event: QEvent) -> None:
        """Draws the picture again in the new colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_picture"):
            self._retint()

    def _retint(self) -> None:
        if self._icon_name:
            self._picture.setPixmap(pixmap(self._icon_name, "dim", QSize(32, 32), self.devicePixelRatioF()))
