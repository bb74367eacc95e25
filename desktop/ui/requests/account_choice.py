"""Choosing the account that requests are sent with: a search box over the list, usable ones first."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import QConcatenateTablesProxyModel, QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QListView, QVBoxLayout, QWidget

from desktop.ui.accounts.model import AccountsModel, Lookup, Role
from desktop.ui.bridge import Bridge
from desktop.ui.requests.account_delegate import AccountRowDelegate
from desktop.ui.widgets import EmptyState, SearchField, TextButton, show_if
from desktop.vault.records import AccountQuery, AccountRow

_TYPING = 120  # milliseconds


class AccountChoice(QWidget):
    """`chosen(id)`, `cancelled`, `add_asked` where there are no accounts."""

    chosen = Signal(str)
    cancelled = Signal()
    add_asked = Signal()

    def __init__(self, bridge: Bridge, lookup: Lookup) -> None:
        super().__init__()
        self._bridge = bridge
        self._usable = AccountsModel(lambda: bridge.reader, lookup)
        self._others = AccountsModel(lambda: bridge.reader, lookup)
        self.model = QConcatenateTablesProxyModel()
        self.model.addSourceModel(self._usable)
        self.model.addSourceModel(self._others)
        self.search = SearchField(self.tr("Search accounts to send with"))
        self.search.setPlaceholderText(self.tr("Search accounts"))
        self.list = QListView()
        self.list.setAccessibleName(self.tr("Accounts to send with"))
        self.list.setModel(self.model)
        self.list.setItemDelegate(AccountRowDelegate(self.list))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setMouseTracking(True)
        self.list.setUniformItemSizes(True)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.empty = EmptyState("", "", icon_name="people", primary=False)
        self.empty.acted.connect(self.add_asked)
        self.back = TextButton(self.tr("Back"), icon_name="back", name=self.tr("Back to the requests"))
        self.back.clicked.connect(self.cancelled)
        top = QHBoxLayout()
        top.setContentsMargins(14, 14, 14, 4)
        top.setSpacing(6)
        top.addWidget(self.back)
        top.addWidget(self.search, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 6)
        column.setSpacing(4)
        column.addLayout(top)
        column.addWidget(self.list, 1)
        column.addWidget(self.empty, 1)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING)
        self._typing.timeout.connect(self._find)
        self.search.textChanged.connect(lambda: self._typing.start())
        self.search.returnPressed.connect(self._take_first)
        self.list.clicked.connect(self._take)
        self.list.activated.connect(self._take)
        down = QShortcut(QKeySequence(Qt.Key.Key_Down), self.search, self._to_list)
        down.setContext(Qt.ShortcutContext.WidgetShortcut)
        away = QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self.cancelled.emit)
        away.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def open(self, *, can_go_back: bool) -> None:
        """Shows all accounts, the cursor in the search box."""
        self.search.clear()
        show_if(self.back, can_go_back)
        self._find()

    def account(self, index: QModelIndex) -> AccountRow | None:
        """The account of a row."""
        row = index.data(Role.ROW) if index.isValid() else None
        return row if isinstance(row, AccountRow) else None

    def clear(self) -> None:
        """Holds nothing any more: the vault is locked."""
        self._typing.stop()
        self.search.clear()
        self._typing.stop()
        self._usable.clear()
        self._others.clear()

    def _find(self) -> None:
        self._typing.stop()
        if not self._bridge.unlocked:
            return
        query = AccountQuery(search=self.search.text().strip())
        self._usable.show(msgspec.structs.replace(query, usable=True))
        self._others.show(msgspec.structs.replace(query, needs_attention=True))
        empty = self.model.rowCount() == 0
        show_if(self.list, not empty)
        show_if(self.empty, empty)
        if empty and query.search:
            self.empty.say(self.tr("No account found"), self.tr("Try another word."))
        elif empty:
            self.empty.say(
                self.tr("No accounts yet"),
                self.tr("Requests are sent with an account's credential. Add an account first."),
                self.tr("Add account"),
            )

    def _to_list(self) -> None:
        if self.model.rowCount():
            self.list.setFocus(Qt.FocusReason.TabFocusReason)
            if not self.list.currentIndex().isValid():
                self.list.setCurrentIndex(self.model.index(0, 0))

    def _take_first(self) -> None:
        self._find()
        self._take(self.model.index(0, 0))

    def _take(self, index: QModelIndex) -> None:
        if (row := self.account(index)) is not None:
            self.chosen.emit(row.id)
