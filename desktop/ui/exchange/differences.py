"""What differs between the export and the vault, field by field; secrets come masked."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QWidget

from desktop.engine.results import FieldChange
from desktop.ui.widgets import Dim, ElidedLabel, show_if

_MOST = 60
_HIGHEST = 118  # pixels; more than that scrolls


class Differences(QScrollArea):
    """Hidden while nothing differs."""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("What differs"))
        self.setProperty("stop", True)
        self.hide()

    def show_changes(self, changes: Sequence[FieldChange]) -> None:
        """Shows these, or nothing."""
        rows = QWidget()
        rows.setProperty("scrolled", True)
        grid = QGridLayout(rows)
        grid.setContentsMargins(6, 4, 6, 4)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        for column, head in enumerate((self.tr("Field"), self.tr("Here"), self.tr("In the export"))):
            grid.addWidget(Dim(head, wrap=False), 0, column)
            grid.setColumnStretch(column, 2 if column else 1)
        for number, change in enumerate(changes[:_MOST], 1):
            nothing = self.tr("(nothing)")
            texts = (change.field, change.before or nothing, change.after or nothing)
            for column, text in enumerate(texts):
                grid.addWidget(ElidedLabel(text, dim=not column), number, column)
        grid.setRowStretch(len(changes[:_MOST]) + 1, 1)
        self.setWidget(rows)
        self.setFixedHeight(min(_HIGHEST, rows.sizeHint().height() + 4))
        show_if(self, bool(changes))
