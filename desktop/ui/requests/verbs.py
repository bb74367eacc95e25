"""How an HTTP method looks: its colour, and the list to choose from."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFont, QFontDatabase, QFontMetrics, QPainter

from desktop.ui.theme import Kind, colors, semibold

_KINDS: dict[str, Kind] = {
    "GET": "good",
    "HEAD": "good",
    "OPTIONS": "neutral",
    "POST": "accent",
    "PUT": "soon",
    "PATCH": "soon",
    "DELETE": "bad",
}
_LONGEST = "DELETE"


def verb_kind(method: str) -> Kind:
    """The colour of a method: reading, adding, changing, taking away."""
    return _KINDS.get(method.upper(), "neutral")


def verb_width(font: QFont) -> int:
    """The room that the usual methods need in a list."""
    return QFontMetrics(_small(font)).horizontalAdvance(_LONGEST) + 12


def paint_verb(painter: QPainter, rect: QRect, method: str, font: QFont) -> None:
    """Writes a method at the left of a row, in its colour."""
    painter.setFont(_small(font))
    painter.setPen(colors().of(verb_kind(method))[0])
    text = painter.fontMetrics().elidedText(method.upper(), Qt.TextElideMode.ElideRight, rect.width())
    painter.drawText(rect, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), text)


def monospace() -> QFont:
    """The font of addresses, bodies and answers."""
    return QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)


def _small(font: QFont) -> QFont:
    return semibold(font, max(7, font.pointSize() - 2))
