"""A secret field: covered, revealed for a while, replaced as a whole by typing or pasting."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop.ui.details.masking import DOT, masked
from desktop.ui.details.rows import FieldRow
from desktop.ui.widgets import TextButton


class SecretRow(FieldRow):
    """`revealed(name)` when a person looks. The box holds the secret only while it is revealed."""

    revealed = Signal(str)
    secret = True

    def __init__(self, name: str, label: str = "", *, seconds: int = 30) -> None:
        super().__init__(name, label)
        self._secret = ""
        self._typed: str | None = None
        self._open = False
        self._half_typed = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(max(1, seconds) * 1000)
        self._timer.timeout.connect(self.cover)
        self.reveal_button = TextButton(self.tr("Reveal"), name=self.tr("Reveal {0}").format(self.label))
        self.reveal_button.clicked.connect(self._toggle)
        self._line.insertWidget(2, self.reveal_button)

    @property
    def is_open(self) -> bool:
        """Whether the secret can be read on the screen."""
        return self._open

    def set_value(self, value: Any) -> None:
        """Holds a stored secret, covered."""
        self._secret = "" if value is None else super().display(value)
        self._typed = None
        self._half_typed = False
        self._value = value
        self.show_problem("")
        self.cover()

    def rebase(self, value: Any) -> None:
        """The stored secret may be another now; what was typed, or is being read, stays as it is."""
        secret = "" if value is None else super().display(value)
        if self.dirty:
            self._secret, self._value = secret, value
        elif secret != self._secret or not self._open:
            self.set_value(value)

    @property
    def dirty(self) -> bool:
        """Whether another secret was typed."""
        return self._typed is not None and self._typed != self._secret

    def draft(self) -> str | None:
        """What was typed and not saved."""
        return self._typed if self.dirty else None

    def set_draft(self, text: str) -> None:
        """Puts back what was typed before, covered."""
        self._typed = text
        self.cover()

    def wire(self) -> str:
        """The secret that would be saved."""
        return (self._secret if self._typed is None else self._typed).strip()

    def stops(self) -> list[QWidget]:
        """Field, Reveal, Copy."""
        return [self.box, self.reveal_button, self.copy_button]

    def say_hint(self) -> str:
        """Says how to change a part of a covered secret."""
        if self._half_typed:
            return self.tr("Paste the whole new value, or press Reveal to change a part of it.")
        return self.tr("New value, not saved yet.") if self.dirty and not self._open else ""

    def cover(self) -> None:
        """Hides the secret; the box, its undo steps and the accessible text then hold only dots."""
        self._timer.stop()
        self._open = False
        self._put(masked(self.wire()))
        self._name_button()

    def reveal(self) -> None:
        """Shows the secret until the time is up."""
        self._open = True
        self._half_typed = False
        self._put(self.wire())
        self._name_button()
        self._timer.start()
        self.revealed.emit(self.name)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A covered secret is selected as a whole when the cursor comes, so that a paste replaces it."""
        if watched is self.box and event.type() == QEvent.Type.FocusIn and not self._open:
            QTimer.singleShot(0, self.box, self.box.selectAll)
        return super().eventFilter(watched, event)

    def _toggle(self) -> None:
        if self._open:
            self.cover()
        else:
            self.reveal()

    def _name_button(self) -> None:
        word = self.tr("Hide") if self._open else self.tr("Reveal")
        self.reveal_button.set_text(word, name=f"{word} {self.label}")
        self.reveal_button.setEnabled(bool(self.wire()))
        self.copy_button.setEnabled(bool(self.wire()))

    def _put(self, text: str) -> None:
        self._shown = text
        if self.box.text() != text:
            self.box.setText(text)
        self.box.setCursorPosition(0)
        self.box.setEchoMode(QLineEdit.EchoMode.Normal)
        self.refresh_hint()

    def _edited(self) -> None:
        text = self.box.text()
        if text == self._shown:
            return
        if not self._open and DOT in text:
            # A part of the dots was overwritten: there is nothing sensible to keep of that.
            self._half_typed = True
            self._put(masked(self.wire()))
            self.box.selectAll()
            return
        self._half_typed = False
        self._typed = text
        self._shown = text
        if not self._open:
            self._open = True
            self._name_button()
        self._timer.start()
        super()._edited()
