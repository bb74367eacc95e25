"""Asks once more before a backup takes the vault's place, and for the passphrase that it was made under."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.engine.events import Failure
from desktop.ui.bridge import Bridge
from desktop.ui.start.passphrase_box import PassphraseBox
from desktop.ui.widgets import Banner, Button, ButtonRow, Label, show_if


class RestoreForm(QWidget):
    """Closed until it is asked. When the backup stands in its place, the vault is locked: the page goes."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._bridge = bridge
        self._path: Path | None = None
        self.sentence = Label()
        self.passphrase = PassphraseBox(self.tr("Passphrase of the backup"))
        self.restore = Button(self.tr("Restore"), danger=True)
        self.stop = Button(self.tr("Cancel"), name=self.tr("Cancel restoring"))
        self.outcome = Banner("bad")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 6, 0, 0)
        column.setSpacing(10)
        for widget in (self.sentence, self.passphrase, ButtonRow(self.restore, self.stop), self.outcome):
            column.addWidget(widget)
        self.restore.clicked.connect(lambda: self._restore())
        self.passphrase.submitted.connect(self._restore)
        self.stop.clicked.connect(lambda: self.close_form())
        self.hide()

    def ask(self, path: Path, name: str, by_passphrase: bool) -> None:
        """Opens for this backup. Without `by_passphrase` the keychain opens it."""
        self._path = path
        text = self.tr(
            "Put {0} in the place of the vault? What was saved after it is then no longer in the vault."
            " The vault of now is kept in the data folder, under backups."
        )
        self.sentence.setText(text.format(name))
        show_if(self.passphrase, by_passphrase)
        self.passphrase.clear()
        self.outcome.show_message("bad", "")
        self.show()
        (self.passphrase if by_passphrase else self.restore).setFocus()

    def close_form(self) -> None:
        """Forgets what was typed."""
        self._path = None
        self.passphrase.clear()
        self.hide()

    def _restore(self) -> None:
        if self._path is None:
            return
        passphrase = None if self.passphrase.isHidden() else self.passphrase.text()
        if passphrase == "":
            self.passphrase.set_problem(self.tr("Enter the passphrase that the vault had then."))
            self.passphrase.setFocus()
            return
        self._set_busy(True)
        self.outcome.show_message("neutral", self.tr("Checking the backup…"))
        restored = self._bridge.engine.restore_backup(self._path, passphrase)
        self._bridge.run(restored, lambda _: self._done(), self._failed, self)

    def _done(self) -> None:
        self._set_busy(False)
        self.close_form()

    def _failed(self, failure: Failure) -> None:
        self._set_busy(False)
        if failure.reason == "wrong_passphrase":
            self.outcome.show_message("bad", "")
            self.passphrase.set_problem(failure.sentence)
            self.passphrase.setFocus()
        else:
            self.outcome.show_message("bad", f"{failure.sentence} {failure.hint}".strip())

    def _set_busy(self, busy: bool) -> None:
        for widget in (self.passphrase, self.restore, self.stop):
            widget.setEnabled(not busy)
