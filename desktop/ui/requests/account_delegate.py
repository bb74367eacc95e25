"""How an account is drawn in the chooser: icon, name, service and the state in a word."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from desktop.engine.events import STATE_WORDS
from desktop.ui.accounts.model import Role
from desktop.ui.accounts.texts import service_name
from desktop.ui.icons import service_pixmap
from desktop.ui.requests.delegates import Rows
from desktop.ui.requests.operations import Index
from desktop.ui.theme import colors, semibold
from desktop.ui.widgets import state_kind

_ICON = 28


class AccountRowDelegate(Rows):
    """Two lines beside the icon of the service."""

    lines = 2

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Never lower than the icon."""
        size = super().sizeHint(option, index)
        return QSize(size.width(), max(size.height(), _ICON + 14))

    def write(self, painter: QPainter, option: QStyleOptionViewItem, index: Index, cell: QRect) -> None:
        """Icon, name, and what it is below."""
        row, shown, connector = index.data(Role.ROW), index.data(Role.SHOWN), index.data(Role.CONNECTOR)
        if row is None:
            return
        ratio, line = painter.device().devicePixelRatioF(), option.fontMetrics.height()
        icon = service_pixmap(connector, _ICON, ratio)
        painter.drawPixmap(cell.left(), cell.center().y() - _ICON // 2, icon)
        upper = QRect(cell.left() + _ICON + 10, cell.center().y() - line, cell.width() - _ICON - 10, line)
        painter.setFont(semibold(option.font))
        elide = Qt.TextElideMode.ElideRight
        self.line(painter, upper, row.name, colors().text, elide)
        painter.setFont(option.font)
        lower = upper.translated(0, line + 1)
        word = STATE_WORDS[shown]
        room = painter.fontMetrics().horizontalAdvance(word) + 8
        what = " · ".join(dict.fromkeys((service_name(row, connector), str(index.data(Role.SECOND)))))
        self.line(painter, lower.adjusted(0, 0, -room, 0), what, colors().dim, elide)
        painter.setPen(colors().of(state_kind(shown))[0])
        painter.drawText(lower, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), word)
