"""The tab History: every generation, what the chosen one changed, and the way back to it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QScrollArea,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from desktop.engine.results import FieldChange, HistoryEntry
from desktop.ui import times
from desktop.ui.details.history_delegate import HistoryDelegate
from desktop.ui.details.history_model import HistoryModel, source_word
from desktop.ui.theme import semibold
from desktop.ui.widgets import Button, Dim, Label, Line, Strong


class HistoryTab(QWidget):
    """`restore_asked(number)`."""

    restore_asked = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.model = HistoryModel()
        self.table = QTableView()
        self._look()
        self._changes = QScrollArea()
        self._changes.setWidgetResizable(True)
        self._changes.setFrameShape(QFrame.Shape.NoFrame)
        self._changes.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.about = Dim()
        self.restore_button = Button(self.tr("Restore"))
        self.restore_button.clicked.connect(self._restore)
        foot = QHBoxLayout()
        foot.setContentsMargins(20, 10, 20, 14)
        foot.setSpacing(12)
        foot.addWidget(self.about, 1)
        foot.addWidget(self.restore_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.table, 3)
        column.addWidget(Line())
        column.addWidget(self._changes, 2)
        column.addWidget(Line())
        column.addLayout(foot)
        self.table.selectionModel().currentRowChanged.connect(self._choose)
        self._show(None)

    def _look(self) -> None:
        table = self.table
        table.setAccessibleName(self.tr("History"))
        table.setModel(self.model)
        table.setFrameShape(QFrame.Shape.NoFrame)
        table.setItemDelegate(HistoryDelegate(table))
        table.setProperty("rows", "drawn")
        table.setShowGrid(False)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setTabKeyNavigation(False)
        table.setWordWrap(False)
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(34)
        head = table.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionsClickable(False)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head.setStretchLastSection(True)
        widest = QFontMetrics(semibold(table.font())).horizontalAdvance
        table.setColumnWidth(0, 20 + widest(times.date_text(times.now())) + 12)
        table.setColumnWidth(1, 8 + widest(self.tr("Refreshed, current")) + 12)

    def show_history(self, entries: Sequence[HistoryEntry], *, keep: bool) -> None:
        """Shows the generations; with `keep` the chosen one stays chosen."""
        chosen = self._entry()
        self.model.show(entries)
        row = self.model.row_of(chosen.generation.number) if keep and chosen else 0
        if entries:
            self.table.setCurrentIndex(self.model.index(row, 0))
        self._show(self.model.entry(row))

    def clear(self) -> None:
        """Shows nothing."""
        self.model.show(())
        self._show(None)

    def _entry(self) -> HistoryEntry | None:
        return self.model.entry(self.table.currentIndex().row())

    def _choose(self, current: QModelIndex, _previous: QModelIndex) -> None:
        self._show(self.model.entry(current.row()))

    def _show(self, entry: HistoryEntry | None) -> None:
        inside = QWidget()
        inside.setProperty("scrolled", True)
        grid = QGridLayout(inside)
        grid.setContentsMargins(20, 12, 20, 12)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        self.restore_button.setEnabled(entry is not None and not entry.current)
        if entry is None:
            self.about.setText("")
        elif entry.current:
            self.about.setText(self.tr("This is the current record."))
        elif entry.person:
            self.about.setText(
                self.tr("The account was {0} then, and is again when this is restored.").format(entry.person)
            )
        else:
            self.about.setText(self.tr("Restoring makes a new record of it; nothing is lost."))
        if entry is not None:
            moment = times.local_text(entry.generation.at)
            grid.addWidget(Strong(f"{source_word(entry)}, {moment}"), 0, 0, 1, 2)
            for number, change in enumerate(entry.changes, 1):
                grid.addWidget(Dim(change.field, wrap=False), number, 0, Qt.AlignmentFlag.AlignTop)
                grid.addWidget(_change_label(change), number, 1)
            grid.setRowStretch(len(entry.changes) + 1, 1)
        self._changes.setWidget(inside)

    def _restore(self) -> None:
        if (entry := self._entry()) is not None:
            self.restore_asked.emit(entry.generation.number)


def _change_label(change: FieldChange) -> Label:
    before, after = (_shown(text) for text in (change.before, change.after))
    label = Label(f"{before} → {after}" if change.before else after)
    label.setAccessibleName(f"{change.field}: {label.text()}")
    return label


def _shown(text: str) -> str:
    """A value as it is written in the list; moments in local time."""
    if not text:
        return "nothing"
    try:
        return times.local_text(times.parse_moment(text)) if "T" in text and text[:4].isdigit() else text
    except ValueError:
        return text
