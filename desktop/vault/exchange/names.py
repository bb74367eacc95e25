"""Names for accounts that come in: no two of one connector are called the same by an import."""

from __future__ import annotations

from desktop.vault import accounts, values
from desktop.vault.database import Database


class FreeNames:
    """For one import or its preview. What was taken is remembered, so that many of one name are quick."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._taken: set[tuple[str, str]] = set()
        self._next: dict[tuple[str, str], int] = {}

    def take(self, connector: str, name: str) -> str:
        """The name, or the same with a number behind it where an account of that connector has it already."""
        base = (connector, values.fold(name))
        number = self._next.get(base, 1)
        while self._is_taken(connector, candidate := name if number == 1 else f"{name} ({number})"):
            number += 1
        self._next[base] = number + 1
        self._taken.add((connector, values.fold(candidate)))
        return candidate

    def _is_taken(self, connector: str, name: str) -> bool:
        return (connector, values.fold(name)) in self._taken or accounts.has_name(
            self._database, connector, name
        )
