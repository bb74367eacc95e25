"""How a row of the preview is drawn: icon, name over a second line, a pill, the choice."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from connectors.definition import Connector
from desktop.ui.exchange.preview_model import Column, Index, Role
from desktop.ui.exchange.texts import STATUS_KINDS, status_word
from desktop.ui.icons import service_pixmap
from desktop.ui.theme import colors, semibold
from desktop.ui.widgets.pill import paint_pill, pill_width

ROW_HEIGHT = 48
_ICON = 28
_INNER = 10
_PILL_HEIGHT = 22
_LEFT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)


class PreviewDelegate(QStyledItemDelegate):
    """`connector` finds a definition by its key."""

    def __init__(self, view: QTableView, connector: Callable[[str], Connector | None]) -> None:
        super().__init__(view)
        self._view = view
        self._connector = connector

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """All rows have one height."""
        return QSize(100, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draws one cell."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._ground(painter, option)
        cell = option.rect.adjusted(_INNER, 0, -_INNER, 0)
        skipped = index.data(Role.CHOICE) == "skip"
        match index.column():
            case Column.ITEM:
                self._item(painter, option, cell, index)
            case Column.STATUS:
                painter.setFont(option.font)
                status = index.data(Role.ITEM).status
                word = status_word(status)
                width = pill_width(painter.fontMetrics(), word)
                top = cell.center().y() - _PILL_HEIGHT // 2
                paint_pill(painter, QRect(cell.left(), top, width, _PILL_HEIGHT), word, STATUS_KINDS[status])
            case Column.CHOICE:
                painter.setPen(QColor(colors().dim if skipped else colors().text))
                font = option.font if skipped else semibold(option.font)
                _text(painter, font, cell, index.data())
        painter.restore()

    def _ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        if not option.state & QStyle.StateFlag.State_Selected:
            return
        c = colors()
        whole = QRect(option.rect)
        whole.setLeft(0)
        whole.setRight(self._view.viewport().width() - 1)
        painter.setClipRect(option.rect)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(c.selection))
        painter.drawRoundedRect(whole.adjusted(0, 1, 0, -1), 8, 8)
        if self._view.hasFocus():
            painter.setPen(QPen(QColor(c.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(whole).adjusted(1, 2, -1, -2), 7, 7)
        painter.setClipping(False)

    def _item(self, painter: QPainter, option: QStyleOptionViewItem, cell: QRect, index: Index) -> None:
        item = index.data(Role.ITEM)
        ratio = painter.device().devicePixelRatioF()
        top = cell.center().y() - _ICON // 2
        painter.drawPixmap(cell.left(), top, service_pixmap(self._connector(item.connector), _ICON, ratio))
        text = cell.adjusted(_ICON + 12, 0, 0, 0)
        line, middle = option.fontMetrics.height(), cell.center().y() + 1
        painter.setPen(QColor(colors().text))
        upper = QRect(text.left(), middle - line - 1, text.width(), line)
        _text(painter, semibold(option.font), upper, item.name)
        painter.setPen(QColor(colors().dim))
        lower = QRect(text.left(), middle + 1, text.width(), line)
        _text(painter, option.font, lower, index.data(Role.SECOND))


def _text(painter: QPainter, font: QFont, rect: QRect, text: str) -> None:
    painter.setFont(font)
    plain = " ".join(text.split())
    painter.drawText(
        rect, _LEFT, painter.fontMetrics().elidedText(plain, Qt.TextElideMode.ElideRight, rect.width())
    )
