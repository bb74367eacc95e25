"""The right pane: one account, in tabs. Asks the engine, and asks again when something changes."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from desktop.engine.events import AccountChanged, AccountRemoved, ActivityAdded, Failure
from desktop.engine.results import AccountView, HistoryEntry
from desktop.ui.acts import AccountActs
from desktop.ui.bridge import Bridge
from desktop.ui.details.activity import AccountActivity
from desktop.ui.details.header import Header
from desktop.ui.details.history import HistoryTab
from desktop.ui.details.overview import OverviewTab
from desktop.ui.details.state_banner import StateBanner
from desktop.ui.details.token import TokenTab
from desktop.ui.host import Host
from desktop.ui.widgets import EmptyState

_TICK = 1_000


class DetailsPanel(QWidget):
    """`back_asked` in a narrow window, where the account stands in the place of the list."""

    back_asked = Signal()

    def __init__(self, bridge: Bridge, host: Host, acts: AccountActs) -> None:
        super().__init__()
        self._bridge, self._host, self._acts = bridge, host, acts
        self._account_id = ""
        self._view: AccountView | None = None
        self._rename_next = False
        self._disconnect_next = False
        self.setProperty("surface", "base")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.header = Header()
        self.banner = StateBanner()
        self.overview = OverviewTab()
        self.token = TokenTab()
        self.history = HistoryTab()
        self.activity = AccountActivity(bridge)
        self.tabs = QTabWidget()
        self.empty = EmptyState(
            self.tr("No account chosen"),
            self.tr("Choose an account in the list to see its profile, token, history and activity."),
            icon_name="key",
        )
        self._build()
        self._listen()
        self._clock = QTimer(self)
        self._clock.setInterval(_TICK)
        self._clock.timeout.connect(self._tick)

    def _build(self) -> None:
        for page, text in (
            (self.overview, self.tr("Overview")),
            (self.token, self.tr("Token")),
            (self.history, self.tr("History")),
            (self.activity, self.tr("Activity")),
        ):
            self.tabs.addTab(page, text)
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setExpanding(False)
        self.tabs.tabBar().setAccessibleName(self.tr("Account"))
        self.tabs.tabBar().setDrawBase(False)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.header)
        around = QVBoxLayout()
        around.setContentsMargins(20, 0, 20, 0)
        around.addWidget(self.banner)
        column.addLayout(around)
        column.addWidget(self.tabs, 1)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(whole)
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        outside.addWidget(self._stack)

    def _listen(self) -> None:
        bridge = self._bridge
        bridge.account_changed.connect(self._on_changed)
        bridge.account_removed.connect(self._on_removed)
        bridge.activity_added.connect(self._on_activity)
        self.header.refresh_asked.connect(self._refresh)
        self.header.back_asked.connect(self.back_asked)
        self.header.renamed.connect(lambda name: self._acts.rename(self._account_id, name))
        self.banner.acted.connect(self._sign_in)
        self.overview.request_asked.connect(lambda: self._host.send_request(self._account_id))
        self.overview.test_asked.connect(self._test)
        self.overview.rename_asked.connect(self.header.rename)
        self.overview.pin_asked.connect(lambda pinned: self._acts.pin(self._account_id, pinned))
        self.overview.disconnect_asked.connect(self._ask_disconnect)
        self.token.test_asked.connect(self._test)
        self.token.save_asked.connect(self._save)
        self.token.rehearse_asked.connect(lambda what: self._acts.rehearse(self._account_id, what))
        self.token.copied.connect(
            lambda field, text, secret: self._acts.copy(self._account_id, field, text, secret=secret)
        )
        self.token.revealed.connect(lambda field: self._acts.note(self._account_id, "revealed", field))
        self.history.restore_asked.connect(lambda number: self._acts.restore(self._account_id, number))
        self.tabs.currentChanged.connect(lambda _index: self._show_tab())

    # What is shown

    @property
    def account_id(self) -> str:
        """The account that is shown, or an empty string."""
        return self._account_id

    @property
    def shown_id(self) -> str:
        """The account whose facts stand here already."""
        return self._view.row.id if self._view is not None else ""

    def show_account(self, account_id: str) -> None:
        """Shows an account; the answer to an earlier question no longer counts."""
        if account_id != self._account_id:
            self._view = None
            self._account_id = account_id
        self._read()

    def rename(self, account_id: str) -> None:
        """Shows an account with its name ready to be typed."""
        self._rename_next = True
        self.show_account(account_id)

    def ask_disconnect(self, account_id: str) -> None:
        """Asks whether this account may go."""
        self._disconnect_next = True
        self.show_account(account_id)

    def show_back(self, narrow: bool) -> None:
        """Whether there is a list to go back to."""
        self.header.back_button.setVisible(narrow)

    def focus_first(self) -> None:
        """Puts the focus on the tabs."""
        self.tabs.tabBar().setFocus(Qt.FocusReason.TabFocusReason)

    def clear(self) -> None:
        """The vault is locked: nothing of an account stays here."""
        self._clock.stop()
        self._account_id, self._view = "", None
        self.header.clear()
        self.banner.show_message("neutral", "")
        for page in (self.overview, self.token, self.history, self.activity):
            page.clear()
        self._stack.setCurrentIndex(0)

    def _read(self) -> None:
        account_id = self._account_id
        if account_id and self._bridge.unlocked:
            self._bridge.run(
                self._bridge.engine.account(account_id),
                lambda view: self._show_view(view) if account_id == self._account_id else None,
                lambda failure: self._not_read(account_id, failure),
                self,
            )

    def _not_read(self, account_id: str, failure: Failure) -> None:
        if account_id == self._account_id and failure.reason not in ("not_found", "locked"):
            self._host.say(failure.sentence)

    def _show_view(self, view: AccountView) -> None:
        self._view = view
        self.token.set_reveal_seconds(self._bridge.engine.preferences.reveal_seconds)
        self.header.show_view(view)
        self.overview.show_view(view)
        self.token.show_view(view)
        self._stack.setCurrentIndex(1)
        self._tick()
        self._clock.start()
        self._show_tab()
        if self._rename_next:
            self.header.rename()
        if self._disconnect_next:
            self._ask_disconnect()
        self._rename_next = self._disconnect_next = False

    def _show_tab(self) -> None:
        """History and activity are read when somebody looks at them."""
        if self._view is None:
            return
        if self.tabs.currentWidget() is self.history:
            account_id = self._account_id
            self._bridge.run(
                self._bridge.engine.history(account_id),
                lambda entries: self._show_history(account_id, entries),
                owner=self,
            )
        elif self.tabs.currentWidget() is self.activity:
            self.activity.show_account(self._account_id, self._view.row.name)

    def _show_history(self, account_id: str, entries: list[HistoryEntry]) -> None:
        if account_id == self._account_id:
            self.history.show_history(entries, keep=self.history.property("account") == account_id)
            self.history.setProperty("account", account_id)

    def _tick(self) -> None:
        view = self._view
        if view is None or not self.isVisible():
            return
        self.banner.tick(view)
        self.token.tick()

    # What happens elsewhere

    def _on_changed(self, event: AccountChanged) -> None:
        if event.account_id == self._account_id:
            self._read()

    def _on_removed(self, event: AccountRemoved) -> None:
        self.token.forget_draft(event.account_id)
        if event.account_id == self._account_id:
            self.clear()

    def _on_activity(self, event: ActivityAdded) -> None:
        if event.account_id == self._account_id and self.tabs.currentWidget() is self.activity:
            self.activity.read_new()

    # What people ask for

    def _refresh(self) -> None:
        self.header.refresh_button.setEnabled(False)
        self._acts.refresh(self._account_id, self._read)

    def _test(self) -> None:
        buttons = (self.overview.test_button, self.token.test_button)
        for button in buttons:
            button.setEnabled(False)

        def ended() -> None:
            for button in buttons:
                button.setEnabled(True)
            self._read()

        self._acts.test(self._account_id, ended)

    def _sign_in(self) -> None:
        if self._view is not None:
            self._acts.sign_in(self._view.row)

    def _save(self, changes: dict[str, str]) -> None:
        account_id = self._account_id

        def saved(view: AccountView) -> None:
            self.token.saved(view)
            if view.row.id == self._account_id:
                self._show_view(view)

        def refused(failure: Failure) -> None:
            if not self.token.refused(account_id, failure):
                self._bridge.failed_unheard.emit(failure)

        self._acts.save(account_id, changes, saved, refused)

    def _ask_disconnect(self) -> None:
        if self._view is not None:
            self._acts.ask_disconnect(self._view)
