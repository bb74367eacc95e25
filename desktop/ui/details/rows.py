"""One row of the token page: the field's name, its editor, Reveal and Copy, a hint, and why it is refused."""

from __future__ import annotations

import json
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.ui.widgets import Dim, ErrorText, TextButton, restyle, show_if

LABEL_WIDTH = 103
_BESIDE = 8


class FieldRow(QWidget):
    """A plain text field. `changed` after every edit, `copied(name, text, secret)` when Copy is pressed."""

    changed = Signal()
    copied = Signal(str, str, bool)
    secret = False

    def __init__(self, name: str, label: str = "") -> None:
        super().__init__()
        self.name = name
        self.label = label or name
        self._shown = ""
        self.box = QLineEdit()
        self.box.setAccessibleName(self.label)
        self.box.installEventFilter(self)
        self.box.textChanged.connect(self._edited)
        self.hint = Dim()
        self.hint.hide()
        self.error = ErrorText()
        self.copy_button = TextButton(self.tr("Copy"), name=self.tr("Copy {0}").format(self.label))
        self.copy_button.clicked.connect(
            lambda: self.copied.emit(self.name, self.wire_or_stored(), self.secret)
        )
        self._build()

    def _build(self) -> None:
        # A long name breaks after an underscore; nothing of it is cut off.
        title = Dim(self.label.replace("_", "_\u200b"))
        title.setAccessibleName(self.label)
        title.setFixedWidth(LABEL_WIDTH)
        self._line = QHBoxLayout()
        self._line.setSpacing(_BESIDE)
        self._line.addWidget(title)
        self._line.addWidget(self.box, 1)
        self._line.addWidget(self.copy_button)
        below = QVBoxLayout()
        below.setContentsMargins(LABEL_WIDTH + _BESIDE + 1, 0, 0, 0)
        below.setSpacing(2)
        below.addWidget(self.hint)
        below.addWidget(self.error)
        self._below = below
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(self._line)
        column.addLayout(below)

    # What a kind of field does in its own way

    def display(self, value: Any) -> str:
        """The stored value as the box shows it."""
        if value is None:
            return ""
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

    def wire(self) -> str:
        """What the box says, as the engine takes it. Raises ValueError with a sentence."""
        return self.box.text().strip()

    def say_hint(self) -> str:
        """The small print below."""
        return ""

    def stops(self) -> list[QWidget]:
        """Where Tab halts, in the order of reading."""
        return [self.box, self.copy_button]

    # The rest is the same for all

    def set_value(self, value: Any) -> None:
        """Shows a stored value; nothing counts as edited."""
        self._value = value
        self._shown = self.display(value)
        self.box.setText(self._shown)
        self.box.setCursorPosition(0)
        self.show_problem("")
        self.refresh_hint()

    def rebase(self, value: Any) -> None:
        """The stored value may be another now; what was typed stays."""
        if not self.dirty:
            self.set_value(value)
        else:
            self._value, self._shown = value, self.display(value)

    @property
    def dirty(self) -> bool:
        """Whether the person changed it."""
        return self.box.text() != self._shown

    def draft(self) -> str | None:
        """What was typed and not saved."""
        return self.box.text() if self.dirty else None

    def set_draft(self, text: str) -> None:
        """Puts back what was typed before."""
        self.box.setText(text)

    def check(self) -> str | None:
        """The value for the engine, or None after showing why it is refused."""
        try:
            value = self.wire()
        except ValueError as error:
            self.show_problem(str(error))
            return None
        self.show_problem("")
        return value

    def wire_or_stored(self) -> str:
        """What Copy takes: the value for the engine, or the text as it stands while it is not valid."""
        try:
            return self.wire()
        except ValueError:
            return self.box.text()

    def show_problem(self, sentence: str) -> None:
        """Refuses the value in place, with the reason; an empty sentence accepts it."""
        restyle(self.box, "wrong", bool(sentence))
        self.box.setAccessibleDescription(sentence)
        self.error.set_reason(sentence)

    def refresh_hint(self) -> None:
        """Says the hint again: the value or the time has changed."""
        text = self.say_hint()
        if text != self.hint.text():
            self.hint.setText(text)
        show_if(self.hint, bool(text))

    def clear(self) -> None:
        """Forgets everything, undo steps as well."""
        self.set_value(None)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Checks what was typed when the field is left."""
        if watched is self.box and event.type() == QEvent.Type.FocusOut and self.dirty:
            self.check()
        return super().eventFilter(watched, event)

    def _edited(self) -> None:
        if self.error.text():
            self.check()  # the reason goes as soon as it no longer holds
        self.refresh_hint()
        self.changed.emit()

    def focus(self) -> None:
        """Puts the cursor here, everything selected, ready for a paste."""
        self.box.setFocus(Qt.FocusReason.TabFocusReason)
        self.box.selectAll()
