"""The connect card: a state machine that people can see."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal

from connectors.ports import DeviceCode, Stage
from desktop.engine.connect.attempt import Attempt
from desktop.engine.events import AttemptChanged, Failure
from desktop.engine.results import AccountView
from desktop.ui.bridge import Bridge
from desktop.ui.connect import texts
from desktop.ui.connect.answers import Answers
from desktop.ui.connect.begin import Facts, Running, begin, read_facts
from desktop.ui.connect.frame import CardFrame
from desktop.ui.links import open_link
from desktop.ui.widgets import tab_in_reading_order

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
        "already_connected",
        "disk_full",
        "unexpected",
    }
)
_DECIDED = ("wrong_account", "already_connected")  # what was entered is not to blame


class ConnectCard(CardFrame):
    """Connects one account; `reconnect` is the id of the account that signs in again.

    `finished(account_id)` once the person has seen that it worked; `cancelled()` when they gave up.
    """

    finished = Signal(str)
    cancelled = Signal()

    def __init__(self, bridge: Bridge, connector_key: str, *, reconnect: str = "", method: str = "") -> None:
        connector = bridge.engine.catalog.get(connector_key)
        title = texts.tr("Sign in again to {0}") if reconnect else texts.tr("Connect {0}")
        chosen = connector.methods.get(method, connector.default_method)
        super().__init__(connector, chosen, title.format(connector.name))
        self._bridge = bridge
        self._reconnect = reconnect
        self._running = Running()
        self._failure: Failure | None = None
        self._account_id = ""
        self.destroyed.connect(self._running.cancel)  # however the card goes, nothing goes on behind it
        self._answers = Answers(bridge, self._running, self)
        self._listen()
        self._read_facts()

    def _listen(self) -> None:
        self._bridge.attempt_changed.connect(self._attempt_changed)
        self.cancel_button.clicked.connect(lambda: self.cancel())
        self.primary.clicked.connect(lambda: self._act())
        self.entry.submitted.connect(self._act)
        self.entry.method_changed.connect(self._method_changed)
        self.entry.link_asked.connect(lambda url: open_link(self._bridge, url, self.say_problem, self))
        self.failed_panel.change_asked.connect(self._show_form)

    def cancel(self) -> None:
        """Gives up, or closes the card when the account is connected."""
        if self.state == "connected":
            self.finished.emit(self._account_id)
            return
        if self.state == "deciding" and self._running.is_waiting():
            self.clash.decided.emit("cancel")  # the card stays to say what became of the new access
            return
        self._running.cancel()
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
        if self.entry.form is None:  # what it is made of could not be read: ask for it again
            self._read_facts()
            return
        if self._failure is not None and self._failure.reason == "client":
            self.entry.show_client(True)
        self.show_state("form")
        self.say_problem(problem)
        if not self.entry.focus_first():
            self.primary.setFocus(Qt.FocusReason.OtherFocusReason)

    def _method_changed(self) -> None:
        self.name_primary()
        tab_in_reading_order(self)

    # What happens

    def _act(self) -> None:
        """The primary button, or Enter in the form."""
        if self.state == "connected":
            self.finished.emit(self._account_id)
        elif self.state == "form" or (self._failure is not None and self._failure.reason in _TRY_AS_IT_IS):
            self._begin()
        else:
            self._show_form()

    def _begin(self) -> None:
        if self.entry.form is None:
            self._read_facts()
            return
        checked = self.entry.check()
        if checked is None:
            self.show_state("form")
            return
        values, settings = checked
        method = self.entry.method
        self._running.attempt = self._failure = None
        self.waiting.reset()
        self.waiting.expect_pin(method.oauth1.pin)
        self.entry.keep(settings)
        steps = {stage: texts.stage_name(stage, method) for stage in texts.stages(method)}
        self.steps.set_steps(list((steps | {"form": self.entry.summary()}).items()))
        self.show_state("running")
        self.steps.show_stage("form")
        self.head.say(texts.subtitle("form", self.connector))
        self.cancel_button.setFocus(Qt.FocusReason.OtherFocusReason)
        start = begin(self._bridge.engine, self.connector.key, method.key, values, settings, self._reconnect)
        # No owner: an attempt that begins after the card is gone has to be cancelled.
        self._bridge.run(start, self._begun, self._begin_failed)

    def _begun(self, attempt: Attempt) -> None:
        if self._running.adopt(attempt):
            self._attempt_changed(attempt.last)

    def _begin_failed(self, failure: Failure) -> None:
        if not self._running.given_up:
            self._show_failure(failure, "form")

    def _attempt_changed(self, event: AttemptChanged) -> None:
        if not self._running.is_about(event) or self.state not in ("running", "deciding"):
            return
        if event.failure is not None:
            self._show_failure(event.failure, event.stage)
        elif event.stage == "done":
            account = self._bridge.engine.account(event.account_id)
            self._bridge.run(account, self._show_connected, self._begin_failed, self)
        elif event.clash is not None:
            self._show_clash(event)
        else:
            if self.state == "deciding":
                self.show_state("running")
            self.steps.show_stage(event.stage)
            self.head.say(texts.subtitle(event.stage, self.connector))
            self._show_waiting(event if event.stage == "browser" and event.link else None)
            self._show_code(event.code)
            self._show_choices(event)

    def _show_waiting(self, event: AttemptChanged | None) -> None:
        """The browser has the word, or has it no longer."""
        self.head.count_down(event.deadline if event is not None else None)
        if event is None:
            self.waiting.hide()
            return
        self.waiting.set_link(event.link)
        self.waiting.set_problem(event.problem.sentence if event.problem is not None else "")
        if event.ends_on:
            self.waiting.expect_address(event.ends_on)
        if not self.waiting.isVisibleTo(self):
            self.waiting.show()
            self.waiting.copy.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_code(self, code: DeviceCode | None) -> None:
        """The person has the word on another device, or has it no longer."""
        if code is None:
            self.device.hide()
            return
        self.head.count_down(code.deadline)
        self.device.show_code(code)
        if not self.device.isVisibleTo(self):
            self.device.show()
            self.device.copy.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_choices(self, event: AttemptChanged) -> None:
        """The person has to choose, or has chosen."""
        if not event.choices:
            self.choices.hide()
            return
        self.head.say("")
        self.choices.ask(event.choices_title, event.choices)
        self.choices.show()
        self.choices.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_clash(self, event: AttemptChanged) -> None:
        """The sign-in worked, but nothing is kept before the person has said what to do with it."""
        assert event.clash is not None
        self.clash.ask(event.clash)
        self.show_state("deciding")
        self.head.say_all(texts.clash_heading(event.clash), self.connector.name)
        self.head.count_down(event.deadline)
        self.clash.focus_first()

    def _show_connected(self, view: AccountView) -> None:
        self._account_id = view.row.id
        self.connected_panel.show_account(view.row, self.connector, view.sentence)
        self.steps.show_stage("done")
        self.show_state("connected")
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
            can_change=self.entry.has_fields() and failure.reason not in _DECIDED,
        )
        self.show_state("failed")
        self.head.say_all(texts.failure_heading(failure.reason), self.title)
        self.primary.setFocus(Qt.FocusReason.OtherFocusReason)
