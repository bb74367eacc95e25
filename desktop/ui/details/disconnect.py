"""The question before an account goes: says what happens at the service and here."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from desktop.engine.results import AccountView
from desktop.ui.accounts.texts import service_name
from desktop.ui.widgets import Banner, Button, Heading, Label, show_if


class DisconnectCard(QWidget):
    """`confirmed(keep_remote)`, `cancelled`."""

    confirmed = Signal(bool)
    cancelled = Signal()

    def __init__(self, view: AccountView) -> None:
        super().__init__()
        service = service_name(view.row, view.connector)
        title = self.tr("Disconnect {0}?").format(view.row.name)
        self.setAccessibleName(title)
        heading = Heading(title)
        heading.setWordWrap(True)
        revokes = view.method is not None and view.method.revoke_access_token is not None
        self.sentence = Label(_sentence(service, revokes))
        self.keep = QCheckBox(self.tr("Only remove it here; leave its access at the service as it is"))
        self.problem = Banner("bad")
        self.cancel_button = Button(self.tr("Cancel"))
        self.cancel_button.clicked.connect(lambda: self.cancel())
        self.confirm_button = Button(self.tr("Disconnect"), danger=True)
        self.confirm_button.clicked.connect(self._confirm)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addStretch(1)
        foot.addWidget(self.cancel_button)
        foot.addWidget(self.confirm_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(26, 24, 26, 20)
        column.setSpacing(14)
        column.addWidget(heading)
        column.addWidget(self.sentence)
        column.addWidget(self.keep)
        column.addWidget(self.problem)
        column.addSpacing(6)
        column.addLayout(foot)
        show_if(self.keep, revokes)
        self.cancel_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def cancel(self) -> None:
        """Keeps the account."""
        self.cancelled.emit()

    def show_problem(self, sentence: str) -> None:
        """It did not work: says why, and may be tried again."""
        self.problem.show_message("bad", sentence)
        self.confirm_button.setEnabled(True)

    def _confirm(self) -> None:
        self.confirm_button.setEnabled(False)
        self.confirmed.emit(self.keep.isChecked())


def _sentence(service: str, revokes: bool) -> str:
    if revokes:
        return (
            f"{service} is asked to revoke its access first. Then the account, its token and its history "
            "are removed from this computer. This cannot be undone."
        )
    return (
        f"The account, its token and its history are removed from this computer. This cannot be undone. "
        f"{service} has no way to revoke access from here: what was given stays valid there until you remove "
        "it in the service's own settings."
    )
