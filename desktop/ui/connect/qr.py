"""A link as a QR code, for another device. Always dark on white, as scanners need it in a dark window too."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

_QUIET = 4  # modules of white around the code, ISO/IEC 18004
_SIDE = 208


class QrCode(QWidget):
    """Draws the modules at whole device pixels, so that the edges stay sharp at every scale."""

    def __init__(self) -> None:
        super().__init__()
        self._link = ""
        self._rows: list[bytes] = []
        self.setAccessibleName(self.tr("QR code of the sign-in link"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_link(self, link: str) -> None:
        """Shows this link. The code is made when it is first seen: few people ask for it."""
        self._link = link
        self._rows = []
        self.update()

    def _make(self) -> None:
        import segno  # takes 60 ms, and most sign-ins do without

        # Links are long and the screen is clean: the lowest error correction gives the largest modules.
        self._rows = [bytes(row) for row in segno.make(self._link, error="l", micro=False).matrix]

    def sizeHint(self) -> QSize:
        return QSize(_SIDE, _SIDE)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._link:
            return
        if not self._rows:
            self._make()
        count = len(self._rows) + 2 * _QUIET
        ratio = self.devicePixelRatioF()
        painter = QPainter(self)
        painter.scale(1 / ratio, 1 / ratio)
        side = int(min(self.width(), self.height()) * ratio)
        module = max(1, side // count)
        margin = (side - module * count) // 2
        painter.fillRect(QRect(0, 0, side, side), Qt.GlobalColor.white)
        dark = QColor(Qt.GlobalColor.black)
        for y, row in enumerate(self._rows):
            for x, filled in enumerate(row):
                if filled:
                    place = QRect(
                        margin + (x + _QUIET) * module, margin + (y + _QUIET) * module, module, module
                    )
                    painter.fillRect(place, dark)
        painter.end()
