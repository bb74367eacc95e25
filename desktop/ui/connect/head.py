"""The top of the card: which service, what is happening, and how long it may still take."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from connectors.credential import utc_now
from connectors.definition import Connector
from desktop.ui.announce import announce
from desktop.ui.icons import service_pixmap
from desktop.ui.widgets import Dim, Heading, show_if

_LOOK_EVERY = 250  # milliseconds: a second that is skipped would be seen


class CardHead(QWidget):
    """Icon, heading, a line below it, and the countdown at the right."""

    def __init__(self, connector: Connector, heading: str) -> None:
        super().__init__()
        self._deadline: datetime | None = None
        self.icon = QLabel()
        self.icon.setFixedSize(QSize(40, 40))
        self.icon.setPixmap(service_pixmap(connector, 40, self.devicePixelRatioF()))
        self.heading = Heading(heading)
        self.heading.setWordWrap(True)
        self.subtitle = Dim()
        self.time_left = Dim(wrap=False)
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_EVERY)
        self._timer.timeout.connect(self._show_time_left)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.icon, 0, Qt.AlignmentFlag.AlignTop)
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(self.heading)
        names.addWidget(self.subtitle)
        row.addLayout(names, 1)
        row.addWidget(self.time_left, 0, Qt.AlignmentFlag.AlignVCenter)

    def say_all(self, heading: str, subtitle: str) -> None:
        """Another heading, for an ending."""
        if heading != self.heading.text():
            announce(self, heading)
        self.heading.setText(heading)
        self.say(subtitle)

    def say(self, subtitle: str) -> None:
        """The line below the heading; an empty one takes no room."""
        if subtitle != self.subtitle.text():
            announce(self, subtitle)
        self.subtitle.setText(subtitle)
        show_if(self.subtitle, bool(subtitle))

    def count_down(self, deadline: datetime | None) -> None:
        """Shows the time until then (UTC); None takes it away."""
        self._deadline = deadline
        self._show_time_left()
        if deadline is None:
            self._timer.stop()
        else:
            self._timer.start()

    def _show_time_left(self) -> None:
        if self._deadline is None:
            self.time_left.clear()
            return
        seconds = max(0, round((self._deadline - utc_now()).total_seconds()))
        text = f"{seconds // 60}:{seconds % 60:02}"
        if text != self.time_left.text():
            self.time_left.setText(text)
            self.time_left.setAccessibleName(self.tr("Time left: {0}").format(text))
