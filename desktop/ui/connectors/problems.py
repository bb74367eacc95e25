"""What is wrong with definitions: how many, and on request each with its file, key and reason."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from connectors.reading.table import Problem
from desktop.ui.widgets import Banner, Dim, Label, show_if

_MOST = 50
_HIGHEST = 220  # pixels; more than that scrolls


class ProblemList(QWidget):
    """Hidden while every definition is well."""

    def __init__(self) -> None:
        super().__init__()
        self.banner = Banner("soon")
        self.banner.acted.connect(self._toggle)
        self.rows = QWidget()
        self._column = QVBoxLayout(self.rows)
        self._column.setContentsMargins(12, 4, 12, 4)
        self._column.setSpacing(8)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setMaximumHeight(_HIGHEST)
        self.area.setAccessibleName(self.tr("Mistakes in definitions"))
        self.rows.setProperty("scrolled", True)
        self.area.setWidget(self.rows)
        column.addWidget(self.banner)
        column.addWidget(self.area)
        self.area.hide()
        self.hide()

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Shows these; an empty sequence hides everything."""
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        files = len({problem.file for problem in problems})
        for problem in problems[:_MOST]:
            where = Dim(" · ".join(part for part in (problem.file, problem.key) if part))
            reason = Label(problem.reason)
            for label in (where, reason):
                label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                self._column.addWidget(label)
        self._sentence = (
            self.tr("One definition has something to mend. The others are not affected.")
            if files == 1
            else self.tr("{0} definitions have something to mend. The others are not affected.").format(files)
        )
        show_if(self, bool(problems))
        self._say()

    def _toggle(self) -> None:
        show_if(self.area, not self.area.isVisibleTo(self))
        self._say()

    def _say(self) -> None:
        shown = self.area.isVisibleTo(self)
        self.banner.show_message("soon", self._sentence, self.tr("Hide") if shown else self.tr("Show"))
