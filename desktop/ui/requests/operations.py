"""The operations of a service: thousands of rows that are made only when they are looked at."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from connectors.operations import Operation

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class OperationRole(IntEnum):
    """What the delegate asks for."""

    OPERATION = Qt.ItemDataRole.UserRole + 1


class OperationsModel(QAbstractListModel):
    """Every word of the search has to stand in method, path or summary."""

    def __init__(self) -> None:
        super().__init__()
        self._all: Sequence[Operation] = ()
        self._words: list[str] = []
        self._found: Sequence[int] = range(0)
        self._text = ""

    def load(self, operations: Sequence[Operation]) -> None:
        """Shows the operations of another service."""
        self.beginResetModel()
        self._all = operations
        self._words = [f"{one.method} {one.path} {one.summary}".casefold() for one in operations]
        self._text = ""
        self._found = range(len(operations))
        self.endResetModel()

    def find(self, text: str) -> None:
        """Shows what fits. Typing on looks only through what was found before."""
        wanted = " ".join(text.casefold().split())
        if wanted == self._text:
            return
        found: Sequence[int] = self._found if wanted.startswith(self._text) else range(len(self._all))
        words = self._words
        for word in wanted.split():
            found = [place for place in found if word in words[place]]
        self.beginResetModel()
        self._text, self._found = wanted, found
        self.endResetModel()

    @property
    def total(self) -> int:
        """How many there are without a search."""
        return len(self._all)

    def operation(self, index: Index) -> Operation | None:
        """The operation of a row."""
        found = index.isValid() and index.row() < len(self._found)
        return self._all[self._found[index.row()]] if found else None

    def rowCount(self, parent: Index = _ROOT) -> int:
        """What was found."""
        return 0 if parent.isValid() else len(self._found)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """One row."""
        operation = self.operation(index)
        if operation is None:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return f"{operation.method} {operation.path}"
            case Qt.ItemDataRole.AccessibleDescriptionRole | Qt.ItemDataRole.ToolTipRole:
                return operation.summary
            case OperationRole.OPERATION:
                return operation
        return None
