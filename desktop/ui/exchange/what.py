"""What goes into an export: which accounts, how much of them, and under which passphrase."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QListView, QVBoxLayout, QWidget

from desktop.ui.exchange.account_list import AccountList
from desktop.ui.start.passphrase_box import PassphraseBox
from desktop.ui.start.strength import strength
from desktop.ui.widgets import Check, Dim, Label, SearchField, show_if
from desktop.vault.records import AccountRow

_LIST_HEIGHT = 174


class WhatPanel(QWidget):
    """`changed` when something else is wanted, `submitted` when Enter was pressed in the last box."""

    changed = Signal()
    submitted = Signal()

    def __init__(self, service_name: dict[str, str]) -> None:
        super().__init__()
        self.kind = QComboBox()
        self.kind.addItems(
            [
                self.tr("Accounts with their secrets, encrypted"),
                self.tr("A list of the accounts, without secrets"),
            ]
        )
        self.which = QComboBox()
        self.accounts = AccountList(service_name)
        self.search = SearchField(self.tr("Search accounts"))
        self.list = QListView()
        self.some = QWidget()
        self.history = Check(self.tr("With the history of each account"))
        self.history.box.setChecked(True)
        self.held = Dim(
            self.tr(
                "The file holds tokens, profiles and saved requests, the settings of your connectors with"
                " their secrets, and your own definitions. Activity stays here."
            )
        )
        self.open_note = Dim(
            self.tr("Names, services, states, scopes, dates and profiles, as text that anybody can read.")
        )
        self.secret = QWidget()
        self.passphrase = PassphraseBox(self.tr("Passphrase for the export"))
        self.hint = Dim(strength("").sentence)
        self.hint.setMinimumHeight(2 * self.hint.fontMetrics().lineSpacing())
        self.hint.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.repeat = PassphraseBox(self.tr("Repeat passphrase"))
        self._build()
        self._listen()
        self.show_accounts(())

    def _build(self) -> None:
        self.list.setModel(self.accounts)
        self.list.setAccessibleName(self.tr("Accounts to export"))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setUniformItemSizes(True)
        self.list.setProperty("ticks", True)
        self.list.setFixedHeight(_LIST_HEIGHT)
        inner = QVBoxLayout(self.some)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(8)
        inner.addWidget(self.search)
        inner.addWidget(self.list)
        secret = QVBoxLayout(self.secret)
        secret.setContentsMargins(0, 0, 0, 0)
        secret.setSpacing(8)
        secret.addWidget(self.passphrase)
        secret.addWidget(self.hint)
        secret.addWidget(self.repeat)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addLayout(_named(self.tr("What"), self.kind))
        column.addWidget(self.open_note)
        column.addWidget(self.held)
        column.addLayout(_named(self.tr("Accounts"), self.which))
        column.addWidget(self.some)
        column.addWidget(self.history)
        column.addWidget(self.secret)

    def _listen(self) -> None:
        self.kind.currentIndexChanged.connect(lambda _: self._arrange())
        self.which.currentIndexChanged.connect(lambda _: self._arrange())
        self.accounts.changed.connect(self.changed)
        self.search.textChanged.connect(self.accounts.search)
        self.passphrase.edited.connect(self._rate)
        self.passphrase.submitted.connect(self.repeat.setFocus)
        self.repeat.submitted.connect(self.submitted)
        self.history.box.toggled.connect(lambda _: self.changed.emit())

    @property
    def encrypted(self) -> bool:
        """Whether the secrets go along."""
        return self.kind.currentIndex() == 0

    @property
    def account_ids(self) -> list[str] | None:
        """The chosen ones; None: all."""
        return self.accounts.ticked if self.which.currentIndex() == 1 else None

    def show_accounts(self, rows: Sequence[AccountRow]) -> None:
        """Those that there are."""
        self.accounts.load(rows)
        chosen = max(self.which.currentIndex(), 0)
        self.which.clear()
        self.which.addItems([self.tr("All accounts ({0})").format(len(rows)), self.tr("Only some accounts")])
        self.which.setCurrentIndex(chosen)
        self._arrange()

    def problem(self) -> str:
        """Why this cannot be exported yet; the box that it is about has the focus then."""
        if self.account_ids == []:
            self.list.setFocus()
            return self.tr("Tick at least one account.")
        if not self.encrypted:
            return ""
        if not self.passphrase.text().strip():
            return _at(self.passphrase, self.tr("Choose a passphrase for the export first."))
        if self.repeat.text() != self.passphrase.text():
            return _at(self.repeat, self.tr("The two passphrases are not the same."))
        return ""

    def forget(self) -> None:
        """Forgets what was typed."""
        self.passphrase.clear()
        self.repeat.clear()

    def _arrange(self) -> None:
        show_if(self.secret, self.encrypted)
        show_if(self.history, self.encrypted)
        show_if(self.held, self.encrypted)
        show_if(self.open_note, not self.encrypted)
        show_if(self.some, self.which.currentIndex() == 1)
        self.changed.emit()

    def _rate(self) -> None:
        rated = strength(self.passphrase.text())
        self.hint.setText(rated.sentence)
        self.hint.set_kind("good" if rated.good else "neutral")


def _named(name: str, box: QComboBox) -> QVBoxLayout:
    label = Label(name)
    label.setBuddy(box)
    box.setAccessibleName(name)
    column = QVBoxLayout()
    column.setSpacing(4)
    column.addWidget(label)
    column.addWidget(box)
    return column


def _at(box: PassphraseBox, sentence: str) -> str:
    box.set_problem(sentence)
    box.setFocus()
    return sentence
