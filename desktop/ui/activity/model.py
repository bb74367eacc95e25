"""The activity list as a model that reads older pages only when they are scrolled to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import IntEnum
from typing import Literal, Protocol

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from desktop.ui.activity.texts import action_word, outcome_word, title
from desktop.vault.records import ActivityRow

Index = QModelIndex | QPersistentModelIndex
Outcome = Literal["", "ok", "failed"]

_ROOT = QModelIndex()
PAGE = 100
MOST_READ = 2000  # rows that one fetch looks through for a rare word, so that the window stays quick


class ReadPage(Protocol):
    """Entries older than `before_id`, newest first."""

    def __call__(self, limit: int, before_id: int | None) -> Sequence[ActivityRow]: ...


class ActivityRole(IntEnum):
    """What the delegate asks for."""

    ROW = Qt.ItemDataRole.UserRole + 1
    SERVICE = Qt.ItemDataRole.UserRole + 2


class ActivityModel(QAbstractListModel):
    """`read` gives a page; `names` the searchable words beside the entry's own (account and service);
    `service` the name that stands in the entry's second line, empty where that is clear already.
    """

    def __init__(
        self,
        read: ReadPage,
        names: Callable[[ActivityRow], str],
        service: Callable[[ActivityRow], str] = lambda _row: "",
    ) -> None:
        super().__init__()
        self._service = service
        self._read = read
        self._names = names
        self._rows: list[ActivityRow] = []
        self._oldest: int | None = None
        self._newest = 0
        self._more = False
        self._text = ""
        self._outcome: Outcome = ""

    def show(self, text: str = "", outcome: Outcome = "") -> None:
        """Shows the entries that fit, from the newest on."""
        self.beginResetModel()
        self._text, self._outcome = text.strip().casefold(), outcome
        self._rows, self._oldest, self._newest, self._more = [], None, 0, True
        self._rows = self._next_page()
        self.endResetModel()

    def clear(self) -> None:
        """Holds nothing any more: the vault is locked."""
        self.beginResetModel()
        self._rows, self._oldest, self._more = [], None, False
        self.endResetModel()

    def read_new(self) -> None:
        """Puts what happened since the last reading on top."""
        page = self._read(PAGE, None)
        if not self._rows or (len(page) == PAGE and page[-1].id > self._newest):
            self.show(self._text, self._outcome)  # nothing to add to, or more than one page came
            return
        fresh = [row for row in page if row.id > self._newest and self._fits(row)]
        self._newest = max(self._newest, page[0].id)
        if fresh:
            self.beginInsertRows(_ROOT, 0, len(fresh) - 1)
            self._rows[:0] = fresh
            self.endInsertRows()

    def canFetchMore(self, parent: Index) -> bool:
        """Whether older entries may follow."""
        return not parent.isValid() and self._more

    def fetchMore(self, parent: Index) -> None:
        """Reads the next older page."""
        older = self._next_page()
        if older:
            self.beginInsertRows(_ROOT, len(self._rows), len(self._rows) + len(older) - 1)
            self._rows += older
            self.endInsertRows()

    def _next_page(self) -> list[ActivityRow]:
        found: list[ActivityRow] = []
        looked_at = 0
        while self._more and len(found) < PAGE and looked_at < MOST_READ:
            page = self._read(PAGE, self._oldest)
            looked_at += len(page)
            self._more = len(page) == PAGE
            if page:
                self._newest = max(self._newest, page[0].id)
                self._oldest = page[-1].id
            found += [row for row in page if self._fits(row)]
        return found

    def _fits(self, row: ActivityRow) -> bool:
        if self._outcome and row.outcome != self._outcome:
            return False
        words = f"{title(row)} {action_word(row)} {row.actor} {self._names(row)}".casefold()
        return all(word in words for word in self._text.split())

    def row(self, index: Index) -> ActivityRow | None:
        """The entry at a place."""
        return self._rows[index.row()] if index.isValid() and index.row() < len(self._rows) else None

    def rowCount(self, parent: Index = _ROOT) -> int:
        """The entries that were read so far."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """One entry."""
        row = self.row(index)
        if row is None:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return title(row)
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{title(row)} {outcome_word(row)}"
            case ActivityRole.ROW:
                return row
            case ActivityRole.SERVICE:
                return self._service(row)
        return None
