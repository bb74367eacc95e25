"""A second, read-only connection, for the thread that paints lists. It sees what was committed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from desktop.vault import accounts, activity, generations, in_clear, listing, schema, store, verifying
from desktop.vault.opening import open_database
from desktop.vault.records import AccountQuery, AccountRow, ActivityRow, ChainReport, Counts
from desktop.vault.verifying import Progress


class Reader:
    """Belongs to the thread that made it. Cannot write."""

    def __init__(self, home: Path, key: bytes) -> None:
        """`key` is Vault.key of the open vault. Opening takes about a millisecond."""
        store.check(home)
        self._database = open_database(home, key, read_only=True)
        try:
            schema.refuse_newer(self._database)
        except BaseException:
            self._database.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def page(self, query: AccountQuery, offset: int, limit: int) -> list[AccountRow]:
        """At most `limit` rows of the list from `offset` on. The order is total, so pages never overlap."""
        return listing.page(self._database, query, offset, limit)

    def count(self, query: AccountQuery) -> int:
        """How many rows the list has."""
        return listing.count(self._database, query)

    def position(self, query: AccountQuery, account_id: str) -> int | None:
        """The account's offset in the list; None if the list does not show it."""
        return listing.position(self._database, query, account_id)

    def counts(self, expiring_before: datetime) -> Counts:
        """The numbers beside the navigation."""
        return listing.counts(self._database, expiring_before)

    def account(self, account_id: str) -> AccountRow:
        """One account. Raises NotFoundError."""
        return accounts.get(self._database, account_id)

    def profile(self, account_id: str) -> dict[str, Any]:
        """What the service said about the person. Raises NotFoundError."""
        return generations.profile(self._database, account_id)

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

    def in_clear(self, entry: int) -> list[str]:
        """The steps of an event that stand in the clear; nothing when there are none any more."""
        return in_clear.of_entry(self._database, entry)

    def verify_activity(self, known_head: str = "", progress: Progress | None = None) -> ChainReport:
        """Follows the chain of all events, see `verifying.verify`. Takes seconds where there are many."""
        return verifying.verify(self._database, known_head, progress)

    def close(self) -> None:
        """Closes the connection. A second call does nothing."""
        self._database.close()
