"""The tab Headers."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.ui.requests.draft import Draft, Pair
from desktop.ui.requests.pair_rows import PairRows
from desktop.ui.widgets import Dim, show_if


class HeadersTab(QWidget):
    """`changed` when a person edits a row."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.rows = PairRows(self.tr("Header"))
        self.rows.changed.connect(self._edited)
        self._off = Dim(self.tr("Rows that are off are neither sent nor kept with a saved request."))
        self._off.hide()
        self._standing = Dim()
        self._standing.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.rows)
        column.addWidget(self._off)
        column.addWidget(self._standing)
        column.addStretch(1)

    def show_draft(self, draft: Draft) -> None:
        """Shows the headers of a request."""
        self.rows.show_pairs(draft.headers)
        self._say_off()

    def show_standing(self, headers: tuple[tuple[str, str], ...]) -> None:
        """Says what the connector's definition sends where no row says otherwise."""
        said = ", ".join(f"{name}: {value}" for name, value in headers)
        self._standing.setText(self.tr("Sent besides, unless a row says otherwise: {0}").format(said))
        show_if(self._standing, bool(headers))

    def taken(self, draft: Draft) -> tuple[Pair, ...]:
        """The headers as the rows say."""
        return draft.headers if self.rows.crowded else self.rows.pairs()

    def clear(self) -> None:
        """Nothing of what was typed stays."""
        self.rows.clear()
        self.show_standing(())
        self._say_off()

    def _edited(self) -> None:
        self._say_off()
        self.changed.emit()

    def _say_off(self) -> None:
        show_if(self._off, any(not pair.on for pair in self.rows.pairs()))
