"""What the card asks of the engine, apart from the widgets: it runs on the engine's thread."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from concurrent.futures import Future
from typing import TYPE_CHECKING, NamedTuple

from desktop.engine.connect.attempt import Attempt
from desktop.engine.events import AttemptChanged

if TYPE_CHECKING:
    from desktop.engine.engine import Engine


PATIENCE = 300.0  # seconds that a browser is waited for


class Facts(NamedTuple):
    """What the card has to know before it can show its form."""

    settings: dict[str, str]
    redirect_uri: str
    values: dict[str, str]  # of the account that signs in again, so that nothing is typed twice
    method: str  # its method; empty for a new account


async def read_facts(engine: Engine, connector: str, reconnect: str) -> Facts:
    """The connector's settings and exact redirect URI, and the form values of the account if there is one."""
    settings = await engine.connector_settings(connector)
    redirect_uri = engine.redirect_uri(connector)
    if not reconnect:
        return Facts(settings, redirect_uri, {}, "")
    view = await engine.account(reconnect)
    return Facts(settings, redirect_uri, dict(view.credential.fields), view.row.method)


async def begin(
    engine: Engine,
    connector: str,
    method: str,
    values: Mapping[str, str],
    settings: Mapping[str, str],
    reconnect: str,
) -> Attempt:
    """Keeps the app's settings first, for the attempt needs them; then begins it."""
    if settings:
        await engine.configure(connector, settings)
    return await engine.begin_connect(
        connector, method, values, reconnect=reconnect, timeout=PATIENCE, on_other="ask", on_same="ask"
    )


async def heard(answer: Future[None]) -> None:
    """Waits for what the attempt answers to a paste or to opening a browser. Raises its sentence."""
    await asyncio.wrap_future(answer)


class Running:
    """The attempt of a card. It outlives the card, so one that begins too late is cancelled all the same."""

    def __init__(self) -> None:
        self.attempt: Attempt | None = None
        self.given_up = False

    def adopt(self, attempt: Attempt) -> bool:
        """Takes the attempt that has begun; False when nobody waits for it any more."""
        if self.given_up:
            attempt.cancel()
            return False
        self.attempt = attempt
        return True

    def is_about(self, event: AttemptChanged) -> bool:
        """Whether an event is about this attempt, and somebody still wants to know."""
        return self.attempt is not None and event.attempt_id == self.attempt.id and not self.given_up

    def is_waiting(self) -> bool:
        """Whether the attempt goes on."""
        return self.attempt is not None and not self.attempt.last.ended

    def cancel(self) -> None:
        """Ends the attempt now, or as soon as it has begun."""
        self.given_up = True
        if self.attempt is not None and not self.attempt.last.ended:
            self.attempt.cancel()
