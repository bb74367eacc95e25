"""While a code waits to be entered on another device: the code, where it belongs, and a QR code of it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from connectors.ports import DeviceCode
from desktop.ui.connect.qr import QrCode
from desktop.ui.theme import heading_font
from desktop.ui.widgets import Button, CopyButton, Dim, ErrorText, Label

_POINTS = 18  # read off one screen and typed into another


class DevicePanel(QWidget):
    """`open_asked` when the page is wanted in the browser of this computer."""

    open_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.code = QLineEdit()
        self.code.setReadOnly(True)
        self.code.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.code.setFont(heading_font(_POINTS))
        # The style sheet's own height is that of a line of ordinary text.
        self.code.setStyleSheet(f"min-height: {self.code.fontMetrics().height()}px")
        self.code.setAccessibleName(self.tr("Code to enter"))
        self.copy = CopyButton(self.tr("Copy code"), self.code.text)
        self.page = QLineEdit()
        self.page.setReadOnly(True)
        self.page.setAccessibleName(self.tr("Page for the code"))
        self.open = Button(self.tr("Open page"))
        self.open.clicked.connect(lambda: self.open_asked.emit())
        self.problem = ErrorText()
        self.qr = QrCode()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(Label(self.tr("Open this page on any device and enter the code.")))
        for box, button in ((self.page, self.open), (self.code, self.copy)):
            row = QHBoxLayout()
            row.setSpacing(12)
            row.addWidget(box, 1)
            row.addWidget(button)
            column.addLayout(row)
        column.addWidget(self.problem)
        column.addWidget(self.qr, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(Dim(self.tr("A phone can also read the QR code. This window notices by itself.")))

    def show_code(self, code: DeviceCode) -> None:
        """Another code, or the same once more."""
        if code.user_code == self.code.text() and code.verification_uri == self.page.text():
            return
        self.code.setText(code.user_code)
        self.page.setText(code.verification_uri)
        self.page.setCursorPosition(0)
        self.qr.set_link(code.link)
        self.set_problem("")

    def set_problem(self, sentence: str) -> None:
        """Why the page did not open."""
        self.problem.set_reason(sentence)
