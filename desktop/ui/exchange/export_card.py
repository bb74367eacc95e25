"""The card that writes an export."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from desktop.engine.events import Failure
from desktop.ui.bridge import Bridge
from desktop.ui.exchange.frame import ExchangeCard
from desktop.ui.exchange.progress import ProgressPanel
from desktop.ui.exchange.what import WhatPanel
from desktop.ui.widgets import Banner, show_if

if TYPE_CHECKING:
    from desktop.engine.exchange.plan import ExportResult

State = Literal["form", "working", "done"]


class ExportCard(ExchangeCard):
    """Form, progress, result. `save(path)` is what the file dialog ends in."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__("", "")
        self._bridge = bridge
        self.state: State = "form"
        names = {connector.key: connector.name for connector in bridge.engine.catalog}
        self.what = WhatPanel(names)
        self.progress = ProgressPanel()
        self.outcome = Banner("good")
        self.fill(self.what, self.progress, self.outcome)
        self.what.submitted.connect(self._act)
        self.primary.clicked.connect(lambda: self._act())
        self.cancel_button.clicked.connect(lambda: self.cancel())
        self._show("form")
        bridge.run(bridge.engine.accounts(), self.what.show_accounts, self._failed, self)

    def cancel(self) -> None:
        """Ends what is under way, then the card."""
        if self.state == "working":
            self.cancel_button.setEnabled(False)
            self._bridge.run(self._bridge.engine.stop_exchange())
            return
        self.what.forget()
        self.left.emit()

    def save(self, path: Path) -> None:
        """Writes the export there."""
        engine, what = self._bridge.engine, self.what
        if what.encrypted:
            coroutine = engine.export(
                path,
                what.passphrase.text(),
                account_ids=what.account_ids,
                history=what.history.box.isChecked(),
                progress=self.progress.told,
            )
        else:
            coroutine = engine.export_metadata(
                path, account_ids=what.account_ids, progress=self.progress.told
            )
        self.progress.begin(self.tr("Writing {0}…").format(path.name))
        self._show("working")
        self._bridge.run(coroutine, self._written, self._failed, self)

    def _act(self) -> None:
        if self.state == "done":
            self.left.emit()
            return
        problem = self.what.problem()
        if problem:
            self.say_problem(problem if self.what.account_ids == [] else "")
            return
        self._ask_path()

    def _ask_path(self) -> None:
        ending = "jackfield-export" if self.what.encrypted else "json"
        name = f"jackfield-{datetime.now().astimezone():%Y-%m-%d}.{ending}"
        dialog = QFileDialog(self, self.tr("Export accounts"), str(Path.home() / name))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self.save(Path(path)))
        dialog.open()

    def _written(self, result: ExportResult) -> None:
        self.what.forget()
        self._show("done")
        self.outcome.show_message("good", self.tr("{0} was written.").format(result.path))
        one, many = self.tr("One account"), self.tr("{0} accounts").format(result.accounts)
        count = one if result.accounts == 1 else many
        if self.what.encrypted:
            told = self.tr(
                "{0}, encrypted. Whoever has the file may try to guess its passphrase: keep both apart."
            )
        else:
            told = self.tr("{0}, without secrets.")
        self.say_title(self.tr("Exported"), told.format(count))
        self.primary.setFocus(Qt.FocusReason.OtherFocusReason)

    def _failed(self, failure: Failure) -> None:
        self._show("form")
        self.say_problem(f"{failure.sentence} {failure.hint}".strip())

    def _show(self, state: State) -> None:
        self.state = state
        self.cancel_button.setEnabled(True)
        self.say_problem("")
        show_if(self.what, state == "form")
        show_if(self.progress, state == "working")
        show_if(self.outcome, state == "done")
        show_if(self.primary, state != "working")
        show_if(self.cancel_button, state != "done")
        self.primary.set_text(self.tr("Done") if state == "done" else self.tr("Export…"))
        if state != "done":
            self.say_title(
                self.tr("Export accounts"),
                self.tr("One file for another computer, or to keep, with a passphrase of its own."),
            )
