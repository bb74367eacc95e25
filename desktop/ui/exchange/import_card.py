"""The card that takes in an export: file and passphrase, preview, result."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Literal

from PySide6.QtCore import Qt

from connectors.definition import Connector
from desktop.engine.events import Failure, VaultChanged
from desktop.engine.exchange.plan import ImportPlan, ImportResult
from desktop.ui.bridge import Bridge
from desktop.ui.exchange.frame import ExchangeCard
from desktop.ui.exchange.preview import PreviewPanel
from desktop.ui.exchange.progress import ProgressPanel
from desktop.ui.exchange.source import SourcePanel
from desktop.ui.exchange.texts import of_choices, of_plan
from desktop.ui.widgets import Banner, Dim, show_if

State = Literal["file", "working", "preview", "done"]
_MOST = 10  # lines


class ImportCard(ExchangeCard):
    """Nothing is changed before the button under the preview is pressed."""

    wanted_width = 720

    def __init__(self, bridge: Bridge) -> None:
        super().__init__("", "")
        self._bridge = bridge
        self._reading: Future[ImportPlan] | None = None
        self._plan: ImportPlan | None = None
        self.state: State = "file"
        self.source = SourcePanel()
        self.preview = PreviewPanel(self._connector)
        self.progress = ProgressPanel()
        self.outcome = Banner("good")
        self.told = Dim()
        self.fill(self.source, self.preview, self.progress, self.outcome, self.told)
        self.source.submitted.connect(self._act)
        self.preview.changed.connect(self._count)
        self.primary.clicked.connect(lambda: self._act())
        self.cancel_button.clicked.connect(lambda: self.cancel())
        bridge.vault_changed.connect(self._vault_changed)
        self._show("file")

    def cancel(self) -> None:
        """Stops what is under way, else ends the card."""
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None
            self._show("file")
            return
        if self.state == "working":  # what has been done already is told as done
            self.cancel_button.setEnabled(False)
            self._bridge.run(self._bridge.engine.stop_exchange())
            return
        self._forget()
        self.left.emit()

    def _act(self) -> None:
        if self.state == "file":
            self._open()
        elif self.state == "preview":
            self._import()
        elif self.state == "done":
            self.left.emit()

    def _open(self) -> None:
        if problem := self.source.problem():
            self.say_problem("" if self.source.path.text().strip() else problem)
            return
        self._begin(self.tr("Reading {0}…").format(self.source.file.name))
        reading = self._bridge.engine.read_export(self.source.file, self.source.passphrase.text())
        self._reading = self._bridge.run(reading, self._opened, self._not_opened, self)

    def _opened(self, plan: ImportPlan) -> None:
        self._reading, self._plan = None, plan
        self.source.passphrase.clear()
        self.preview.load(plan)
        self._show("preview")
        self.preview.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _not_opened(self, failure: Failure) -> None:
        self._reading = None
        self._show("file")
        if failure.reason == "wrong_passphrase":
            self.source.passphrase.set_problem(f"{failure.sentence} {failure.hint}".strip())
            self.source.passphrase.line.selectAll()
            self.source.passphrase.setFocus()
        else:
            self.say_problem(f"{failure.sentence} {failure.hint}".strip())

    def _import(self) -> None:
        if self._plan is None:
            return
        self._begin(self.tr("Importing…"))
        engine, choices = self._bridge.engine, dict(self.preview.model.choices)
        importing = engine.import_export(self._plan.id, choices, self.progress.told)
        self._bridge.run(importing, self._imported, self._not_imported, self)

    def _imported(self, result: ImportResult) -> None:
        self._plan = None
        self.preview.load(None)
        self.outcome.show_message("soon" if result.problem else "good", result.sentence)
        names = {one.account_id: one.name for one in result.taken}
        lines = [
            self.tr("{0} is called {1} here.").format(name, names[account_id])
            for account_id, name in result.renamed.items()
        ]
        if result.taken:
            lines.append(
                self.tr(
                    "Use each account on one computer only: where a service gives a new refresh token each"
                    " time, the other computer’s is void from then on."
                )
            )
        self.told.setText("\n".join(lines[-_MOST:]))
        self._show("done")
        self.primary.setFocus(Qt.FocusReason.OtherFocusReason)

    def _not_imported(self, failure: Failure) -> None:
        outdated = failure.reason in ("changed", "not_found", "damaged")
        if outdated:
            self._forget()
        self._show("file" if outdated else "preview")
        self.say_problem(f"{failure.sentence} {failure.hint}".strip())

    def _begin(self, words: str) -> None:
        self.progress.begin(words)
        self._show("working")

    def _forget(self) -> None:
        if self._plan is not None and self._bridge.unlocked:
            self._bridge.run(self._bridge.engine.forget_import(self._plan.id))
        self._plan = None
        self.source.passphrase.clear()
        self.preview.load(None)

    def _vault_changed(self, event: VaultChanged) -> None:
        if event.state != "open":
            self._forget()

    def _connector(self, key: str) -> Connector | None:
        catalog = self._bridge.engine.catalog
        return catalog.get(key) if key in catalog else None

    def _count(self) -> None:
        model = self.preview.model
        self.summary.setText(of_choices(model.items, model.choices) if self.state == "preview" else "")
        if self.state == "preview":
            words = self.tr("Import 1 item") if model.wanted == 1 else self.tr("Import {0} items")
            self.primary.set_text(words.format(model.wanted))
            self.primary.setEnabled(model.wanted > 0)

    def _show(self, state: State) -> None:
        self.state = state
        self.cancel_button.setEnabled(True)
        self.say_problem("")
        show_if(self.source, state == "file")
        show_if(self.preview, state == "preview")
        show_if(self.progress, state == "working")
        show_if(self.outcome, state == "done")
        show_if(self.told, state == "done" and bool(self.told.text()))
        show_if(self.primary, state != "working")
        show_if(self.cancel_button, state != "done")
        self.primary.setEnabled(True)
        self.primary.set_text(self.tr("Done") if state == "done" else self.tr("Open"))
        self._count()
        if self._plan is not None:
            self.say_title(self.tr("Import accounts"), of_plan(self._plan))
        elif state == "done":
            self.say_title(self.tr("Import finished"), "")
        else:
            self.say_title(
                self.tr("Import accounts"),
                self.tr("You see what is new and what differs before anything is changed."),
            )
