"""How a service is drawn in the grid: icon, name, category."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from connectors.definition import Connector
from desktop.ui.add.model import Index, ServiceRole
from desktop.ui.icons import service_pixmap
from desktop.ui.theme import colors, semibold

_ICON = 34
_GAP = 12
_INSET = 3  # room between neighbours, so that two tiles never touch


class ServiceDelegate(QStyledItemDelegate):
    """Tiles of one height; the view gives the width. With `tiles=False` only the chosen one has a ground."""

    def __init__(self, parent: QObject, *, tiles: bool = True) -> None:
        super().__init__(parent)
        self._tiles = tiles

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Two lines of text, or the icon, whichever is higher."""
        grid = option.widget.gridSize() if isinstance(option.widget, QListView) else QSize()
        gap = _GAP if self._tiles else _GAP - 4
        width = grid.width() if grid.isValid() else 200
        return QSize(width, max(2 * option.fontMetrics.lineSpacing() + 4, _ICON) + 2 * gap + 2 * _INSET)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draws one tile; the chosen one stands on the selection colour, the focus has its ring."""
        connector = index.data(ServiceRole.CONNECTOR)
        if not isinstance(connector, Connector):
            return
        palette = colors()
        tile = QRectF(option.rect).adjusted(_INSET, _INSET, -_INSET, -_INSET)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = palette.selection if chosen else palette.alternate if hovered else palette.base
        edge = palette.accent if chosen and focused else palette.line
        painter.setBrush(QColor(ground))
        painter.setPen(QPen(QColor(edge), 2 if chosen and focused else 1))
        if not self._tiles and not (chosen and focused):
            painter.setPen(Qt.PenStyle.NoPen)
        if self._tiles or chosen or hovered:
            painter.drawRoundedRect(tile.adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        inner = tile.toRect().adjusted(_GAP, _GAP, -_GAP, -_GAP)
        icon = QRect(inner.left(), inner.center().y() - _ICON // 2, _ICON, _ICON)
        painter.drawPixmap(
            icon.topLeft(), service_pixmap(connector, _ICON, painter.device().devicePixelRatioF())
        )
        text = inner.adjusted(_ICON + _GAP, 0, 0, 0)
        self._line(painter, option, text, connector.name, top=True)
        self._line(painter, option, text, connector.category, top=False)
        painter.restore()

    def _line(
        self, painter: QPainter, option: QStyleOptionViewItem, text: QRect, words: str, *, top: bool
    ) -> None:
        painter.setFont(semibold(option.font) if top else option.font)
        painter.setPen(QColor(colors().text if top else colors().dim))
        middle = text.center().y()
        half = option.fontMetrics.lineSpacing()
        line = QRect(text.left(), middle - half if top else middle + 1, text.width(), half)
        shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, line.width())
        painter.drawText(line, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), shown)
