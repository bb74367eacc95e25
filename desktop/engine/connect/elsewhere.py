"""A redirect address where nobody listens: the browser ends there, and a person brings its address back."""

from __future__ import annotations

import asyncio

from connectors.definition import CallbackNames
from desktop.engine.callback.parameters import STANDARD_NAMES


class Elsewhere:
    """Stands in the place of a Listener; only `deliver` ends it."""

    def __init__(self, redirect_uri: str) -> None:
        self.redirect_uri = redirect_uri
        self._answer: asyncio.Future[dict[str, str]] | None = None

    @property
    def answered(self) -> bool:
        """Whether the answer has come."""
        return self._answer is not None and self._answer.done()

    def expect(self, state: str, names: CallbackNames = STANDARD_NAMES) -> asyncio.Future[dict[str, str]]:
        """The answer to come. Whoever delivers has checked that it belongs to this `state`."""
        self._answer = asyncio.get_running_loop().create_future()
        return self._answer

    def deliver(self, parameters: dict[str, str]) -> bool:
        """Hands over the answer. False if it has come before or nobody waits any more."""
        if self._answer is None or self._answer.done():
            return False
        self._answer.set_result(parameters)
        return True

    async def close(self) -> None:
        """There is nothing to close."""
