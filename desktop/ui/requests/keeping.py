"""Saving, copying and removing requests: what the page does with its books, and how it is taken back."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from PySide6.QtCore import QObject, Signal

from desktop.engine.events import Failure
from desktop.ui.bridge import Bridge
from desktop.ui.host import Host
from desktop.ui.requests.book import Book, Entry
from desktop.ui.requests.draft import Draft, draft_of
from desktop.vault.records import SavedRequest


class Keeping(QObject):
    """`changed(account_id)` when a book is another one; `refused(entry, failure)` of a save."""

    changed = Signal(str)
    refused = Signal(object, object)

    def __init__(self, bridge: Bridge, host: Host, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge, self._host = bridge, host
        self.books: dict[str, Book] = {}
        self._back: Callable[[], None] | None = None

    def book(self, account_id: str) -> Book:
        """The requests of an account, with what was typed and not saved."""
        return self.books.setdefault(account_id, Book())

    def read(self, account_id: str) -> None:
        """Asks the vault for what is kept with an account."""

        def came(saved: list[SavedRequest]) -> None:
            self.book(account_id).load(saved)
            self.changed.emit(account_id)

        engine = self._bridge.engine
        self._bridge.run(engine.saved_requests(account_id), came, self._not_read, self)

    def save(self, account_id: str, entry: Entry) -> None:
        """Keeps a request; one without a name gets the one that it is shown under."""
        book = self.book(account_id)
        draft = entry.draft
        if not draft.name.strip() and draft.title:
            named = msgspec.structs.replace(draft, name=book.free_name(draft.title))
            entry.draft = draft = named

        def kept(request: SavedRequest) -> None:
            if account_id not in self.books:
                return  # locked or removed meanwhile
            book.saved(entry, request)
            if entry.draft.name == draft.name:
                entry.draft = msgspec.structs.replace(entry.draft, name=request.name)
            self.changed.emit(account_id)
            self._host.say(self.tr("“{0}” is kept with the account.").format(request.name))

        def refused(failure: Failure) -> None:
            self.refused.emit(entry, failure)

        self._keep(account_id, draft, entry.saved.id if entry.saved else "", kept, refused)

    def duplicate(self, account_id: str, entry: Entry) -> None:
        """A new request like this one, not saved."""
        book = self.book(account_id)
        name = book.free_name(entry.draft.name) if entry.draft.name else ""
        book.choose(book.add(msgspec.structs.replace(entry.draft, name=name)).key)
        self.changed.emit(account_id)

    def revert(self, account_id: str, entry: Entry) -> None:
        """Forgets what was changed in a saved request."""
        if entry.saved is None:
            return
        before, entry.draft = entry.draft, draft_of(entry.saved)
        self.changed.emit(account_id)

        def undo() -> None:
            entry.draft = before
            self.changed.emit(account_id)

        self._offer(self.tr("The changes were discarded."), undo)

    def remove(self, account_id: str, entry: Entry) -> None:
        """Takes a request away; it can be taken back for as long as the word about it stands."""
        book, name = self.book(account_id), entry.draft.title or self.tr("The new request")
        saved = entry.saved

        def removed(_nothing: object = None) -> None:
            book.remove(entry)
            self.changed.emit(account_id)
            self._offer(self.tr("“{0}” was removed.").format(name), undo)

        def undo() -> None:
            if account_id not in self.books:
                return
            book.entries.append(entry)
            book.choose(entry.key)
            if saved is not None:
                entry.saved = None

                def kept(request: SavedRequest) -> None:
                    book.saved(entry, request)
                    self.changed.emit(account_id)

                self._keep(account_id, draft_of(saved), "", kept, self._not_read)
            self.changed.emit(account_id)

        if saved is None:
            removed()
        else:
            self._bridge.run(
                self._bridge.engine.remove_saved_request(saved.id), removed, self._not_read, self
            )

    def undo(self) -> None:
        """Takes back what was removed or discarded last."""
        back, self._back = self._back, None
        if back is not None:
            back()

    def _offer(self, text: str, back: Callable[[], None]) -> None:
        self._back = back
        self._host.say(text, self.undo)

    def forget(self, account_id: str = "") -> None:
        """Nothing of an account, or of all, stays here."""
        self._back = None
        if account_id:
            self.books.pop(account_id, None)
        else:
            self.books.clear()

    def _keep(
        self,
        account_id: str,
        draft: Draft,
        request_id: str,
        kept: Callable[[SavedRequest], None],
        refused: Callable[[Failure], None],
    ) -> None:
        save = self._bridge.engine.save_request(
            account_id,
            name=draft.name,
            method=draft.method,
            url=draft.address,
            headers=draft.sent_headers,
            body=draft.sent_body,
            request_id=request_id,
        )
        self._bridge.run(save, kept, refused, self)

    def _not_read(self, failure: Failure) -> None:
        if failure.reason != "locked":
            self._bridge.failed_unheard.emit(failure)
