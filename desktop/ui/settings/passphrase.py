"""Changing the passphrase: the vault's key is wrapped anew, the vault itself is not written."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.engine.events import Failure
from desktop.ui.bridge import Bridge
from desktop.ui.start.passphrase_box import PassphraseBox
from desktop.ui.start.strength import strength
from desktop.ui.widgets import Banner, Button, Dim


class PassphraseForm(QWidget):
    """Closed until it is asked for; what was typed is forgotten when it closes."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._bridge = bridge
        self.open_button = Button(self.tr("Change passphrase…"))
        self.fields = QWidget()
        self.current = PassphraseBox(self.tr("Current passphrase"))
        self.new = PassphraseBox(self.tr("New passphrase"))
        self.hint = Dim(strength("").sentence)
        self.repeat = PassphraseBox(self.tr("Repeat new passphrase"))
        self.change = Button(self.tr("Change passphrase"))
        self.stop = Button(self.tr("Discard"), name=self.tr("Discard passphrase change"))
        self.outcome = Banner("good")
        self._build()
        self._has_passphrase = True
        self.open_button.clicked.connect(lambda: self._open())
        self.stop.clicked.connect(lambda: self.close_form())
        self.change.clicked.connect(lambda: self._change())
        self.new.edited.connect(self._rate)
        self.current.submitted.connect(self.new.setFocus)
        self.new.submitted.connect(self.repeat.setFocus)
        self.repeat.submitted.connect(self._change)

    def _build(self) -> None:
        inner = QVBoxLayout(self.fields)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(10)
        for widget in (self.current, self.new, self.hint, self.repeat):
            inner.addWidget(widget)
        buttons = QHBoxLayout()
        buttons.setSpacing(10)
        buttons.addWidget(self.change)
        buttons.addWidget(self.stop)
        buttons.addStretch(1)
        inner.addLayout(buttons)
        first = QHBoxLayout()
        first.addWidget(self.open_button)
        first.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addLayout(first)
        column.addWidget(self.fields)
        column.addWidget(self.outcome)
        self.fields.hide()

    def set_has_passphrase(self, has: bool) -> None:
        """A vault that only the keychain opens has no current passphrase: one is added."""
        self._has_passphrase = has
        self.current.setVisible(has)
        self.open_button.set_text(self.tr("Change passphrase…") if has else self.tr("Add passphrase…"))
        self.change.set_text(self.tr("Change passphrase") if has else self.tr("Add passphrase"))

    def close_form(self) -> None:
        """Forgets what was typed."""
        for box in (self.current, self.new, self.repeat):
            box.clear()
        self.hint.setText(strength("").sentence)
        self.fields.hide()
        self.open_button.show()

    def _open(self) -> None:
        self.outcome.show_message("good", "")
        self.open_button.hide()
        self.fields.show()
        (self.current if self._has_passphrase else self.new).setFocus()

    def _rate(self) -> None:
        rated = strength(self.new.text())
        self.hint.setText(rated.sentence)

    def _change(self) -> None:
        if self._has_passphrase and not self.current.text():
            self._refuse(self.current, self.tr("Enter the passphrase that opens the vault now."))
        elif not self.new.text():
            self._refuse(self.new, self.tr("Choose a new passphrase first."))
        elif self.repeat.text() != self.new.text():
            self._refuse(
                self.repeat, self.tr("The two new passphrases are not the same. Nothing was changed.")
            )
        else:
            self._set_busy(True)
            old = self.current.text() if self._has_passphrase else None
            change = self._bridge.engine.change_passphrase(old, self.new.text())
            self._bridge.run(change, lambda _: self._changed(), self._failed, self)

    def _refuse(self, box: PassphraseBox, sentence: str) -> None:
        box.set_problem(sentence)
        box.setFocus()

    def _changed(self) -> None:
        self._set_busy(False)
        self.close_form()
        self.set_has_passphrase(True)
        self.outcome.show_message("good", self.tr("The new passphrase opens the vault from now on."))

    def _failed(self, failure: Failure) -> None:
        self._set_busy(False)
        if failure.reason == "wrong_passphrase":
            self._refuse(self.current, failure.sentence)
        elif failure.reason == "weak_passphrase":
            self._refuse(self.new, f"{failure.sentence} {failure.hint}".strip())
        else:
            self.outcome.show_message("bad", f"{failure.sentence} {failure.hint}".strip())

    def _set_busy(self, busy: bool) -> None:
        for widget in (self.current, self.new, self.repeat, self.change, self.stop):
            widget.setEnabled(not busy)
