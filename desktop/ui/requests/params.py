"""The tab Params: the names of the path to fill in, and the parameters of the address as rows."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.ui.requests.addresses import names_in_path, query_pairs, with_query
from desktop.ui.requests.draft import Draft, Pair
from desktop.ui.requests.pair_rows import PairRows
from desktop.ui.widgets import Dim, Strong, restyle, show_if


class ParamsTab(QWidget):
    """`changed` when a person edits a row; `taken` then puts the rows into a draft. `restocked` when there
    are other boxes to go through.
    """

    changed = Signal()
    restocked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._boxes: dict[str, QLineEdit] = {}
        self._showing = False
        self._path_title = Strong(self.tr("In the path"))
        self._path = QWidget()
        self._grid = QGridLayout(self._path)
        self._grid.setContentsMargins(0, 0, 0, 8)
        self._grid.setColumnStretch(1, 1)
        self._query_title = Strong(self.tr("In the query"))
        self.query = PairRows(self.tr("Parameter"))
        self.query.changed.connect(self.changed)
        self.query.restocked.connect(self.restocked)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for part in (self._path_title, self._path, self._query_title, self.query):
            column.addWidget(part)
        column.addStretch(1)
        self._show_names(())

    @property
    def boxes(self) -> dict[str, QLineEdit]:
        """The boxes of the path's names."""
        return dict(self._boxes)

    def show_draft(self, draft: Draft) -> None:
        """Shows what stands in the address."""
        self._showing = True
        self._show_names(names_in_path(draft.url))
        for name, box in self._boxes.items():
            value = draft.variables.get(name, "")
            if box.text() != value:
                box.setText(value)
        in_address = tuple(Pair(name, value) for name, value in query_pairs(draft.url))
        self.query.show_pairs((*in_address, *draft.off_params))
        self._showing = False

    def taken(self, draft: Draft) -> tuple[str, tuple[Pair, ...], dict[str, str]]:
        """The address, the parameters that are off, and the values of the names, as the rows say."""
        values = {name: box.text() for name, box in self._boxes.items()}
        variables = {**draft.variables, **values}
        if self.query.crowded:
            return draft.url, draft.off_params, variables
        pairs = self.query.pairs()
        url = with_query(draft.url, [(pair.name, pair.value) for pair in pairs if pair.on])
        return url, tuple(pair for pair in pairs if not pair.on), variables

    def mark_missing(self, names: tuple[str, ...]) -> None:
        """Draws the boxes that have to be filled; the cursor goes to the first."""
        for name, box in self._boxes.items():
            restyle(box, "wrong", name in names)
        if names and names[0] in self._boxes:
            self._boxes[names[0]].setFocus(Qt.FocusReason.OtherFocusReason)

    def clear(self) -> None:
        """Nothing of what was typed stays."""
        self._show_names(())
        self.query.clear()

    def _show_names(self, names: tuple[str, ...]) -> None:
        show_if(self._path_title, bool(names))
        show_if(self._path, bool(names))
        show_if(self._query_title, bool(names))
        if tuple(self._boxes) == names:
            return
        while (item := self._grid.takeAt(0)) is not None:
            old = item.widget()
            if isinstance(old, QLineEdit):
                old.clear()
            old.hide()
            old.deleteLater()
        self._boxes = {}
        for row, name in enumerate(names):
            label, box = Dim(name, wrap=False), QLineEdit()
            box.setAccessibleName(self.tr("{0} in the path").format(name))
            box.setPlaceholderText(self.tr("Value"))
            box.textChanged.connect(lambda _text, box=box: self._edited(box))
            self._grid.addWidget(label, row, 0)
            self._grid.addWidget(box, row, 1)
            for part in (label, box):
                show_if(part, True)  # at once: the cursor goes to the first
            self._boxes[name] = box
        self.restocked.emit()

    def _edited(self, box: QLineEdit) -> None:
        if not self._showing:
            restyle(box, "wrong", False)
            self.changed.emit()
