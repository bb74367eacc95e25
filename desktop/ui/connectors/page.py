"""The page Connectors: all definitions, those with mistakes, and the chosen one's settings."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFileDialog, QFrame, QHBoxLayout, QListView, QVBoxLayout, QWidget

from desktop.engine.events import Failure, VaultChanged
from desktop.ui.add.delegate import ServiceDelegate
from desktop.ui.add.model import ServiceModel, services
from desktop.ui.bridge import Bridge
from desktop.ui.connectors.code_question import CodeQuestion
from desktop.ui.connectors.importing import ImportPane
from desktop.ui.connectors.panel import ConnectorPanel
from desktop.ui.connectors.problems import ProblemList
from desktop.ui.widgets import Banner, Button, EmptyState, SearchField, TwoPanes, show_if

_PANEL_WIDTH = 470
_ROOM_FOR_BUTTONS = 960  # pixels


class ConnectorsPage(QWidget):
    """Search, choose, set up; "Add definition…" takes a file of one's own, "Import…" a document."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._bridge = bridge
        self.model = ServiceModel(lambda text: services(bridge.engine.catalog, text))
        self.search = SearchField(self.tr("Search connectors"))
        self.add = Button(self.tr("Add definition…"))
        self.import_ = Button(self.tr("Import…"))
        self.importing = ImportPane(bridge)
        self.notice = Banner("bad")
        self.question = CodeQuestion()
        self.problems = ProblemList()
        self.list = QListView()
        self.empty = EmptyState(
            self.tr("No connector found"), self.tr("Try a part of its name."), icon_name="plug"
        )
        self.panel = ConnectorPanel(bridge)
        self._build()
        self.search.textChanged.connect(self._find)
        self.add.clicked.connect(lambda: self._ask_file())
        self.import_.clicked.connect(lambda: self.importing.open())
        self.importing.imported.connect(self._imported)
        self.importing.definition.connect(lambda path: self.add_file(Path(path).expanduser()))
        self.question.shut_in.connect(lambda path: self._add(path, shut_in=True))
        self.question.with_my_rights.connect(lambda path: self._add(path, run_with_my_rights=True))
        self.question.declined.connect(self._declined)
        self.list.selectionModel().currentChanged.connect(self._choose)
        bridge.connectors_changed.connect(self._on_connectors_changed)
        bridge.vault_changed.connect(self._vault_changed)
        self.setAcceptDrops(True)
        self._show_problems()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files and links may be dropped."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Takes in a definition, or imports a document."""
        url = event.mimeData().urls()[0]
        if url.isLocalFile() and url.toLocalFile().endswith(".toml"):
            self.add_file(Path(url.toLocalFile()))
        else:
            self.importing.take(url.toLocalFile() if url.isLocalFile() else url.toString())
        event.acceptProposedAction()

    def _imported(self, key: str) -> None:
        self._reload()
        self.select(key)

    def _build(self) -> None:
        self.list.setModel(self.model)
        self.list.setItemDelegate(ServiceDelegate(self.list, tiles=False))
        self.list.setAccessibleName(self.tr("Connectors"))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setMouseTracking(True)
        self.list.setUniformItemSizes(True)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.empty.hide()
        self._top = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._top.setSpacing(10)
        self._top.addWidget(self.search, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(10)
        buttons.addWidget(self.add)
        buttons.addWidget(self.import_)
        buttons.addStretch(1)
        self._top.addLayout(buttons)
        upper = QVBoxLayout()
        upper.setContentsMargins(14, 14, 14, 6)
        upper.setSpacing(10)
        upper.addLayout(self._top)
        upper.addWidget(self.importing)
        upper.addWidget(self.notice)
        upper.addWidget(self.question)
        upper.addWidget(self.problems)
        list_side = QWidget()
        list_side.setFocusProxy(self.list)
        left = QVBoxLayout(list_side)
        left.setContentsMargins(0, 0, 0, 6)
        left.setSpacing(0)
        left.addLayout(upper)
        left.addWidget(self.list, 1)
        left.addWidget(self.empty, 1)
        self.panes = TwoPanes(list_side, self.panel, _PANEL_WIDTH)
        self.list.clicked.connect(lambda: self.panes.open_right())
        self.list.activated.connect(lambda: self.panes.open_right())
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.panes)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """With little room the buttons stand below the search, which needs it to be typed in."""
        super().resizeEvent(event)
        narrow = event.size().width() < _ROOM_FOR_BUTTONS
        way = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        self._top.setDirection(way)

    def select(self, connector_key: str) -> None:
        """Shows one connector's settings."""
        self.search.clear()
        row = self.model.row_of(connector_key)
        if row >= 0:
            self.list.setCurrentIndex(self.model.index(row, 0))
            self.list.scrollTo(self.list.currentIndex())
            self.panes.open_right()

    def _find(self, text: str) -> None:
        self.model.find(text)
        found = self.model.rowCount() > 0
        show_if(self.list, found)
        show_if(self.empty, not found)

    def _on_connectors_changed(self, _event: object) -> None:
        self._reload()

    def _reload(self) -> None:
        """Definitions or settings changed: the list is read again, the choice and what was typed stay."""
        current = self.model.connector(self.list.currentIndex())
        selection = self.list.selectionModel()
        selection.blockSignals(True)
        self.model.reload()
        row = self.model.row_of(current.key) if current is not None else -1
        if row >= 0:
            self.list.setCurrentIndex(self.model.index(row, 0))
        selection.blockSignals(False)
        if current is not None and row < 0:
            self.panel.show_connector(None)
        elif current is not None and self.model.connector(self.model.index(row, 0)) != current:
            self.panel.show_connector(self.model.connector(self.model.index(row, 0)))
        self._show_problems()

    def _choose(self, index: QModelIndex, _previous: QModelIndex) -> None:
        self.panel.show_connector(self.model.connector(index))

    def _show_problems(self) -> None:
        self.problems.show_problems(self._bridge.engine.catalog.problems)

    def _vault_changed(self, event: VaultChanged) -> None:
        if event.state != "open":
            self.panel.forget()
            self.list.selectionModel().clear()

    def _ask_file(self) -> None:
        dialog = QFileDialog(self, self.tr("Add definition"), "", self.tr("Definitions (*.toml)"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self.add_file(Path(path)))
        dialog.open()

    def add_file(self, path: Path) -> None:
        """Takes a definition in. A Python file beside it is only run after the person has allowed it."""
        self.question.hide()
        if not path.with_suffix(".py").exists():
            self._add(path)
            return
        self.notice.show_message("neutral", "")
        why_not = self._bridge.engine.why_not_shut_in()
        self._bridge.run(why_not, lambda reason: self.question.ask(path, reason), self._refused, self)

    def _declined(self, path: Path) -> None:
        self.notice.show_message("neutral", self.tr("{0} was not added; nothing was run.").format(path.name))

    def _add(self, path: Path, *, shut_in: bool = False, run_with_my_rights: bool = False) -> None:
        self.notice.show_message("neutral", self.tr("Reading {0}…").format(path.name))
        add = self._bridge.engine.add_connector(path, run_with_my_rights, shut_in=shut_in)
        self._bridge.run(add, self._added, self._refused, self)

    def _added(self, key: str) -> None:
        name = self._bridge.engine.catalog.get(key).name
        self.notice.show_message("good", self.tr("{0} was added to your connectors.").format(name))
        self._reload()
        self.select(key)

    def _refused(self, failure: Failure) -> None:
        self.notice.show_message("bad", f"{failure.sentence} {failure.hint}".strip())
