"""The page of accounts: search, sort, the list, and what stands there while it is empty."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from connectors.definition import Connector
from desktop.engine.events import AccountChanged, AccountRemoved
from desktop.engine.states import SOON, shown_state
from desktop.ui import times
from desktop.ui.accounts import menu
from desktop.ui.accounts.empty import empty_words
from desktop.ui.accounts.model import AccountsModel
from desktop.ui.accounts.table import AccountsTable
from desktop.ui.accounts.texts import act_for
from desktop.ui.acts import AccountActs
from desktop.ui.bridge import Bridge
from desktop.ui.host import Host
from desktop.ui.widgets import Button, EmptyState, PrimaryButton, SearchField
from desktop.vault.records import AccountQuery, AccountRow

_GATHER = 40  # milliseconds: changes that come together are read together
_TICK = 20_000
_TYPING = 120


class AccountsPage(QWidget):
    """`chosen(id)` when another account is current, `rename_asked` and its kin from the menu."""

    chosen = Signal(str)
    opened = Signal(str)
    rename_asked = Signal(str)
    disconnect_asked = Signal(str)
    request_asked = Signal(str)

    def __init__(self, bridge: Bridge, host: Host, acts: AccountActs) -> None:
        super().__init__()
        self._bridge, self._host, self._acts = bridge, host, acts
        self._only = ""
        self._wanted = ""
        self._changed: dict[str, None] = {}
        self.model = AccountsModel(lambda: bridge.reader, self)
        self.table = AccountsTable(self.model)
        self.search = SearchField(self.tr("Search accounts"))
        self._build()
        self._gather = self._timer(_GATHER, self._read_changed)
        self._typing = self._timer(_TYPING, self._show_query)
        self._clock = QTimer(self)
        self._clock.setInterval(_TICK)
        self._clock.timeout.connect(self._tick)
        self.search.textChanged.connect(lambda: self._typing.start())
        self.table.chosen.connect(self._choose)
        self.table.opened.connect(self.opened)
        self.table.act_asked.connect(lambda account_id, act: self._do(account_id, act))
        self.table.menu_asked.connect(self._show_menu)
        bridge.account_changed.connect(self._on_changed)
        bridge.account_removed.connect(self._on_removed)
        bridge.connectors_changed.connect(self._tick)

    def _build(self) -> None:
        self.sort_button = Button("", icon_name="sort", name=self.tr("Sort"))
        self.sort_button.setToolTip(self.tr("Sort"))
        self.sort_button.clicked.connect(self._show_sort)
        self.add_button = PrimaryButton(self.tr("Add account"))
        self.add_button.clicked.connect(lambda: self._host.show_page("add"))
        self.empty = EmptyState("", "", icon_name="people", primary=False)
        self.empty.acted.connect(self._empty_act)
        top = QHBoxLayout()
        top.setContentsMargins(14, 14, 14, 8)
        top.setSpacing(10)
        top.addWidget(self.search, 1)
        top.addWidget(self.sort_button)
        top.addWidget(self.add_button)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 6)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self.stack, 1)
        for keys, slot in (
            (QKeySequence(QKeySequence.StandardKey.Find), self.focus_search),
            (QKeySequence(Qt.Key.Key_F2), lambda: self._do(self.table.current_id(), "rename")),
            (QKeySequence(Qt.Key.Key_F5), lambda: self._do(self.table.current_id(), "refresh")),
            (QKeySequence("Ctrl+D"), lambda: self._do(self.table.current_id(), "pin")),
        ):
            QShortcut(keys, self, slot).setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        down = QShortcut(QKeySequence(Qt.Key.Key_Down), self.search, self._to_table)
        down.setContext(Qt.ShortcutContext.WidgetShortcut)

    def _timer(self, interval: int, slot: object) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(interval)
        timer.timeout.connect(slot)
        return timer

    def connector(self, key: str) -> Connector | None:
        """The definition behind a row (for the model)."""
        catalog = self._bridge.engine.catalog
        return catalog.get(key) if key in catalog else None

    def refreshing(self, account_id: str) -> bool:
        """Whether an account is being renewed at this moment (for the model)."""
        return self._bridge.engine.is_refreshing(account_id)

    def open(self, only: str = "") -> None:
        """Shows the accounts of a view: all, "attention", "expiring", "pinned" or "connector:<key>"."""
        self._only = only
        self._show_query()
        self._clock.start()

    def choose(self, account_id: str) -> None:
        """Makes an account the current one, in the whole list if this view does not show it."""
        self._wanted = account_id
        if not self.table.choose(account_id) and account_id:
            self._only = ""
            self.search.clear()
            self._show_query()

    def clear(self) -> None:
        """The vault is locked: nothing of it stays here."""
        self._clock.stop()
        self._typing.stop()
        self._gather.stop()
        self._changed.clear()
        self._wanted = ""
        self.search.clear()
        self._typing.stop()
        self.model.clear()

    def focus_search(self) -> None:
        """Puts the cursor in the search box."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def focus_first(self) -> None:
        """Puts the focus where one begins: in the search, or on Add account while there is nothing yet."""
        first = self.search if self.model.rowCount() else self.add_button
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _to_table(self) -> None:
        if self.model.rowCount():
            self.table.setFocus(Qt.FocusReason.TabFocusReason)
            if not self.table.current_id():
                self.table.selectRow(0)

    def _show_query(self) -> None:
        self._typing.stop()
        if not self._bridge.unlocked:
            return
        self.model.show(
            msgspec.structs.replace(
                self.model.query,
                search=self.search.text().strip(),
                connector=self._only.removeprefix("connector:")
                if self._only.startswith("connector:")
                else "",
                needs_attention=self._only == "attention",
                expiring_before=times.now() + SOON if self._only == "expiring" else None,
                pinned=self._only == "pinned",
            )
        )
        self._after_read()

    def _after_read(self) -> None:
        empty = self.model.rowCount() == 0
        if empty:
            self.empty.say(*empty_words(self._only, searched=bool(self.search.text().strip())))
        self.stack.setCurrentWidget(self.empty if empty else self.table)
        if not empty:
            self.table.choose(self._wanted, scroll=False)

    def _empty_act(self) -> None:
        self.search.clear()
        self._show_query()
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)

    def _choose(self, account_id: str) -> None:
        if account_id:
            self._wanted = account_id
            self.chosen.emit(account_id)

    def _tick(self, _event: object = None) -> None:
        self.model.tick(*self.table.visible_rows())

    def _on_changed(self, event: AccountChanged) -> None:
        self._changed[event.account_id] = None
        self._gather.start()

    def _on_removed(self, event: AccountRemoved) -> None:
        if event.account_id == self._wanted:
            self._wanted = ""
        self._changed[event.account_id] = None
        self._gather.start()

    def _read_changed(self) -> None:
        ids, self._changed = list(self._changed), {}
        if self._bridge.unlocked:
            self.model.refresh_accounts(ids)
            self._after_read()

    def _row(self, account_id: str) -> AccountRow | None:
        number = self.model.row_of(account_id) if account_id else None
        return None if number is None else self.model.account(number)

    def _show_menu(self, account_id: str, point: QPoint) -> None:
        row = self._row(account_id)
        if row is None:
            return
        act = act_for(row, shown_state(row, times.now(), self.refreshing(row.id)))
        shown = menu.account_menu(self, row, act, lambda name: self._do(account_id, name))
        shown.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        shown.popup(point)

    def _show_sort(self) -> None:
        shown = menu.sort_menu(self, self.model.query, self._sort)
        shown.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        shown.popup(self.sort_button.mapToGlobal(QPoint(0, self.sort_button.height() + 4)))

    def _sort(self, order: str, descending: bool) -> None:
        query: AccountQuery = msgspec.structs.replace(self.model.query, order=order, descending=descending)
        self.model.show(query)
        self._after_read()

    def _do(self, account_id: str, what: str) -> None:
        row = self._row(account_id)
        if row is None:
            return
        match what:
            case "sign_in":
                self._acts.sign_in(row)
            case "refresh":
                self._acts.refresh(row.id)
            case "test":
                self._acts.test(row.id)
            case "pin":
                self._acts.pin(row.id, not row.pinned)
            case "copy_id":
                self._acts.copy_id(row.id)
            case "request":
                self.request_asked.emit(row.id)
            case "rename":
                self.rename_asked.emit(row.id)
            case "disconnect":
                self.disconnect_asked.emit(row.id)
