"""The fields of one token record, each in its editor, one below the other."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.engine.results import AccountView
from desktop.ui.details.editors import labels, row_for
from desktop.ui.details.jwt_section import JwtSection
from desktop.ui.details.rows import FieldRow
from desktop.ui.details.secret_row import SecretRow
from desktop.ui.details.typed_rows import ScopeRow


class RecordRows(QWidget):
    """`changed` after every edit; `copied(field, text, secret)` and `revealed(field)` to be written down;
    `made` when there are other rows, so that their place in the order of Tab can be set.
    """

    changed = Signal()
    made = Signal()
    copied = Signal(str, str, bool)
    revealed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[str, FieldRow] = {}
        self._jwts: dict[str, JwtSection] = {}
        self._shape: object = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(9)

    def show_view(self, view: AccountView, reveal_seconds: int) -> None:
        """Shows a record. The same account again: what was typed and what is being read stays as it is."""
        shape = (view.row.id, tuple(labels(view).items()), view.secret_fields)
        same = shape == self._shape
        if not same:
            self._shape = shape
            self._make(view, reveal_seconds)
        for name, row in self.rows.items():
            if isinstance(row, ScopeRow):
                row.set_asked(view.scopes_asked)
            if same:
                row.rebase(view.values[name])
            else:
                row.set_value(view.values[name])
        self._open_jwts()

    def reset(self, view: AccountView) -> None:
        """Shows the record as it is kept; what was typed is gone."""
        for name, row in self.rows.items():
            row.set_value(view.values.get(name))
        self._open_jwts()

    def clear(self) -> None:
        """No value and no undo step stays."""
        for row in self.rows.values():
            row.clear()
        self._drop()
        self._shape = None

    def tick(self) -> None:
        """Time has passed: "expires in 12 min" says something else."""
        for row in self.rows.values():
            row.refresh_hint()

    # Edits

    @property
    def dirty(self) -> bool:
        """Whether something was typed that is not saved."""
        return any(row.dirty for row in self.rows.values())

    def draft(self) -> dict[str, str]:
        """What was typed and not saved, by field."""
        drafts = {name: row.draft() for name, row in self.rows.items()}
        return {name: text for name, text in drafts.items() if text is not None}

    def set_draft(self, typed: Mapping[str, str]) -> None:
        """Puts back what was typed before."""
        for name, text in typed.items():
            if name in self.rows:
                self.rows[name].set_draft(text)
        self._open_jwts()

    def check(self) -> tuple[dict[str, str], list[FieldRow]]:
        """The edited values for the engine, and the rows that are refused and now say why."""
        edited = {name: row.check() for name, row in self.rows.items() if row.dirty}
        good = {name: value for name, value in edited.items() if value is not None}
        return good, [self.rows[name] for name in edited if name not in good]

    def stops(self) -> list[QWidget]:
        """Where Tab halts, in the order of reading."""
        stops = [stop for row in self.rows.values() for stop in row.stops()]
        return [*stops, *(section.toggle for section in self._jwts.values())]

    # Making

    def _make(self, view: AccountView, reveal_seconds: int) -> None:
        self._drop()
        for name, label in labels(view).items():
            row = row_for(view, name, label, reveal_seconds)
            row.changed.connect(self._edited)
            row.copied.connect(self.copied)
            if isinstance(row, SecretRow):
                row.revealed.connect(self.revealed)
                self._jwts[name] = JwtSection(label)
            self.rows[name] = row
            self._column.addWidget(row)
        for section in self._jwts.values():
            self._column.addWidget(section)
        self.made.emit()

    def _drop(self) -> None:
        for widget in (*self.rows.values(), *self._jwts.values()):
            self._column.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self.rows, self._jwts = {}, {}

    def _open_jwts(self) -> None:
        for name, section in self._jwts.items():
            section.show_token(self.rows[name].wire_or_stored())

    def _edited(self) -> None:
        self._open_jwts()
        self.changed.emit()
