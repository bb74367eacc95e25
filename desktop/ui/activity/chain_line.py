"""The line under the activity that says whether its entries are still what was written."""

from __future__ import annotations

from datetime import datetime, timedelta

from PySide6.QtCore import QLocale, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from shiboken6 import isValid

from desktop.engine.events import Failure
from desktop.ui import times
from desktop.ui.announce import announce
from desktop.ui.bridge import Bridge
from desktop.ui.widgets import CopyButton, Dim, Line, TextButton, show_if
from desktop.vault.records import ChainReport

_WORTH_TELLING = 20_000  # entries; fewer are followed before anybody could read how far it is
_INSTANT = timedelta(microseconds=1)  # what was checked at this very moment is past
_AGAIN = 30_000  # milliseconds after which "checked 2 min ago" is worded anew


class ChainLine(QWidget):
    """`check()` follows the chain; `broken` then carries the sentence for a banner, or nothing."""

    broken = Signal(str)
    _reached = Signal(int, int)

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._bridge = bridge
        self._report: ChainReport | None = None
        self._checked: datetime | None = None
        self._asked = 0  # answers to an earlier question are not for the vault that is open now
        self.words = Dim()
        self.button = TextButton(self.tr("Verify"), name=self.tr("Verify the entries"))
        self.head = CopyButton(self.tr("Copy head"), self._head, name=self.tr("Copy the head of the chain"))
        self.head.setProperty("quiet", True)
        self.head.setToolTip(
            self.tr("Written down elsewhere, it shows later that no entry up to it was removed or changed.")
        )
        self._again = QTimer(self)
        self._again.setInterval(_AGAIN)
        self._again.timeout.connect(self._say)
        self._build()
        self.button.clicked.connect(lambda: self.check(by_hand=True))
        self._reached.connect(self._say_progress)
        self._say()

    def _build(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(18, 4, 14, 4)
        row.setSpacing(6)
        row.addWidget(self.words, 1)
        row.addWidget(self.head)
        row.addWidget(self.button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(Line())
        column.addLayout(row)

    @property
    def checked(self) -> bool:
        """Whether the chain of the open vault was followed, or is being followed."""
        return self._asked > 0

    def check(self, *, by_hand: bool = False) -> None:
        """Follows all entries, beside the window."""
        if not self._bridge.unlocked:
            return
        self._asked += 1
        asked = self._asked
        self.button.setEnabled(False)
        if by_hand:
            self.words.setText(self.tr("Following the entries…"))

        def progress(done: int, of: int) -> None:  # on another thread
            if isValid(self) and of >= _WORTH_TELLING:
                self._reached.emit(done, of)

        def found(report: ChainReport) -> None:
            if asked == self._asked:
                self._found(report, by_hand)

        def failed(failure: Failure) -> None:
            if asked == self._asked:
                self.button.setEnabled(True)
                self.words.setText(failure.sentence)

        self._bridge.run(self._bridge.engine.verify_activity("", progress), found, failed, self)

    def clear(self) -> None:
        """The vault is locked: nothing is known of the next one."""
        self._asked, self._report, self._checked = 0, None, None
        self._again.stop()
        self.broken.emit("")
        self._say()

    def _found(self, report: ChainReport, by_hand: bool) -> None:
        self._report, self._checked = report, times.now()
        self.button.setEnabled(True)
        self._again.start()
        self._say()
        if report.broken is None:
            self.broken.emit("")
        else:
            text = self.tr("From entry {0} on the record is not what was written. {1}")
            self.broken.emit(text.format(_number(report.broken.number), report.broken.sentence))
        if by_hand:
            announce(self, self.words.text())

    def _say_progress(self, done: int, of: int) -> None:
        if not self.button.isEnabled():
            self.words.setText(
                self.tr("Following the entries: {0} of {1}").format(_number(done), _number(of))
            )

    def _say(self) -> None:
        report, checked = self._report, self._checked
        show_if(self.head, report is not None and report.broken is None and bool(report.head))
        if report is None or checked is None:
            self.words.setText("")
            return
        if not report.count:
            entries = self.tr("No entry yet")
        elif report.count == 1:
            entries = self.tr("Entry {0} is unbroken").format(_number(report.first))
        else:
            entries = self.tr("Entries {0}–{1} are unbroken").format(
                _number(report.first), _number(report.last)
            )
        ago = times.relative(checked, times.now() + _INSTANT)
        self.words.setText(self.tr("{0} · checked {1}").format(entries, ago))

    def _head(self) -> str:
        return self._report.head if self._report is not None else ""


def _number(value: int) -> str:
    return QLocale().toString(value)
