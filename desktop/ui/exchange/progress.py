"""How far an export or an import is."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from desktop.ui.widgets import Label


class ProgressPanel(QWidget):
    """`told(done, total)` may be called from any thread."""

    _came = Signal(int, int)

    def __init__(self) -> None:
        super().__init__()
        self.words = Label()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self.words)
        column.addWidget(self.bar)
        self._came.connect(self._show, Qt.ConnectionType.QueuedConnection)

    def begin(self, words: str) -> None:
        """Says what is under way; how long it takes is not known yet."""
        self.words.setText(words)
        self.bar.setAccessibleName(words)
        self.bar.setRange(0, 0)

    def told(self, done: int, total: int) -> None:
        """So many of all are done."""
        self._came.emit(done, total)

    def _show(self, done: int, total: int) -> None:
        # What comes after the last one is the file as a whole: there is no number for that.
        self.bar.setRange(0, total if done < total else 0)
        self.bar.setValue(done)
