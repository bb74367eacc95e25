"""The rows of a list, fetched a page at a time and kept only as long as they are near the screen."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from desktop.vault.records import AccountRow

PAGE_ROWS = 100
PAGES_KEPT = 8


class Pages:
    """`fetch(offset, limit)` reads rows of the vault. Never holds more than eight pages."""

    def __init__(self, fetch: Callable[[int, int], list[AccountRow]]) -> None:
        self._fetch = fetch
        self._kept: OrderedDict[int, list[AccountRow]] = OrderedDict()

    def row(self, number: int) -> AccountRow | None:
        """The row at a place, or None where the list has become shorter meanwhile."""
        page, place = divmod(number, PAGE_ROWS)
        rows = self._kept.get(page)
        if rows is None:
            rows = self._fetch(page * PAGE_ROWS, PAGE_ROWS)
            self._kept[page] = rows
            if len(self._kept) > PAGES_KEPT:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(page)
        return rows[place] if place < len(rows) else None

    def where(self, account_id: str) -> int | None:
        """The place of an account among the rows that are kept; asks the vault nothing."""
        for page, rows in self._kept.items():
            for place, row in enumerate(rows):
                if row.id == account_id:
                    return page * PAGE_ROWS + place
        return None

    def holds(self, number: int) -> bool:
        """Whether the row at a place is in memory."""
        return number // PAGE_ROWS in self._kept

    def first_of_each(self) -> list[tuple[int, AccountRow]]:
        """The first row of every page in memory, with its place."""
        return [(page * PAGE_ROWS, rows[0]) for page, rows in self._kept.items() if rows]

    def replace(self, number: int, row: AccountRow) -> None:
        """Puts a fresh row in the place of an old one, where its page is kept."""
        page, place = divmod(number, PAGE_ROWS)
        rows = self._kept.get(page)
        if rows is not None and place < len(rows):
            rows[place] = row

    def drop_from(self, number: int) -> None:
        """Forgets the pages from a place on."""
        first = number // PAGE_ROWS
        for page in [page for page in self._kept if page >= first]:
            del self._kept[page]

    def clear(self) -> None:
        """Forgets everything."""
        self._kept.clear()

    @property
    def held(self) -> int:
        """How many rows are in memory."""
        return sum(len(rows) for rows in self._kept.values())
