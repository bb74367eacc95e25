"""*Choose one of these*: the sites, tenants or workspaces that an account has at the service."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from connectors.definition import Choice
from desktop.ui.widgets import ErrorText, Label, PrimaryButton

_VALUE = Qt.ItemDataRole.UserRole
_ROW = 34  # pixels: easy to hit
_MOST_ROWS = 6  # more than these scroll


class ChoosePanel(QWidget):
    """`chosen(value)` when the person goes on with one of them."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.title = Label("")
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Choose one"))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.itemActivated.connect(lambda _: self._go_on())
        self.problem = ErrorText()
        self.go_on = PrimaryButton(self.tr("Continue"))
        self.go_on.clicked.connect(lambda: self._go_on())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.title)
        column.addWidget(self.list)
        column.addWidget(self.problem)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.go_on)
        column.addLayout(row)
        self.hide()

    def ask(self, title: str, options: Sequence[Choice]) -> None:
        """Shows the options; the first is marked, so that Enter is enough where it is the right one."""
        self.title.setText(title)
        self.set_problem("")
        self.list.clear()
        labels = [option.label for option in options]
        for option in options:
            # Two sites may have one name; the id tells them apart.
            twice = labels.count(option.label) > 1
            item = QListWidgetItem(f"{option.label} ({option.value})" if twice else option.label)
            item.setData(_VALUE, option.value)
            item.setToolTip(option.value)
            item.setSizeHint(QSize(0, _ROW))
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self.list.setFixedHeight(_ROW * min(len(options), _MOST_ROWS) + 2 * self.list.frameWidth())

    def set_problem(self, sentence: str) -> None:
        """Why the choice was not taken."""
        self.problem.set_reason(sentence)

    def _go_on(self) -> None:
        if (item := self.list.currentItem()) is not None:
            self.chosen.emit(item.data(_VALUE))
