"""Whose requests the page shows: choosing the account, its state, where its requests go, its operations."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication

from connectors.definition import Connector
from connectors.operations import Operation
from desktop.engine.events import AccountChanged, Failure
from desktop.engine.requests.preview import RequestPreview
from desktop.engine.states import shown_state
from desktop.ui import times
from desktop.ui.bridge import Bridge
from desktop.ui.host import Host
from desktop.ui.requests.account_choice import AccountChoice
from desktop.ui.requests.editor import RequestEditor
from desktop.ui.requests.sources import Sources
from desktop.vault.errors import NotFoundError
from desktop.vault.records import AccountQuery, AccountRow


class AccountPart(QObject):
    """`changed` when another account is chosen, or none."""

    changed = Signal()

    def __init__(self, bridge: Bridge, host: Host, editor: RequestEditor, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge, self._host, self._editor = bridge, host, editor
        self.id = ""
        self.choice = AccountChoice(bridge, self)
        self.sources = Sources(self.choice)
        self.sources.account_asked.connect(self._ask)
        self.choice.chosen.connect(self.choose)
        self.choice.cancelled.connect(lambda: self._leave_choice() if self.id else None)
        self.choice.add_asked.connect(lambda: host.show_page("add"))
        bridge.account_changed.connect(self._on_account)
        bridge.connectors_changed.connect(self._on_connectors)
        self.sources.show_operations(())

    # For the list of accounts

    def connector(self, key: str) -> Connector | None:
        """The definition behind a row."""
        catalog = self._bridge.engine.catalog
        return catalog.get(key) if key in catalog else None

    def refreshing(self, account_id: str) -> bool:
        """Whether an account is being renewed at this moment."""
        return self._bridge.engine.is_refreshing(account_id)

    # The account

    def row(self) -> AccountRow | None:
        """The chosen account as it is now."""
        if not self.id or not self._bridge.unlocked:
            return None
        try:
            return self._bridge.reader.account(self.id)
        except NotFoundError:
            return None

    def refuses(self, status: int) -> bool:
        """Whether this status means that the service does not take the account's credential."""
        row = self.row()
        connector = self.connector(row.connector) if row is not None else None
        method = connector.methods.get(row.method) if connector is not None and row is not None else None
        return method is not None and status in method.invalid_token_status

    def come(self) -> None:
        """The page is shown. With a single account there is nothing to choose."""
        if self.id or not self._bridge.unlocked:
            return
        rows = self._bridge.reader.page(AccountQuery(), 0, 2)
        if len(rows) == 1:
            self.choose(rows[0].id)
        else:
            self.choice.open(can_go_back=False)
            self.sources.show_choice()

    def choose(self, account_id: str) -> None:
        """Chooses an account."""
        if account_id != self.id:
            self.id = account_id
            self._editor.show_preview(None)
            self.sources.show_operations(())
            self.changed.emit()
            self._read()
        self._leave_choice()

    def forget(self) -> None:
        """Nobody is chosen, and nothing of anybody stays here."""
        self.id = ""
        self.choice.clear()
        self.sources.show_operations(())
        self.sources.account.show_account(None)
        self.sources.show_requests()
        self.changed.emit()

    def _ask(self) -> None:
        self.choice.open(can_go_back=bool(self.id))
        self.sources.show_choice()
        self.choice.search.setFocus(Qt.FocusReason.OtherFocusReason)

    def _leave_choice(self) -> None:
        focus = QApplication.focusWidget()
        had_focus = focus is not None and self.choice.isAncestorOf(focus)
        self._show_row()
        self.sources.show_requests()
        self.choice.clear()
        if had_focus:
            self.sources.account.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_row(self) -> None:
        row = self.row()
        if row is not None:
            state = shown_state(row, times.now(), self.refreshing(row.id))
            self.sources.account.show_account(row, self.connector(row.connector), state)

    def _read(self) -> None:
        account_id, engine = self.id, self._bridge.engine
        if not account_id or not self._bridge.unlocked:
            return

        def came(operations: tuple[Operation, ...]) -> None:
            if account_id == self.id:
                self.sources.show_operations(operations)

        self._bridge.run(engine.operations(account_id), came, self._not_read, self)
        self._read_preview()

    def _read_preview(self) -> None:
        account_id = self.id

        def came(preview: RequestPreview) -> None:
            if account_id == self.id:
                self._editor.show_preview(preview)

        preview = self._bridge.engine.request_preview(account_id)
        self._bridge.run(preview, came, self._not_read, self)

    def _not_read(self, failure: Failure) -> None:
        if failure.reason not in ("not_found", "locked"):
            self._host.say(failure.sentence)

    def _on_account(self, event: AccountChanged) -> None:
        if event.account_id == self.id:
            self._show_row()
            self._read_preview()

    def _on_connectors(self, _event: object) -> None:
        self._read()
