"""Renews tokens before they end, while the vault is open."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta
from typing import Protocol

from connectors.credential import utc_now
from connectors.methods import can_refresh
from desktop.engine.core import Core
from desktop.engine.events import AccountChanged, Event
from desktop.engine.failures import explain
from desktop.engine.refreshing.due import refresh_moment
from desktop.engine.refreshing.refreshing import AT_ONCE, Refreshing
from desktop.vault.errors import VaultError
from desktop.vault.records import AccountRow

log = logging.getLogger(__name__)

SPACING = 0.25  # seconds between the starts of more than that, so that a wake-up is no storm
LOOK_AGAIN = 60.0  # accounts that another process added are found within this many seconds
CLOCK_STEP = 5.0  # a sleep that was longer than meant (the lid was closed) is noticed within this many


class Clock(Protocol):
    """Time, so that tests can bring their own."""

    def now(self) -> datetime:
        """The wall clock, UTC."""

    async def wait(self, event: asyncio.Event, seconds: float) -> None:
        """Returns when the event is set or the time is over."""


class SystemClock:
    """The real one."""

    def now(self) -> datetime:
        """The wall clock, UTC."""
        return utc_now()

    async def wait(self, event: asyncio.Event, seconds: float) -> None:
        """Returns when the event is set or the time is over."""
        # Not wait_for: before Python 3.12 it loses a cancellation that comes together with the event.
        try:
            async with asyncio.timeout(seconds):
                await event.wait()
        except TimeoutError:
            return


class Scheduler:
    """Looks for what is due, starts it, and sleeps until the next is. Woken when an account changes."""

    def __init__(self, core: Core, refreshing: Refreshing, clock: Clock | None = None) -> None:
        self._core = core
        self._refreshing = refreshing
        self._clock = clock or SystemClock()
        self._wake = asyncio.Event()
        self._never = asyncio.Event()
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._at_work: dict[str, asyncio.Task[None]] = {}
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begins to look. A second call does nothing."""
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """Ends the looking and the waiting; a refresh under way is left to whoever settles refreshes."""
        tasks = [*([self._task] if self._task else []), *self._at_work.values()]
        self._task = None
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def on_event(self, event: Event) -> None:
        """Looks again when an account changed."""
        if isinstance(event, AccountChanged):
            self._wake.set()

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            try:
                until = self._look()
            except VaultError as error:
                log.warning("the schedule could not read the vault: %s", error.sentence)
                until = self._clock.now() + timedelta(seconds=LOOK_AGAIN)
            await self._sleep_until(until)

    def _look(self) -> datetime:
        """Starts what is due; returns when to look again at the latest."""
        now = self._clock.now()
        again = now + timedelta(seconds=LOOK_AGAIN)
        due: list[AccountRow] = []
        vault = self._core.vault
        interrupted = {mark.account_id for mark in vault.pending_refreshes()}
        rows = [vault.account(account_id) for account_id in interrupted]
        rows += vault.due_accounts(again + timedelta(seconds=self._longest_lead()))
        for row in {row.id: row for row in rows}.values():
            if row.id in self._at_work or self._refreshing.is_refreshing(row.id):
                continue
            moment = self._moment(row, now if row.id in interrupted else None)
            if moment is None:
                continue
            if moment <= now:
                due.append(row)
            else:
                again = min(again, moment)
        for position, row in enumerate(due):
            self._start(row, max(0, position - AT_ONCE + 1) * SPACING)
        return again

    def _moment(self, row: AccountRow, at_once: datetime | None) -> datetime | None:
        method = self._core.known_method(row)
        if method is None:
            return None
        try:
            credential = self._core.credential(row)
        except VaultError as error:
            log.warning("%s is left out of the schedule: %s", row.id, error.sentence)
            return None
        if not can_refresh(method, credential):
            return None
        # What became of an interrupted refresh is found out at once, whether or not the token has ended.
        moment = at_once or refresh_moment(credential, method.refresh_before_exp)
        if moment is None:
            return None
        patience = self._refreshing.backoff.until(row.id)
        return max(moment, patience) if patience else moment

    def _longest_lead(self) -> float:
        catalog = self._core.definitions.catalog
        return max((m.refresh_before_exp for c in catalog for m in c.methods.values()), default=0)

    def _start(self, row: AccountRow, delay: float) -> None:
        task = asyncio.get_running_loop().create_task(self._refresh(row, delay))
        self._at_work[row.id] = task
        task.add_done_callback(lambda _: self._done(row.id))

    def _done(self, account_id: str) -> None:
        self._at_work.pop(account_id, None)
        self._wake.set()

    async def _refresh(self, row: AccountRow, delay: float) -> None:
        if delay:
            await self._clock.wait(self._never, delay)
        method = self._core.known_method(row)
        lead = method.refresh_before_exp if method else 0
        async with self._slots:
            try:
                await self._refreshing.refresh(row.id, force=False, lead=lead, actor="schedule")
            except Exception as error:  # whatever it was, it must not be tried again in a circle
                self._refreshing.backoff.failed_unless_noted(row.id, error, self._clock.now())
                log.info("%s was not refreshed: %s", row.id, explain(error).sentence)

    async def _sleep_until(self, until: datetime) -> None:
        while not self._wake.is_set() and (left := (until - self._clock.now()).total_seconds()) > 0:
            await self._clock.wait(self._wake, min(left, CLOCK_STEP))
