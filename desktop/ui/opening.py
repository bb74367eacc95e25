"""What the window shows until the engine is there: the sign, and nothing to wait for."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from desktop.ui.theme import colors


class OpeningPage(QWidget):
    """Drawn by hand: reading an SVG would cost the first window its time."""

    painted = Signal()  # once

    def __init__(self) -> None:
        super().__init__()
        self._told = False

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws six jacks."""
        c = colors()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(c.line), 3))
        middle = self.rect().center()
        for column in (-1, 0, 1):
            for line in (-1, 0):
                painter.drawEllipse(QRectF(middle.x() + 26 * column - 8, middle.y() + 26 * line - 8, 16, 16))
        painter.end()
        if not self._told:
            self._told = True
            self.painted.emit()
