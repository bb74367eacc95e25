"""The accounts, each with a box to tick."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from desktop.vault.records import AccountRow

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class AccountList(QAbstractListModel):
    """`changed` when another number is ticked. What is ticked stays so while a search hides it."""

    changed = Signal()

    def __init__(self, service_name: dict[str, str]) -> None:
        super().__init__()
        self._service_name = service_name
        self._all: Sequence[AccountRow] = ()
        self._shown: list[AccountRow] = []
        self._ticked: set[str] = set()

    @property
    def ticked(self) -> list[str]:
        """The ids, in the list's order."""
        return [row.id for row in self._all if row.id in self._ticked]

    def load(self, rows: Sequence[AccountRow]) -> None:
        """Shows these, none of them ticked."""
        self._all = rows
        self._ticked.clear()
        self.search("")

    def search(self, text: str) -> None:
        """Shows those that hold the text."""
        wanted = text.casefold().strip()
        self.beginResetModel()
        self._shown = [row for row in self._all if wanted in self._text(row).casefold()]
        self.endResetModel()

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Those that are shown."""
        return 0 if parent.isValid() else len(self._shown)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Each can be ticked."""
        return super().flags(index) | Qt.ItemFlag.ItemIsUserCheckable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Name, service and whether it is ticked."""
        row = self._shown[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row)
        if role == Qt.ItemDataRole.CheckStateRole:
            return Qt.CheckState.Checked if row.id in self._ticked else Qt.CheckState.Unchecked
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Ticks one, or takes the tick away."""
        if role != Qt.ItemDataRole.CheckStateRole:
            return False
        account_id = self._shown[index.row()].id
        if Qt.CheckState(value) == Qt.CheckState.Checked:
            self._ticked.add(account_id)
        else:
            self._ticked.discard(account_id)
        self.dataChanged.emit(index, index)
        self.changed.emit()
        return True

    def _text(self, row: AccountRow) -> str:
        service = self._service_name.get(row.connector, row.connector)
        more = f" ({row.email})" if row.email and row.email != row.name else ""
        return f"{row.name}{more} · {service}"
