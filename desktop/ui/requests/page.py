"""The page Requests: choose an account, write a request or pick an operation, send it, look at the answer."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from connectors.operations import Operation
from desktop.engine.events import (
    AccountRemoved,
    Failure,
    SavedRequestsChanged,
    VaultChanged,
)
from desktop.ui.bridge import Bridge
from desktop.ui.host import Host
from desktop.ui.requests.account_part import AccountPart
from desktop.ui.requests.acts import RequestActs, problems_of
from desktop.ui.requests.book import Book, Entry
from desktop.ui.requests.draft import Draft
from desktop.ui.requests.editor import RequestEditor
from desktop.ui.requests.keeping import Keeping
from desktop.ui.requests.menu import request_menu
from desktop.ui.requests.outcome import Outcome
from desktop.ui.requests.sending import Sending
from desktop.ui.widgets import EmptyState, TwoPanes, tab_in_reading_order
from desktop.vault.records import AccountRow

_LEFT, _RIGHT = 280, 500
_LEAST_HEIGHT = 520
_EDITOR, _OUTCOME = 320, 380


class RequestsPage(QWidget):
    """Keeps what was typed for each account until the vault locks, and then forgets everything."""

    def __init__(self, bridge: Bridge, host: Host) -> None:
        super().__init__()
        self._bridge, self._host = bridge, host
        self.keeping = Keeping(bridge, host, self)
        self.sending = Sending(bridge, self)
        self.editor = RequestEditor()
        self.account = AccountPart(bridge, host, self.editor, self)
        self.sources = self.account.sources
        self.outcome = Outcome()
        self.acts = RequestActs(bridge, host, self)
        self.nobody = EmptyState(
            self.tr("Send requests as any of your accounts"),
            self.tr("Choose an account at the left. Its credential is put where the service wants it."),
            icon_name="external",
        )
        self._ordering = QTimer(self)
        self._ordering.setSingleShot(True)
        self._ordering.setInterval(0)
        self._ordering.timeout.connect(lambda: tab_in_reading_order(self))
        self._build()
        self._listen()
        tab_in_reading_order(self)
        self.acts.listen(self.outcome)

    def _build(self) -> None:
        # From the outside in: each widget that gets a parent lets the style look at all that is in it.
        self._right = QStackedWidget()
        self.panes = TwoPanes(self.sources, self._right, _RIGHT, left_width=_LEFT)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.panes)
        self._scroll = QScrollArea()
        self._right.addWidget(self.nobody)
        self._right.addWidget(self._scroll)
        inside = QWidget()
        inside.setProperty("scrolled", True)
        inside.setMinimumHeight(_LEAST_HEIGHT)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(inside)
        column = QVBoxLayout(inside)
        column.setContentsMargins(18, 14, 18, 12)
        splitter = QSplitter(Qt.Orientation.Vertical)
        column.addWidget(splitter)
        splitter.setHandleWidth(9)
        for place, part in enumerate((self.editor, self.outcome)):
            splitter.addWidget(part)
            splitter.setStretchFactor(place, place + 1)  # a larger window is the answer's gain
        splitter.setChildrenCollapsible(False)
        splitter.setSizes([_EDITOR, _OUTCOME])

    def _listen(self) -> None:
        bridge, sources, editor = self._bridge, self.sources, self.editor
        bridge.account_removed.connect(self._on_removed)
        bridge.saved_requests_changed.connect(self._on_saved)
        bridge.vault_changed.connect(self._on_vault)
        self.account.changed.connect(self._account_chosen)
        sources.saved.chosen.connect(self._choose)
        sources.saved.opened.connect(self._open)
        sources.saved.new_asked.connect(self.new_request)
        sources.saved.menu_asked.connect(self._show_menu)
        sources.saved.removal_asked.connect(lambda entry: self.keeping.remove(self.account_id, entry))
        sources.saved.undo_asked.connect(self.keeping.undo)
        sources.operations.picked.connect(self._pick)
        editor.restocked.connect(self._ordering.start)
        editor.edited.connect(self._edited)
        editor.save_asked.connect(self.save)
        editor.more_asked.connect(lambda: self._show_menu(self._book.current, self._below_more()))
        editor.line.send_asked.connect(self.send)
        editor.line.cancel_asked.connect(self.cancel)
        editor.line.pasted.connect(self._paste_curl)
        self.keeping.changed.connect(self._book_changed)
        self.keeping.refused.connect(self._refused)
        self.sending.moved.connect(self._moved)
        self.outcome.again_asked.connect(self.send)
        for keys, slot in (
            ("Ctrl+Return", self.send),
            ("Ctrl+Enter", self.send),
            ("Ctrl+S", self.save),
            ("Ctrl+T", self.new_request),
            ("F2", self._rename),
        ):
            QShortcut(QKeySequence(keys), self, slot).setContext(
                Qt.ShortcutContext.WidgetWithChildrenShortcut
            )

    # The account

    @property
    def account_id(self) -> str:
        """The account that requests are sent with; empty while none is chosen."""
        return self.account.id

    def row(self) -> AccountRow | None:
        """The chosen account as it is now."""
        return self.account.row()

    def showEvent(self, event: QShowEvent) -> None:
        """Asks for the account while there is none."""
        super().showEvent(event)
        self.account.come()

    def show_account(self, account_id: str) -> None:
        """Chooses an account. What was typed for the one before stays with it."""
        self.account.choose(account_id)

    def open_editor(self) -> None:
        """Goes to the request that is being written."""
        self.panes.open_right()
        self.editor.line.url.setFocus(Qt.FocusReason.OtherFocusReason)

    def _account_chosen(self) -> None:
        self._right.setCurrentIndex(1 if self.account_id else 0)
        if self.account_id:
            self._show_entry()
            self.keeping.read(self.account_id)

    # The requests

    @property
    def _book(self) -> Book:
        return self.keeping.book(self.account_id)

    def new_request(self) -> None:
        """Begins a new one; the one before keeps what was typed."""
        if self.account_id:
            self._book.choose(self._book.fresh().key)
            self._show_entry()
            self.panes.open_right()
            self.editor.line.url.setFocus(Qt.FocusReason.OtherFocusReason)

    def save(self) -> None:
        """Keeps the request with the account."""
        if self.account_id:
            self.keeping.save(self.account_id, self._book.current)

    def _choose(self, entry: Entry) -> None:
        self._book.choose(entry.key)
        # The list may lose the empty row that was left: not while it is still moving to another one.
        QTimer.singleShot(0, self, self._show_entry)

    def _open(self, _entry: Entry) -> None:
        self.panes.open_right()

    def _show_entry(self) -> None:
        if not self.account_id:
            return
        self.sources.saved.show_book(self._book)
        self.editor.show_draft(self._book.current.draft)
        self._show_outcome()

    def _book_changed(self, account_id: str) -> None:
        if account_id != self.account_id:
            return
        self.sources.saved.show_book(self._book)
        current = self._book.current
        if current.draft != self.editor.draft:
            self.editor.show_draft(current.draft)
            self._show_outcome()

    def _edited(self, draft: Draft) -> None:
        if self.account_id:
            entry = self._book.current
            entry.draft = draft
            self.sources.saved.model.touched(entry)

    def _refused(self, entry: Entry, failure: Failure) -> None:
        if self.account_id and entry is self._book.current:
            self.editor.show_problems(problems_of(failure))
        else:
            self._bridge.failed_unheard.emit(failure)

    def _pick(self, operation: Operation) -> None:
        book = self._book
        values = {**book.current.draft.variables}
        book.choose(book.fresh().key)
        book.current.draft = Draft(method=operation.method, url=operation.path, variables=values)
        self._show_entry()
        self.panes.open_right()
        self.editor.tabs.setCurrentIndex(0)
        first = next(iter(self.editor.params.boxes.values()), self.editor.line.url)
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _rename(self) -> None:
        if self.account_id:
            self.panes.open_right()
            self.editor.focus_name()

    def _below_more(self) -> QPoint:
        return self.editor.more.mapToGlobal(QPoint(0, self.editor.more.height() + 4))

    def _show_menu(self, entry: Entry, point: QPoint) -> None:
        shown = request_menu(self, entry, lambda name: self._do(name, entry))
        shown.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        shown.popup(point)

    def _do(self, name: str, entry: Entry) -> None:
        match name:
            case "rename":
                self._choose(entry)
                QTimer.singleShot(0, self, self._rename)
            case "duplicate":
                self.keeping.duplicate(self.account_id, entry)
            case "revert":
                self.keeping.revert(self.account_id, entry)
            case "remove":
                self.keeping.remove(self.account_id, entry)
            case "copy_curl":
                self.acts.copy_curl(self.account_id, entry.draft)
            case "paste_curl":
                self._paste_curl(QGuiApplication.clipboard().text())

    def _paste_curl(self, text: str) -> None:
        draft = self.acts.read_curl(text)
        if draft is not None:
            entry = self._book.current
            entry.draft = msgspec.structs.replace(draft, name=entry.draft.name)
            self._show_entry()

    # Sending

    def send(self) -> None:
        """Sends the request as it stands."""
        draft = self.editor.draft
        if not self.account_id or self._running(self._book.current):
            return
        if not draft.url.strip():
            self.editor.show_problems(
                {"url": self.tr("The address is missing: type a path, or a whole address.")}
            )
            return
        if draft.missing:
            self.editor.ask_missing(draft.missing)
            return
        self.editor.show_problems({})
        self.sending.send(self.account_id, self._book.current, draft)
        self._show_outcome()

    def cancel(self) -> None:
        """Gives up the request under way."""
        if self.account_id:
            self.sending.cancel(self._book.current)
            self._show_outcome()

    def _running(self, entry: Entry) -> bool:
        exchange = self.sending.exchange(entry)
        return exchange is not None and exchange.running

    def _moved(self, entry: Entry) -> None:
        if self.account_id and entry is self._book.current:
            self._show_outcome()
            self._scroll.ensureWidgetVisible(self.outcome)

    def _show_outcome(self) -> None:
        entry = self._book.current
        exchange = self.sending.exchange(entry)
        self.editor.line.show_running(self._running(entry))
        if exchange is None:
            self.outcome.show_nothing()
        elif exchange.running:
            self.outcome.show_running(exchange.began)
        elif exchange.failure is not None:
            self._show_failure(exchange.failure)
        elif exchange.answer is not None and exchange.read is not None:
            self.outcome.answer.set_reveal_seconds(self._bridge.engine.preferences.reveal_seconds)
            refused = self.account.refuses(exchange.answer.status)
            self.outcome.show_answer(exchange.answer, exchange.read, refused=refused)

    def _show_failure(self, failure: Failure) -> None:
        if failure.reason == "input":
            self.editor.show_problems(problems_of(failure))
            self.outcome.show_nothing()
            return
        self.outcome.show_failure(failure)

    # What happens elsewhere

    def _on_removed(self, event: AccountRemoved) -> None:
        self.sending.forget(lambda exchange: exchange.account_id == event.account_id)
        self.keeping.forget(event.account_id)
        if event.account_id == self.account_id:
            self._forget_account()
            if self.isVisible():
                self.account.come()

    def _on_saved(self, event: SavedRequestsChanged) -> None:
        if event.account_id in self.keeping.books:
            self.keeping.read(event.account_id)

    def _on_vault(self, event: VaultChanged) -> None:
        if event.state != "open":
            self.clear()

    def clear(self) -> None:
        """The vault is locked: no request, answer, draft or undo step stays."""
        self.sending.forget()
        self.keeping.forget()
        self._forget_account()

    def _forget_account(self) -> None:
        self.account.forget()
        self.editor.clear()
        self.editor.line.show_running(False)
        self.outcome.show_nothing()
        self.sources.saved.show_book(None)
        self.panes.close_right()
