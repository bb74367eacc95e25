"""A sign-in that came back as somebody unexpected: the person is asked, or has said beforehand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from connectors.credential import utc_now
from connectors.errors import InvalidInputError
from desktop.engine.events import Clash, ClashKind, Decision

POSSIBLE: Mapping[ClashKind, tuple[Decision, ...]] = {
    "somebody_else": ("keep_both", "replace", "cancel"),
    "there_already": ("update", "keep_both", "cancel"),
}


class Deciding:
    """For one attempt, on the engine's loop. `beforehand` are decisions for which nobody is asked.

    `tell` is told what there is to decide and until when, and None when that is over.
    """

    def __init__(
        self,
        beforehand: Mapping[ClashKind, Decision],
        tell: Callable[[Clash | None, datetime | None], None],
    ) -> None:
        for kind, decision in beforehand.items():
            if decision not in POSSIBLE[kind]:
                raise InvalidInputError(f"“{decision}” is nothing that can be done here.")
        self._beforehand = beforehand
        self._tell = tell
        self._clash: Clash | None = None
        self._decided: asyncio.Future[Decision] | None = None

    async def __call__(self, clash: Clash, patience: float) -> Decision:
        """What the person wants. Raises TimeoutError after `patience` seconds."""
        if (said := self._beforehand.get(clash.kind)) is not None:
            return said
        self._clash = clash
        self._decided = asyncio.get_running_loop().create_future()
        self._tell(clash, utc_now() + timedelta(seconds=patience))
        try:
            return await asyncio.wait_for(self._decided, patience)
        finally:
            self._clash = self._decided = None
            self._tell(None, None)

    def take(self, decision: Decision) -> None:
        """Takes what the person decided. Raises InvalidInputError; the question then stands as it was."""
        if self._clash is None or self._decided is None or self._decided.done():
            raise InvalidInputError("This sign-in does not wait for a decision.")
        if decision not in POSSIBLE[self._clash.kind]:
            raise InvalidInputError("That cannot be done here.", "Choose one of the buttons.")
        self._decided.set_result(decision)
