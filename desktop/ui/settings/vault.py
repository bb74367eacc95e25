"""The vault: its passphrase, the keychain, where it lies, a backup, and whether it is sound."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from desktop.engine.events import Failure
from desktop.engine.results import CheckReport
from desktop.ui.bridge import Bridge
from desktop.ui.exchange.row import ExchangeRow
from desktop.ui.settings.kept_backups import KeptBackups
from desktop.ui.settings.passphrase import PassphraseForm
from desktop.ui.settings.section import Section, with_button
from desktop.ui.theme import Kind
from desktop.ui.widgets import Banner, Button, Check, CopyButton, Dim, Label, show_if

if TYPE_CHECKING:
    from desktop.vault.vault import SlotInfo


class VaultSection(Section):
    """Every act says how it ended, in the banner below its buttons."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self.heading(self.tr("Vault"))
        self._bridge = bridge
        self.passphrase = PassphraseForm(bridge)
        self.keychain = Check(self.tr("Also unlock with this computer’s keychain"))
        self.keychain_note = Dim()
        self.keychain.clicked.connect(self._set_keychain)
        self.backup = Button(self.tr("Back up…"))
        self.backup.clicked.connect(lambda: self._ask_backup())
        self.check = Button(self.tr("Check vault"))
        self.check.clicked.connect(lambda: self._check())
        self.exchange = ExchangeRow()
        self.kept = KeptBackups(bridge)
        self.outcome = Banner("good")
        self.add_row(self.tr("Passphrase"), self.passphrase)
        self.add_row(self.tr("Keychain"), self._keychain_row())
        self.add_row(self.tr("Data"), self._place())
        self.add_row(
            self.tr("Backup"),
            self._acts(),
            self.tr("A backup is encrypted like the vault and opens with the passphrase it was made under."),
            below=self.outcome,
        )
        self.add_row(
            self.tr("Daily backups"),
            self.kept,
            self.tr("Made by itself on each day on which the vault is used. The last three stay."),
        )
        self.add_row(
            self.tr("Move"),
            self.exchange,
            self.tr("Accounts in one encrypted file, for another computer. It has a passphrase of its own."),
        )

    def _keychain_row(self) -> QWidget:
        holder = QWidget()
        holder.setAccessibleName(self.tr("Keychain"))
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 6, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.keychain)
        column.addWidget(self.keychain_note)
        return holder

    def _place(self) -> QWidget:
        home = str(self._bridge.engine.home)
        where = Label(home)
        where.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return with_button(where, CopyButton(self.tr("Copy"), lambda: home, name=self.tr("Copy data folder")))

    def _acts(self) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self.backup)
        row.addWidget(self.check)
        row.addStretch(1)
        return holder

    def load(self) -> None:
        """Asks which ways in there are, and whether the keychain may be one."""
        engine = self._bridge.engine
        self.outcome.show_message("good", "")
        self.kept.load()
        self._bridge.run(engine.keychain_problem(), self._keychain_known, self._failed, self)
        self._bridge.run(engine.slots(), self._slots_known, self._failed, self)

    def forget(self) -> None:
        """The vault is locked."""
        self.passphrase.close_form()
        self.kept.forget()
        self.outcome.show_message("good", "")

    def _keychain_known(self, reason: str) -> None:
        self._say_keychain(reason)
        # What is on can always be taken away, also where the keychain has become unusable.
        self.keychain.set_enabled(not reason or self.keychain.box.isChecked())

    def _slots_known(self, slots: list[SlotInfo]) -> None:
        kinds = {slot.kind: slot for slot in slots}
        self.passphrase.set_has_passphrase("passphrase" in kinds)
        keychain = kinds.get("keychain")
        self.keychain.box.setChecked(keychain is not None)
        if keychain is not None:
            self.keychain.set_enabled(True)
            self._say_keychain(keychain.notice or self.tr("Kept by {0}.").format(keychain.backend))

    def _say_keychain(self, note: str) -> None:
        self.keychain_note.setText(note)
        self.keychain.box.setAccessibleDescription(note)
        show_if(self.keychain_note, bool(note))

    def _set_keychain(self, wanted: bool) -> None:
        self.keychain.set_enabled(False)
        engine = self._bridge.engine
        self._bridge.run(engine.set_keychain(wanted), lambda _: self.load(), self._keychain_failed, self)

    def _keychain_failed(self, failure: Failure) -> None:
        self.load()
        self._failed(failure)

    def _ask_backup(self) -> None:
        name = f"jackfield-{datetime.now().astimezone():%Y-%m-%d}.backup"
        dialog = QFileDialog(self, self.tr("Back up the vault"), str(Path.home() / name))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self.back_up(Path(path)))
        dialog.open()

    def back_up(self, path: Path) -> None:
        """Writes the backup there."""
        self.outcome.show_message("neutral", self.tr("Writing the backup…"))
        done = self.tr("The backup was written to {0}.").format(path)
        self._bridge.run(
            self._bridge.engine.backup(path),
            lambda _: self.outcome.show_message("good", done),
            self._failed,
            self,
        )

    def _check(self) -> None:
        self.outcome.show_message("neutral", self.tr("Looking through the vault…"))
        self._bridge.run(self._bridge.engine.check_vault(), self._checked, self._failed, self)

    def _checked(self, report: CheckReport) -> None:
        if report.problems:
            self.outcome.show_message("bad", "\n".join(report.problems))
        else:
            sound = self.tr("The vault is sound.")
            kind: Kind = "soon" if report.notices else "good"
            self.outcome.show_message(kind, "\n".join([sound, *report.notices]))

    def _failed(self, failure: Failure) -> None:
        self.outcome.show_message("bad", f"{failure.sentence} {failure.hint}".strip())
