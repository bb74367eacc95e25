"""What of the activity is shown: words, a kind of act, how it ended, and one account if one was chosen."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from desktop.ui.activity.kinds import KINDS
from desktop.ui.widgets import Chips, SearchField, show_if

_TYPING = 120  # milliseconds


class ActivityFilters(QWidget):
    """`changed` when something else is wanted; while words are typed, once they rest."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.account_id: str | None = None
        self.search = SearchField(self.tr("Search activity"))
        self.kind = QComboBox()
        self.kind.setAccessibleName(self.tr("What"))
        self.kind.addItem(self.tr("Everything"), ())
        for kind in KINDS:
            self.kind.addItem(self.tr(kind.name), tuple(kind.acts))
        self.outcome = QComboBox()
        self.outcome.setAccessibleName(self.tr("Outcome"))
        for text, outcome in ((self.tr("All"), ""), (self.tr("Worked"), "ok"), (self.tr("Failed"), "failed")):
            self.outcome.addItem(text, outcome)
        self.account = Chips(removable=True)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING)
        self._build()
        self._typing.timeout.connect(self.changed)
        self.search.textChanged.connect(lambda: self._typing.start())
        self.kind.currentIndexChanged.connect(lambda: self._at_once())
        self.outcome.currentIndexChanged.connect(lambda: self._at_once())
        self.account.removed.connect(lambda _name: self.choose_account(None))
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self, self.search.setFocus)

    def _build(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self.search, 1)
        row.addWidget(self.kind)
        row.addWidget(self.outcome)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 14, 14, 6)
        column.setSpacing(8)
        column.addLayout(row)
        column.addWidget(self.account)
        show_if(self.account, False)

    @property
    def actions(self) -> tuple[str, ...]:
        """The acts of the chosen kind; empty: all."""
        return tuple(self.kind.currentData())

    def choose_account(self, account_id: str | None, name: str = "") -> None:
        """Shows the entries of one account, or of all again."""
        self.account_id = account_id
        self.account.set_words([name] if account_id else [])
        show_if(self.account, bool(account_id))
        self._at_once()

    def clear(self) -> None:
        """Forgets what was asked for, without a word about it: the vault is locked."""
        with QSignalBlocker(self):
            self.search.clear()
            self.choose_account(None)
        self.rest()

    def rest(self) -> None:
        """What was typed has been taken in."""
        self._typing.stop()

    def _at_once(self) -> None:
        self.rest()
        self.changed.emit()
