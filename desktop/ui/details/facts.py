"""Names and values in two columns."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from desktop.ui.widgets import Dim, Label

NAME_WIDTH = 120


class Facts(QWidget):
    """Values can be selected and copied; empty ones are left out."""

    def __init__(self, facts: Iterable[tuple[str, str]]) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        grid.setColumnMinimumWidth(0, NAME_WIDTH)
        grid.setColumnStretch(1, 1)
        for number, (name, text) in enumerate((name, text) for name, text in facts if text):
            title = Dim(name)
            title.setMaximumWidth(NAME_WIDTH)
            value = Label(_breakable(text))
            value.setAccessibleName(text)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(title, number, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(value, number, 1)


def _breakable(text: str) -> str:
    """Long words may break anywhere, or they would make the pane as wide as themselves."""
    return "".join(f"{sign}\u200b" if number % 24 == 23 else sign for number, sign in enumerate(text))
