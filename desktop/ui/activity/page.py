"""The page Activity: the list, its filter, and the chosen entry beside it."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QListView, QVBoxLayout, QWidget

from desktop.engine.events import VaultChanged
from desktop.ui.activity.chain_line import ChainLine
from desktop.ui.activity.delegate import ActivityDelegate
from desktop.ui.activity.detail import ActivityDetail
from desktop.ui.activity.filters import ActivityFilters
from desktop.ui.activity.model import ActivityModel
from desktop.ui.activity.secrets_banner import SecretsBanner
from desktop.ui.bridge import Bridge
from desktop.ui.widgets import Banner, EmptyState, TwoPanes, show_if, tab_in_reading_order
from desktop.vault.errors import NotFoundError
from desktop.vault.records import ActivityRow

_DETAIL_WIDTH = 400
_GATHER = 60  # milliseconds


class ActivityPage(QWidget):
    """Reads while it is on screen, and forgets everything when the vault locks."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._bridge = bridge
        self._stale = True
        self._names: dict[str, str] = {}
        self.filters = ActivityFilters()
        self.model = ActivityModel(self._read, self._searched, self._words)
        self.list = QListView()
        self.detail = ActivityDetail(
            self._account_name,
            self._connector_name,
            lambda entry: bridge.reader.in_clear(entry),
            narrows=True,
        )
        self.chain = ChainLine(bridge)
        self.broken = Banner("bad")
        self.secrets = SecretsBanner(bridge)
        self.empty = EmptyState(
            self.tr("Nothing found"),
            self.tr("Try another word, or show everything instead of a part."),
            icon_name="list",
        )
        self._gather = QTimer(self)
        self._gather.setSingleShot(True)
        self._gather.setInterval(_GATHER)
        self._gather.timeout.connect(self._read_new)
        self._build()
        self.filters.changed.connect(self._show)
        self.detail.account_asked.connect(self._only_account)
        self.chain.broken.connect(lambda text: self.broken.show_message("bad", text))
        self.list.selectionModel().currentChanged.connect(self._choose)
        bridge.activity_added.connect(self._gather_soon)
        bridge.vault_changed.connect(self._vault_changed)

    def _build(self) -> None:
        self.list.setModel(self.model)
        self.list.setItemDelegate(ActivityDelegate(self.list))
        self.list.setAccessibleName(self.tr("Activity"))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setMouseTracking(True)
        self.list.setUniformItemSizes(True)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        list_side = QWidget()
        list_side.setFocusProxy(self.list)
        left = QVBoxLayout(list_side)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(0)
        left.addWidget(self.filters)
        warned = QVBoxLayout()
        warned.setContentsMargins(14, 0, 14, 6)
        warned.setSpacing(6)
        warned.addWidget(self.broken)
        warned.addWidget(self.secrets)
        left.addLayout(warned)
        left.addWidget(self.list, 1)
        left.addWidget(self.empty, 1)
        self.panes = TwoPanes(list_side, self.detail, _DETAIL_WIDTH)
        self.list.clicked.connect(lambda: self.panes.open_right())
        self.list.activated.connect(lambda: self.panes.open_right())
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.panes, 1)
        whole.addWidget(self.chain)
        tab_in_reading_order(self)

    def showEvent(self, event: QShowEvent) -> None:
        """Brings the list up to date."""
        super().showEvent(event)
        self.secrets.read()
        if self._stale:
            self._show()
        else:
            self._read_new()
        if not self.chain.checked:
            self.chain.check()

    def _show(self) -> None:
        self.filters.rest()
        if not self._bridge.unlocked:
            return
        self._stale = False
        self._names.clear()
        self.model.show(self.filters.search.text(), self.filters.outcome.currentData())
        self.detail.show_row(None)
        self._say_empty()

    def _gather_soon(self, _event: object) -> None:
        self._gather.start()

    def _read_new(self) -> None:
        if self._bridge.unlocked and self.isVisible():
            self.model.read_new()
            self._say_empty()

    def _vault_changed(self, event: VaultChanged) -> None:
        self._stale = True
        self.filters.rest()
        self._gather.stop()
        if event.state == "open":
            if self.isVisible():
                self._show()
                self.chain.check()
            return
        self.secrets.clear()
        self.chain.clear()
        self.model.clear()
        self.filters.clear()
        self._names.clear()
        self.detail.show_row(None)

    def _say_empty(self) -> None:
        empty = self.model.rowCount() == 0
        show_if(self.empty, empty)
        show_if(self.list, not empty)

    def _choose(self, index: QModelIndex, _previous: QModelIndex) -> None:
        self.detail.show_row(self.model.row(index))
        tab_in_reading_order(self)

    def _read(self, limit: int, before_id: int | None) -> list[ActivityRow]:
        wanted = self.filters
        return self._bridge.reader.activity(wanted.account_id, limit, before_id, actions=wanted.actions)

    def _only_account(self, account_id: str) -> None:
        self.filters.choose_account(account_id, self._account_name(account_id))
        self.panes.close_right()

    def _searched(self, row: ActivityRow) -> str:
        """What the search looks at besides the entry itself: the names of its service and its account."""
        if row.account_id and row.account_id not in self._names:
            self._names[row.account_id] = self._account_name(row.account_id)
        return f"{self._words(row)} {self._names.get(row.account_id, '')} {row.who.program} {row.who.user}"

    def _words(self, row: ActivityRow) -> str:
        return self._connector_name(row.connector) if row.connector else ""

    def _account_name(self, account_id: str) -> str:
        try:
            return self._bridge.reader.account(account_id).name
        except NotFoundError:
            return self.tr("an account that was removed ({0})").format(account_id)

    def _connector_name(self, key: str) -> str:
        catalog = self._bridge.engine.catalog
        return catalog.get(key).name if key in catalog else key
