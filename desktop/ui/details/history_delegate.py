"""How a generation is drawn: one line, with room around the text that a plain table does not give."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from desktop.ui.details.history_model import Index
from desktop.ui.theme import colors

_SIDE = 12
_INNER = 8


class HistoryDelegate(QStyledItemDelegate):
    """The chosen row stands on the selection colour, rounded over its whole width."""

    def __init__(self, view: QTableView) -> None:
        super().__init__(view)
        self._view = view

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draws one cell."""
        self.initStyleOption(option, index)
        c = colors()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            whole = QRect(option.rect)
            whole.setLeft(0)
            whole.setRight(self._view.viewport().width() - 1)
            painter.setClipRect(option.rect)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(c.selection))
            painter.drawRoundedRect(whole.adjusted(_SIDE, 1, -_SIDE, -1), 6, 6)
            if self._view.hasFocus():
                painter.setPen(QPen(QColor(c.accent), 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(QRectF(whole).adjusted(_SIDE + 1, 2, -_SIDE - 1, -2), 5, 5)
            painter.setClipping(False)
        left = _SIDE + _INNER if index.column() == 0 else _INNER
        right = _SIDE + _INNER if index.column() == 2 else 0
        room = option.rect.adjusted(left, 0, -right, 0)
        painter.setFont(option.font)
        painter.setPen(QColor(c.dim if index.column() == 2 else c.text))
        text = painter.fontMetrics().elidedText(option.text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), text)
        painter.restore()
