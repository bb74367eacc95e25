"""The preview of an import as a table model: an item, how it stands to what is here, what is chosen."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from desktop.engine.exchange.plan import Choice, ImportPlan, OnDifferent, PlanItem
from desktop.ui.exchange.texts import choice_word, second_line, status_word

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_ORDER = {"different": 0, "new": 1, "same": 2}
_KINDS = {"account": 0, "settings": 1, "definition": 2}


class Column(IntEnum):
    """The columns."""

    ITEM = 0
    STATUS = 1
    CHOICE = 2


class Role(IntEnum):
    """What the delegate asks for."""

    ITEM = Qt.ItemDataRole.UserRole + 1
    SECOND = Qt.ItemDataRole.UserRole + 2
    CHOICE = Qt.ItemDataRole.UserRole + 3


class PreviewModel(QAbstractTableModel):
    """`chosen` when another choice was made. What differs stands first."""

    chosen = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.items: list[PlanItem] = []
        self.choices: dict[str, Choice] = {}

    def load(self, plan: ImportPlan | None) -> None:
        """Shows a preview, or nothing."""
        self.beginResetModel()
        items = plan.items if plan else ()
        self.items = sorted(items, key=lambda item: (_ORDER[item.status], _KINDS[item.kind]))
        self.choices = plan.chosen() if plan else {}
        self.endResetModel()
        self.chosen.emit()

    @property
    def wanted(self) -> int:
        """How many are not skipped."""
        return sum(choice != "skip" for choice in self.choices.values())

    def choose(self, rows: Iterable[int], choice: Choice) -> None:
        """Chooses for some rows, where they offer it."""
        for row in rows:
            item = self.items[row]
            if choice in item.choices:
                self.choices[item.id] = choice
        self._changed()

    def choose_for_different(self, choice: OnDifferent) -> None:
        """Chooses for everything that differs; what does not offer it is skipped."""
        for item in self.items:
            if item.status == "different":
                self.choices[item.id] = choice if choice in item.choices else "skip"
        self._changed()

    def _changed(self) -> None:
        if self.items:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.items) - 1, len(Column) - 1))
        self.chosen.emit()

    def rowCount(self, parent: Index = _ROOT) -> int:
        """All items."""
        return 0 if parent.isValid() else len(self.items)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Item, status, choice."""
        return 0 if parent.isValid() else len(Column)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The names of the columns."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return (self.tr("In the export"), self.tr("Here"), self.tr("What to do"))[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """One cell. Text for everybody, the other roles for the delegate."""
        item = self.items[index.row()]
        choice = self.choices[item.id]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return (item.name, status_word(item.status), choice_word(choice))[index.column()]
            case Qt.ItemDataRole.AccessibleTextRole if index.column() == Column.ITEM:
                return f"{item.name}, {second_line(item)}"
            case Role.ITEM:
                return item
            case Role.SECOND:
                return second_line(item)
            case Role.CHOICE:
                return choice
        return None
