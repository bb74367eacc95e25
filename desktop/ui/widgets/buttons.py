"""Three weights of button: one primary per view, plain ones, and text buttons for small acts."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton, QWidget

from desktop.ui.icons import Tint, icon


class Button(QPushButton):
    """A plain button. Its accessible name is its text unless another is given."""

    def __init__(
        self,
        text: str,
        parent: QWidget | None = None,
        *,
        icon_name: str = "",
        name: str = "",
        danger: bool = False,
    ) -> None:
        # An ampersand in data must not become a shortcut.
        super().__init__(text.replace("&", "&&"), parent)
        self.setAccessibleName(name or text)
        self.setAutoDefault(False)
        # Focus by keyboard only, so a click never leaves a focus ring behind.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if danger:
            self.setProperty("danger", True)
        self._icon_name = icon_name
        self._icon_tint: Tint = "bad" if danger else "text"
        self._retint()

    def set_text(self, text: str, *, name: str = "") -> None:
        """Changes the text and with it the accessible name."""
        self.setText(text.replace("&", "&&"))
        self.setAccessibleName(name or text)

    def set_icon(self, icon_name: str, tint: Tint = "text") -> None:
        """Shows one of the program's own icons, tinted again whenever the theme changes."""
        self._icon_name, self._icon_tint = icon_name, tint
        self._retint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button that has the focus, as the space bar does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Makes the icon again in the new colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._retint()

    def _retint(self) -> None:
        if getattr(self, "_icon_name", ""):
            self.setIcon(icon(self._icon_name, self._icon_tint))
            self.setIconSize(QSize(16, 16))


class PrimaryButton(Button):
    """The one main act of a view."""

    def __init__(
        self, text: str, parent: QWidget | None = None, *, icon_name: str = "", name: str = ""
    ) -> None:
        super().__init__(text, parent, name=name)
        self.setProperty("primary", True)
        if icon_name:
            self.set_icon(icon_name, "on_accent")


class TextButton(Button):
    """A small act beside something: no border until it is pointed at."""

    def __init__(
        self,
        text: str,
        parent: QWidget | None = None,
        *,
        icon_name: str = "",
        name: str = "",
        danger: bool = False,
        accent: bool = False,
    ) -> None:
        super().__init__(text, parent, name=name, danger=danger)
        self.setProperty("quiet", True)
        if accent:
            self.setProperty("accent", True)
        if icon_name:
            self.set_icon(icon_name, "bad" if danger else "accent" if accent else "dim")
