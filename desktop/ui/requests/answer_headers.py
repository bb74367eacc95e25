"""The headers of an answer as a table."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableWidget, QTableWidgetItem

_MOST = 400


class AnswerHeaders(QTableWidget):
    """Name and value, only for reading."""

    def __init__(self) -> None:
        super().__init__(0, 2)
        self.setAccessibleName(self.tr("Headers of the answer"))
        self.setHorizontalHeaderLabels([self.tr("Name"), self.tr("Value")])
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(True)
        self.verticalHeader().hide()
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        self.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        self.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)

    def show_headers(self, headers: Sequence[tuple[str, str]]) -> None:
        """Shows other headers; the first few hundred, where a service sends more."""
        self.setRowCount(0)
        self.setRowCount(min(len(headers), _MOST))
        for row, pair in enumerate(headers[:_MOST]):
            for column, text in enumerate(pair):
                self.setItem(row, column, QTableWidgetItem(text))

    def as_text(self) -> str:
        """The headers as they stand, one a line."""
        return "\n".join(
            f"{self.item(row, 0).text()}: {self.item(row, 1).text()}" for row in range(self.rowCount())
        )
