"""The list of steps: what is done, what is happening, what comes, and where it stopped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from connectors.ports import Stage
from desktop.ui.theme import Kind, colors
from desktop.ui.widgets import Label, restyle

StepState = Literal["done", "current", "to_come", "failed"]
ORDER: tuple[Stage, ...] = ("form", "browser", "device", "exchange", "choose", "profile", "test", "done")
_KINDS: dict[StepState, Kind] = {"done": "good", "current": "accent", "failed": "bad", "to_come": "neutral"}


class StepMark(QWidget):
    """A check mark, a dot or a cross in the theme's colours; the row's accessible name says the same."""

    def __init__(self) -> None:
        super().__init__()
        self._state: StepState = "to_come"
        self.setFixedSize(QSize(14, 18))

    def set_state(self, state: StepState) -> None:
        """Draws another mark."""
        self._state = state
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws the mark; a step to come has none."""
        if self._state == "to_come":
            return
        color = colors().of(_KINDS[self._state])[0]
        middle = self.height() / 2
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._state == "current":
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            painter.drawEllipse(QPointF(6, middle), 5, 5)
        else:
            pen = QPen(color, 1.8)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            if self._state == "done":
                painter.drawPolyline(
                    [QPointF(1.5, middle), QPointF(4.5, middle + 3.5), QPointF(10.5, middle - 4)]
                )
            else:
                painter.drawLine(QPointF(2, middle - 4), QPointF(10, middle + 4))
                painter.drawLine(QPointF(10, middle - 4), QPointF(2, middle + 4))
        painter.end()


class StepRow(QWidget):
    """One step: its mark and its words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.mark = StepMark()
        self.label = Label(text)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.label, 1)

    def set_state(self, state: StepState) -> None:
        """Shows how far this step is, to eyes and to screen readers."""
        self.mark.set_state(state)
        # By the style sheet, not by a font of its own: that would be lost when the theme changes.
        role = {"to_come": "dim", "done": ""}.get(state, "strong")
        restyle(self.label, "role", role)
        words = {
            "done": self.tr("{0}: done"),
            "current": self.tr("{0}: now"),
            "to_come": self.tr("{0}: to come"),
            "failed": self.tr("{0}: stopped here"),
        }
        self.label.setAccessibleName(words[state].format(self.label.text()))


class StepList(QWidget):
    """The steps of one method, from the form to the test."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(self.tr("Steps"))
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(10)
        self.rows: dict[Stage, StepRow] = {}

    def set_steps(self, steps: Sequence[tuple[Stage, str]]) -> None:
        """Makes the rows, all of them still to come."""
        for row in self.rows.values():
            self._column.removeWidget(row)
            row.deleteLater()
        self.rows = {}
        for stage, text in steps:
            row = self.rows[stage] = StepRow(text)
            row.set_state("to_come")
            self._column.addWidget(row)

    def show_stage(self, stage: Stage, *, failed: bool = False) -> None:
        """Everything before `stage` is done, the stage itself is running or is where it stopped.

        A stage that has no row of its own counts for the one that comes next.
        """
        reached = ORDER.index(stage)
        ahead = [row for other, row in self.rows.items() if ORDER.index(other) >= reached]
        for row in self.rows.values():
            if row not in ahead:
                row.set_state("done")
            elif row is ahead[0] and stage != "done":
                row.set_state("failed" if failed else "current")
            else:
                row.set_state("to_come")
        if failed and not ahead and self.rows:
            list(self.rows.values())[-1].set_state(
                "failed"
            )  # after the last step: what came of it was refused
