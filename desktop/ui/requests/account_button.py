"""The chosen account as a button: icon, name, service and state in a word. Pressed, it asks for another."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton

from connectors.definition import Connector
from desktop.engine.events import STATE_WORDS, ShownState
from desktop.ui.accounts.texts import service_name
from desktop.ui.icons import pixmap, service_pixmap
from desktop.ui.theme import colors, semibold
from desktop.ui.widgets import state_kind
from desktop.vault.records import AccountRow

_ICON = 30
_LEFT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)


class AccountButton(QAbstractButton):
    """Its accessible name is `Account`, its description who is chosen."""

    def __init__(self) -> None:
        super().__init__()
        self._row: AccountRow | None = None
        self._connector: Connector | None = None
        self._state: ShownState = "connected"
        self.setAccessibleName(self.tr("Account"))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.show_account(None)

    def show_account(
        self, row: AccountRow | None, connector: Connector | None = None, state: ShownState = "connected"
    ) -> None:
        """Shows an account, or that none is chosen."""
        self._row, self._connector, self._state = row, connector, state
        chosen = self.tr("none chosen")
        if row is not None:
            chosen = f"{row.name}, {service_name(row, connector)}, {STATE_WORDS[state]}"
        self.setAccessibleDescription(chosen)
        self.update()

    def sizeHint(self) -> QSize:
        """Two lines of text."""
        return QSize(200, max(_ICON, 2 * self.fontMetrics().height() + 2) + 16)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses it, as the space bar does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Draws itself in the new colours."""
        super().changeEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws the button."""
        c = colors()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focused = self.hasFocus()
        inset = 1 if focused else 0.5
        painter.setPen(QPen(QColor(c.accent if focused else c.line), 2 if focused else 1))
        painter.setBrush(QColor(c.alternate if self.underMouse() else c.base))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), 6, 6)
        ratio, inner = self.devicePixelRatioF(), self.rect().adjusted(9, 0, -9, 0)
        arrow = pixmap("chevron-down", "dim", QSize(14, 14), ratio)
        painter.drawPixmap(inner.right() - 13, inner.center().y() - 6, arrow)
        line, middle = self.fontMetrics().height(), inner.center().y() + 1
        if self._row is None:
            painter.setPen(QColor(c.dim))
            painter.drawText(inner.adjusted(0, 0, -22, 0), _LEFT, self.tr("Choose an account"))
            painter.end()
            return
        painter.drawPixmap(
            inner.left(), inner.center().y() - _ICON // 2, service_pixmap(self._connector, _ICON, ratio)
        )
        text = QRect(inner.left() + _ICON + 10, middle - line - 1, inner.width() - _ICON - 32, line)
        painter.setPen(QColor(c.text))
        painter.setFont(semibold(self.font()))
        self._elided(painter, text, self._row.name)
        painter.setFont(self.font())
        lower, word = text.translated(0, line + 1), STATE_WORDS[self._state]
        service = f"{service_name(self._row, self._connector)} · "
        room = max(0, lower.width() - painter.fontMetrics().horizontalAdvance(word))
        painter.setPen(QColor(c.dim))
        took = self._elided(painter, QRect(lower.left(), lower.top(), room, line), service)
        painter.setPen(c.of(state_kind(self._state))[0])
        self._elided(painter, lower.adjusted(took, 0, 0, 0), word)
        painter.end()

    def _elided(self, painter: QPainter, rect: QRect, text: str) -> int:
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, _LEFT, shown)
        return painter.fontMetrics().horizontalAdvance(shown)
