"""A short word at the foot of the window: done, or what went wrong. Never takes the focus."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QRect, Qt, QTimer
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QColor,
    QHideEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.ui.theme import Kind, colors
from desktop.ui.widgets import Label, TextButton, restyle, show_if

_SHORT, _LONG = 4_000, 12_000  # milliseconds
_WIDEST = 560
_FROM_BELOW = 18


class Toast(QWidget):
    """Floats over its parent until its time is up or it is dismissed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._kind: Kind = "neutral"
        self._label = Label()
        self.undo = TextButton(self.tr("Undo"), accent=True)
        self.undo.clicked.connect(self._take_back)
        self._back: Callable[[], None] | None = None
        close = TextButton("", icon_name="cross", name=self.tr("Dismiss"))
        close.setProperty("tiny", True)
        close.setFixedSize(22, 22)
        close.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 9, 8, 9)
        row.setSpacing(10)
        row.addWidget(self._label, 1)
        row.addWidget(self.undo, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self.room: Callable[[], QRect] = parent.rect  # where it may stand, over nothing that is pressed
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        parent.installEventFilter(self)
        self.hide()

    @property
    def text(self) -> str:
        """What it says."""
        return self._label.text()

    def say(self, text: str, kind: Kind = "neutral", undo: Callable[[], None] | None = None) -> None:
        """Says something; a failure stays longer, and so does what can be undone."""
        self._kind, self._back = kind, undo
        show_if(self.undo, undo is not None)
        self._label.setText(text)
        restyle(self._label, "kind", "bad" if kind == "bad" else "")
        self.setAccessibleName(text)
        self._place()
        self.show()
        self.raise_()
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))
        self._timer.start(_LONG if kind == "bad" or undo is not None else _SHORT)

    def _take_back(self) -> None:
        back, self._back = self._back, None
        self.hide()
        if back is not None:
            back()

    def hideEvent(self, event: QHideEvent) -> None:
        """What it offered to undo is forgotten with it."""
        super().hideEvent(event)
        self._back = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stays in its place when the window changes its size."""
        if watched is self.parentWidget() and event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws the ground."""
        c = colors()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(c.line), 1))
        painter.setBrush(QColor(c.bad_tint if self._kind == "bad" else c.base))
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 8, 8)
        painter.end()

    def _place(self) -> None:
        room = self.room()
        text = self.fontMetrics().horizontalAdvance(self._label.text()) + 64
        if self._back is not None:
            text += self.undo.sizeHint().width() + 10
        width = max(120, min(text, _WIDEST, room.width() - 40))
        height = max(self.heightForWidth(width), 36)
        left = room.left() + (room.width() - width) // 2
        self.setGeometry(left, room.bottom() - height - _FROM_BELOW, width, height)
