"""How an entry is drawn: how it ended, what it was, who did it, and when."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from desktop.ui import times
from desktop.ui.activity.model import ActivityRole, Index
from desktop.ui.activity.texts import action_word, outcome_kind, outcome_word, title
from desktop.ui.theme import colors, semibold
from desktop.vault.records import ActivityRow

ROW_HEIGHT = 52
_LEFT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
_RIGHT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)


class ActivityDelegate(QStyledItemDelegate):
    """Two lines and a moment; a failure says so in a word and in its colour."""

    def sizeHint(self, option: QStyleOptionViewItem, _index: Index) -> QSize:
        """All rows have one height, which large text makes larger."""
        return QSize(100, max(ROW_HEIGHT, 2 * option.fontMetrics.height() + 18))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draws one entry."""
        row = index.data(ActivityRole.ROW)
        if not isinstance(row, ActivityRow):
            return
        c = colors()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._ground(painter, option)
        cell = option.rect.adjusted(18, 0, -18, 0)
        good = row.outcome == "ok"
        painter.setPen(Qt.PenStyle.NoPen)
        shade, _tint = c.of(outcome_kind(row))
        painter.setBrush(shade)
        line = option.fontMetrics.height()
        middle = cell.center().y() + 1
        painter.drawEllipse(QPointF(cell.left() + 4, middle - line / 2 - 1), 4, 4)
        moment = times.short_moment(row.at)
        room = option.fontMetrics.horizontalAdvance(moment)
        painter.setPen(QColor(c.dim))
        painter.setFont(option.font)
        painter.drawText(QRect(cell.right() - room, middle - line - 1, room + 1, line), _RIGHT, moment)
        text = QRect(cell.left() + 20, middle - line - 1, cell.width() - 20, line)
        painter.setPen(QColor(c.text))
        self._line(painter, semibold(option.font), text.adjusted(0, 0, -room - 12, 0), title(row))
        parts = [index.data(ActivityRole.SERVICE), action_word(row), row.actor]
        if not good:
            parts[1] = f"{action_word(row)} · {outcome_word(row).lower()}"
        painter.setPen(QColor(c.dim) if good else shade)
        self._line(painter, option.font, text.translated(0, line + 2), " · ".join(filter(None, parts)))
        painter.restore()

    def _ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        c = colors()
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if not selected and not hovered:
            return
        tile = QRectF(option.rect).adjusted(4, 1, -4, -1)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(c.selection if selected else c.alternate))
        painter.drawRoundedRect(tile, 8, 8)
        if selected and option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(QColor(c.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(tile.adjusted(1, 1, -1, -1), 7, 7)

    def _line(self, painter: QPainter, font: QFont, rect: QRect, text: str) -> None:
        painter.setFont(font)
        shown = painter.fontMetrics().elidedText(
            " ".join(text.split()), Qt.TextElideMode.ElideRight, rect.width()
        )
        painter.drawText(rect, _LEFT, shown)
