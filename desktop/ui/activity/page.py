"""The page Activity: the list, its filter, and the chosen entry beside it."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QListView, QVBoxLayout, QWidget

from desktop.engine.events import VaultChanged
from desktop.ui.activity.delegate import ActivityDelegate
from desktop.ui.activity.detail import ActivityDetail
from desktop.ui.activity.model import ActivityModel
from desktop.ui.activity.secrets_banner import SecretsBanner
from desktop.ui.bridge import Bridge
from desktop.ui.widgets import EmptyState, SearchField, TwoPanes, show_if
from desktop.vault.errors import NotFoundError
from desktop.vault.records import ActivityRow

_DETAIL_WIDTH = 400
_TYPING = 120  # milliseconds
_GATHER = 60


class ActivityPage(QWidget):
    """Reads while it is on screen, and forgets everything when the vault locks."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._bridge = bridge
        self._stale = True
        self.model = ActivityModel(
            lambda limit, before_id: bridge.reader.activity(None, limit, before_id), self._words, self._words
        )
        self.search = SearchField(self.tr("Search activity"))
        self.outcome = QComboBox()
        self.list = QListView()
        self.detail = ActivityDetail(
            self._account_name, self._connector_name, lambda entry: bridge.reader.in_clear(entry)
        )
        self.secrets = SecretsBanner(bridge)
        self.empty = EmptyState("", "", icon_name="list")
        self._typing = self._timer(_TYPING, self._show)
        self._gather = self._timer(_GATHER, self._read_new)
        self._build()
        self.search.textChanged.connect(lambda: self._typing.start())
        self.outcome.currentIndexChanged.connect(lambda: self._show())
        self.list.selectionModel().currentChanged.connect(self._choose)
        bridge.activity_added.connect(self._gather_soon)
        bridge.vault_changed.connect(self._vault_changed)

    def _build(self) -> None:
        self.outcome.setAccessibleName(self.tr("Outcome"))
        for text, outcome in ((self.tr("All"), ""), (self.tr("Worked"), "ok"), (self.tr("Failed"), "failed")):
            self.outcome.addItem(text, outcome)
        self.list.setModel(self.model)
        self.list.setItemDelegate(ActivityDelegate(self.list))
        self.list.setAccessibleName(self.tr("Activity"))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setMouseTracking(True)
        self.list.setUniformItemSizes(True)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        top = QHBoxLayout()
        top.setContentsMargins(14, 14, 14, 6)
        top.setSpacing(10)
        top.addWidget(self.search, 1)
        top.addWidget(self.outcome)
        list_side = QWidget()
        list_side.setFocusProxy(self.list)
        left = QVBoxLayout(list_side)
        left.setContentsMargins(0, 0, 0, 6)
        left.setSpacing(0)
        left.addLayout(top)
        warned = QVBoxLayout()
        warned.setContentsMargins(14, 0, 14, 6)
        warned.addWidget(self.secrets)
        left.addLayout(warned)
        left.addWidget(self.list, 1)
        left.addWidget(self.empty, 1)
        self.panes = TwoPanes(list_side, self.detail, _DETAIL_WIDTH)
        self.list.clicked.connect(lambda: self.panes.open_right())
        self.list.activated.connect(lambda: self.panes.open_right())
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.panes)

    def _timer(self, interval: int, slot: object) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(interval)
        timer.timeout.connect(slot)
        return timer

    def showEvent(self, event: QShowEvent) -> None:
        """Brings the list up to date."""
        super().showEvent(event)
        self.secrets.read()
        if self._stale:
            self._show()
        else:
            self._read_new()

    def _show(self) -> None:
        self._typing.stop()
        if not self._bridge.unlocked:
            return
        self._stale = False
        self.model.show(self.search.text(), self.outcome.currentData())
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
        self._typing.stop()
        self._gather.stop()
        if event.state == "open":
            if self.isVisible():
                self._show()
            return
        self.secrets.clear()
        self.model.clear()
        self.search.clear()
        self._typing.stop()
        self.detail.show_row(None)

    def _say_empty(self) -> None:
        empty = self.model.rowCount() == 0
        show_if(self.empty, empty)
        show_if(self.list, not empty)
        if empty and (self.search.text().strip() or self.outcome.currentData()):
            self.empty.say(
                self.tr("Nothing found"), self.tr("Try another word, or show all outcomes instead of one.")
            )
        elif empty:
            self.empty.say(
                self.tr("Nothing happened yet"),
                self.tr(
                    "Connect an account: every sign-in, refresh and use is written down here,"
                    " without secrets."
                ),
            )

    def _choose(self, index: QModelIndex, _previous: QModelIndex) -> None:
        self.detail.show_row(self.model.row(index))

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
