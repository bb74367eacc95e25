"""The first page on a fresh computer: a passphrase, and a vault is made."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.engine.events import Failure
from desktop.ui.bridge import Bridge
from desktop.ui.start.frame import MiddleColumn
from desktop.ui.start.passphrase_box import PassphraseBox
from desktop.ui.start.strength import strength
from desktop.ui.widgets import Banner, Check, Dim, PrimaryButton, show_if


class FirstStartPage(QWidget):
    """Makes the vault. The engine's VaultChanged says that it is there; this page says nothing of its own."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._bridge = bridge
        self._frame = MiddleColumn(
            self.tr("Welcome to Jackfield"),
            self.tr(
                "Your accounts and their tokens are kept in an encrypted vault on this computer."
                " Choose the passphrase that opens it."
            ),
        )
        self.problem = Banner("bad")
        self.passphrase = PassphraseBox(self.tr("Passphrase"))
        self.repeat = PassphraseBox(self.tr("Repeat passphrase"))
        self.hint = Dim(strength("").sentence)
        # Room for two lines, so that nothing below moves while somebody types.
        self.hint.setMinimumHeight(2 * self.hint.fontMetrics().lineSpacing())
        self.hint.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.keychain = Check(self.tr("Also unlock with this computer’s keychain"))
        self.keychain_reason = Dim()
        self.keychain_reason.hide()
        self.where = Dim(self.tr("The vault is kept in {0}").format(bridge.engine.home))
        self.where.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.create_button = PrimaryButton(self.tr("Create vault"))
        self._build()
        self.passphrase.edited.connect(self._rate)
        self.setFocusProxy(self.passphrase)  # whoever shows this page, the cursor is where one types
        self.passphrase.submitted.connect(self.repeat.setFocus)
        self.repeat.submitted.connect(self._create)
        self.create_button.clicked.connect(lambda: self._create())
        bridge.run(bridge.engine.keychain_problem(), self._keychain_known, None, self)

    def _build(self) -> None:
        column = self._frame.column
        for widget in (
            self.problem,
            self.passphrase,
            self.hint,
            self.repeat,
            self.keychain,
            self.keychain_reason,
        ):
            column.addWidget(widget)
        column.addSpacing(4)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.create_button)
        column.addLayout(foot)
        column.addWidget(self.where)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._frame)

    def showEvent(self, event: QShowEvent) -> None:
        """The cursor stands in the first box."""
        super().showEvent(event)
        self.passphrase.setFocus(Qt.FocusReason.OtherFocusReason)

    def _keychain_known(self, reason: str) -> None:
        self.keychain.set_enabled(not reason)
        self.keychain_reason.setText(reason)
        show_if(self.keychain_reason, bool(reason))
        self.keychain.box.setAccessibleDescription(reason)

    def _rate(self) -> None:
        rated = strength(self.passphrase.text())
        self.hint.setText(rated.sentence)
        self.hint.set_kind("good" if rated.good else "neutral")
        if self.repeat.text() and self.repeat.text() == self.passphrase.text():
            self.repeat.set_problem("")

    def _create(self) -> None:
        if not self.passphrase.text():
            self.passphrase.set_problem(self.tr("Choose a passphrase first."))
            self.passphrase.setFocus()
        elif self.repeat.text() != self.passphrase.text():
            self.repeat.set_problem(self.tr("The two passphrases are not the same. Nothing was created yet."))
            self.repeat.setFocus()
        else:
            self._set_busy(True)
            self.problem.show_message("bad", "")
            keychain = self.keychain.box.isEnabled() and self.keychain.box.isChecked()
            create = self._bridge.engine.create_vault(self.passphrase.text(), keychain=keychain)
            self._bridge.run(create, lambda _: self._created(), self._failed, self)

    def _created(self) -> None:
        self.passphrase.clear()
        self.repeat.clear()
        self._set_busy(False)

    def _failed(self, failure: Failure) -> None:
        self._set_busy(False)
        if failure.reason == "weak_passphrase":
            self.passphrase.set_problem(f"{failure.sentence} {failure.hint}".strip())
            self.passphrase.setFocus()
        else:
            self.problem.show_message("bad", f"{failure.sentence} {failure.hint}".strip())

    def _set_busy(self, busy: bool) -> None:
        """Making the key takes a moment: the page says so and takes no second order."""
        for widget in (self.passphrase, self.repeat, self.create_button):
            widget.setEnabled(not busy)
        self.create_button.set_text(self.tr("Creating…") if busy else self.tr("Create vault"))
