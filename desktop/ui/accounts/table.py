"""The table `Accounts`: rows of 58 pixels, chosen by mouse or arrow keys."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView

from desktop.ui.accounts.delegate import ROW_HEIGHT, AccountDelegate
from desktop.ui.accounts.model import AccountsModel, Column, Role

_STATE_WIDTH = 150


class AccountsTable(QTableView):
    """`chosen(id)` when another account is current, `pressed_row(id)` on a click, `opened(id)` on Enter or
    a double click, `act_asked(id, act)` for the one-click act, `menu_asked(id, point)` for a row's menu.
    """

    chosen = Signal(str)
    pressed_row = Signal(str)
    opened = Signal(str)
    act_asked = Signal(str, str)
    menu_asked = Signal(str, QPoint)

    def __init__(self, model: AccountsModel) -> None:
        super().__init__()
        self._accounts = model
        self.setModel(model)
        self.setAccessibleName(self.tr("Accounts"))
        self._delegate = AccountDelegate(self)
        self._delegate.act_asked.connect(self.act_asked)
        self.setItemDelegate(self._delegate)
        self._look()
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._ask_menu)
        self.doubleClicked.connect(self._open)
        self.clicked.connect(lambda index: self.pressed_row.emit(index.data(Role.ROW).id))
        self.selectionModel().currentRowChanged.connect(self._moved)

    def _look(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("rows", "drawn")
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.horizontalHeader().hide()
        self.horizontalHeader().setMinimumSectionSize(20)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(ROW_HEIGHT)
        rows.setDefaultSectionSize(ROW_HEIGHT)

    def current_id(self) -> str:
        """The chosen account, or an empty string."""
        row = self._accounts.account(self.currentIndex().row())
        return row.id if row else ""

    def choose(self, account_id: str, *, scroll: bool = True) -> bool:
        """Makes an account the current one; False if this list does not show it."""
        row = self._accounts.row_of(account_id) if account_id else None
        if row is None:
            self.selectionModel().clear()
            return False
        index = self._accounts.index(row, 0)
        if self.currentIndex().row() != row or not self.selectionModel().isRowSelected(row):
            self.setCurrentIndex(index)
        if scroll:
            self.scrollTo(index)
        return True

    def visible_rows(self) -> tuple[int, int]:
        """The first and last row on screen."""
        first = self.rowAt(0)
        last = self.rowAt(self.viewport().height() - 1)
        return max(0, first), last if last >= 0 else self._accounts.rowCount() - 1

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The account takes the room that service and state leave."""
        super().resizeEvent(event)
        width = self.viewport().width()
        state = min(_STATE_WIDTH, width // 2)
        service = 136 if width >= 480 else 0
        self.setColumnHidden(Column.SERVICE, service == 0)
        self.setColumnWidth(Column.STATE, state)
        self.setColumnWidth(Column.SERVICE, service)
        self.setColumnWidth(Column.ACCOUNT, width - state - service)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, the menu key shows what can be done."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._open(self.currentIndex())
            return
        if event.key() == Qt.Key.Key_Menu and self.currentIndex().isValid():
            self._ask_menu(self.visualRect(self.currentIndex()).center())
            return
        super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Notes the row under the pointer."""
        super().mouseMoveEvent(event)
        self._hover(self.rowAt(event.position().toPoint().y()))

    def leaveEvent(self, event: QEvent) -> None:
        """No row is under the pointer."""
        super().leaveEvent(event)
        self._hover(-1)

    def _hover(self, row: int) -> None:
        if row != self._delegate.hovered:
            self._delegate.hovered = row
            self.viewport().update()

    def _moved(self, current: QModelIndex, _previous: QModelIndex) -> None:
        row = current.data(Role.ROW)
        self.chosen.emit(row.id if row else "")

    def _open(self, index: QModelIndex) -> None:
        if (row := index.data(Role.ROW)) is not None:
            self.opened.emit(row.id)

    def _ask_menu(self, point: QPoint) -> None:
        row = self.indexAt(point).data(Role.ROW)
        if row is not None:
            self.menu_asked.emit(row.id, self.viewport().mapToGlobal(point))
