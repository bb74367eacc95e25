"""How the lists at the left are drawn: a method in its colour, a title, a second line, a dot for unsaved."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from desktop.ui.requests.operations import Index, OperationRole
from desktop.ui.requests.saved_model import SavedRole
from desktop.ui.requests.verbs import paint_verb, verb_width
from desktop.ui.theme import colors

_SIDE = 14
_LEFT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)


class Rows(QStyledItemDelegate):
    """Rows of one height with a ground for the chosen one; each kind writes its own."""

    lines = 1

    def sizeHint(self, option: QStyleOptionViewItem, _index: Index) -> QSize:
        """All rows have one height, which large text makes larger."""
        return QSize(100, self.lines * option.fontMetrics.height() + 16)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draws one row."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._ground(painter, option)
        self.write(painter, option, index, option.rect.adjusted(_SIDE, 0, -_SIDE, 0))
        painter.restore()

    def write(self, painter: QPainter, option: QStyleOptionViewItem, index: Index, cell: QRect) -> None:
        """Writes into a row; `cell` is its inside."""
        raise NotImplementedError

    def _ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        c = colors()
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if not selected and not option.state & QStyle.StateFlag.State_MouseOver:
            return
        tile = QRectF(option.rect).adjusted(4, 1, -4, -1)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(c.selection if selected else c.alternate))
        painter.drawRoundedRect(tile, 6, 6)
        if selected and option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(QColor(c.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(tile.adjusted(1, 1, -1, -1), 5, 5)

    def line(self, painter: QPainter, rect: QRect, text: str, color: str, mode: Qt.TextElideMode) -> None:
        """Writes one elided line in the painter's font."""
        painter.setPen(QColor(color))
        shown = painter.fontMetrics().elidedText(" ".join(text.split()), mode, rect.width())
        painter.drawText(rect, _LEFT, shown)


class SavedDelegate(Rows):
    """Method and name; a dot where something is not saved."""

    def write(self, painter: QPainter, option: QStyleOptionViewItem, index: Index, cell: QRect) -> None:
        """Writes one request."""
        width = verb_width(option.font)
        method = str(index.data(SavedRole.METHOD))
        paint_verb(painter, QRect(cell.left(), cell.top(), width - 6, cell.height()), method, option.font)
        dirty = bool(index.data(SavedRole.DIRTY))
        painter.setFont(option.font)
        name = cell.adjusted(width, 0, -14 if dirty else 0, 0)
        color = colors().text if index.data(SavedRole.NAMED) else colors().dim
        text = str(index.data(Qt.ItemDataRole.DisplayRole))
        self.line(painter, name, text, color, Qt.TextElideMode.ElideRight)
        if dirty:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colors().soon))
            painter.drawEllipse(QPointF(cell.right() - 4, cell.center().y() + 0.5), 3.5, 3.5)


class OperationDelegate(Rows):
    """Method and path, the summary below."""

    lines = 2

    def write(self, painter: QPainter, option: QStyleOptionViewItem, index: Index, cell: QRect) -> None:
        """Writes one operation."""
        operation = index.data(OperationRole.OPERATION)
        width, line = verb_width(option.font), option.fontMetrics.height()
        upper = QRect(cell.left(), cell.top() + 7, cell.width(), line)
        first = QRect(upper.left(), upper.top(), width - 6, line)
        paint_verb(painter, first, operation.method, option.font)
        painter.setFont(option.font)
        # The end of a path tells more than its beginning.
        path = upper.adjusted(width, 0, 0, 0)
        self.line(painter, path, operation.path, colors().text, Qt.TextElideMode.ElideMiddle)
        lower = upper.translated(0, line + 1).adjusted(width, 0, 0, 0)
        self.line(painter, lower, operation.summary, colors().dim, Qt.TextElideMode.ElideRight)
