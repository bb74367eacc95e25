"""The requests of an account as a list: what is kept and what is new, with what is not saved marked."""

from __future__ import annotations

from enum import IntEnum

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from desktop.ui.requests.book import Book, Entry

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class SavedRole(IntEnum):
    """What the delegate asks for."""

    METHOD = Qt.ItemDataRole.UserRole + 1
    DIRTY = Qt.ItemDataRole.UserRole + 2
    NAMED = Qt.ItemDataRole.UserRole + 3


class SavedModel(QAbstractListModel):
    """Shows a book; told by `reread` and `touched` when it changed."""

    def __init__(self) -> None:
        super().__init__()
        self._entries: list[Entry] = []

    def reread(self, book: Book | None) -> None:
        """The list is another one, or has more or fewer rows."""
        self.beginResetModel()
        self._entries = list(book.entries) if book is not None else []
        self.endResetModel()

    def touched(self, entry: Entry) -> None:
        """One request reads differently now."""
        if (row := self.row_of(entry)) >= 0:
            self.dataChanged.emit(self.index(row, 0), self.index(row, 0))

    def row_of(self, entry: Entry) -> int:
        """Where a request stands, or -1."""
        return next((row for row, one in enumerate(self._entries) if one is entry), -1)

    def entry(self, index: Index) -> Entry | None:
        """The request of a row."""
        found = index.isValid() and index.row() < len(self._entries)
        return self._entries[index.row()] if found else None

    def rowCount(self, parent: Index = _ROOT) -> int:
        """All requests of the account."""
        return 0 if parent.isValid() else len(self._entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """One row."""
        entry = self.entry(index)
        if entry is None:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return entry.draft.title or self.tr("New request")
            case Qt.ItemDataRole.AccessibleTextRole:
                name = entry.draft.title or self.tr("New request")
                return f"{entry.draft.method} {name}" + (self.tr(", not saved") if entry.dirty else "")
            case SavedRole.METHOD:
                return entry.draft.method
            case SavedRole.DIRTY:
                return entry.dirty
            case SavedRole.NAMED:
                return bool(entry.draft.title)
        return None
