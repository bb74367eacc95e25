"""A form out of a connector's fields: values in and out, checked in place by the rules of the definition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from connectors.definition import Field
from connectors.errors import InvalidInputError
from connectors.fields import check_values, visible_fields
from desktop.ui.forms.row import FieldRow


class Form(QWidget):
    """Rows in the order of the fields. A field's sentence shows once the field was left, or after `check`."""

    changed = Signal()
    submitted = Signal()
    link_asked = Signal(str)
    uncovered = Signal(str)  # the key of a secret that was made readable

    def __init__(self, fields: Sequence[Field], values: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self.fields = tuple(fields)
        self.rows: dict[str, FieldRow] = {}
        self._touched: set[str] = set()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(14)
        for field in self.fields:
            row = FieldRow(field)
            row.link_asked.connect(self.link_asked)
            self.rows[field.key] = row
            column.addWidget(row)
            if row.editor is not None:
                row.editor.changed.connect(lambda key=field.key: self._edited(key))
                row.editor.left.connect(lambda key=field.key: self._left(key))
                row.editor.submitted.connect(self.submitted)
                row.editor.uncovered.connect(lambda key=field.key: self.uncovered.emit(key))
        self.set_values({field.key: field.default for field in self.fields} | dict(values or {}))

    def values(self) -> dict[str, str]:
        """What stands in the visible rows, as typed."""
        shown = {field.key for field in self._visible()}
        return {key: row.value() for key, row in self.rows.items() if row.editor is not None and key in shown}

    def all_values(self) -> dict[str, str]:
        """What stands in every row, the ones out of sight too: for setting a form back as it was."""
        return {key: row.value() for key, row in self.rows.items() if row.editor is not None}

    def set_values(self, values: Mapping[str, str]) -> None:
        """Fills rows by key; keys that the form does not know are left alone."""
        for key, value in values.items():
            if (row := self.rows.get(key)) is not None and row.editor is not None:
                row.editor.set_value(value)
        self._show_visible()

    def check(self) -> dict[str, str] | None:
        """The cleaned values; or None, with every sentence shown and the first refused field focused."""
        problems, cleaned = self._problems()
        self._touched = set(self.rows)
        self.show_problems(problems)
        return None if problems else cleaned

    def show_problems(self, problems: Mapping[str, str]) -> None:
        """Sentences from elsewhere (the engine's own check) beside the fields they are about."""
        for key, row in self.rows.items():
            row.set_problem(problems.get(key, ""))
        for key in problems:
            refused = self.rows.get(key)
            if refused is not None and refused.editor is not None and refused.isVisibleTo(self):
                refused.editor.setFocus(Qt.FocusReason.OtherFocusReason)
                return

    def focus_first(self) -> bool:
        """Puts the cursor into the first empty field, else into the first; False when there is none."""
        rows = [row for row in self.rows.values() if row.editor is not None and row.isVisibleTo(self)]
        for row in [row for row in rows if not row.value()] + rows:
            assert row.editor is not None
            row.editor.setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        return False

    def _visible(self) -> tuple[Field, ...]:
        return visible_fields(self.fields, self.all_values())

    def _show_visible(self) -> None:
        shown = {field.key for field in self._visible() if field.type != "hidden"}
        for key, row in self.rows.items():
            row.setVisible(key in shown)

    def _problems(self) -> tuple[dict[str, str], dict[str, str]]:
        try:
            return {}, check_values(self.fields, self.values())
        except InvalidInputError as error:
            return dict(error.fields), {}

    def _edited(self, key: str) -> None:
        self._show_visible()
        if self.rows[key].problem.isVisibleTo(self):
            self._say(key)  # a sentence goes as soon as the value is right, not when the field is left
        self.changed.emit()

    def _left(self, key: str) -> None:
        if self.rows[key].value() or key in self._touched:
            self._touched.add(key)
            self._say(key)

    def _say(self, key: str) -> None:
        problems, _ = self._problems()
        self.rows[key].set_problem(problems.get(key, ""))
