"""The page behind "Add account": search, choose, connect."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from connectors.definition import Connector
from desktop.ui.add.grid import ServiceGrid
from desktop.ui.add.model import ServiceModel, services
from desktop.ui.add.panel import ServicePanel
from desktop.ui.bridge import Bridge
from desktop.ui.links import open_link
from desktop.ui.widgets import Banner, EmptyState, Heading, SearchField, TextButton, TwoPanes, show_if

_PANEL_WIDTH = 320
_TO_GRID = (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp)


class AddAccountPage(QWidget):
    """`chosen(connector_key)` when a service is to be connected, `cancelled()` on Escape or Back."""

    chosen = Signal(str)
    cancelled = Signal()

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._bridge = bridge
        self.model = ServiceModel(lambda text: services(bridge.engine.catalog, text))
        self.search = SearchField(self.tr("Search services"))
        self.search.textChanged.connect(self._find)
        self.search.returnPressed.connect(self._accept_current)
        self.search.installEventFilter(self)
        self.grid = ServiceGrid(self.model)
        self.grid.chosen.connect(self._show)
        self.grid.accepted.connect(self.chosen)
        self.empty = EmptyState(self.tr("No service found"), "", icon_name="search")
        self.empty.hide()
        self.panel = ServicePanel()
        self.panel.connect_asked.connect(self.chosen)
        self.panel.link_asked.connect(lambda url: open_link(bridge, url, self._say, self))
        self.problem = Banner("bad")
        bridge.connectors_changed.connect(self._reload)
        self._build()

    def _build(self) -> None:
        back = TextButton(self.tr("Back"), icon_name="back", name=self.tr("Back to accounts"))
        back.clicked.connect(lambda: self.cancelled.emit())
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(back)
        head.addWidget(Heading(self.tr("Add account")))
        head.addStretch(1)
        list_side = QWidget()
        list_side.setFocusProxy(self.search)
        left = QVBoxLayout(list_side)
        left.setContentsMargins(14, 14, 14, 0)
        left.setSpacing(12)
        left.addLayout(head)
        left.addWidget(self.search)
        left.addWidget(self.problem)
        left.addWidget(self.grid, 1)
        left.addWidget(self.empty, 1)
        self.panes = TwoPanes(list_side, self.panel, _PANEL_WIDTH)
        self.grid.clicked.connect(lambda: self.panes.open_right())
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.panes)

    def select(self, connector_key: str) -> None:
        """Shows one service as chosen, with the search cleared."""
        self.search.clear()
        self.grid.choose_row(self.model.row_of(connector_key))
        self.panes.open_right()

    def showEvent(self, event: QShowEvent) -> None:
        """The cursor stands in the search box, whatever was typed there before is selected."""
        super().showEvent(event)
        self.panes.close_right()
        # After the event: the page that opened this one may still move the focus.
        QTimer.singleShot(0, self, self._focus_search)

    def _focus_search(self) -> None:
        # The page is on the screen; what comes next is imported now, so that Connect opens at once.
        import desktop.ui.connect.card  # noqa: F401

        self.search.setFocus(Qt.FocusReason.OtherFocusReason)
        self.search.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The arrow keys move in the grid while the cursor stays in the box."""
        if watched is self.search and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in _TO_GRID and self.model.rowCount():
                self.grid.setFocus(Qt.FocusReason.OtherFocusReason)
                if not self.grid.currentIndex().isValid():
                    self.grid.choose_row(0)
                return True
            if event.key() == Qt.Key.Key_Escape and self.search.text():
                self.search.clear()
                return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape goes back; letters typed anywhere go on with the search."""
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
            return
        super().keyPressEvent(event)

    def _find(self, text: str) -> None:
        self.model.find(text)
        found = self.model.rowCount() > 0
        show_if(self.grid, found)
        show_if(self.empty, not found)
        if not found:
            self.empty.say(
                self.tr("No service found"),
                self.tr(
                    "Nothing is called “{0}”. Any service that takes a key, a password or OAuth 2 can be"
                    " connected with one of the generic connectors: search for “generic”."
                ).format(text.strip()),
            )
        # What the words mean most is at hand: Enter connects it.
        self.grid.choose_row(0 if found and text.strip() else -1)

    def _reload(self) -> None:
        current = self.grid.current()
        self.model.reload()
        self.grid.choose_row(self.model.row_of(current.key) if current is not None else -1)

    def _accept_current(self) -> None:
        if (connector := self.grid.current()) is not None:
            self.chosen.emit(connector.key)

    def _show(self, connector: Connector | None) -> None:
        self.panel.show_service(connector)

    def _say(self, sentence: str) -> None:
        self.problem.show_message("bad", sentence)
