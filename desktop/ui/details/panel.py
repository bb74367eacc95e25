"""The right pane: one account, in tabs. Asks the engine, and asks again when something changes."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from desktop.engine.events import AccountChanged, AccountRemoved, ActivityAdded, Failure
from desktop.engine.results import AccountView, DisconnectResult, HistoryEntry
from desktop.engine.states import state_sentence
from desktop.ui import times
from desktop.ui.bridge import Bridge
from desktop.ui.clipboard import SecretClipboard
from desktop.ui.details.activity import AccountActivity
from desktop.ui.details.disconnect import DisconnectCard
from desktop.ui.details.header import Header
from desktop.ui.details.history import HistoryTab
from desktop.ui.details.overview import OverviewTab
from desktop.ui.details.token import TokenTab
from desktop.ui.host import Host
from desktop.ui.theme import Kind
from desktop.ui.widgets import Banner, EmptyState

_TICK = 1_000
_BANNERS: dict[str, tuple[Kind, str]] = {
    "needs_sign_in": ("bad", "Sign in again"),
    "invalid": ("bad", "Sign in again"),
    "expires_soon": ("soon", ""),
    "offline": ("neutral", ""),
    "refreshing": ("neutral", ""),
    "disabled": ("neutral", ""),
}


class DetailsPanel(QWidget):
    """`back_asked` in a narrow window, where the account stands in the place of the list."""

    back_asked = Signal()

    def __init__(self, bridge: Bridge, host: Host, clipboard: SecretClipboard) -> None:
        super().__init__()
        self._bridge, self._host, self._clipboard = bridge, host, clipboard
        self._account_id = ""
        self._view: AccountView | None = None
        self._rename_next = False
        self._disconnect_next = False
        self.setProperty("surface", "base")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.header = Header()
        self.banner = Banner("neutral")
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
        self.header.renamed.connect(self._rename)
        self.banner.acted.connect(self._sign_in)
        self.overview.test_asked.connect(self._test)
        self.overview.rename_asked.connect(self.header.rename)
        self.overview.pin_asked.connect(self._pin)
        self.overview.disconnect_asked.connect(self._ask_disconnect)
        self.token.test_asked.connect(self._test)
        self.token.save_asked.connect(self._save)
        self.token.copied.connect(self._copy)
        self.token.revealed.connect(lambda field: self._note("revealed", field))
        self.history.restore_asked.connect(self._restore)
        self.tabs.currentChanged.connect(lambda _index: self._show_tab())

    # What is shown

    @property
    def account_id(self) -> str:
        """The account that is shown, or an empty string."""
        return self._account_id

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
        kind, action = _BANNERS.get(view.shown, ("neutral", ""))
        refreshing = view.shown == "refreshing"
        sentence = state_sentence(view.row, times.now(), refreshing=refreshing, refresh_at=view.refresh_at)
        wanted = sentence if view.shown in _BANNERS else ""
        if (self.banner.text, self.banner.isHidden()) != (wanted, not wanted):
            self.banner.show_message(kind, wanted, action)
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
        self._bridge.run(
            self._bridge.engine.refresh(self._account_id),
            lambda _row: self._host.say(self.tr("The token was renewed.")),
            self._failed,
            self,
        )

    def _failed(self, failure: Failure) -> None:
        self._bridge.failed_unheard.emit(failure)
        self._read()

    def _test(self) -> None:
        for button in (self.overview.test_button, self.token.test_button):
            button.setEnabled(False)
        self._bridge.run(self._bridge.engine.test(self._account_id), self._tested, self._test_failed, self)

    def _tested(self, answer: str) -> None:
        self._enable_tests()
        self._host.say(answer or self.tr("It works: the service accepts this account."))

    def _test_failed(self, failure: Failure) -> None:
        self._enable_tests()
        self._failed(failure)

    def _enable_tests(self) -> None:
        for button in (self.overview.test_button, self.token.test_button):
            button.setEnabled(True)

    def _sign_in(self) -> None:
        if self._view is not None:
            row = self._view.row
            self._host.connect_service(row.connector, method=row.method, reconnect=row.id)

    def _rename(self, name: str) -> None:
        self._bridge.run(self._bridge.engine.rename(self._account_id, name), owner=self)

    def _pin(self, pinned: bool) -> None:
        self._bridge.run(self._bridge.engine.set_pinned(self._account_id, pinned), owner=self)

    def _restore(self, number: int) -> None:
        self._bridge.run(
            self._bridge.engine.restore(self._account_id, number),
            lambda _row: self._host.say(self.tr("Restored. The record it replaces stays in History.")),
            owner=self,
        )

    def _save(self, changes: dict[str, str]) -> None:
        engine, account_id = self._bridge.engine, self._account_id

        async def save() -> AccountView:
            await engine.edit(account_id, changes)
            return await engine.account(account_id)

        self._bridge.run(save(), self._saved, self.token.refused, self)

    def _saved(self, view: AccountView) -> None:
        self.token.saved(view)
        if view.row.id == self._account_id:
            self._show_view(view)
        self._host.say(self.tr("Saved. The record it replaces stays in History."))

    def _copy(self, field: str, text: str, secret: bool) -> None:
        if not secret:
            self._clipboard.copy_plain(text)
            self._host.say(self.tr("{0} is on the clipboard.").format(field))
            return
        seconds = self._bridge.engine.preferences.clipboard_seconds
        self._clipboard.copy(text, seconds=seconds)
        self._note("copied", field)
        ending = self.tr("{0} is on the clipboard for {1} seconds.").format(field, seconds)
        self._host.say(ending if seconds else self.tr("{0} is on the clipboard.").format(field))

    def _note(self, action: str, field: str) -> None:
        self._bridge.run(self._bridge.engine.note(self._account_id, action, field), owner=self)

    def _ask_disconnect(self) -> None:
        if self._view is None:
            return
        account_id = self._view.row.id
        card = DisconnectCard(self._view)
        card.cancelled.connect(self._host.close_card)
        card.confirmed.connect(lambda keep: self._disconnect(card, account_id, keep))
        self._host.show_card(card)

    def _disconnect(self, card: DisconnectCard, account_id: str, keep_remote: bool) -> None:
        self._bridge.run(
            self._bridge.engine.disconnect(account_id, keep_remote=keep_remote),
            self._disconnected,
            lambda failure: card.show_problem(f"{failure.sentence} {failure.hint}".strip()),
            card,
        )

    def _disconnected(self, result: DisconnectResult) -> None:
        self._host.close_card()
        self._host.say(result.sentence)
