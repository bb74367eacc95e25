"""One entry in full: what, when, who, and every request behind it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtWidgets import QFormLayout, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from desktop.ui import times
from desktop.ui.activity.in_clear import InClearSection
from desktop.ui.activity.texts import (
    SHORT_HASH,
    action_word,
    as_text,
    by_text,
    facts_of,
    outcome_kind,
    outcome_word,
    person_text,
    step_line,
    steps_of,
    title,
)
from desktop.ui.widgets import Banner, CopyButton, Dim, Heading, Label, StatePill, Strong, TextButton
from desktop.vault.records import ActivityRow


class ActivityDetail(QScrollArea):
    """`account_name` turns an account's id into its name, `connector_name` a key into the service's.

    `in_clear` gives what stands readable with an entry, a text for each step; mostly nothing. With `narrows`
    the account has a button, and `account_asked` says that only its entries are wanted.
    """

    account_asked = Signal(str)

    def __init__(
        self,
        account_name: Callable[[str], str],
        connector_name: Callable[[str], str],
        in_clear: Callable[[int], list[str]],
        *,
        narrows: bool = False,
    ) -> None:
        super().__init__()
        self._narrows = narrows
        self._in_clear = in_clear
        self._account_name = account_name
        self._connector_name = connector_name
        self._row: ActivityRow | None = None
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(self.tr("Entry"))
        self.show_row(None)

    def show_row(self, row: ActivityRow | None) -> None:
        """Shows an entry, or the sentence that says how to see one."""
        self._row = row
        inside = QWidget()
        inside.setProperty("scrolled", True)
        column = QVBoxLayout(inside)
        column.setContentsMargins(20, 18, 20, 18)
        column.setSpacing(12)
        if row is None:
            column.addStretch(2)
            hint = Dim(self.tr("Choose an entry to see what went over the wire, step by step."))
            hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(hint)
            column.addStretch(3)
        else:
            self._fill(column, row)
        self.setWidget(inside)

    def _fill(self, column: QVBoxLayout, row: ActivityRow) -> None:
        head = QHBoxLayout()
        head.addWidget(Heading(action_word(row)), 1)
        pill = StatePill()
        pill.set_word(outcome_word(row), outcome_kind(row))
        head.addWidget(pill)
        column.addLayout(head)
        if title(row) != action_word(row):
            column.addWidget(_selectable(title(row)))
        facts = QFormLayout()
        facts.setContentsMargins(0, 0, 0, 0)
        facts.setHorizontalSpacing(16)
        facts.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self._fact(facts, self.tr("When"), f"{times.local_text(row.at)} ({times.utc_text(row.at)})")
        if by := by_text(row):
            self._fact(facts, self.tr("By"), by)
        if person := person_text(row):
            self._fact(facts, self.tr("Person"), person)
        if row.account_id:
            self._add_account(facts, row.account_id)
        if row.connector:
            self._fact(facts, self.tr("Service"), self._connector_name(row.connector))
        for name, value in facts_of(row):
            self._fact(facts, name, value)
        if row.hash:
            self._add_place(facts, row)
        column.addLayout(facts)
        if steps := steps_of(row):
            column.addSpacing(4)
            column.addWidget(Strong(self.tr("Over the wire")))
            for number, step in enumerate(steps, start=1):
                column.addWidget(_selectable(step_line(number, step)))
            if any(self._in_clear(row.id)):
                column.addWidget(
                    Banner(
                        "bad",
                        self.tr(
                            "The secrets of this exchange were written down, because somebody turned it on."
                        ),
                    )
                )
                column.addWidget(InClearSection(lambda: self._in_clear(row.id)))
            else:
                column.addWidget(
                    Dim(self.tr("Addresses without their parameters; secrets are never written down."))
                )
        copy = CopyButton(self.tr("Copy as text"), lambda: as_text(row, times.local_text(row.at)))
        column.addWidget(copy, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)

    def _add_account(self, facts: QFormLayout, account_id: str) -> None:
        if not self._narrows:
            self._fact(facts, self.tr("Account"), self._account_name(account_id))
            return
        only = TextButton(self.tr("Only this one"), name=self.tr("Show only this account"), accent=True)
        only.clicked.connect(lambda: self.account_asked.emit(account_id))
        facts.addRow(
            Dim(self.tr("Account"), wrap=False), _beside(_selectable(self._account_name(account_id)), only)
        )

    def _add_place(self, facts: QFormLayout, row: ActivityRow) -> None:
        """Its number and its hash in the chain: short to look at, whole to copy."""
        place = Label(f"{QLocale().toString(row.id)} · {row.hash[:SHORT_HASH]}", wrap=False)
        place.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        copy = CopyButton(self.tr("Copy"), lambda: row.hash, name=self.tr("Copy the hash"))
        copy.setProperty("quiet", True)
        facts.addRow(Dim(self.tr("Entry"), wrap=False), _beside(place, copy))

    def _fact(self, facts: QFormLayout, name: str, value: str) -> None:
        facts.addRow(Dim(name, wrap=False), _selectable(value))


def _beside(label: Label, button: QWidget) -> QWidget:
    """A value with a small act behind it."""
    both = QWidget()
    row = QHBoxLayout(both)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    row.addWidget(label)
    row.addWidget(button)
    row.addStretch(1)
    return both


def _selectable(text: str) -> Label:
    label = Label(text)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
