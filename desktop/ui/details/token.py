"""The tab Token: a row for each field of the record, edited in place, saved as a new generation."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from desktop.engine.events import Failure
from desktop.engine.results import AccountView
from desktop.ui.details.editors import labels, row_for
from desktop.ui.details.jwt_section import JwtSection
from desktop.ui.details.rows import FieldRow
from desktop.ui.details.secret_row import SecretRow
from desktop.ui.details.typed_rows import ScopeRow
from desktop.ui.widgets import Banner, Button, Dim, Line, PrimaryButton, show_if


class TokenTab(QWidget):
    """`save_asked(changes)`, to be answered by `saved` or `refused`; `test_asked`; and, to be written down,
    `copied(field, text, secret)` and `revealed(field)`.
    """

    save_asked = Signal(object)
    test_asked = Signal()
    copied = Signal(str, str, bool)
    revealed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[str, FieldRow] = {}
        self._jwts: dict[str, JwtSection] = {}
        self._view: AccountView | None = None
        self._drafts: dict[str, dict[str, str]] = {}  # what was typed and not saved, by account
        self._seen = 0
        self._saving = False
        self._shape: object = None
        self._reveal_seconds = 30
        self._holder = QWidget()
        self._holder.setProperty("scrolled", True)
        self._column = QVBoxLayout(self._holder)
        self._column.setContentsMargins(20, 12, 14, 12)
        self._column.setSpacing(9)
        self._column.addWidget(
            Dim(self.tr("Editing is for pasting a token by hand. The record you replace stays in History."))
        )
        self.notice = Banner("soon")
        self._column.addWidget(self.notice)
        self._place = self._column.count()
        self._column.addStretch(1)
        self._build()

    def _build(self) -> None:
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(self._holder)
        self.test_button = Button(self.tr("Test connection"))
        self.test_button.clicked.connect(self.test_asked)
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
        foot.addStretch(1)
        for button in (self.edit_button, self.discard_button, self.save_button):
            foot.addWidget(button)
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        outside.setSpacing(0)
        outside.addWidget(scroll, 1)
        outside.addWidget(Line())
        outside.addLayout(foot)
        self._scroll = scroll
        self._editing = False
        self._show_buttons()

    def set_reveal_seconds(self, seconds: int) -> None:
        """How long a revealed secret stays readable."""
        self._reveal_seconds = seconds

    # The account

    def show_view(self, view: AccountView) -> None:
        """Shows a record. What was typed for this account and not saved stays."""
        before = self._view
        if self._saving:
            return  # the answer to Save brings the record
        same = before is not None and before.row.id == view.row.id
        self._keep_draft()
        replaced = same and self._seen != view.row.generation and bool(self._drafts.get(view.row.id))
        if not same:
            self._editing = False
        self._view, self._seen = view, view.row.generation
        shape = (view.row.id, tuple(labels(view).items()), view.secret_fields)
        if shape != self._shape:
            self._shape = shape
            self._make_rows(view)
        values = view.values
        for name, row in self.rows.items():
            if isinstance(row, ScopeRow):
                row.set_asked(view.scopes_asked)
            if (
                same
                and isinstance(row, SecretRow)
                and row.is_open
                and not row.dirty
                and row.wire() == values[name]
            ):
                continue  # the same secret, being read: do not cover it under the reader's eyes
            row.set_value(values[name])
        for name, text in self._drafts.get(view.row.id, {}).items():
            if name in self.rows:
                self.rows[name].set_draft(text)
        if replaced:
            self.notice.show_message(
                "soon",
                self.tr("This token was renewed meanwhile. Save puts what you typed over the new record."),
            )
        elif not same or not self.dirty:
            self.notice.show_message("soon", "")
        self._open_jwts()
        self._show_buttons()

    def clear(self) -> None:
        """The vault is locked: no value, no draft and no undo step stays."""
        self._drafts.clear()
        self._view = None
        self._shape = None
        self._editing = self._saving = False
        for row in self.rows.values():
            row.clear()
        self._drop_rows()
        self._show_buttons()

    def forget_draft(self, account_id: str) -> None:
        """The account is gone, and so is what was typed for it."""
        self._drafts.pop(account_id, None)

    def tick(self) -> None:
        """Time has passed: "expires in 12 min" says something else."""
        for row in self.rows.values():
            row.refresh_hint()

    # Editing

    @property
    def dirty(self) -> bool:
        """Whether something was typed that is not saved."""
        return any(row.dirty for row in self.rows.values())

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
        values = self._view.values
        for name, row in self.rows.items():
            row.set_value(values.get(name))
        self.notice.show_message("soon", "")
        self._show_buttons()

    def save(self) -> None:
        """Checks every edited field; asks to save them all, or shows why one is refused and saves nothing."""
        checked = {name: row.check() for name, row in self.rows.items() if row.dirty}
        wrong = [name for name, value in checked.items() if value is None]
        if wrong:
            self.rows[wrong[0]].box.setFocus(Qt.FocusReason.OtherFocusReason)
            self._scroll.ensureWidgetVisible(self.rows[wrong[0]])
        elif checked:
            self._saving = True
            self.save_button.setEnabled(False)
            self.save_asked.emit(checked)
        else:
            self.discard()

    def saved(self, view: AccountView) -> None:
        """What was typed is kept now; `view` is the account after it."""
        self._saving = False
        self._drafts.pop(view.row.id, None)
        if self._view is not None and self._view.row.id == view.row.id:
            self._seen = view.row.generation
            self._view = view
            self.discard()
            self.show_view(view)

    def refused(self, failure: Failure) -> None:
        """The engine did not take it: the reasons at their fields, or above them all. Nothing is lost."""
        self._saving = False
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

    # Rows

    def _make_rows(self, view: AccountView) -> None:
        self._drop_rows()
        for place, (name, label) in enumerate(labels(view).items()):
            row = row_for(view, name, label, self._reveal_seconds)
            row.changed.connect(self._edited)
            row.copied.connect(self.copied)
            self._column.insertWidget(self._place + place, row)
            if isinstance(row, SecretRow):
                row.revealed.connect(self.revealed)
                self._jwts[name] = JwtSection(label)
            self.rows[name] = row
        for place, section in enumerate(self._jwts.values(), self._place + len(self.rows)):
            self._column.insertWidget(place, section)
        self._order_stops()

    def _order_stops(self) -> None:
        """Tab goes down the rows: Qt would put rows that are made later at the end of the window."""
        stops: list[QWidget] = [self.notice.button]
        for row in self.rows.values():
            stops += row.stops()
        stops += [section.toggle for section in self._jwts.values()]
        stops += [self.test_button, self.edit_button, self.discard_button, self.save_button]
        for before, after in pairwise(stops):
            QWidget.setTabOrder(before, after)

    def _drop_rows(self) -> None:
        for widget in (*self.rows.values(), *self._jwts.values()):
            self._column.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self.rows, self._jwts = {}, {}

    def _keep_draft(self) -> None:
        if self._view is None:
            return
        drafts = {name: row.draft() for name, row in self.rows.items()}
        typed: Mapping[str, str] = {name: text for name, text in drafts.items() if text is not None}
        if typed:
            self._drafts[self._view.row.id] = dict(typed)
        else:
            self._drafts.pop(self._view.row.id, None)

    def _open_jwts(self) -> None:
        for name, section in self._jwts.items():
            section.show_token(self.rows[name].wire_or_stored())

    def _edited(self) -> None:
        self._open_jwts()
        self._show_buttons()

    def _show_buttons(self) -> None:
        editing = self._editing or self.dirty
        show_if(self.edit_button, not editing and bool(self.rows))
        show_if(self.discard_button, editing)
        show_if(self.save_button, editing)
        self.save_button.setEnabled(self.dirty)
