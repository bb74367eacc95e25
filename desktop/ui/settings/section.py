"""A heading with rows below it: the name at the left, the control at the right, help under it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.ui.widgets import Dim, Label, Strong

_NAMES_WIDTH = 190
_ANY_WIDTH = 16_777_215


class Section(QWidget):
    """Rows are added from top to bottom, which is also the order of Tab."""

    def __init__(self) -> None:
        super().__init__()
        self._title = Strong()
        self._names: list[QLabel] = []
        self._narrow = False
        self._rows = QFormLayout()
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setHorizontalSpacing(16)
        self._rows.setVerticalSpacing(10)
        self._rows.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self._title)
        column.addLayout(self._rows)

    def heading(self, title: str) -> None:
        """What the section is about."""
        self._title.setText(title)
        self.setAccessibleName(title)

    def add_row(
        self, name: str, control: QWidget, help_text: str = "", *, below: QWidget | None = None
    ) -> None:
        """A control under the name that is also its accessible name."""
        label = Label(name)
        target = control.focusProxy() or control  # in a row of several, the one that takes the focus
        label.setBuddy(target)
        label.setContentsMargins(0, 7, 0, 0)
        self._names.append(label)
        if not target.accessibleName() and not isinstance(target, QLabel):
            target.setAccessibleName(name)
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(control)
        if help_text:
            column.addWidget(Dim(help_text))
            target.setAccessibleDescription(help_text)
        if below is not None:
            column.addWidget(below)
        self._rows.addRow(label, holder)
        self._arrange()

    def set_narrow(self, narrow: bool) -> None:
        """In a narrow window each name stands above its control."""
        self._narrow = narrow
        self._arrange()

    def _arrange(self) -> None:
        policy = QFormLayout.RowWrapPolicy
        self._rows.setRowWrapPolicy(policy.WrapAllRows if self._narrow else policy.DontWrapRows)
        for label in self._names:
            label.setMinimumWidth(0 if self._narrow else _NAMES_WIDTH)
            label.setMaximumWidth(_ANY_WIDTH if self._narrow else _NAMES_WIDTH)


def with_button(text: QLabel, button: QWidget) -> QWidget:
    """A text with a button at the right of it."""
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(12)
    row.addWidget(text, 1)
    row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
    return holder
