"""Scopes as check boxes with their meanings, and a line for those that the definition does not list."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QLineEdit, QVBoxLayout, QWidget

from connectors.definition import Scope
from desktop.ui.widgets import Check, Dim, Label, Strong


class ScopeBoxes(QWidget):
    """What is asked for at the next sign-in. `value()` is empty while it is what the definition says."""

    changed = Signal()

    def __init__(self, scopes: Sequence[Scope]) -> None:
        super().__init__()
        self._scopes = tuple(scopes)
        self.boxes: dict[str, QCheckBox] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(Strong(self.tr("Scopes to ask for")))
        column.addWidget(
            Dim(self.tr("They count from the next sign-in on; accounts keep what they were granted."))
        )
        for scope in self._scopes:
            check = Check(scope.value)
            check.box.setAccessibleDescription(scope.meaning)
            check.clicked.connect(lambda: self.changed.emit())
            self.boxes[scope.value] = check.box
            column.addWidget(check)
            if scope.meaning:
                meaning = Dim(scope.meaning)
                meaning.setContentsMargins(24, 0, 0, 2)
                column.addWidget(meaning)
        label = Label(self.tr("Further scopes"))
        self.further = QLineEdit()
        self.further.setAccessibleName(label.text())
        self.further.setPlaceholderText(self.tr("Separated by blanks"))
        self.further.textChanged.connect(lambda: self.changed.emit())
        label.setBuddy(self.further)
        column.addSpacing(4)
        column.addWidget(label)
        column.addWidget(self.further)
        self.set_value("")

    def set_value(self, scope: str) -> None:
        """The configured scope; nothing means the definition's own choice."""
        wanted = _split(scope) or [entry.value for entry in self._scopes if entry.default]
        for value, box in self.boxes.items():
            box.setChecked(value in wanted)
        self.further.setText(" ".join(value for value in wanted if value not in self.boxes))

    def value(self) -> str:
        """The scopes separated by blanks, in the definition's order; empty when they are its own choice."""
        chosen = [value for value, box in self.boxes.items() if box.isChecked()]
        chosen += [value for value in _split(self.further.text()) if value not in self.boxes]
        return "" if chosen == [entry.value for entry in self._scopes if entry.default] else " ".join(chosen)


def _split(scope: str) -> list[str]:
    return list(dict.fromkeys(part for part in re.split(r"[\s,]+", scope) if part))
