"""What happened, over one open database: entries are added, read, and the oldest of them taken away."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from desktop.vault import activity, settings
from desktop.vault import in_clear as exchanges_in_clear
from desktop.vault.database import Database
from desktop.vault.records import ActivityRow


class Happened:
    """The part of the contents that is about the activity. Each change is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_activity(self, row: ActivityRow, in_clear: Sequence[str] = ()) -> ActivityRow:
        """Keeps one event, which the caller has redacted, and returns it with its number.

        `in_clear` is what was said not to be redacted, a text for each step; it is kept apart.
        """
        with self._database.transaction():
            added = activity.insert(self._database, row)
            if any(in_clear):
                exchanges_in_clear.insert(self._database, added.id, row.connector, in_clear)
        return added

    def in_clear(self, entry: int) -> list[str]:
        """The steps of an event that stand in the clear; nothing when there are none any more."""
        return exchanges_in_clear.of_entry(self._database, entry)

    def forget_in_clear(self, connector: str, fact: tuple[str, str]) -> None:
        """Forgets every exchange of a connector that stands in the clear, and keeps a small fact with it."""
        with self._database.transaction():
            exchanges_in_clear.remove(self._database, connector)
            settings.set_meta(self._database, *fact)

    def prune_activity(self, before: datetime, entry: ActivityRow) -> int:
        """Removes the entries from before that moment, and adds `entry`, which then says so.

        Returns how many went; with none nothing is added.
        """
        with self._database.transaction():
            return activity.prune(self._database, before, entry)

    def activity(
        self,
        account_id: str | None = None,
        limit: int = 100,
        before_id: int | None = None,
        *,
        actions: Collection[str] = (),
        since: datetime | None = None,
    ) -> list[ActivityRow]:
        """Events, newest first; `actions` and `since` leave out what is of no interest."""
        return activity.page(self._database, account_id, limit, before_id, actions=actions, since=since)
