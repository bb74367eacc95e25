"""A box for a passphrase: masked, with a button that shows it, and its sentence below."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.ui.widgets import ErrorText, Label, TextButton, restyle


class PassphraseBox(QWidget):
    """`name` is the label and the accessible name. What is typed is never part of a name or a tooltip."""

    edited = Signal()
    submitted = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        label = Label(name)
        self.line = QLineEdit()
        self.line.setAccessibleName(name)
        self.line.setEchoMode(QLineEdit.EchoMode.Password)
        self.line.setInputMethodHints(
            Qt.InputMethodHint.ImhHiddenText
            | Qt.InputMethodHint.ImhNoPredictiveText
            | Qt.InputMethodHint.ImhSensitiveData
        )
        label.setBuddy(self.line)
        self.show_button = TextButton(self.tr("Show"), name=self.tr("Show {0}").format(name))
        self.show_button.setCheckable(True)
        self.show_button.toggled.connect(self.set_shown)
        self.problem = ErrorText()
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.line, 1)
        row.addWidget(self.show_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(label)
        column.addLayout(row)
        column.addWidget(self.problem)
        # Not textEdited: what assistive technology writes is no typing to Qt.
        self.line.textChanged.connect(self._edited)
        self.line.returnPressed.connect(self.submitted)
        self.setFocusProxy(self.line)

    def text(self) -> str:
        """What is typed; blanks belong to it."""
        return self.line.text()

    def clear(self) -> None:
        """Forgets what was typed and masks the box again."""
        with QSignalBlocker(self.line):  # forgetting is no editing
            self.line.clear()
        self.show_button.setChecked(False)
        self.set_problem("")

    def set_shown(self, shown: bool) -> None:
        """Shows what is typed, or masks it."""
        self.line.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
        word = self.tr("Hide") if shown else self.tr("Show")
        self.show_button.set_text(word, name=f"{word} {self._name}")

    def set_problem(self, sentence: str) -> None:
        """Why it is refused; an empty sentence takes that away."""
        self.problem.set_reason(sentence)
        restyle(self.line, "wrong", bool(sentence))
        self.line.setAccessibleDescription(sentence)

    def _edited(self) -> None:
        self.set_problem("")
        self.edited.emit()
