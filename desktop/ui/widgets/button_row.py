"""Buttons beside each other where they fit, else below each other: a long translation is never cut."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QBoxLayout, QSizePolicy, QWidget

_SPACING = 12


class ButtonRow(QWidget):
    """`equal` gives every button the same width while they stand in one row."""

    def __init__(self, *buttons: QAbstractButton, equal: bool = False) -> None:
        super().__init__()
        self._buttons = buttons
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(_SPACING)
        for button in buttons:
            self._row.addWidget(button, 1 if equal else 0)
        if not equal:
            self._row.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        """Narrow is fine: the buttons go below each other."""
        return QSize(
            max((button.sizeHint().width() for button in self._shown()), default=0),
            self._row.sizeHint().height(),
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arranges the buttons for the width there is."""
        super().resizeEvent(event)
        self._arrange()

    def event(self, event: QEvent) -> bool:
        """A button got another text, came or went."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._arrange()
        return super().event(event)

    def _shown(self) -> list[QAbstractButton]:
        return [button for button in self._buttons if not button.isHidden()]

    def _arrange(self) -> None:
        shown = self._shown()
        needed = sum(button.sizeHint().width() for button in shown) + _SPACING * max(0, len(shown) - 1)
        direction = QBoxLayout.Direction
        wanted = direction.LeftToRight if needed <= self.width() else direction.TopToBottom
        if wanted != self._row.direction():
            self._row.setDirection(wanted)
            self.updateGeometry()
