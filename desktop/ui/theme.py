"""Light and dark: the colours, the palette made of them, and the one short style sheet.

`QStyleHints.setColorScheme` does nothing on bare X11, so the palette is set as well; that sends
`QEvent.PaletteChange` to every widget, which is when tinted icons are made again.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

from desktop.assets import resource

ThemeChoice = Literal["system", "light", "dark"]
Kind = Literal["good", "soon", "bad", "neutral", "accent"]

TEXT_POINTS = 10
HEADING_POINTS = 14


@dataclass(frozen=True)
class Colors:
    """The named colours of one theme, as #rrggbb."""

    dark: bool
    window: str
    base: str
    alternate: str
    side: str
    line: str
    selection: str
    text: str
    dim: str
    accent: str
    on_accent: str
    good: str
    good_tint: str
    soon: str
    soon_tint: str
    bad: str
    bad_tint: str

    def of(self, kind: Kind) -> tuple[QColor, QColor]:
        """The text colour and the tint behind it for one kind of message or state."""
        pairs = {
            "good": (self.good, self.good_tint),
            "soon": (self.soon, self.soon_tint),
            "bad": (self.bad, self.bad_tint),
            "accent": (self.accent, self.selection),
            "neutral": (self.dim, self.alternate),
        }
        text, tint = pairs[kind]
        return QColor(text), QColor(tint)


LIGHT = Colors(
    dark=False,
    window="#f6f7f9",
    base="#ffffff",
    alternate="#f0f2f5",
    side="#eef0f3",
    line="#dfe3e8",
    selection="#dfe9fb",
    text="#1b1f24",
    dim="#5c6672",
    accent="#2563c9",
    on_accent="#ffffff",
    good="#166f3b",
    good_tint="#e2f4e8",
    soon="#9a5b00",
    soon_tint="#fdf0d9",
    bad="#b3261e",
    bad_tint="#fbe4e2",
)

DARK = Colors(
    dark=True,
    window="#1b1d21",
    base="#22252a",
    alternate="#292c32",
    side="#17191c",
    line="#363b43",
    selection="#273450",
    text="#e8eaed",
    dim="#9aa3ae",
    accent="#6aa2ff",
    on_accent="#0d1420",
    good="#6fd08c",
    good_tint="#1d3326",
    soon="#f0b95b",
    soon_tint="#3a2f1a",
    bad="#ff8a80",
    bad_tint="#3d2322",
)


class Theme(QObject):
    """The theme in force. `changed` comes after every widget has its new palette."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.choice: ThemeChoice = "system"
        self.colors = LIGHT
        self._following = False
        self._style_set = False

    def set_style(self, app: QApplication) -> None:
        """Chooses Fusion, once: under a style sheet the style has no name to compare, and each change
        of it makes every widget anew.
        """
        if not self._style_set and sys.platform != "darwin":
            app.setStyle("Fusion")
        self._style_set = True

    def apply(self, app: QApplication, choice: ThemeChoice) -> None:
        """Puts a theme on the whole program; "system" follows the desktop from then on."""
        self.choice = choice
        hints = app.styleHints()
        if not self._following:
            hints.colorSchemeChanged.connect(self._system_changed)
            self._following = True
        dark = choice == "dark" or (choice == "system" and hints.colorScheme() == Qt.ColorScheme.Dark)
        self.colors = DARK if dark else LIGHT
        # Taken away first: laying one sheet over another on hundreds of widgets takes five times as long.
        app.setStyleSheet("")
        app.setPalette(_palette(self.colors))
        app.setStyleSheet(_style_sheet(self.colors))
        self.changed.emit()

    def _system_changed(self) -> None:
        app = QApplication.instance()
        if self.choice == "system" and isinstance(app, QApplication):
            self.apply(app, "system")


_theme: Theme | None = None


def theme() -> Theme:
    """The one theme object of this program."""
    global _theme
    if _theme is None:
        _theme = Theme()
    return _theme


def colors() -> Colors:
    """The named colours of the theme in force."""
    return theme().colors


def apply_theme(app: QApplication, choice: ThemeChoice) -> None:
    """Sets style, font, palette and style sheet; may be called again at any time."""
    theme().set_style(app)
    font = app.font()
    if sys.platform != "darwin" and font.pointSize() != TEXT_POINTS:
        font.setPointSize(TEXT_POINTS)
        app.setFont(font)
    theme().apply(app, choice)


def heading_font(points: int = HEADING_POINTS) -> QFont:
    """The font of a heading."""
    return semibold(QFont(QApplication.font()), points)


def semibold(font: QFont, points: int | None = None) -> QFont:
    """The same font, semibold, in another size if one is given."""
    font = QFont(font)
    font.setWeight(QFont.Weight.DemiBold)
    if points is not None:
        font.setPointSize(points)
    return font


def _palette(c: Colors) -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette()
    for where, color in {
        role.Window: c.window,
        role.WindowText: c.text,
        role.Base: c.base,
        role.AlternateBase: c.alternate,
        role.Text: c.text,
        role.PlaceholderText: c.dim,
        role.Button: c.base,
        role.ButtonText: c.text,
        role.BrightText: c.on_accent,
        role.Highlight: c.selection,
        role.HighlightedText: c.text,
        role.Accent: c.accent,
        role.Link: c.accent,
        role.LinkVisited: c.accent,
        role.ToolTipBase: c.base,
        role.ToolTipText: c.text,
        role.Light: c.base,
        role.Midlight: c.side,
        role.Mid: c.line,
        role.Dark: c.line,
        role.Shadow: c.line,
    }.items():
        palette.setColor(where, QColor(color))
    for where in (role.Text, role.WindowText, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, where, QColor(c.dim))
    return palette


def _style_sheet(c: Colors) -> str:
    from desktop.ui.style_sheet import STYLE_SHEET

    # palette() has no roles for these: the only values that are written in.
    theme_name = "dark" if c.dark else "light"
    values = {"good": c.good, "soon": c.soon, "bad": c.bad}
    values |= {
        f"icon-{icon}": resource("icons", "style", f"{icon}-{theme_name}.svg").as_posix()
        for icon in ("chevron", "check")
    }
    sheet = STYLE_SHEET
    for name, value in values.items():
        sheet = sheet.replace(f"@{name}", value)
    return sheet
