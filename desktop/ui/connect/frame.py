"""How the card looks: head, panels, buttons, and which of them belong to which state."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from connectors.definition import Connector, Method
from connectors.tables import uses_browser
from desktop.ui.connect.body import CardBody
from desktop.ui.connect.choose import ChoosePanel
from desktop.ui.connect.clash import ClashPanel
from desktop.ui.connect.device import DevicePanel
from desktop.ui.connect.ending import ConnectedPanel, FailedPanel
from desktop.ui.connect.entry import EntryPanel
from desktop.ui.connect.head import CardHead
from desktop.ui.connect.steps import StepList
from desktop.ui.connect.waiting import WaitingPanel
from desktop.ui.widgets import Banner, Button, PrimaryButton, show_if

State = Literal["loading", "form", "running", "deciding", "connected", "failed"]

WIDTH = 490
_MARGIN = 26
_FRAME = 4  # what the border around the card takes away
_LOWEST = 440  # the card keeps this height while its contents change


class CardFrame(QWidget):
    """The parts of the card. It knows nothing of attempts; `ConnectCard` does."""

    def __init__(self, connector: Connector, method: Method, title: str) -> None:
        super().__init__()
        self.connector = connector
        self.title = title
        self.state: State = "loading"
        self.head = CardHead(connector, title)
        self.notice = Banner("bad")
        self.entry = EntryPanel(connector, method)
        self.steps = StepList()
        self.waiting = WaitingPanel()
        self.device = DevicePanel()
        self.choices = ChoosePanel()
        self.clash = ClashPanel()
        self.failed_panel = FailedPanel()
        self.connected_panel = ConnectedPanel()
        self.cancel_button = Button(self.tr("Cancel"))
        self.primary = PrimaryButton(self.tr("Connect"))
        self._body = CardBody()
        self.setAccessibleName(title)
        self._build()
        self.show_state("loading")

    def _build(self) -> None:
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 24, 0, 20)
        column.setSpacing(16)
        head = QVBoxLayout()
        head.setContentsMargins(_MARGIN, 0, _MARGIN, 0)
        head.addWidget(self.head)
        column.addLayout(head)
        column.addWidget(self._body, 1)  # before it is filled: what moves with its parent is styled anew
        self._body.add(
            (
                self.notice,
                self.entry,
                self.steps,
                self.waiting,
                self.device,
                self.choices,
                self.clash,
                self.failed_panel,
                self.connected_panel,
            ),
            _MARGIN,
        )
        foot = QHBoxLayout()
        foot.setContentsMargins(_MARGIN, 0, _MARGIN, 0)
        foot.setSpacing(12)
        foot.addStretch(1)
        foot.addWidget(self.cancel_button)
        foot.addWidget(self.primary)
        column.addLayout(foot)

    def sizeHint(self) -> QSize:
        """The height at which nothing scrolls; never lower than one, so that the card does not jump."""
        margins = self._column.contentsMargins()
        around = margins.top() + margins.bottom() + 2 * self._column.spacing() + _FRAME
        inside = WIDTH - _FRAME
        head = self.head.heightForWidth(inside - 2 * _MARGIN)
        height = around + head + self._body.wanted_height(inside) + self.primary.sizeHint().height()
        return QSize(WIDTH, max(height, _LOWEST))

    def heightForWidth(self, _width: int) -> int:
        """With less room the body scrolls."""
        return self.minimumSizeHint().height()

    def show_state(self, state: State) -> None:
        """Shows the panels of a state, and names the button after what it does in it."""
        self.state = state
        self.say_problem("")
        show_if(self.entry, state == "form")
        show_if(self.steps, state in ("running", "connected", "failed"))
        show_if(self.clash, state == "deciding")
        show_if(self.failed_panel, state == "failed")
        show_if(self.connected_panel, state == "connected")
        self.waiting.hide()
        self.device.hide()
        self.choices.hide()
        self.head.count_down(None)
        show_if(self.cancel_button, state != "connected")
        show_if(self.primary, state in ("form", "connected", "failed"))
        self.name_primary()
        self.head.say_all(self.title, self.connector.description if state in ("loading", "form") else "")

    def name_primary(self) -> None:
        """The main button says what it will do."""
        in_browser = uses_browser(self.entry.method)
        words = {
            "form": self.entry.method.connect_button
            or (self.tr("Sign in with browser") if in_browser else self.tr("Connect")),
            "connected": self.tr("Done"),
            "failed": self.tr("Try again"),
        }
        if self.state in words:
            self.primary.set_text(words[self.state])

    def say_problem(self, problem: str) -> None:
        """A sentence above the form; an empty one takes it away."""
        self.notice.show_message("bad", problem)
