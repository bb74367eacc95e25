"""The box above a list that filters while one types."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QToolButton


class SearchField(QLineEdit):
    """A line with a button that empties it; `name` is what it looks through, as people are told."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setPlaceholderText(name)
        self.setAccessibleName(name)
        self.setClearButtonEnabled(True)
        # Qt makes the button without a name, and a screen reader would say only "button".
        for button in self.findChildren(QToolButton):
            button.setAccessibleName(self.tr("Clear text"))
