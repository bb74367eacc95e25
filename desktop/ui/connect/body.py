"""The middle of the card: it scrolls when there is more than the window has room for; head and foot stay."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QVBoxLayout, QWidget

from desktop.ui.forms.row import FieldRow
from desktop.ui.widgets import Line

_SPACING = 16


class CardBody(QScrollArea):
    """Says how high its contents want to be, and follows the focus."""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._inside = QWidget()
        self._inside.setProperty("scrolled", True)
        self._column = QVBoxLayout(self._inside)
        self._column.setSpacing(_SPACING)
        self.setWidget(self._inside)
        self._inside.installEventFilter(self)
        self._above, self._below = Line(self), Line(self)  # where what scrolls goes under head and foot
        bar = self.verticalScrollBar()
        bar.valueChanged.connect(self._show_edges)
        bar.rangeChanged.connect(self._show_edges)
        self._show_edges()
        # Asked once the layout has settled, or the place would be that of before.
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(0)
        self._settled.timeout.connect(self._show_focus)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._follow)

    def add(self, panels: tuple[QWidget, ...], margin: int) -> None:
        """The panels from top to bottom; the margins are inside, so that focus rings have room."""
        self._column.setContentsMargins(margin, 0, margin, 4)
        for panel in panels:
            self._column.addWidget(panel)
        self._column.addStretch(1)

    def wanted_height(self, width: int) -> int:
        """The height at which nothing has to scroll."""
        return (
            self._column.heightForWidth(width)
            if self._column.hasHeightForWidth()
            else self._column.sizeHint().height()
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keeps the edges where they belong."""
        super().resizeEvent(event)
        self._above.setGeometry(0, 0, self.width(), 1)
        self._below.setGeometry(0, self.height() - 1, self.width(), 1)
        self._mind_bar()

    def _mind_bar(self) -> None:
        """No bar where everything fits without one: a bar takes width, and for that alone would be needed."""
        fits = self.wanted_height(self.width()) <= self.height()
        policy = Qt.ScrollBarPolicy.ScrollBarAlwaysOff if fits else Qt.ScrollBarPolicy.ScrollBarAsNeeded
        if policy != self.verticalScrollBarPolicy():
            self.setVerticalScrollBarPolicy(policy)

    def _show_edges(self) -> None:
        bar = self.verticalScrollBar()
        self._above.setVisible(bar.value() > bar.minimum())
        self._below.setVisible(bar.value() < bar.maximum())

    def minimumSizeHint(self) -> QSize:
        """A few lines are enough: the rest scrolls."""
        return QSize(0, 80)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tells the card when the contents grew or shrank."""
        if watched is self._inside and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
            self._mind_bar()
            self._settled.start()
        return super().eventFilter(watched, event)

    def _follow(self, _old: QWidget | None, _new: QWidget | None) -> None:
        self._settled.start()

    def _show_focus(self) -> None:
        """The box that has the focus, with its label and the sentence below it."""
        widget = QApplication.focusWidget()
        if widget is None or not self._inside.isAncestorOf(widget):
            return
        row: QWidget | None = widget
        while row is not None and not isinstance(row, FieldRow) and row is not self._inside:
            row = row.parentWidget()
        self.ensureWidgetVisible(row if isinstance(row, FieldRow) else widget, 0, 8)
