"""The middle of the card: it scrolls when there is more than the window has room for; head and foot stay."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QVBoxLayout, QWidget

_SPACING = 16
_AROUND_FOCUS = 44  # room for the sentence below a box


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

    def minimumSizeHint(self) -> QSize:
        """A few lines are enough: the rest scrolls."""
        return QSize(0, 80)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tells the card when the contents grew or shrank."""
        if watched is self._inside and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def _follow(self, _old: QWidget | None, new: QWidget | None) -> None:
        if new is not None and self._inside.isAncestorOf(new):
            # After the layout of what is being shown has settled.
            QTimer.singleShot(0, new, lambda: self.ensureWidgetVisible(new, 0, _AROUND_FOCUS))
