"""A sign-in that came back as somebody unexpected: both people side by side, and what can be done."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from desktop.engine.events import Clash
from desktop.ui.widgets import Button, Dim, ElidedLabel, ErrorText, PrimaryButton, Strong, show_if
from desktop.vault.records import Person


class PersonBox(QFrame):
    """Who somebody is: what the service calls them, their e-mail, and its own name for them."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("card", True)
        self.role = Dim()
        self.name = Strong()
        self.email = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle)
        self.identity = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle, dim=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(2)
        for label in (self.role, self.name, self.email, self.identity):
            column.addWidget(label)
        column.addStretch(1)

    def show_person(self, role: str, person: Person) -> None:
        """Somebody, and what they are here."""
        self.role.setText(role)
        self.name.setText(person.name)
        self.email.set_text(person.email if person.email != person.name else "")
        self.identity.set_text(person.identity)
        show_if(self.email, bool(self.email.text()))
        show_if(self.identity, bool(person.identity))
        told = (person.name, self.email.text(), person.identity)
        self.setAccessibleName(f"{role}: {', '.join(part for part in told if part)}")


class ClashPanel(QWidget):
    """`decided(decision)` by a button. Cancelling is the card's own button, below it."""

    decided = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.there, self.came = PersonBox(), PersonBox()
        self.main, self.main_text = PrimaryButton(""), Dim()
        self.other, self.other_text = Button(""), Dim()
        self.cancel_text = Dim()
        self.problem = ErrorText()
        self._acts: dict[Button, str] = {}
        self.main.clicked.connect(lambda: self.decided.emit(self._acts[self.main]))
        self.other.clicked.connect(lambda: self.decided.emit(self._acts[self.other]))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        people = QHBoxLayout()
        people.setSpacing(12)
        people.addWidget(self.there, 1)
        people.addWidget(self.came, 1)
        column.addLayout(people)
        column.addLayout(_act(self.main, self.main_text))
        column.addLayout(_act(self.other, self.other_text))
        column.addWidget(self.cancel_text)
        column.addWidget(self.problem)

    def ask(self, clash: Clash) -> None:
        """Shows both, and the buttons for this kind."""
        self.set_problem("")
        there, came = clash.there.name, clash.came.name
        if clash.kind == "somebody_else":
            self.there.show_person(self.tr("This account"), clash.there)
            self.came.show_person(self.tr("You signed in as"), clash.came)
            self._offer(self.main, "keep_both", self.tr("Keep both"))
            self.main_text.setText(
                self.tr("{0} becomes an account of its own. {1} stays as it is.").format(came, there)
            )
            self._offer(self.other, "replace", self.tr("Replace"))
            self.other_text.setText(
                self.tr("This account becomes {0}. Restoring from its history brings {1} back.").format(
                    came, there
                )
            )
            gone = self.tr("Cancel keeps nothing; the new access is revoked where the service can.")
        else:
            self.there.show_person(self.tr("Connected already"), clash.there)
            self.came.show_person(self.tr("You signed in as"), clash.came)
            self._offer(self.main, "update", self.tr("Update that account"))
            self.main_text.setText(self.tr("It gets the new sign-in. Its history keeps the one before."))
            self._offer(self.other, "keep_both", self.tr("Keep both"))
            self.other_text.setText(self.tr("A second account of the same person."))
            gone = self.tr("Cancel keeps nothing and leaves that account as it is.")
        self.main.setAccessibleDescription(self.main_text.text())
        self.other.setAccessibleDescription(self.other_text.text())
        self.cancel_text.setText(gone)

    def focus_first(self) -> None:
        """The button that takes nothing away."""
        self.main.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_problem(self, sentence: str) -> None:
        """Why a decision was not taken."""
        self.problem.set_reason(sentence)

    def _offer(self, button: Button, decision: str, text: str) -> None:
        self._acts[button] = decision
        button.set_text(text)


def _act(button: Button, text: Dim) -> QVBoxLayout:
    """A button with what it does below it."""
    column = QVBoxLayout()
    column.setSpacing(4)
    column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
    column.addWidget(text)
    return column
