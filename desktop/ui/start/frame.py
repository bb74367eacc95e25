"""A narrow column in the middle of the window; it scrolls when the window is small or the text is large."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from desktop.ui.icons import app_icon
from desktop.ui.widgets import Dim, Heading

WIDTH = 420


class MiddleColumn(QScrollArea):
    """The program's icon, a heading and a sentence; the page adds its own rows to `column`."""

    def __init__(self, heading: str, sentence: str) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = QWidget()
        inside.setProperty("scrolled", True)
        narrow = QWidget()
        narrow.setMaximumWidth(WIDTH)
        self.column = QVBoxLayout(narrow)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(14)
        self.heading = Heading(heading, points=18)
        self.heading.setWordWrap(True)
        self.sentence = Dim(sentence)
        icon = QLabel()
        icon.setPixmap(app_icon().pixmap(QSize(48, 48), self.devicePixelRatioF()))
        self.column.addWidget(icon)
        self.column.addWidget(self.heading)
        self.column.addWidget(self.sentence)
        self.column.addSpacing(6)
        across = QHBoxLayout()
        across.addStretch(1)
        across.addWidget(narrow, 100)
        across.addStretch(1)
        down = QVBoxLayout(inside)
        down.setContentsMargins(24, 32, 24, 32)
        down.addStretch(2)
        down.addLayout(across)
        down.addStretch(3)
        self.setWidget(inside)
