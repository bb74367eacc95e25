"""A heading with rows below it: the name at the left, the control at the right, help under it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.ui.widgets import Dim, Label, Strong

_NAMES_WIDTH = 190


class Section(QWidget):
    """Rows are added from top to bottom, which is also the order of Tab."""

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self._title = Strong()
        column.addWidget(self._title)
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(10)
        self._grid.setColumnMinimumWidth(0, _NAMES_WIDTH)
        self._grid.setColumnStretch(1, 1)
        column.addLayout(self._grid)

    def heading(self, title: str) -> None:
        """What the section is about."""
        self._title.setText(title)
        self.setAccessibleName(title)

    def add_row(
        self, name: str, control: QWidget, help_text: str = "", *, below: QWidget | None = None
    ) -> None:
        """A control under the name that is also its accessible name."""
        row = self._grid.rowCount()
        label = Label(name)
        label.setBuddy(control)
        if not control.accessibleName() and not isinstance(control, QLabel):
            control.setAccessibleName(name)
        label.setContentsMargins(0, 7, 0, 0)
        self._grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
        holder = QVBoxLayout()
        holder.setContentsMargins(0, 0, 0, 0)
        holder.setSpacing(4)
        holder.addWidget(control)
        if help_text:
            holder.addWidget(Dim(help_text))
            control.setAccessibleDescription(help_text)
        if below is not None:
            holder.addWidget(below)
        self._grid.addLayout(holder, row, 1)

    def add_wide(self, widget: QWidget) -> None:
        """A control under the controls' column, with no name of its own at the left."""
        narrow = isinstance(widget, QCheckBox | QPushButton)
        self._grid.addWidget(
            widget, self._grid.rowCount(), 1, Qt.AlignmentFlag.AlignLeft if narrow else Qt.AlignmentFlag(0)
        )
