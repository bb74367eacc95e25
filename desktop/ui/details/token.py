"""The tab Token: the fields of the record, edited in place, saved as a new generation."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from desktop.engine.events import Failure
from desktop.engine.results import AccountView
from desktop.ui.details.record import RecordRows
from desktop.ui.details.rows import FieldRow
from desktop.ui.details.token_rehearsal import RehearseButton
from desktop.ui.widgets import Banner, Button, Dim, Line, PrimaryButton, show_if


class TokenTab(QWidget):
    """`save_asked(changes)`, to be answered by `saved` or `refused`; `test_asked`; `rehearse_asked(what)`;
    and, to be written down, `copied(field, text, secret)` and `revealed(field)`.
    """

    save_asked = Signal(object)
    test_asked = Signal()
    rehearse_asked = Signal(str)
    copied = Signal(str, str, bool)
    revealed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._view: AccountView | None = None
        self._drafts: dict[str, dict[str, str]] = {}  # what was typed and not saved, by account
        self._saving = ""  # the account whose record is on its way to the vault
        self._editing = False
        self._reveal_seconds = 30
        self.record = RecordRows()
        self.record.changed.connect(self._show_buttons)
        self.record.made.connect(self._order_stops)
        self.record.copied.connect(self.copied)
        self.record.revealed.connect(self.revealed)
        self.notice = Banner("soon")
        self._build()
        self._show_buttons()

    def _build(self) -> None:
        inside = QWidget()
        inside.setProperty("scrolled", True)
        column = QVBoxLayout(inside)
        column.setContentsMargins(20, 12, 14, 12)
        column.setSpacing(9)
        column.addWidget(
            Dim(self.tr("Editing is for pasting a token by hand. The record you replace stays in History."))
        )
        column.addWidget(self.notice)
        column.addWidget(self.record)
        column.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(inside)
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        outside.setSpacing(0)
        outside.addWidget(self._scroll, 1)
        outside.addWidget(Line())
        outside.addLayout(self._foot())

    def _foot(self) -> QHBoxLayout:
        self.test_button = Button(self.tr("Test connection"))
        self.test_button.clicked.connect(self.test_asked)
        self.rehearse_button = RehearseButton()
        self.rehearse_button.asked.connect(self.rehearse_asked)
        self.edit_button = Button(self.tr("Edit"))
        self.edit_button.clicked.connect(self.edit)
        self.discard_button = Button(self.tr("Discard"))
        self.discard_button.clicked.connect(self.discard)
        self.save_button = PrimaryButton(self.tr("Save"))
        self.save_button.clicked.connect(self.save)
        foot = QHBoxLayout()
        foot.setContentsMargins(20, 10, 20, 14)
        foot.setSpacing(10)
        foot.addWidget(self.test_button)
        foot.addWidget(self.rehearse_button)
        foot.addStretch(1)
        for button in (self.edit_button, self.discard_button, self.save_button):
            foot.addWidget(button)
        return foot

    def set_reveal_seconds(self, seconds: int) -> None:
        """How long a revealed secret stays readable."""
        self._reveal_seconds = seconds

    # The account

    @property
    def rows(self) -> dict[str, FieldRow]:
        """The editors by field."""
        return self.record.rows

    def show_view(self, view: AccountView) -> None:
        """Shows a record. What was typed for this account and not saved stays."""
        if self._saving == view.row.id:
            return  # the answer to Save brings the record
        before = self._view
        if before is None or before.row.id != view.row.id:
            self._keep_draft()
            self._editing = False
            self.notice.show_message("soon", "")
            self._view = view
            self.record.show_view(view, self._reveal_seconds)
            self.record.set_draft(self._drafts.get(view.row.id, {}))
        else:
            if before.row.generation != view.row.generation and self.dirty:
                text = "This token was renewed meanwhile. Save puts what you typed over the new record."
                self.notice.show_message("soon", self.tr(text))
            self._view = view
            self.record.show_view(view, self._reveal_seconds)
        self._show_buttons()

    def clear(self) -> None:
        """The vault is locked: no value, no draft and no undo step stays."""
        self._drafts.clear()
        self._view = None
        self._editing, self._saving = False, ""
        self.record.clear()
        self._show_buttons()

    def forget_draft(self, account_id: str) -> None:
        """The account is gone, and so is what was typed for it."""
        self._drafts.pop(account_id, None)

    def tick(self) -> None:
        """Time has passed: "expires in 12 min" says something else."""
        self.record.tick()

    # Editing

    @property
    def dirty(self) -> bool:
        """Whether something was typed that is not saved."""
        return self.record.dirty

    def edit(self) -> None:
        """Puts the cursor in the first field, its value selected, ready for a paste."""
        self._editing = True
        self._show_buttons()
        if self.rows:
            next(iter(self.rows.values())).focus()

    def discard(self) -> None:
        """Shows the record as it is kept."""
        self._editing = False
        if self._view is None:
            return
        self._drafts.pop(self._view.row.id, None)
        self.record.reset(self._view)
        self.notice.show_message("soon", "")
        leaving = self.discard_button.hasFocus() or self.save_button.hasFocus()
        self._show_buttons()
        if leaving:  # the button in hand is gone; the one that came in its place takes over
            self.edit_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def save(self) -> None:
        """Checks every edited field; asks to save them all, or shows why one is refused and saves nothing."""
        if self._view is None:
            return
        changes, wrong = self.record.check()
        if wrong:
            wrong[0].box.setFocus(Qt.FocusReason.OtherFocusReason)
            self._scroll.ensureWidgetVisible(wrong[0])
        elif changes:
            self._saving = self._view.row.id
            self._show_buttons()
            self.save_asked.emit(changes)
        else:
            self.discard()

    def saved(self, view: AccountView) -> None:
        """What was typed is kept now; `view` is the account after it."""
        self._saving = ""
        self._drafts.pop(view.row.id, None)
        if self._view is not None and self._view.row.id == view.row.id:
            self._view = view
            self.record.show_view(view, self._reveal_seconds)
            self.discard()

    def refused(self, account_id: str, failure: Failure) -> bool:
        """The engine did not take it: the reasons at their fields, or above them all. Nothing is lost.

        False if another account is shown by now; then the failure has to be told elsewhere.
        """
        self._saving = ""
        if self._view is None or self._view.row.id != account_id:
            return False
        rest = []
        for line in failure.detail.splitlines():
            name, _colon, sentence = line.partition(": ")
            if name in self.rows:
                self.rows[name].show_problem(sentence.strip())
            else:
                rest.append(line)
        if not failure.detail or rest:
            self.notice.show_message("bad", f"{failure.sentence} {failure.hint}".strip())
        self._show_buttons()
        return True

    def _keep_draft(self) -> None:
        if self._view is not None and self.dirty:
            self._drafts[self._view.row.id] = self.record.draft()
        elif self._view is not None:
            self._drafts.pop(self._view.row.id, None)

    def _order_stops(self) -> None:
        """Tab goes down the rows: Qt would put rows that are made later at the end of the window."""
        stops: list[QWidget] = [self.notice.button, *self.record.stops()]
        stops += [
            self.test_button,
            self.rehearse_button,
            self.edit_button,
            self.discard_button,
            self.save_button,
        ]
        for before, after in pairwise(stops):
            QWidget.setTabOrder(before, after)

    def _show_buttons(self) -> None:
        editing = self._editing or self.dirty
        self.rehearse_button.show_view(self._view if not editing else None)
        show_if(self.edit_button, not editing and bool(self.rows))
        show_if(self.discard_button, editing)
        show_if(self.save_button, editing)
        self.save_button.setEnabled(self.dirty and not self._saving)
