"""The backups that the vault made of itself: when, how large, whether they are whole, and the way back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from desktop.engine.events import BackupsChanged, Failure
from desktop.ui import times
from desktop.ui.bridge import Bridge
from desktop.ui.settings.restore_form import RestoreForm
from desktop.ui.widgets import Banner, Button, ButtonRow, Dim, Label, TextButton

if TYPE_CHECKING:
    from desktop.engine.backups.report import Backups
    from desktop.vault.keeping.kept import KeptBackup

_MOST = 6


class KeptBackups(QWidget):
    """A line for each, the newest first. A backup that could not be made is told above them."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._bridge = bridge
        self.problem = Banner("soon")
        self.lines = QWidget()
        self._column = QVBoxLayout(self.lines)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self.choose = Button(self.tr("Restore another file…"))
        self.choose.clicked.connect(lambda: self._choose())
        self.form = RestoreForm(bridge)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for widget in (self.problem, self.lines, ButtonRow(self.choose), self.form):
            column.addWidget(widget)
        self.setFocusProxy(self.choose)
        bridge.backups_changed.connect(self._changed)

    def load(self) -> None:
        """Looks what there is."""
        self._bridge.run(self._bridge.engine.backups(), self._show, self._failed, self)

    def forget(self) -> None:
        """The vault is locked."""
        self.form.close_form()

    def _changed(self, _event: BackupsChanged) -> None:
        if self.isVisible():
            self.load()

    def _show(self, report: Backups) -> None:
        self.problem.show_message("soon", report.problem)
        while item := self._column.takeAt(0):
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for one in report.kept[:_MOST]:
            self._column.addWidget(self._line(one))
        if not report.kept:
            none = self.tr("None yet. The first is made soon after there is something to keep.")
            self._column.addWidget(Dim(none))

    def _line(self, one: KeptBackup) -> QWidget:
        when = times.local_text(one.made_at)
        size = QLocale().formattedDataSize(one.size, 1)
        state = self.tr("damaged") if one.problem else self.tr("verified")
        text = Label(f"{when} · {size} · {state}", wrap=False)
        text.set_kind("bad" if one.problem else "neutral")
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(text, 1)
        if not one.problem:
            restore = TextButton(self.tr("Restore…"), name=self.tr("Restore the backup of {0}").format(when))
            restore.clicked.connect(lambda: self._ask(one.path, when, "passphrase" in one.opens_with))
            row.addWidget(restore)
        return holder

    def _ask(self, path: Path, when: str, by_passphrase: bool) -> None:
        self.form.ask(path, self.tr("the backup of {0}").format(when), by_passphrase)

    def _choose(self) -> None:
        dialog = QFileDialog(self, self.tr("Restore a backup"), str(Path.home()))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda path: self.ask_file(Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def ask_file(self, path: Path) -> None:
        """Asks for the passphrase of a backup that lies anywhere."""
        self.form.ask(path, str(path), by_passphrase=True)

    def _failed(self, failure: Failure) -> None:
        self.problem.show_message("soon", f"{failure.sentence} {failure.hint}".strip())
