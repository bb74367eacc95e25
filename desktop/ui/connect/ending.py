"""How a connect ended: the account that stands now, or the sentence that says why there is none."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from connectors.definition import Connector
from desktop.engine.events import Failure
from desktop.ui.announce import announce
from desktop.ui.widgets import Banner, Button, ButtonRow, CopyButton, Dim, Label, Strong, TextButton, show_if
from desktop.vault.records import AccountRow


class FailedPanel(QWidget):
    """The cause, what to try, and the details when somebody asks for them."""

    change_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.cause = Banner("bad")
        self.hint = Label()
        self.toggle = TextButton(self.tr("Details"), icon_name="chevron-right")
        self.toggle.clicked.connect(lambda: self._toggle_details())
        self.details = QPlainTextEdit()
        self.details.setReadOnly(True)
        self.details.setTabChangesFocus(True)
        self.details.setAccessibleName(self.tr("Details of the failure"))
        self.details.setFixedHeight(self.details.fontMetrics().lineSpacing() * 7)
        self.copy = CopyButton(self.tr("Copy details"), self.details.toPlainText)
        self.change = Button(self.tr("Change what I entered"))
        self.change.clicked.connect(lambda: self.change_asked.emit())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.cause)
        column.addWidget(self.hint)
        self.acts = ButtonRow(self.change)
        column.addWidget(self.acts)
        column.addWidget(self.toggle, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.details)
        foot = QHBoxLayout()
        foot.addWidget(self.copy)
        foot.addStretch(1)
        column.addLayout(foot)

    def show_failure(self, failure: Failure, *, can_change: bool) -> None:
        """Shows one ending; details stay closed until they are asked for."""
        self.cause.show_message("bad", failure.sentence)
        announce(self.cause, f"{failure.sentence} {failure.hint}")
        self.hint.setText(failure.hint)
        show_if(self.hint, bool(failure.hint))
        self.details.setPlainText(failure.detail)
        show_if(self.toggle, bool(failure.detail))
        show_if(self.change, can_change)
        show_if(self.acts, can_change)
        self._show_details(False)

    def _toggle_details(self) -> None:
        self._show_details(not self.details.isVisibleTo(self))

    def _show_details(self, shown: bool) -> None:
        show_if(self.details, shown)
        show_if(self.copy, shown)
        self.toggle.set_icon("chevron-down" if shown else "chevron-right", "dim")


class ConnectedPanel(QWidget):
    """The account's name and who it is, as the service told it."""

    def __init__(self) -> None:
        super().__init__()
        self.name = Strong()
        self.identity = Dim()
        self.sentence = Label()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.name)
        column.addWidget(self.identity)
        column.addSpacing(10)
        column.addWidget(self.sentence)

    def show_account(self, row: AccountRow, connector: Connector, sentence: str) -> None:
        """Shows the account that was just written."""
        self.name.setText(row.name)
        who = row.email if row.email and row.email != row.name else row.identity
        self.identity.setText(" · ".join(part for part in (who, connector.name) if part))
        self.sentence.setText(sentence)
