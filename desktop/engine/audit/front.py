"""What may be asked of the engine about what happened: to read, check and prune it, and to add to it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime

from desktop.engine.errors import BrokenChainError
from desktop.engine.events import ActivityAdded
from desktop.engine.journal import Operation
from desktop.engine.lifecycle import EngineLife
from desktop.vault.records import ActivityRow, ChainReport


class Audited(EngineLife):
    """The part of the engine's front that is about the activity. Coroutines, like all of it."""

    async def note(self, account_id: str, action: str, field: str = "") -> None:
        """Writes down that a secret was "revealed" or "copied". `field` is its name."""
        self._parts.noting.account(account_id, action, field)

    async def note_settings(self, key: str, action: str, fields: Sequence[str]) -> None:
        """The same about secrets among a connector's settings."""
        self._parts.noting.setting(key, action, fields)

    async def activity(
        self,
        account_id: str | None = None,
        limit: int = 100,
        before_id: int | None = None,
        *,
        actions: Collection[str] = (),
        since: datetime | None = None,
    ) -> list[ActivityRow]:
        """What happened, newest first; `actions` and `since` leave out what is of no interest."""
        return self._parts.core.vault.activity(account_id, limit, before_id, actions=actions, since=since)

    async def verify_activity(
        self, known_head: str = "", progress: Callable[[int, int], None] | None = None
    ) -> ChainReport:
        """Follows the chain of all entries, beside the loop. `known_head` was written down earlier.

        `progress` is told how many of how many are done, on another thread. Raises VaultError.
        """
        return await self._parts.core.session.follow_activity(known_head, progress)

    async def prune_activity(self, before: datetime) -> int:
        """Removes the entries from before that moment, and writes down that it did. Returns how many went.

        What stays is still a chain: the new entry tells the number and the hash of the last one that went.
        Raises BrokenChainError where the chain is broken: pruning would take away what shows it.
        """
        broken = (await self.verify_activity()).broken
        if broken is not None:
            raise BrokenChainError(
                f"The activity's chain is broken, so nothing was removed. {broken.sentence}",
                "Look into that first: removing entries could hide it.",
            )
        core = self._parts.core
        summary = f"The entries from before {before.astimezone(UTC):%Y-%m-%d %H:%M} UTC were removed."
        pruned = core.vault.prune_activity(before, core.journal.entry(Operation("pruned", summary=summary)))
        core.emit(ActivityAdded())
        return pruned
