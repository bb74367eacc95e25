"""Makes a backup a day while the vault is open, and one before what could go wrong. Never in the way."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from connectors.credential import utc_now
from desktop.engine.backups.report import Backups
from desktop.engine.core import Core
from desktop.engine.events import BackupsChanged
from desktop.engine.failures import explain
from desktop.vault import layout
from desktop.vault.errors import VaultError
from desktop.vault.keeping import kept, rolling

if TYPE_CHECKING:
    from desktop.vault.vault import Vault

log = logging.getLogger(__name__)

FIRST_LOOK = 3.0  # seconds after unlocking: what the person came for goes first
LOOK_AGAIN = 3600.0  # for a vault that stays open over days
PATIENCE = 5.0  # how long a lock waits for a copy that is being given up
# A single command of the command line does not wait for more than this; the window copies it.
SMALL = 32 << 20


class _GivenUpError(Exception):
    """The vault is being locked: the copy is not finished, the next start makes one."""


class RollingBackups:
    """Lives on the engine's thread; the copying is done beside it. `stays`: a window, not one command."""

    def __init__(self, core: Core, *, stays: bool) -> None:
        self._core = core
        self._stays = stays
        self._one = asyncio.Lock()
        self._giving_up = threading.Event()
        self._owed = False
        self._task: asyncio.Task[None] | None = None
        self._work: asyncio.Task[None] | None = None
        self._problem = ""

    def start(self) -> None:
        """After unlocking. A second call does nothing. What one command was started for goes first."""
        self._giving_up.clear()
        self._owed = not self._stays
        if self._task is None and self._stays:
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def finish(self) -> None:
        """At the end of one command, while the vault is still open: makes its backup, if one is due."""
        if self._owed and self._core.session.state == "open":
            self._owed = False
            await self.make_if_due()

    async def stop(self) -> None:
        """Before locking: a copy under way is given up; nothing of it is left."""
        self._giving_up.set()
        self._owed = False
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        if self._work is not None:
            await asyncio.wait({self._work}, timeout=PATIENCE)

    async def make_if_due(self) -> None:
        """Makes one if the last is a day old and something was written since. Raises no VaultError."""
        async with self._one:
            await self._make_if(self._due)

    async def before_risk(self) -> None:
        """Makes one if anything was written since the last: something is about to be changed at large.

        That it fails is told like any failure, and does not stop what was asked for.
        """
        async with self._one:
            await self._make_if(lambda: rolling.changed(self._core.home))

    async def report(self) -> Backups:
        """What there is. Works while the vault is locked."""
        folder = rolling.folder_of(self._core.home)
        found = await asyncio.to_thread(kept.listed, folder)
        return Backups(folder=folder, kept=tuple(found), problem=self._problem)

    def notice(self) -> str:
        """Why the last one could not be made; nothing if it could."""
        return f"The daily backup could not be made. {self._problem}" if self._problem else ""

    async def _run(self) -> None:
        await asyncio.sleep(FIRST_LOOK)
        while True:
            await self.make_if_due()
            await asyncio.sleep(LOOK_AGAIN)

    def _due(self) -> bool:
        home = self._core.home
        if not self._stays and (home / layout.DATABASE).stat().st_size > SMALL:
            return False
        return rolling.due(home, utc_now())

    async def _make_if(self, wanted: Callable[[], bool]) -> None:
        try:
            if not await asyncio.to_thread(wanted):
                return
        except OSError as error:
            self._failed(error)
            return
        self._work = asyncio.get_running_loop().create_task(self._copy())
        await asyncio.shield(self._work)  # a thread cannot be cancelled; `stop` waits for it to give up

    async def _copy(self) -> None:
        def work(vault: Vault) -> None:
            vault.roll_backup(self._go_on)

        try:
            await self._core.session.beside(work)
        except _GivenUpError:
            return
        except (VaultError, OSError) as error:
            self._failed(error)
        else:
            self._problem = ""
            self._core.emit(BackupsChanged())

    def _failed(self, error: VaultError | OSError) -> None:
        failure = explain(error)
        self._problem = f"{failure.sentence} {failure.hint}".strip()
        log.warning("no backup was made: %s", failure.sentence)
        self._core.emit(BackupsChanged())

    def _go_on(self) -> None:
        if self._giving_up.is_set():
            raise _GivenUpError
