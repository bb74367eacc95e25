"""Rows of name and value, each with a check that turns it off; an empty one at the end to go on with."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.ui.requests.draft import Pair
from desktop.ui.widgets import Dim, TextButton, restyle, show_if

MOST_ROWS = 80
_SPACING = 6


class PairRow(QWidget):
    """One row. `number` begins at 1 and is part of the accessible names. `checked` gives it a check."""

    changed = Signal()
    removed = Signal()

    def __init__(self, what: str, number: int, *, checked: bool = True) -> None:
        super().__init__()
        self._checked = checked
        self.box = QCheckBox()
        self.box.setChecked(True)
        show_if(self.box, checked)
        self.name = QLineEdit()
        self.value = QLineEdit()
        self.remove = TextButton("", icon_name="cross")
        self.remove.setProperty("tiny", True)
        self.remove.setFixedSize(24, 24)
        self.name.setPlaceholderText(self.tr("Name"))
        self.value.setPlaceholderText(self.tr("Value"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(_SPACING)
        row.addWidget(self.box)
        row.addWidget(self.name, 2)
        row.addWidget(self.value, 3)
        row.addWidget(self.remove)
        self.rename(what, number)
        self.name.textChanged.connect(lambda: self.changed.emit())
        self.value.textChanged.connect(lambda: self.changed.emit())
        self.box.toggled.connect(lambda: self._turned())
        self.remove.clicked.connect(lambda: self.removed.emit())
        self.show_blank()

    def rename(self, what: str, number: int) -> None:
        """Its place has changed."""
        for control, part in (
            (self.box, self.tr("{0} {1} is sent")),
            (self.name, self.tr("{0} {1} name")),
            (self.value, self.tr("{0} {1} value")),
            (self.remove, self.tr("Remove {0} {1}")),
        ):
            control.setAccessibleName(part.format(what, number))

    def pair(self) -> Pair:
        """What stands in it."""
        return Pair(self.name.text(), self.value.text(), self.box.isChecked())

    def show_pair(self, pair: Pair) -> None:
        """Shows another pair; a box that says it already is left alone, with its cursor."""
        for box, text in ((self.name, pair.name), (self.value, pair.value)):
            if box.text() != text:
                box.setText(text)
                box.setCursorPosition(0)
        self.box.setChecked(pair.on)
        self.show_blank()

    @property
    def blank(self) -> bool:
        """Whether nothing is in it."""
        return not self.name.text() and not self.value.text()

    def show_blank(self) -> None:
        """An empty row can be neither turned off nor removed."""
        for control in (self.box, self.remove) if self._checked else (self.remove,):
            # Room is kept, so that the boxes of all rows stand below each other.
            policy = control.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            control.setSizePolicy(policy)
            show_if(control, not self.blank)

    def _turned(self) -> None:
        for box in (self.name, self.value):
            restyle(box, "off", not self.box.isChecked())
        self.changed.emit()


class PairRows(QWidget):
    """`what` is what one row is called: "Header"; `checked`: each can be turned off. `changed` after every
    edit by a person, `restocked` when there are other boxes to go through.
    """

    changed = Signal()
    restocked = Signal()

    def __init__(self, what: str, *, checked: bool = True) -> None:
        super().__init__()
        self._what, self._checked = what, checked
        self._rows: list[PairRow] = []
        self._showing = False
        self._too_many = Dim(self.tr("Too many to show as rows: edit them as text."))
        self._too_many.hide()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(_SPACING)
        self._column.addWidget(self._too_many)
        self._column.addStretch(1)
        self.show_pairs(())

    @property
    def rows(self) -> tuple[PairRow, ...]:
        """The rows as they stand; the last one is empty."""
        return tuple(self._rows)

    @property
    def crowded(self) -> bool:
        """Whether there are more than can be shown, so that `pairs` says nothing."""
        return not self._too_many.isHidden()

    def pairs(self) -> tuple[Pair, ...]:
        """What stands in the rows, without the empty ones."""
        return tuple(row.pair() for row in self._rows if not row.blank)

    def show_pairs(self, pairs: Sequence[Pair]) -> None:
        """Shows other pairs. Nothing counts as edited, and no undo step of before stays in what changed."""
        crowded = len(pairs) > MOST_ROWS
        show_if(self._too_many, crowded)
        wanted = [] if crowded else [*pairs, Pair("", "")]
        self._showing = True
        while len(self._rows) > len(wanted):
            self._drop(self._rows[-1])
        while len(self._rows) < len(wanted):
            self._add()
        for row, pair in zip(self._rows, wanted, strict=True):
            row.show_pair(pair)
        self._showing = False

    def clear(self) -> None:
        """Nothing of what was typed stays."""
        self._showing = True
        while self._rows:
            self._drop(self._rows[-1])
        self.show_pairs(())

    def _add(self) -> None:
        row = PairRow(self._what, len(self._rows) + 1, checked=self._checked)
        row.changed.connect(lambda: self._edited(row))
        row.removed.connect(lambda: self._remove(row))
        self._rows.append(row)
        self._column.insertWidget(len(self._rows), row)
        show_if(row, True)  # at once: whoever adds it may go on to it
        self.restocked.emit()

    def _drop(self, row: PairRow) -> None:
        self._rows.remove(row)
        self._column.removeWidget(row)
        for box in (row.name, row.value):
            box.clear()
        row.hide()
        row.deleteLater()

    def _edited(self, row: PairRow) -> None:
        row.show_blank()
        if self._showing:
            return
        if row is self._rows[-1] and not row.blank and len(self._rows) <= MOST_ROWS:
            self._add()
        self.changed.emit()

    def _remove(self, row: PairRow) -> None:
        place = self._rows.index(row)
        self._showing = True
        self._drop(row)
        self._showing = False
        for number, left in enumerate(self._rows, 1):
            left.rename(self._what, number)
        self._rows[min(place, len(self._rows) - 1)].name.setFocus(Qt.FocusReason.OtherFocusReason)
        self.changed.emit()
