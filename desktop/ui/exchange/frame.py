"""What both cards share: a head, a body that scrolls, and a foot with the buttons."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.ui.announce import announce
from desktop.ui.connect.body import CardBody
from desktop.ui.widgets import Banner, Button, Dim, Heading, PrimaryButton, show_if, tab_in_reading_order

_MARGIN = 26
_FRAME = 4  # what the border around the card takes away


class ExchangeCard(QWidget):
    """`left` when the card is to be taken away. `wanted_width` is read by the overlay."""

    left = Signal()
    wanted_width = 490

    def __init__(self, title: str, subtitle: str) -> None:
        super().__init__()
        self.setAccessibleName(title)
        self.heading = Heading(title)
        self.heading.setWordWrap(True)
        self.subtitle = Dim(subtitle)
        self.notice = Banner("bad")
        self.body = CardBody()
        self.summary = Dim()
        self.cancel_button = Button(self.tr("Cancel"))
        self.primary = PrimaryButton("")
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 24, 0, 20)
        column.setSpacing(16)
        head = QVBoxLayout()
        head.setContentsMargins(_MARGIN, 0, _MARGIN, 0)
        head.setSpacing(2)
        head.addWidget(self.heading)
        head.addWidget(self.subtitle)
        column.addLayout(head)
        column.addWidget(self.body, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(_MARGIN, 0, _MARGIN, 0)
        foot.setSpacing(12)
        foot.addWidget(self.summary, 1)
        foot.addWidget(self.cancel_button)
        foot.addWidget(self.primary)
        column.addLayout(foot)
        self._head = head

    def fill(self, *panels: QWidget) -> None:
        """The panels of the body, below the sentence about what is wrong."""
        self.body.add((self.notice, *panels), _MARGIN)

    def say_problem(self, sentence: str) -> None:
        """A sentence above the body; an empty one takes it away."""
        self.notice.show_message("bad", sentence)
        if sentence:
            announce(self.notice, sentence)

    def say_title(self, title: str, subtitle: str) -> None:
        """Another heading, for another step."""
        self.heading.setText(title)
        self.subtitle.setText(subtitle)
        show_if(self.subtitle, bool(subtitle))
        announce(self, title)

    def showEvent(self, event: QShowEvent) -> None:
        """Tab goes from top to bottom; only now does the card stand where it will be."""
        super().showEvent(event)
        tab_in_reading_order(self)

    def sizeHint(self) -> QSize:
        """The height at which nothing scrolls."""
        margins = self._column.contentsMargins()
        around = margins.top() + margins.bottom() + 2 * self._column.spacing() + _FRAME
        inner = self.wanted_width - 2 * _MARGIN
        head = self._head.heightForWidth(inner)
        foot = max(self.primary.sizeHint().height(), self.summary.heightForWidth(inner // 2))
        return QSize(self.wanted_width, around + head + self.body.wanted_height(self.wanted_width) + foot)

    def heightForWidth(self, _width: int) -> int:
        """With less room the body scrolls."""
        return self.minimumSizeHint().height()
