"""The generations of an account as a table model: when, why, what changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from desktop.engine.results import HistoryEntry
from desktop.ui import times
from desktop.ui.theme import semibold

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_SOURCES = {
    "connect": "Connected",
    "refresh": "Refreshed",
    "edit": "Edited",
    "restore": "Restored",
    "import": "Imported",
}


def source_word(entry: HistoryEntry) -> str:
    """Why a generation was made, in a word."""
    return _SOURCES[entry.generation.source]


class HistoryModel(QAbstractTableModel):
    """Newest first."""

    def __init__(self) -> None:
        super().__init__()
        self._entries: tuple[HistoryEntry, ...] = ()

    def show(self, entries: Sequence[HistoryEntry]) -> None:
        """Shows other generations."""
        self.beginResetModel()
        self._entries = tuple(entries)
        self.endResetModel()

    def entry(self, row: int) -> HistoryEntry | None:
        """The generation at a row."""
        return self._entries[row] if 0 <= row < len(self._entries) else None

    def row_of(self, number: int) -> int:
        """The row of a generation; 0, the newest, if it is not there."""
        numbers = [entry.generation.number for entry in self._entries]
        return numbers.index(number) if number in numbers else 0

    def rowCount(self, parent: Index = _ROOT) -> int:
        """All generations."""
        return 0 if parent.isValid() else len(self._entries)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """When, why, what changed."""
        return 0 if parent.isValid() else 3

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The names of the columns."""
        if orientation == Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return (self.tr("When"), self.tr("Why"), self.tr("What changed"))[section]
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """One cell; the current generation is semibold and says so."""
        entry = self.entry(index.row()) if index.isValid() else None
        if entry is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(entry, index.column())
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == 0:
            return f"{times.local_text(entry.generation.at)} ({times.utc_text(entry.generation.at)})"
        if role == Qt.ItemDataRole.FontRole and entry.current:
            from PySide6.QtWidgets import QApplication

            return semibold(QApplication.font())
        return None

    def _text(self, entry: HistoryEntry, column: int) -> str:
        if column == 0:
            return times.short_moment(entry.generation.at)
        if column == 1:
            word = source_word(entry)
            return self.tr("{0}, current").format(word) if entry.current else word
        names = [change.field for change in entry.changes]
        return ", ".join(names) if names else self.tr("nothing")
