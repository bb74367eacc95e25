"""The head of the account: icon, name (renamed in place), whose and which service, Refresh now."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from desktop.engine.results import AccountView
from desktop.ui.accounts.texts import second_line, service_name
from desktop.ui.icons import service_pixmap
from desktop.ui.theme import heading_font
from desktop.ui.widgets import Button, ElidedLabel, TextButton, show_if

_ICON = 44


class Header(QWidget):
    """`refresh_asked`, `back_asked` (shown in a narrow window), `renamed(name)`."""

    refresh_asked = Signal()
    back_asked = Signal()
    renamed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._shown = ""
        self.icon = QLabel()
        self.icon.setFixedSize(QSize(_ICON, _ICON))
        self.name = ElidedLabel()
        self.name.setFont(heading_font())
        self.name_box = QLineEdit()
        self.name_box.setAccessibleName(self.tr("Account name"))
        self.name_box.returnPressed.connect(self._take_name)
        self.second = ElidedLabel(dim=True)
        self.refresh_button = Button(self.tr("Refresh now"))
        self.refresh_button.clicked.connect(self.refresh_asked)
        self.back_button = TextButton(self.tr("Accounts"), icon_name="back", name=self.tr("Back to accounts"))
        self.back_button.clicked.connect(self.back_asked)
        holder = QWidget()  # a stacked layout without a parent would open its first widget as a window
        self._names = QStackedLayout(holder)
        self._names.addWidget(self.name)
        self._names.addWidget(self.name_box)
        holder.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.name_box.installEventFilter(self)
        names = QVBoxLayout()
        names.setSpacing(2)
        names.addWidget(holder)
        names.addWidget(self.second)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.icon)
        row.addLayout(names, 1)
        row.addWidget(self.refresh_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 0)
        column.setSpacing(6)
        column.addWidget(self.back_button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addLayout(row)

    def show_view(self, view: AccountView) -> None:
        """Shows an account."""
        if view.row.id != self._shown:
            self._end_rename()
        self._shown = view.row.id
        self.icon.setPixmap(service_pixmap(view.connector, _ICON, self.devicePixelRatioF()))
        self.name.set_text(view.row.name)
        whose = second_line(view.row, view.connector)
        service = service_name(view.row, view.connector)
        self.second.set_text(" · ".join(dict.fromkeys((whose, service))))
        show_if(self.refresh_button, view.renewable)
        self.refresh_button.setEnabled(view.shown not in ("refreshing", "disabled"))

    def clear(self) -> None:
        """Shows nobody."""
        self._end_rename()
        self.icon.clear()
        self.name.set_text("")
        self.name_box.clear()
        self.second.set_text("")

    def rename(self) -> None:
        """Turns the name into a box: Enter keeps what is typed, Escape leaves the name as it is."""
        self.name_box.setText(self.name.text())
        self._names.setCurrentWidget(self.name_box)
        self.name_box.selectAll()
        self.name_box.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Escape and a lost focus end the renaming."""
        if watched is self.name_box:
            if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
                if event.key() == Qt.Key.Key_Escape:
                    self._end_rename()
                    return True
            elif event.type() == QEvent.Type.FocusOut:
                self._end_rename()
        return super().eventFilter(watched, event)

    def _take_name(self) -> None:
        name = self.name_box.text().strip()
        self._end_rename()
        if name and name != self.name.text():
            self.renamed.emit(name)

    def _end_rename(self) -> None:
        self._names.setCurrentWidget(self.name)
