"""The tab Activity: what was done with this account, and the exchange behind the chosen entry."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex
from PySide6.QtWidgets import QFrame, QListView, QStackedWidget, QVBoxLayout, QWidget

from desktop.ui.activity.delegate import ActivityDelegate
from desktop.ui.activity.detail import ActivityDetail
from desktop.ui.activity.model import ActivityModel
from desktop.ui.bridge import Bridge
from desktop.ui.widgets import EmptyState, Line
from desktop.vault.records import ActivityRow


class AccountActivity(QWidget):
    """Reads pages of the activity list of one account through the vault's reader."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._bridge = bridge
        self._account_id = ""
        self._name = ""
        self.model = ActivityModel(self._read, lambda _row: "")
        self.list = QListView()
        self.list.setModel(self.model)
        self.list.setItemDelegate(ActivityDelegate(self.list))
        self.list.setAccessibleName(self.tr("Activity of this account"))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setMouseTracking(True)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setUniformItemSizes(True)
        self.list.selectionModel().currentChanged.connect(self._choose)
        self.detail = ActivityDetail(
            lambda _id: self._name, self._service, lambda entry: bridge.reader.in_clear(entry)
        )
        self.empty = EmptyState(
            self.tr("Nothing happened yet"),
            self.tr("Refreshes, tests and uses of this account are written down here, without secrets."),
            icon_name="list",
        )
        both = QWidget()
        column = QVBoxLayout(both)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(0)
        around = QVBoxLayout()
        around.setContentsMargins(8, 0, 8, 0)
        around.addWidget(self.list)
        column.addLayout(around, 1)
        column.addWidget(Line())
        column.addWidget(self.detail, 1)
        self.stack = QStackedWidget()
        self.stack.addWidget(both)
        self.stack.addWidget(self.empty)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.stack)

    def show_account(self, account_id: str, name: str) -> None:
        """Shows another account's entries, or the new ones of the same."""
        self._name = name
        if account_id == self._account_id:
            self.read_new()
            return
        self._account_id = account_id
        self.detail.show_row(None)
        self.model.show()
        self._say_empty()

    def read_new(self) -> None:
        """Puts what happened since on top."""
        if self._account_id and self._bridge.unlocked:
            self.model.read_new()
            self._say_empty()

    def clear(self) -> None:
        """Holds nothing any more."""
        self._account_id = self._name = ""
        self.model.clear()
        self.detail.show_row(None)

    def _read(self, limit: int, before_id: int | None) -> list[ActivityRow]:
        return self._bridge.reader.activity(self._account_id, limit, before_id)

    def _say_empty(self) -> None:
        self.stack.setCurrentIndex(0 if self.model.rowCount() else 1)

    def _choose(self, index: QModelIndex, _previous: QModelIndex) -> None:
        self.detail.show_row(self.model.row(index))

    def _service(self, key: str) -> str:
        catalog = self._bridge.engine.catalog
        return catalog.get(key).name if key in catalog else key
