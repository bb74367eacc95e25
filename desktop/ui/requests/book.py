"""The requests of one account: those that are kept, what was changed in them, and new ones. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from desktop.ui.requests.draft import Draft, draft_of
from desktop.vault.records import SavedRequest


class Entry:
    """One request of the list. `saved` is None for a new one."""

    def __init__(self, key: str, saved: SavedRequest | None, draft: Draft) -> None:
        self.key = key
        self.saved = saved
        self.draft = draft

    @property
    def dirty(self) -> bool:
        """Whether there is something to lose."""
        if self.saved is None:
            return self.draft.kept != Draft().kept
        return self.draft.kept != draft_of(self.saved).kept


class Book:
    """`current` is the entry that is being edited: there always is one."""

    def __init__(self) -> None:
        self._new = count(1)
        self.entries: list[Entry] = []
        self.current = self.add(Draft())

    def load(self, saved: Sequence[SavedRequest]) -> None:
        """The vault's requests, again; what was typed and not saved stays, even where its request is gone."""
        known = {entry.key: entry for entry in self.entries if entry.saved is not None}
        entries = []
        for request in saved:
            entry = known.pop(request.id, None)
            if entry is None:
                entry = Entry(request.id, request, draft_of(request))
            elif entry.saved != request:
                changed = entry.dirty
                entry.saved = request
                if not changed:
                    entry.draft = draft_of(request)
            entries.append(entry)
        for entry in known.values():  # forgotten elsewhere
            if entry.dirty:
                entry.saved, entry.key = None, self._new_key()
                entries.append(entry)
        fresh = [entry for entry in self.entries if entry.saved is None and entry not in entries]
        self.entries = entries + [entry for entry in fresh if entry.dirty or entry is self.current]
        if self.current not in self.entries:
            self.current = self.fresh()

    def add(self, draft: Draft) -> Entry:
        """A new request with this content."""
        entry = Entry(self._new_key(), None, draft)
        self.entries.append(entry)
        return entry

    def fresh(self) -> Entry:
        """An entry in which nothing is yet: one that is there, or a new one."""
        empty = (entry for entry in self.entries if entry.saved is None and not entry.dirty)
        return next(empty, None) or self.add(Draft())

    def choose(self, key: str) -> Entry:
        """Makes an entry the current one; an empty new one that is left goes."""
        left = self.current
        self.current = next((entry for entry in self.entries if entry.key == key), left)
        if left is not self.current and left.saved is None and not left.dirty:
            self.entries.remove(left)
        return self.current

    def saved(self, entry: Entry, request: SavedRequest) -> None:
        """The vault has taken it. What was typed since then stays typed."""
        entry.saved = request
        if entry.key != request.id:
            self.entries = [one for one in self.entries if one.key != request.id]
        entry.key = request.id

    def remove(self, entry: Entry) -> None:
        """Takes an entry away; its neighbour is the current one then."""
        place = self.entries.index(entry) if entry in self.entries else -1
        if place < 0:
            return
        del self.entries[place]
        if self.current is entry:
            left = self.entries
            self.current = left[min(place, len(left) - 1)] if left else self.fresh()

    def free_name(self, wanted: str) -> str:
        """The name, with a number if there is one like it."""
        taken = {entry.saved.name for entry in self.entries if entry.saved is not None}
        names = (wanted if number == 1 else f"{wanted} ({number})" for number in count(1))
        return next(name for name in names if name not in taken)

    @property
    def dirty(self) -> bool:
        """Whether anything is not saved."""
        return any(entry.dirty for entry in self.entries)

    def _new_key(self) -> str:
        return f"new:{next(self._new)}"
