"""The accounts as a table model. Rows are read from the vault when the screen asks for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from connectors.definition import Connector
from desktop.engine.events import STATE_WORDS, ShownState
from desktop.engine.states import shown_state
from desktop.ui import times
from desktop.ui.accounts.pages import Pages
from desktop.ui.accounts.texts import Act, act_for, second_line, service_name, time_line
from desktop.vault.records import AccountQuery, AccountRow

if TYPE_CHECKING:
    from desktop.vault.reader import Reader

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
MANY = 20  # more changes at once than this are one reset


class Column(IntEnum):
    """The columns."""

    ACCOUNT = 0
    SERVICE = 1
    STATE = 2


class Role(IntEnum):
    """What the delegate asks for."""

    ROW = Qt.ItemDataRole.UserRole + 1
    SHOWN = Qt.ItemDataRole.UserRole + 2
    CONNECTOR = Qt.ItemDataRole.UserRole + 3
    SECOND = Qt.ItemDataRole.UserRole + 4
    TIME = Qt.ItemDataRole.UserRole + 5
    ACT = Qt.ItemDataRole.UserRole + 6


class Lookup(Protocol):
    """What the model knows of the world beside the vault."""

    def connector(self, key: str) -> Connector | None:
        """The definition behind a row."""

    def refreshing(self, account_id: str) -> bool:
        """Whether it is being renewed at this moment."""


class AccountsModel(QAbstractTableModel):
    """`reader` hands out the vault's reader of this thread; it is asked for anew at every fetch."""

    def __init__(self, reader: Callable[[], Reader], lookup: Lookup) -> None:
        super().__init__()
        self._reader = reader
        self._lookup = lookup
        self._query = AccountQuery()
        self._total = 0
        self._open = False
        self._pages = Pages(lambda offset, limit: self._reader().page(self._query, offset, limit))

    @property
    def query(self) -> AccountQuery:
        """Which accounts are shown."""
        return self._query

    @property
    def rows_held(self) -> int:
        """How many rows are in memory: never more than a few pages."""
        return self._pages.held

    def show(self, query: AccountQuery) -> None:
        """Shows other accounts, or the same ones read again."""
        self.beginResetModel()
        self._query = query
        self._open = True
        self._pages.clear()
        self._total = self._reader().count(query)
        self.endResetModel()

    def clear(self) -> None:
        """Holds nothing any more: the vault is locked."""
        self.beginResetModel()
        self._open = False
        self._pages.clear()
        self._total = 0
        self.endResetModel()

    def row_of(self, account_id: str) -> int | None:
        """Where an account stands in this list, None if it is not in it."""
        if not self._open:
            return None
        found = self._pages.where(account_id)
        return self._reader().position(self._query, account_id) if found is None else found

    def account(self, row: int) -> AccountRow | None:
        """The account at a row."""
        return self._pages.row(row) if 0 <= row < self._total else None

    def refresh_accounts(self, account_ids: Iterable[str]) -> None:
        """Reads changed, added or removed accounts again, and nothing else where that is possible."""
        ids = list(account_ids)
        if not self._open or not ids:
            return
        if len(ids) > MANY or not all(self._refresh_one(account_id) for account_id in ids):
            self.show(self._query)

    def _refresh_one(self, account_id: str) -> bool:
        """Brings one account up to date; False when only reading everything again can do it."""
        reader = self._reader()
        total, old = reader.count(self._query), self._pages.where(account_id)
        new = reader.position(self._query, account_id)
        if total == self._total:
            if old is None and new is None:
                return True
            if new is None or (old is not None and old != new):
                return False
            if old is not None:
                self._pages.replace(new, reader.account(account_id))
                self._changed(new, new)
                return True
            # It is off screen. Unless it moved past the rows that are held, nothing on screen changed.
            return not self._pages.holds(new) and self._held_in_place(reader)
        if total == self._total + 1 and new is not None and old is None:
            self.beginInsertRows(_ROOT, new, new)
            self._pages.drop_from(new)
            self._total = total
            self.endInsertRows()
            return True
        if total == self._total - 1 and new is None and old is not None:
            self.beginRemoveRows(_ROOT, old, old)
            self._pages.drop_from(old)
            self._total = total
            self.endRemoveRows()
            return True
        return False

    def _held_in_place(self, reader: Reader) -> bool:
        return all(
            reader.position(self._query, row.id) == number for number, row in self._pages.first_of_each()
        )

    def tick(self, first: int, last: int) -> None:
        """Time has passed: the rows on screen may say something else."""
        if self._total:
            self._changed(max(0, first), min(last, self._total - 1))

    def _changed(self, first: int, last: int) -> None:
        if first <= last:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(Column) - 1))

    def rowCount(self, parent: Index = _ROOT) -> int:
        """All accounts of the query; only those on screen are read."""
        return 0 if parent.isValid() else self._total

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Account, service, state."""
        return 0 if parent.isValid() else len(Column)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The names of the columns, for those who hear the table."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return (self.tr("Account"), self.tr("Service"), self.tr("State"))[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """One cell. Text roles for everybody, the others for the delegate."""
        row = self.account(index.row()) if index.isValid() else None
        if row is None:
            return None
        connector = self._lookup.connector(row.connector)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(row, connector, index.column())
            case Qt.ItemDataRole.AccessibleDescriptionRole:
                return self._description(row, connector, index.column())
            case Role.ROW:
                return row
            case Role.SHOWN:
                return self._shown(row)
            case Role.CONNECTOR:
                return connector
            case Role.SECOND:
                return second_line(row, connector)
            case Role.TIME:
                return time_line(row, self._shown(row), connector, times.now())
            case Role.ACT:
                return self._act(row)
        return None

    def _shown(self, row: AccountRow) -> ShownState:
        connector = self._lookup.connector(row.connector)
        method = connector.methods.get(row.method) if connector else None
        lead = method.refresh_before_exp if method else 0
        return shown_state(row, times.now(), self._lookup.refreshing(row.id), lead)

    def _act(self, row: AccountRow) -> Act | None:
        return act_for(row, self._shown(row))

    def _text(self, row: AccountRow, connector: Connector | None, column: int) -> str:
        match column:
            case Column.ACCOUNT:
                return row.name
            case Column.SERVICE:
                return service_name(row, connector)
        return STATE_WORDS[self._shown(row)]

    def _description(self, row: AccountRow, connector: Connector | None, column: int) -> str:
        match column:
            case Column.ACCOUNT:
                return second_line(row, connector)
            case Column.STATE:
                return time_line(row, self._shown(row), connector, times.now())
        return ""
