"""The lower half of the page: no answer yet, a request under way, a failure, or the answer."""

from __future__ import annotations

from time import monotonic

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QProgressBar, QStackedWidget, QVBoxLayout, QWidget

from desktop.engine.events import Failure
from desktop.engine.requests.reading import Readable
from desktop.engine.results import Answer
from desktop.ui.connect.ending import FailedPanel
from desktop.ui.requests.answer import AnswerPanel
from desktop.ui.requests.answer_words import time_words
from desktop.ui.widgets import Button, ButtonRow, Dim, EmptyState, show_if

_TICK = 100  # milliseconds


class Outcome(QWidget):
    """`again_asked`, `sign_in_asked`; everything about an answer is its panel's."""

    again_asked = Signal()
    sign_in_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._began = 0.0
        self.nothing = EmptyState(
            self.tr("No answer yet"),
            self.tr("Fill in the address and press Send, or Ctrl+Enter. The answer stands here."),
            icon_name="external",
        )
        self.elapsed = Dim(wrap=False)
        self.failed = FailedPanel()
        self.answer = AnswerPanel()
        self._stack = QStackedWidget()
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        outside.addWidget(self._stack)
        self.again = Button(self.tr("Try again"))
        self.again.clicked.connect(self.again_asked)
        self.sign_in = Button(self.tr("Sign in again"))
        self.sign_in.clicked.connect(self.sign_in_asked)
        self.answer.sign_in_asked.connect(self.sign_in_asked)
        running = QWidget()
        column = QVBoxLayout(running)
        bar = QProgressBar()
        bar.setRange(0, 0)
        bar.setTextVisible(False)
        bar.setMaximumWidth(240)
        bar.setAccessibleName(self.tr("Waiting for the answer"))
        column.addStretch(2)
        column.addWidget(bar, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.elapsed, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        failure = QWidget()
        column = QVBoxLayout(failure)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.failed)
        column.addWidget(ButtonRow(self.sign_in, self.again))
        column.addStretch(1)
        self._running, self._failure = running, failure
        for page in (self.nothing, running, failure, self.answer):
            self._stack.addWidget(page)
        self._clock = QTimer(self)
        self._clock.setInterval(_TICK)
        self._clock.timeout.connect(self._tick)

    def show_nothing(self) -> None:
        """No request was sent, or it was cancelled. Holds nothing of an earlier one."""
        self._clock.stop()
        self.answer.clear()
        self._stack.setCurrentWidget(self.nothing)

    def show_running(self, began: float) -> None:
        """A request is under way since a moment of the monotonic clock."""
        self.answer.clear()
        self._began = began
        self._tick()
        self._clock.start()
        self._stack.setCurrentWidget(self._running)

    def show_failure(self, failure: Failure) -> None:
        """Nothing came back; says why and what to try."""
        self._clock.stop()
        self.answer.clear()
        self.failed.show_failure(failure, can_change=False)
        show_if(self.sign_in, failure.reason in ("needs_sign_in", "wrong_credentials"))
        self._stack.setCurrentWidget(self._failure)

    def show_answer(self, answer: Answer, read: Readable, *, refused: bool) -> None:
        """Something came back."""
        self._clock.stop()
        self.answer.show_answer(answer, read, refused=refused)
        self._stack.setCurrentWidget(self.answer)

    def _tick(self) -> None:
        self.elapsed.setText(
            self.tr("Waiting for the answer: {0}").format(time_words(monotonic() - self._began))
        )
