"""Icons: the program's own, tinted in a colour of the theme, and one for each service."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QApplication

from connectors.definition import Connector
from desktop.assets import resource
from desktop.ui.theme import colors

Tint = Literal["text", "dim", "accent", "on_accent", "good", "soon", "bad"]

# For a service without a colour of its own: chosen by its name, so that it stays the same.
_SPARE_COLORS = ("#4b5d78", "#2f6f6a", "#7a4b8a", "#8a5a3c", "#3d6b45", "#7d4757", "#52568f")

_MARK_FILE = re.compile(r"[a-z0-9-]+\.svg")
_MARK = 0.58  # of the tile's side
_LIGHTEST_BELOW_WHITE = 0.3  # relative luminance at which white still has 3:1


def icon(name: str, tint: Tint = "text", size: int = 16) -> QIcon:
    """An icon of resources/icons/ui in the colour that `tint` has now."""
    ratio = _ratio()
    made = QIcon(pixmap(name, tint, QSize(size, size), ratio))
    made.addPixmap(pixmap(name, "dim", QSize(size, size), ratio), QIcon.Mode.Disabled)
    return made


def pixmap(name: str, tint: Tint, size: QSize, ratio: float = 1.0) -> QPixmap:
    """The same as a pixmap; `size` in logical pixels."""
    return _drawn(name, getattr(colors(), tint), size.width(), size.height(), ratio)


def app_icon() -> QIcon:
    """The icon of the program."""
    return QIcon(str(resource("icons", "jackfield.svg")))


def service_icon(connector: Connector | None, size: int) -> QIcon:
    """A service's icon, `size` in logical pixels. None: a service that is no longer defined."""
    return QIcon(service_pixmap(connector, size, _ratio()))


def service_pixmap(connector: Connector | None, size: int, ratio: float = 1.0) -> QPixmap:
    """A rounded square in the service's colour with its mark on it, or with its initial."""
    if connector is None:
        return _tile("?", "#7b8490", "", size, ratio)
    return _tile(connector.name, connector.color, connector.icon, size, ratio)


def _ratio() -> float:
    app = QApplication.instance()
    return app.devicePixelRatio() if isinstance(app, QApplication) else 1.0


@lru_cache(maxsize=512)
def _drawn(name: str, color: str, width: int, height: int, ratio: float) -> QPixmap:
    from PySide6.QtSvg import QSvgRenderer  # not needed for the first window

    source = resource("icons", "ui", f"{name}.svg").read_bytes().replace(b"currentColor", color.encode())
    renderer = QSvgRenderer(QByteArray(source))
    canvas = _canvas(width, height, ratio)
    painter = QPainter(canvas)
    renderer.render(painter, QRectF(0, 0, width, height))
    painter.end()
    return canvas


@lru_cache(maxsize=1024)
def _tile(name: str, color: str, file: str, size: int, ratio: float) -> QPixmap:
    canvas = _canvas(size, size, ratio)
    painter = QPainter(canvas)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    spare = _SPARE_COLORS[sum(name.encode()) % len(_SPARE_COLORS)]
    ground = QColor(color) if QColor(color).isValid() else QColor(spare)
    # A faint edge keeps a nearly black tile visible on the dark theme.
    painter.setPen(QColor(128, 128, 128, 60))
    painter.setBrush(ground)
    radius = max(4.0, size * 0.18)
    painter.drawRoundedRect(QRectF(0.5, 0.5, size - 1, size - 1), radius, radius)
    ink = ink_on(ground)
    if mark := _mark(file):
        side = size * _MARK
        _draw(painter, mark, QRectF((size - side) / 2, (size - side) / 2, side, side), ink)
    else:
        _draw_initial(painter, name, size, ink)
    painter.end()
    return canvas


def ink_on(ground: QColor) -> QColor:
    """White or nearly black: what stands out on a colour by at least 3:1 (WCAG 2.2, 1.4.11)."""
    return QColor("#ffffff") if _luminance(ground) <= _LIGHTEST_BELOW_WHITE else QColor("#14181d")


def _mark(file: str) -> bytes:
    """The drawing of a service's mark; nothing when the definition names none that ships."""
    if not _MARK_FILE.fullmatch(file):
        return b""
    shipped = resource("icons", "services", file)
    return shipped.read_bytes() if shipped.is_file() else b""


def _draw(painter: QPainter, mark: bytes, place: QRectF, ink: QColor) -> None:
    from PySide6.QtSvg import QSvgRenderer  # not needed for the first window

    filled = mark.replace(b"<svg ", b'<svg fill="' + ink.name().encode() + b'" ', 1)
    QSvgRenderer(QByteArray(filled)).render(painter, place)


def _draw_initial(painter: QPainter, name: str, size: int, ink: QColor) -> None:
    font = QFont(QApplication.font())
    font.setWeight(QFont.Weight.DemiBold)
    font.setPixelSize(max(8, round(size * 0.47)))
    painter.setFont(font)
    painter.setPen(ink)
    initial = next((letter for letter in name if letter.isalnum()), "?").upper()
    painter.drawText(QRectF(0, 0, size, size), int(Qt.AlignmentFlag.AlignCenter), initial)


def _canvas(width: int, height: int, ratio: float) -> QPixmap:
    canvas = QPixmap(round(width * ratio), round(height * ratio))
    canvas.setDevicePixelRatio(ratio)
    canvas.fill(Qt.GlobalColor.transparent)
    return canvas


def _luminance(color: QColor) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.2)."""
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in color.getRgbF()[:3]]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
