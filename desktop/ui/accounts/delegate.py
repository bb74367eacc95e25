"""How a row is drawn: icon, name over a second line, service, state over its time."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from desktop.engine.events import STATE_WORDS
from desktop.ui.accounts.model import Column, Index, Role
from desktop.ui.accounts.texts import ACT_WORDS, Act
from desktop.ui.icons import pixmap, service_pixmap
from desktop.ui.theme import colors, semibold
from desktop.ui.widgets.pill import paint_pill, pill_width, state_kind

ROW_HEIGHT = 58
_ICON = 34
_PILL_HEIGHT = 22
_SIDE = 14  # the rows stand under the search box
_INNER = _SIDE + 10
_RIGHT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
_LEFT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)


class AccountDelegate(QStyledItemDelegate):
    """Draws each column of a row. `act_asked(account_id, act)` when the act under the state is clicked."""

    act_asked = Signal(str, str)

    def __init__(self, view: QTableView) -> None:
        super().__init__(view)
        self._view = view
        self.hovered = -1

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """All rows have one height."""
        return QSize(100, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draws one cell."""
        row = index.data(Role.ROW)
        if row is None:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._ground(painter, option, index)
        cell = option.rect.adjusted(0, 4, 0, -4)
        match index.column():
            case Column.ACCOUNT:
                self._account(painter, option, cell, index)
            case Column.SERVICE:
                painter.setPen(QColor(colors().dim))
                self._text(painter, option.font, cell.adjusted(0, 0, -8, 0), index.data(), _LEFT)
            case Column.STATE:
                self._state(painter, option, cell, index)
        painter.restore()

    def _ground(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if not selected and index.row() != self.hovered:
            return
        c = colors()
        whole = QRect(option.rect)
        whole.setLeft(0)
        whole.setRight(self._view.viewport().width() - 1)
        painter.setClipRect(option.rect)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(c.selection if selected else c.alternate))
        painter.drawRoundedRect(whole.adjusted(_SIDE, 2, -_SIDE, -2), 8, 8)
        if selected and self._view.hasFocus():
            painter.setPen(QPen(QColor(c.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(whole).adjusted(_SIDE + 1, 3, -_SIDE - 1, -3), 7, 7)
        painter.setClipping(False)

    def _account(self, painter: QPainter, option: QStyleOptionViewItem, cell: QRect, index: Index) -> None:
        c = colors()
        ratio = painter.device().devicePixelRatioF()
        icon = QRect(cell.left() + _INNER, cell.center().y() - _ICON // 2, _ICON, _ICON)
        painter.drawPixmap(icon.topLeft(), service_pixmap(index.data(Role.CONNECTOR), _ICON, ratio))
        text = cell.adjusted(_INNER + _ICON + 12, 0, -8, 0)
        line = option.fontMetrics.height()
        middle = cell.center().y() + 1
        upper = QRect(text.left(), middle - line - 1, text.width(), line)
        lower = QRect(text.left(), middle + 1, text.width(), line)
        painter.setPen(QColor(c.text))
        bold = semibold(option.font)
        name_width = self._text(painter, bold, upper, index.data(), _LEFT)
        if index.data(Role.ROW).pinned and name_width + 18 < upper.width():
            painter.drawPixmap(
                upper.left() + name_width + 6,
                upper.center().y() - 6,
                pixmap("pin", "dim", QSize(12, 12), ratio),
            )
        painter.setPen(QColor(c.dim))
        self._text(painter, option.font, lower, index.data(Role.SECOND), _LEFT)

    def _state(self, painter: QPainter, option: QStyleOptionViewItem, cell: QRect, index: Index) -> None:
        shown = index.data(Role.SHOWN)
        painter.setFont(option.font)
        word = STATE_WORDS[shown]
        width = pill_width(painter.fontMetrics(), word)
        right = cell.right() - _INNER
        top = cell.center().y() - _PILL_HEIGHT
        paint_pill(painter, QRect(right - width, top, width, _PILL_HEIGHT), word, state_kind(shown))
        act = self._visible_act(index)
        if act is not None:
            font = semibold(option.font)
            font.setUnderline(index.row() == self.hovered)
            painter.setPen(QColor(colors().accent))
            self._text(painter, font, self._act_rect(option), ACT_WORDS[act], _RIGHT)
        else:
            painter.setPen(QColor(colors().dim))
            self._text(painter, option.font, self._act_rect(option), index.data(Role.TIME), _RIGHT)

    def _visible_act(self, index: Index) -> Act | None:
        """Signing in again is always offered; refreshing only where the pointer is."""
        act: Act | None = index.data(Role.ACT)
        return act if act == "sign_in" or index.row() == self.hovered else None

    def _act_rect(self, option: QStyleOptionViewItem) -> QRect:
        middle = option.rect.center().y()
        return QRect(
            option.rect.left(), middle + 2, option.rect.width() - _INNER - 1, option.fontMetrics.height() + 2
        )

    def editorEvent(
        self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        """A click on the act under the state asks for it."""
        act = self._visible_act(index) if index.column() == Column.STATE else None
        if act is not None and isinstance(event, QMouseEvent) and event.button() == Qt.MouseButton.LeftButton:
            word = semibold(option.font)
            width = self._view.fontMetrics().horizontalAdvance(ACT_WORDS[act]) + (8 if word.bold() else 16)
            area = self._act_rect(option)
            area.setLeft(area.right() - width)
            if area.contains(event.position().toPoint()):
                if event.type() == QEvent.Type.MouseButtonRelease:
                    self.act_asked.emit(index.data(Role.ROW).id, act)
                return True
        return super().editorEvent(event, model, option, index)

    def _text(self, painter: QPainter, font: object, rect: QRect, text: str, flags: int) -> int:
        """Draws one elided line; returns the width it took."""
        painter.setFont(font)
        metrics = painter.fontMetrics()
        shown = metrics.elidedText(" ".join(str(text).split()), Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, flags, shown)
        return metrics.horizontalAdvance(shown)
