"""A list and what is chosen in it: side by side where there is room, else one in the place of the other."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.ui.widgets.buttons import TextButton
from desktop.ui.widgets.labels import Line

_LEAST_LEFT = 300
_ANY = 16_777_215  # Qt's word for no limit


class TwoPanes(QWidget):
    """`right_width` is the right side's width in pixels while both are shown. With a `left_width` the left
    side has that, and the right one all the rest, at least its `right_width`.
    """

    def __init__(self, left: QWidget, right: QWidget, right_width: int, *, left_width: int = 0) -> None:
        super().__init__()
        self._left, self._right_width, self._left_width = left, right_width, left_width
        self._narrow = False
        self._opened = False
        self._line = Line(vertical=True)
        self._side = QWidget()
        self._side.setProperty("surface", "base")
        self._side.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.back = TextButton(self.tr("Back"), icon_name="back", name=self.tr("Back to the list"))
        self.back.clicked.connect(lambda: self.close_right())
        self._bar = QWidget()
        bar = QHBoxLayout(self._bar)
        bar.setContentsMargins(10, 8, 10, 0)
        bar.addWidget(self.back)
        bar.addStretch(1)
        column = QVBoxLayout(self._side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar)
        column.addWidget(right, 1)
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(left, 1)
        row.addWidget(self._line)
        row.addWidget(self._side)
        self._arrange()

    @property
    def narrow(self) -> bool:
        """Whether only one of the two is shown."""
        return self._narrow

    def open_right(self) -> None:
        """Something was chosen on purpose: in a narrow window it takes the place of the list."""
        self._opened = True
        self._arrange()

    def close_right(self) -> None:
        """Back to the list."""
        self._opened = False
        self._arrange()
        self._left.setFocus(Qt.FocusReason.OtherFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Two panes where there is room for both."""
        super().resizeEvent(event)
        narrow = self.width() < self._right_width + (self._left_width or _LEAST_LEFT)
        if narrow != self._narrow:
            self._narrow = narrow
            self._arrange()

    def _arrange(self) -> None:
        right = self._opened or not self._narrow
        # What comes is shown before the other goes, so that the focus has somewhere to be.
        self._side.setVisible(right)
        self._left.setVisible(not (self._narrow and self._opened))
        self._line.setVisible(not self._narrow)
        self._bar.setVisible(self._narrow)
        if self._left_width:
            self._left.setMinimumWidth(0 if self._narrow else self._left_width)
            self._left.setMaximumWidth(_ANY if self._narrow else self._left_width)
            self._row.setStretchFactor(self._side, 1)
        elif self._narrow:
            self._side.setMinimumWidth(0)
            self._side.setMaximumWidth(_ANY)
            self._row.setStretchFactor(self._side, 1)
        else:
            self._side.setFixedWidth(self._right_width)
            self._row.setStretchFactor(self._side, 0)
