"""The preview: the table, what differs in the chosen row, and the choice for it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from connectors.definition import Connector
from desktop.engine.exchange.plan import ImportPlan
from desktop.ui.exchange.differences import Differences
from desktop.ui.exchange.preview_delegate import ROW_HEIGHT, PreviewDelegate
from desktop.ui.exchange.preview_model import Column, PreviewModel
from desktop.ui.exchange.texts import about, choice_word
from desktop.ui.widgets import Dim, Label, Line, Strong, show_if

_ROWS = 5
_DIFFERENT = ("skip", "replace", "keep_both")


class PreviewPanel(QWidget):
    """`changed` when another choice was made."""

    changed = Signal()

    def __init__(self, connector: Callable[[str], Connector | None]) -> None:
        super().__init__()
        self.model = PreviewModel()
        self.table = _Table(self.model, connector)
        self.different = QComboBox()
        self.different.addItems([choice_word(choice) for choice in _DIFFERENT])
        self.different_row = QWidget()
        self.name = Strong()
        self.about = Dim()
        self.differences = Differences()
        self.choice = QComboBox()
        self._build()
        self.model.chosen.connect(self._chosen)
        self.different.activated.connect(lambda at: self.model.choose_for_different(_DIFFERENT[at]))
        self.choice.activated.connect(lambda _: self._choose())
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._show_current())

    def _build(self) -> None:
        label = Label(self.tr("Everything that differs"), wrap=False)
        label.setBuddy(self.different)
        self.different.setAccessibleName(label.text())
        top = QHBoxLayout(self.different_row)
        top.setContentsMargins(0, 0, 0, 0)
        top.setSpacing(12)
        top.addWidget(label)
        top.addWidget(self.different)
        top.addStretch(1)
        own = Label(self.tr("What to do"), wrap=False)
        own.setBuddy(self.choice)
        self.choice.setAccessibleName(own.text())
        self.choice.setMinimumWidth(130)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self.name, 1)
        head.addWidget(own)
        head.addWidget(self.choice)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self.different_row)
        column.addWidget(self.table)
        column.addWidget(Line())
        column.addLayout(head)
        column.addWidget(self.about)
        column.addWidget(self.differences)

    def load(self, plan: ImportPlan | None) -> None:
        """Shows a preview, or forgets it."""
        self.model.load(plan)
        show_if(self.different_row, any(item.status == "different" for item in self.model.items))
        self.different.setCurrentIndex(0)
        self.table.setFixedHeight(ROW_HEIGHT * max(1, min(_ROWS, len(self.model.items))) + 4)
        if self.model.items:
            self.table.selectRow(0)
        self._show_current()

    def _rows(self) -> list[int]:
        return sorted({index.row() for index in self.table.selectionModel().selectedRows()})

    def _choose(self) -> None:
        self.model.choose(self._rows(), self.choice.currentData())

    def _chosen(self) -> None:
        self._show_choice()
        self.changed.emit()

    def _show_current(self) -> None:
        rows = self._rows()
        one = self.model.items[rows[0]] if len(rows) == 1 else None
        self.name.setText(one.name if one else self.tr("{0} rows").format(len(rows)) if rows else "")
        self.about.setText(about(one) if one else "")
        self.differences.show_changes(one.changes if one else ())
        self._show_choice()

    def _show_choice(self) -> None:
        """What all the chosen rows offer."""
        items = [self.model.items[row] for row in self._rows()]
        offered = list(items[0].choices) if items else []
        for item in items[1:]:
            offered = [choice for choice in offered if choice in item.choices]
        present = {self.model.choices[item.id] for item in items}
        self.choice.clear()
        for choice in offered:
            self.choice.addItem(choice_word(choice), choice)
        same = next(iter(present)) if len(present) == 1 else None
        self.choice.setCurrentIndex(offered.index(same) if same in offered else -1)
        self.choice.setEnabled(len(offered) > 1)


class _Table(QTableView):
    def __init__(self, model: PreviewModel, connector: Callable[[str], Connector | None]) -> None:
        super().__init__()
        self.setModel(model)
        self.setAccessibleName(self.tr("What the export holds"))
        self.setItemDelegate(PreviewDelegate(self, connector))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("rows", "drawn")
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.horizontalHeader().hide()
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(ROW_HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The item takes the room that the others leave."""
        super().resizeEvent(event)
        width = self.viewport().width()
        self.setColumnWidth(Column.STATUS, 120)
        self.setColumnWidth(Column.CHOICE, 110)
        self.setColumnWidth(Column.ITEM, max(120, width - 230))
