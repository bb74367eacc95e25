"""The connect card: a state machine that people can see."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Literal

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from connectors.ports import Stage
from desktop.engine.attempt import Attempt
from desktop.engine.events import AttemptChanged, Failure
from desktop.engine.results import AccountView
from desktop.ui.bridge import Bridge
from desktop.ui.connect import texts
from desktop.ui.connect.begin import Facts, begin, heard, read_facts
from desktop.ui.connect.body import CardBody
from desktop.ui.connect.ending import ConnectedPanel, FailedPanel
from desktop.ui.connect.entry import EntryPanel
from desktop.ui.connect.head import CardHead
from desktop.ui.connect.steps import StepList
from desktop.ui.connect.waiting import WaitingPanel
from desktop.ui.links import open_link
from desktop.ui.widgets import Banner, Button, PrimaryButton, show_if, tab_in_reading_order

State = Literal["loading", "form", "running", "connected", "failed"]

WIDTH = 490
_MARGIN = 26
_FRAME = 4  # what the border around the card takes away
_LOWEST = 440  # the card keeps this height while its contents change

# After these the same attempt is worth another try; after the others something has to be changed first.
_TRY_AS_IT_IS = frozenset(
    {
        "declined",
        "timed_out",
        "port",
        "offline",
        "service",
        "cancelled",
        "wrong_account",
        "disk_full",
        "unexpected",
    }
)


class ConnectCard(QWidget):
    """Connects one account; `reconnect` is the id of the account that signs in again.

    `finished(account_id)` once the person has seen that it worked; `cancelled()` when they gave up.
    """

    finished = Signal(str)
    cancelled = Signal()

    def __init__(self, bridge: Bridge, connector_key: str, *, reconnect: str = "", method: str = "") -> None:
        super().__init__()
        self._bridge = bridge
        self.connector = bridge.engine.catalog.get(connector_key)
        self._reconnect = reconnect
        self._attempt: Attempt | None = None
        self._failure: Failure | None = None
        self._account_id = ""
        self._gone = False
        self.state: State = "loading"
        chosen = self.connector.methods.get(method, self.connector.default_method)
        title = self.tr("Sign in again to {0}") if reconnect else self.tr("Connect {0}")
        self._title = title.format(self.connector.name)
        self.head = CardHead(self.connector, self._title)
        self.notice = Banner("bad")
        self.entry = EntryPanel(self.connector, chosen)
        self.steps = StepList()
        self.waiting = WaitingPanel()
        self.failed_panel = FailedPanel()
        self.connected_panel = ConnectedPanel()
        self._body = CardBody()
        self.cancel_button = Button(self.tr("Cancel"))
        self.primary = PrimaryButton(self.tr("Connect"))
        self.setAccessibleName(self._title)
        self._build()
        self._listen()
        self._show_state("loading")
        self._read_facts()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 24, 0, 20)
        column.setSpacing(16)
        head = QVBoxLayout()
        head.setContentsMargins(_MARGIN, 0, _MARGIN, 0)
        head.addWidget(self.head)
        column.addLayout(head)
        self._body.add(
            (self.notice, self.entry, self.steps, self.waiting, self.failed_panel, self.connected_panel),
            _MARGIN,
        )
        column.addWidget(self._body, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(_MARGIN, 0, _MARGIN, 0)
        foot.setSpacing(12)
        foot.addStretch(1)
        foot.addWidget(self.cancel_button)
        foot.addWidget(self.primary)
        column.addLayout(foot)

    def _listen(self) -> None:
        self._bridge.attempt_changed.connect(self._attempt_changed)
        self.cancel_button.clicked.connect(lambda: self.cancel())
        self.primary.clicked.connect(lambda: self._act())
        self.entry.submitted.connect(self._act)
        self.entry.method_changed.connect(self._method_changed)
        self.entry.link_asked.connect(lambda url: open_link(self._bridge, url, self._notice, self))
        self.waiting.open_asked.connect(self._open_browser)
        self.waiting.pasted.connect(self._paste)
        self.failed_panel.change_asked.connect(self._show_form)
        self.failed_panel.as_new_asked.connect(self._add_as_new)

    def sizeHint(self) -> QSize:
        """The height at which nothing scrolls; never lower than one, so that the card does not jump."""
        layout = self.layout()
        margins = layout.contentsMargins()
        around = margins.top() + margins.bottom() + 2 * layout.spacing() + _FRAME
        head = self.head.heightForWidth(WIDTH - 2 * _MARGIN)
        height = around + head + self._body.wanted_height(WIDTH) + self.primary.sizeHint().height()
        return QSize(WIDTH, max(height, _LOWEST))

    def heightForWidth(self, _width: int) -> int:
        """With less room the body scrolls."""
        return self.minimumSizeHint().height()

    def cancel(self) -> None:
        """Gives up, or closes the card when the account is connected."""
        if self.state == "connected":
            self.finished.emit(self._account_id)
            return
        self._gone = True
        if self._attempt is not None and not self._attempt.last.ended:
            self._attempt.cancel()
        self.cancelled.emit()

    # What is shown

    def _read_facts(self) -> None:
        facts = read_facts(self._bridge.engine, self.connector.key, self._reconnect)
        self._bridge.run(facts, self._facts_read, self._begin_failed, self)

    def _facts_read(self, facts: Facts) -> None:
        self.entry.show_facts(facts)
        tab_in_reading_order(self)
        self._show_form()

    def _show_form(self, problem: str = "") -> None:
        if self.entry.form is None:
            return
        if self._failure is not None and self._failure.reason == "client":
            self.entry.show_client(True)
        self._show_state("form")
        self._notice(problem)
        if not self.entry.focus_first():
            self.primary.setFocus(Qt.FocusReason.OtherFocusReason)

    def _notice(self, problem: str) -> None:
        self.notice.show_message("bad", problem)

    def _show_state(self, state: State) -> None:
        """Shows the panels of a state, and names the button after what it does in it."""
        self.state = state
        self._notice("")
        show_if(self.entry, state == "form")
        show_if(self.steps, state in ("running", "connected", "failed"))
        show_if(self.failed_panel, state == "failed")
        show_if(self.connected_panel, state == "connected")
        self.waiting.hide()
        self.head.count_down(None)
        show_if(self.cancel_button, state != "connected")
        show_if(self.primary, state in ("form", "connected", "failed"))
        self._name_primary()
        self.head.say_all(self._title, self.connector.description if state in ("loading", "form") else "")

    def _method_changed(self) -> None:
        self._name_primary()
        tab_in_reading_order(self)

    def _name_primary(self) -> None:
        in_browser = self.entry.method.type in ("oauth2", "oauth")
        words = {
            "form": self.tr("Sign in with browser") if in_browser else self.tr("Connect"),
            "connected": self.tr("Done"),
            "failed": self.tr("Try again"),
        }
        if self.state in words:
            self.primary.set_text(words[self.state])

    # What happens

    def _act(self) -> None:
        """The primary button, or Enter in the form."""
        if self.state == "connected":
            self.finished.emit(self._account_id)
        elif self.state == "form" or (self._failure is not None and self._failure.reason in _TRY_AS_IT_IS):
            self._begin()
        else:
            self._show_form()

    def _add_as_new(self) -> None:
        self._reconnect = ""
        self._begin()

    def _begin(self) -> None:
        if self.entry.form is None:  # the settings could not be read: ask for them again
            self._read_facts()
            return
        checked = self.entry.check()
        if checked is None:
            self._show_state("form")
            return
        values, settings = checked
        method = self.entry.method
        self._attempt = self._failure = None
        self.waiting.reset()
        self.entry.keep(settings)
        steps = {stage: texts.stage_name(stage, method) for stage in texts.stages(method)}
        self.steps.set_steps(list((steps | {"form": self.entry.summary()}).items()))
        self._show_state("running")
        self.steps.show_stage("form")
        self.head.say(texts.subtitle("form", self.connector))
        self.cancel_button.setFocus(Qt.FocusReason.OtherFocusReason)
        start = begin(self._bridge.engine, self.connector.key, method.key, values, settings, self._reconnect)
        # No owner: an attempt that begins after the card is gone has to be cancelled.
        self._bridge.run(start, self._begun, self._begin_failed)

    def _begun(self, attempt: Attempt) -> None:
        if self._gone:
            attempt.cancel()
            return
        self._attempt = attempt
        self._attempt_changed(attempt.last)

    def _begin_failed(self, failure: Failure) -> None:
        if not self._gone:
            self._show_failure(failure, "form")

    def _attempt_changed(self, event: AttemptChanged) -> None:
        if (
            self._attempt is None
            or event.attempt_id != self._attempt.id
            or self._gone
            or self.state != "running"
        ):
            return
        if event.failure is not None:
            self._show_failure(event.failure, event.stage)
        elif event.stage == "done":
            account = self._bridge.engine.account(event.account_id)
            self._bridge.run(account, self._show_connected, self._begin_failed, self)
        else:
            self.steps.show_stage(event.stage)
            self.head.say(texts.subtitle(event.stage, self.connector))
            self._show_waiting(event if event.stage == "browser" and event.link else None)

    def _show_waiting(self, event: AttemptChanged | None) -> None:
        """The browser has the word, or has it no longer."""
        self.head.count_down(event.deadline if event is not None else None)
        if event is None:
            self.waiting.hide()
            return
        self.waiting.set_link(event.link)
        self.waiting.set_problem(event.problem.sentence if event.problem is not None else "")
        if not self.waiting.isVisibleTo(self):
            self.waiting.show()
            self.waiting.copy.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_connected(self, view: AccountView) -> None:
        self._account_id = view.row.id
        self.connected_panel.show_account(view.row, self.connector, view.sentence)
        self.steps.show_stage("done")
        self._show_state("connected")
        self.head.say_all(self.tr("Connected"), self.connector.name)
        self.primary.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_failure(self, failure: Failure, stage: Stage) -> None:
        self._failure = failure
        if failure.reason == "input" and self.entry.form is not None:
            self._show_form(failure.sentence)
            return
        if self.steps.rows:
            self.steps.show_stage(stage, failed=True)
        self.failed_panel.show_failure(
            failure,
            can_change=self.entry.has_fields() and failure.reason != "wrong_account",
            can_add=failure.reason == "wrong_account",
        )
        self._show_state("failed")
        self.head.say_all(texts.failure_heading(failure.reason), self._title)
        self.primary.setFocus(Qt.FocusReason.OtherFocusReason)

    def _open_browser(self, command: str) -> None:
        if self._attempt is not None:
            self._hear(self._attempt.open_browser(command or None), self.waiting.set_problem)

    def _paste(self, address: str) -> None:
        if self._attempt is not None:
            self._hear(self._attempt.paste(address), self.waiting.set_address_problem)

    def _hear(self, answer: Future[None], say: Callable[[str], None]) -> None:
        def refused(failure: Failure) -> None:
            say(f"{failure.sentence} {failure.hint}".strip())

        self._bridge.run(heard(answer), lambda _: say(""), refused, self)
