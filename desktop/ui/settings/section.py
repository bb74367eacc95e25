"""A heading with rows below it: the name at the left, the control at the right, help under it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.ui.widgets import Dim, Label, Strong

_NAMES_WIDTH = 190
_ANY_WIDTH = 16_777_215
_GAP = 10
_TO_BASELINE = 7  # from the top of a control to the top of its text


class Section(QWidget):
    """Rows are added from top to bottom, which is also the order of Tab."""

    def __init__(self) -> None:
        super().__init__()
        self._title = Strong()
        self._rows: list[tuple[QLabel, QWidget]] = []
        self._narrow = False
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(0)
        self._grid.setColumnStretch(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self._title)
        column.addLayout(self._grid)

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
        self._rows.append((label, holder))
        self._put(len(self._rows) - 1)

    def set_narrow(self, narrow: bool) -> None:
        """In a narrow window each name stands above its control."""
        if narrow == self._narrow:
            return
        self._narrow = narrow
        for row in range(len(self._rows)):
            self._put(row)

    def _put(self, row: int) -> None:
        label, holder = self._rows[row]
        for widget in (label, holder):
            self._grid.removeWidget(widget)
        gap = _GAP if row else 0
        if self._narrow:
            label.setContentsMargins(0, gap, 0, 4)
            holder.setContentsMargins(0, 0, 0, 0)
            self._grid.addWidget(label, 2 * row, 0, 1, 2)
            self._grid.addWidget(holder, 2 * row + 1, 0, 1, 2)
        else:
            label.setContentsMargins(0, gap + _TO_BASELINE, 0, 0)
            holder.setContentsMargins(0, gap, 0, 0)
            self._grid.addWidget(label, 2 * row, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(holder, 2 * row, 1)
        self._grid.setColumnMinimumWidth(0, 0 if self._narrow else _NAMES_WIDTH)
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
