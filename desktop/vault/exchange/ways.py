"""What an open vault can do with exports. Each method is slow: it belongs beside the loop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from desktop.vault import kdf
from desktop.vault.contents import Contents
from desktop.vault.exchange import applying, matching, writing
from desktop.vault.exchange.applying import Noting, Order, Taken
from desktop.vault.exchange.container import Sealed
from desktop.vault.exchange.items import End
from desktop.vault.exchange.matching import Compared
from desktop.vault.exchange.names import FreeNames
from desktop.vault.exchange.writing import Progress, Selection
from desktop.vault.records import AccountRow

T = TypeVar("T")


def _silent(_done: int, _total: int) -> None:
    """Nobody wants to know how far it is."""


class Exchanging(Contents):
    """The part of the vault that is about exports."""

    def export(
        self,
        path: Path,
        passphrase: str,
        selection: Selection,
        *,
        progress: Progress = _silent,
        cost: kdf.Cost | None = None,
    ) -> End:
        """Writes an encrypted export, verified before it gets its name. See `writing.write`."""
        return writing.write(self._database, path, passphrase, selection, progress=progress, cost=cost)

    def selected(self, selection: Selection, look: Callable[[AccountRow], T]) -> list[T]:
        """What `look` makes of each account of a selection, all of one moment. Raises NotFoundError."""
        with self._database.snapshot():
            return [look(row) for row in writing.chosen(self._database, selection.account_ids)]

    def compare_export(self, sealed: Sealed) -> Iterator[Compared]:
        """Everything in an export beside what the vault holds of it, at one moment."""
        with self._database.snapshot():
            yield from matching.compare(self._database, sealed)

    def free_names(self) -> FreeNames:
        """Finds the names that accounts would get here."""
        return FreeNames(self._database)

    def import_export(
        self, sealed: Sealed, order: Order, noting: Noting, progress: Progress = _silent
    ) -> list[Taken]:
        """Takes in what was chosen, all or nothing. See `applying.apply`."""
        return applying.apply(self._database, sealed, order, noting, progress)
