"""A state as a dot and a word on a tint: a colour, a sign and a word, so none is needed alone."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.engine.events import STATE_WORDS, ShownState
from desktop.ui.theme import Kind, colors

_KINDS: dict[ShownState, Kind] = {
    "connected": "good",
    "refreshing": "neutral",
    "expires_soon": "soon",
    "needs_sign_in": "bad",
    "invalid": "bad",
    "offline": "neutral",
    "unknown_expiry": "neutral",
    "locked": "neutral",
    "disabled": "neutral",
}
_HEIGHT = 22


def state_kind(state: ShownState) -> Kind:
    """The colour that goes with a state."""
    return _KINDS[state]


def pill_width(metrics: QFontMetrics, word: str) -> int:
    """How wide a pill with this word is."""
    return metrics.horizontalAdvance(word) + 34


def paint_pill(painter: QPainter, rect: QRect, word: str, kind: Kind) -> None:
    """Draws a pill; shared by the widget and the rows of tables."""
    text, tint = colors().of(kind)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(tint)
    painter.drawRoundedRect(QRectF(rect), rect.height() / 2, rect.height() / 2)
    painter.setBrush(text)
    painter.drawEllipse(QPointF(rect.left() + 13, rect.center().y() + 0.5), 4, 4)
    painter.setPen(text)
    painter.drawText(
        rect.adjusted(23, 0, -4, 0), int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), word
    )
    painter.restore()


class StatePill(QWidget):
    """The pill as a widget. Its accessible name is the word."""

    def __init__(self, state: ShownState = "connected", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._word, self._kind = "", "neutral"
        self.set_state(state)

    def set_state(self, state: ShownState) -> None:
        """Shows a state under the word that is used everywhere."""
        self.set_word(STATE_WORDS[state], state_kind(state))

    def set_word(self, word: str, kind: Kind) -> None:
        """Shows any word in any of the kinds."""
        self._word, self._kind = word, kind
        self.setAccessibleName(word)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as the word needs."""
        return QSize(pill_width(self.fontMetrics(), self._word), _HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws the pill."""
        painter = QPainter(self)
        paint_pill(painter, self.rect(), self._word, self._kind)
        painter.end()
