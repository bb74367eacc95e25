"""A sentence on a tint across a pane, with at most one act beside it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.ui.theme import Kind, colors
from desktop.ui.widgets.buttons import Button
from desktop.ui.widgets.labels import Label
from desktop.ui.widgets.showing import show_if


class Banner(QWidget):
    """`kind` gives the colour, `text` the sentence, `action` the text of the button (none when empty)."""

    acted = Signal()

    def __init__(
        self, kind: Kind = "neutral", text: str = "", action: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._kind: Kind = kind
        self._label = Label(text)
        self.button = Button("")
        self.button.clicked.connect(self.acted)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(12)
        row.addWidget(self._label, 1)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignVCenter)
        self.show_message(kind, text, action)

    def show_message(self, kind: Kind, text: str, action: str = "") -> None:
        """Says something else; an empty text hides the banner."""
        self._kind = kind
        self._label.setText(text)
        self.setAccessibleName(text)
        self.button.set_text(action or "None")
        show_if(self.button, bool(action))
        self._label.set_kind(kind)
        show_if(self, bool(text))
        self.update()

    @property
    def text(self) -> str:
        """The sentence that is shown."""
        return self._label.text()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws the tint."""
        _text, tint = colors().of(self._kind)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tint)
        painter.drawRoundedRect(self.rect(), 8, 8)
        painter.end()
