"""The grid of services: as many columns as fit, chosen with the arrow keys or the mouse."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QListView, QStyle

from connectors.definition import Connector
from desktop.ui.add.delegate import ServiceDelegate
from desktop.ui.add.model import ServiceModel

_NARROWEST = 230


class ServiceGrid(QListView):
    """`chosen` when another service is current, `accepted` on Enter or a double click."""

    chosen = Signal(object)  # Connector | None
    accepted = Signal(str)

    def __init__(self, model: ServiceModel) -> None:
        super().__init__()
        self._services = model
        self.setModel(model)
        self.setItemDelegate(ServiceDelegate(self))
        self.setAccessibleName(self.tr("Services"))
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setUniformItemSizes(True)
        self.setSpacing(0)
        self.setMouseTracking(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.selectionModel().currentChanged.connect(self._moved)
        self.doubleClicked.connect(self._accept)

    def current(self) -> Connector | None:
        """The chosen service."""
        return self._services.connector(self.currentIndex())

    def choose_row(self, row: int) -> None:
        """Makes a row the chosen one; -1 for none."""
        index = self._services.index(row, 0) if row >= 0 else QModelIndex()
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        if index.isValid():
            self.scrollTo(index)
        else:
            self.chosen.emit(None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Spreads the columns over the whole width."""
        # Qt keeps room for a scroll bar whether it is there or not.
        bar = self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent, None, self.verticalScrollBar())
        width = self.maximumViewportSize().width() - bar
        columns = max(1, width // _NARROWEST)
        height = self.sizeHintForRow(0) if self._services.rowCount() else 64
        # A little less than the whole: a row that is exactly full would wrap.
        size = QSize((width - 1) // columns, height)
        if size != self.gridSize():
            self.setGridSize(size)
        super().resizeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter takes the chosen service."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._accept(self.currentIndex())
            return
        super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click between the tiles keeps the choice."""
        super().mouseReleaseEvent(event)
        if not self.selectedIndexes() and self.currentIndex().isValid():
            self.choose_row(self.currentIndex().row())

    def _moved(self, index: QModelIndex, _previous: QModelIndex) -> None:
        self.chosen.emit(self._services.connector(index))

    def _accept(self, index: QModelIndex) -> None:
        if (connector := self._services.connector(index)) is not None:
            self.accepted.emit(connector.key)
