"""The left side of the page: whose requests, which are kept, and the operations of the service."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QListView, QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from connectors.operations import Operation
from desktop.ui.requests.account_button import AccountButton
from desktop.ui.requests.book import Book, Entry
from desktop.ui.requests.delegates import OperationDelegate, SavedDelegate
from desktop.ui.requests.operations import OperationsModel
from desktop.ui.requests.saved_model import SavedModel
from desktop.ui.widgets import Dim, SearchField, TextButton, show_if

_TYPING = 80  # milliseconds
_BATCH = 400  # rows


class SavedList(QWidget):
    """`chosen(entry)`, `opened(entry)`, `new_asked`, `menu_asked(entry, point)`, `removal_asked(entry)`,
    `undo_asked`.
    """

    chosen = Signal(object)
    opened = Signal(object)
    new_asked = Signal()
    menu_asked = Signal(object, QPoint)
    removal_asked = Signal(object)
    undo_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.model = SavedModel()
        self.list = _list_view(self.tr("Requests of this account"))
        self.list.setModel(self.model)
        self.list.setItemDelegate(SavedDelegate(self.list))
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(self._ask_menu)
        self.list.selectionModel().currentChanged.connect(self._choose)
        self.list.clicked.connect(self._open)
        self.list.activated.connect(self._open)
        self.new = TextButton(self.tr("New request"), icon_name="plus", accent=True)
        self.new.clicked.connect(self.new_asked)
        self.hint = Dim(
            self.tr("Nothing is kept with this account yet. Write a request, name it, and press Save.")
        )
        self.hint.setContentsMargins(14, 8, 14, 8)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(2)
        row = QHBoxLayout()
        row.setContentsMargins(10, 0, 10, 0)
        row.addWidget(self.new)
        row.addStretch(1)
        column.addLayout(row)
        column.addWidget(self.list, 1)
        column.addWidget(self.hint)
        gone = QShortcut(QKeySequence(Qt.Key.Key_Delete), self.list, self._ask_removal)
        gone.setContext(Qt.ShortcutContext.WidgetShortcut)
        undo = QShortcut(QKeySequence(QKeySequence.StandardKey.Undo), self.list, self.undo_asked.emit)
        undo.setContext(Qt.ShortcutContext.WidgetShortcut)

    def show_book(self, book: Book | None) -> None:
        """Shows the requests of an account, the current one chosen."""
        selection = self.list.selectionModel()
        selection.blockSignals(True)
        self.model.reread(book)
        if book is not None and (row := self.model.row_of(book.current)) >= 0:
            self.list.setCurrentIndex(self.model.index(row, 0))
        selection.blockSignals(False)
        self.list.viewport().update()
        show_if(self.hint, book is not None and not any(entry.saved for entry in book.entries))

    def _choose(self, index: QModelIndex, _previous: QModelIndex) -> None:
        if (entry := self.model.entry(index)) is not None:
            self.chosen.emit(entry)

    def _open(self, index: QModelIndex) -> None:
        if (entry := self.model.entry(index)) is not None:
            self.opened.emit(entry)

    def _ask_menu(self, point: QPoint) -> None:
        if (entry := self.model.entry(self.list.indexAt(point))) is not None:
            self.menu_asked.emit(entry, self.list.viewport().mapToGlobal(point))

    def _ask_removal(self) -> None:
        entry: Entry | None = self.model.entry(self.list.currentIndex())
        if entry is not None:
            self.removal_asked.emit(entry)


class OperationPicker(QWidget):
    """`picked(operation)`."""

    picked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.model = OperationsModel()
        self.search = SearchField(self.tr("Search operations"))
        self.list = _list_view(self.tr("Operations"))
        # Thousands of rows get their places bit by bit, not all before the next key is taken.
        self.list.setLayoutMode(QListView.LayoutMode.Batched)
        self.list.setBatchSize(_BATCH)
        self.list.setModel(self.model)
        self.list.setItemDelegate(OperationDelegate(self.list))
        self.list.clicked.connect(self._pick)
        self.list.activated.connect(self._pick)
        self.found = Dim(wrap=False)
        self.empty = Dim(self.tr("No operation has all of these words. Try fewer."))
        self.empty.setContentsMargins(14, 8, 14, 8)
        self.empty.hide()
        top = QVBoxLayout()
        top.setContentsMargins(14, 10, 14, 2)
        top.setSpacing(4)
        top.addWidget(self.search)
        top.addWidget(self.found)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(top)
        column.addWidget(self.list, 1)
        column.addWidget(self.empty, 1, Qt.AlignmentFlag.AlignTop)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING)
        self._typing.timeout.connect(self._find)
        self.search.textChanged.connect(lambda: self._typing.start())
        self.search.returnPressed.connect(self._pick_first)
        down = QShortcut(QKeySequence(Qt.Key.Key_Down), self.search, self._to_list)
        down.setContext(Qt.ShortcutContext.WidgetShortcut)

    def load(self, operations: tuple[Operation, ...]) -> None:
        """Shows the operations of another service."""
        self._typing.stop()
        self.search.clear()
        self._typing.stop()
        self.model.load(operations)
        self._say()

    def _find(self) -> None:
        self._typing.stop()
        self.model.find(self.search.text())
        self.list.scrollToTop()
        self._say()

    def _say(self) -> None:
        found, total = self.model.rowCount(), self.model.total
        searched = found != total
        text = self.tr("{0} of {1} operations").format(f"{found:,}", f"{total:,}")
        self.found.setText(text if searched else self.tr("{0} operations").format(f"{total:,}"))
        show_if(self.list, found > 0)
        show_if(self.empty, found == 0)

    def _to_list(self) -> None:
        if self.model.rowCount():
            self.list.setFocus(Qt.FocusReason.TabFocusReason)
            if not self.list.currentIndex().isValid():
                self.list.setCurrentIndex(self.model.index(0, 0))

    def _pick_first(self) -> None:
        self._find()
        self._pick(self.model.index(0, 0))

    def _pick(self, index: QModelIndex) -> None:
        if (operation := self.model.operation(index)) is not None:
            self.picked.emit(operation)


class Sources(QWidget):
    """`account_asked` when another account is wanted. The tabs: Saved, and Operations where there are any."""

    account_asked = Signal()

    def __init__(self, choice: QWidget) -> None:
        super().__init__()
        self.account = AccountButton()
        self.account.clicked.connect(self.account_asked)
        self.saved = SavedList()
        self.operations = OperationPicker()
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        bar = self.tabs.tabBar()
        bar.setExpanding(False)
        bar.setDrawBase(False)
        bar.setAccessibleName(self.tr("Requests"))
        self.tabs.setProperty("inner", True)
        self.tabs.addTab(self.saved, self.tr("Saved"))
        self.tabs.addTab(self.operations, self.tr("Operations"))
        top = QVBoxLayout()
        top.setContentsMargins(14, 14, 14, 4)
        top.addWidget(self.account)
        around = QVBoxLayout()
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(self.tabs)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 6)
        column.setSpacing(4)
        column.addLayout(top)
        column.addLayout(around, 1)
        self._whole, self._choice = whole, choice
        self._stack = QStackedWidget()
        for page in (whole, choice):
            self._stack.addWidget(page)
        self.setFocusProxy(self.saved.list)
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        outside.addWidget(self._stack)

    def show_choice(self) -> None:
        """Shows the accounts to choose from."""
        self._stack.setCurrentWidget(self._choice)

    def show_requests(self) -> None:
        """Shows the requests, not the accounts to choose from."""
        self._stack.setCurrentWidget(self._whole)

    def show_operations(self, operations: tuple[Operation, ...]) -> None:
        """The tab stands there only where a definition brought operations."""
        self.operations.load(operations)
        self.tabs.setTabVisible(1, bool(operations))


def _list_view(name: str) -> QListView:
    view = QListView()
    view.setAccessibleName(name)
    view.setFrameShape(QFrame.Shape.NoFrame)
    view.setMouseTracking(True)
    view.setUniformItemSizes(True)
    view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return view
