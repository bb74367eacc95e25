"""While the browser has the word: the link, the ways to open it elsewhere, and the way back by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QVBoxLayout, QWidget

from desktop.ui.connect.browsers import BrowserChoice, installed_browsers
from desktop.ui.connect.qr import QrCode
from desktop.ui.widgets import Button, ButtonRow, CopyButton, Dim, ErrorText


class WaitingPanel(QWidget):
    """`open_asked(command)`, empty for the usual browser; `pasted(address)` when it was brought by hand."""

    open_asked = Signal(str)
    pasted = Signal(str)

    def __init__(self, browsers: Callable[[], Sequence[BrowserChoice]] = installed_browsers) -> None:
        super().__init__()
        self._browsers = browsers
        self.link = QLineEdit()
        self.link.setReadOnly(True)
        self.link.setAccessibleName(self.tr("Sign-in link"))
        self.copy = CopyButton(self.tr("Copy link"), self.link.text)
        self.choose = Button(self.tr("Choose browser"))
        self.menu = QMenu(self.choose)
        self.menu.aboutToShow.connect(self._fill_menu)
        self.choose.setMenu(self.menu)
        self.show_qr = Button(self.tr("Show QR code"))
        self.show_qr.clicked.connect(self._toggle_qr)
        self.paste = Button("")
        self.paste.clicked.connect(self._toggle_paste)
        self.qr = QrCode()
        self.qr.hide()
        self.hint = Dim()
        self._build()
        self.expect_pin(False)

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        first = QHBoxLayout()
        first.setSpacing(12)
        first.addWidget(self.link, 1)
        first.addWidget(self.copy)
        column.addLayout(first)
        column.addWidget(ButtonRow(self.choose, self.show_qr, self.paste, equal=True))
        self.problem = ErrorText()
        column.addWidget(self.problem)
        column.addWidget(self._paste_box())
        column.addWidget(self.qr, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.hint)

    def _paste_box(self) -> QWidget:
        self.paste_box = QWidget()
        column = QVBoxLayout(self.paste_box)
        column.setContentsMargins(0, 0, 0, 0)
        row = QHBoxLayout()
        row.setSpacing(12)
        self.address = QLineEdit()
        self.address.returnPressed.connect(self._send)
        self.use = Button("")
        self.use.clicked.connect(self._send)
        row.addWidget(self.address, 1)
        row.addWidget(self.use)
        column.addLayout(row)
        self.address_problem = ErrorText()
        column.addWidget(self.address_problem)
        self.paste_box.hide()
        return self.paste_box

    def expect_pin(self, pin: bool) -> None:
        """What comes back from the browser by hand: a PIN that the service shows, or an address."""
        self._pin = pin
        self.paste_box.setVisible(pin)
        self.paste.setVisible(not pin)
        if pin:
            self.address.setAccessibleName(self.tr("PIN that the service shows"))
            self.address.setPlaceholderText("")
            self.use.set_text(self.tr("Use PIN"))
            self.hint.setText(self.tr("The service shows a PIN at the end of the sign-in. Type it in here."))
            return
        self.address.setAccessibleName(self.tr("Address the browser ended on"))
        self.address.setPlaceholderText(self.tr("http://127.0.0.1/callback?code=…"))
        self.use.set_text(self.tr("Use address"))
        self.paste.set_text(self.tr("Paste address"))
        self.hint.setText(
            self.tr(
                "The browser did not open? Copy the link into the browser and profile that you want to sign"
                " in with. If it cannot reach this computer, paste the address that it ended on."
            )
        )

    def expect_address(self, ends_on: str) -> None:
        """Only a pasted address brings the person back: the browser ends on a page of somebody else's."""
        self.paste_box.show()
        self.paste.hide()
        self.address.setPlaceholderText(f"{ends_on}?code=…")
        self.hint.setText(
            self.tr(
                "After the sign-in the browser ends on {0}. Whatever it shows there, copy the whole address"
                " out of its address bar and paste it here."
            ).format(ends_on)
        )

    def set_link(self, link: str) -> None:
        """The authorize address; shown from its beginning, so that the host can be read."""
        if link == self.link.text():
            return
        self.link.setText(link)
        self.link.setCursorPosition(0)
        self.qr.set_link(link)

    def reset(self) -> None:
        """For a new attempt: nothing of the last one stays."""
        self.set_link("")
        self.address.clear()
        self.set_address_problem("")
        self.set_problem("")
        self.paste_box.hide()
        self.qr.hide()

    def set_problem(self, sentence: str) -> None:
        """Why a browser did not open."""
        self.problem.set_reason(sentence)

    def set_address_problem(self, sentence: str) -> None:
        """Why a pasted address was not taken."""
        self.address_problem.set_reason(sentence)

    def _fill_menu(self) -> None:
        self.menu.clear()
        self._offer(self.tr("Usual browser"), "")
        for choice in self._browsers():
            self._offer(choice.name, choice.command)
            if choice.private_command:
                self._offer(self.tr("{0}, private window").format(choice.name), choice.private_command)

    def _offer(self, name: str, command: str) -> None:
        self.menu.addAction(name).triggered.connect(lambda: self.open_asked.emit(command))

    def _toggle_qr(self) -> None:
        self.qr.setVisible(not self.qr.isVisible())
        self.show_qr.set_text(self.tr("Hide QR code") if self.qr.isVisible() else self.tr("Show QR code"))

    def _toggle_paste(self) -> None:
        self.paste_box.setVisible(not self.paste_box.isVisible())
        if self.paste_box.isVisible():
            self.address.setFocus()

    def _send(self) -> None:
        if address := self.address.text().strip():
            self.set_address_problem("")
            self.pasted.emit(address)
        else:
            first = self.tr("Paste the whole address out of the browser’s address bar first.")
            self.set_address_problem(self.tr("Type the PIN in first.") if self._pin else first)
