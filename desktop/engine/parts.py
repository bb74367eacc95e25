"""The engine's parts, put together once the loop runs. Imported late: httpx and Authlib take their time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.engine.accounts import Accounts
from desktop.engine.audit.noting import Noting
from desktop.engine.backups.rolling import RollingBackups
from desktop.engine.callback.listener import take_leave
from desktop.engine.connect.connecting import Connecting
from desktop.engine.core import Core
from desktop.engine.disconnecting import Disconnecting
from desktop.engine.editing import Editing
from desktop.engine.events import ConnectorsChanged
from desktop.engine.exchange.exchange import Exchange
from desktop.engine.preferences import Preferences
from desktop.engine.refreshing.refreshing import Refreshing
from desktop.engine.refreshing.scheduler import Scheduler
from desktop.engine.rehearsing import Rehearsing
from desktop.engine.requests.requesting import Requesting
from desktop.engine.requests.saved import SavedRequests
from desktop.engine.sessions.renewing import Sessions
from desktop.engine.settings import Settings
from desktop.engine.subscribers import Subscribers

if TYPE_CHECKING:
    from desktop.engine.connect.browser import Opener

PATIENCE = 5.0  # seconds that a refresh under way is given to be saved before the vault closes


class Parts:
    """Everything behind the facade, on the loop's thread."""

    def __init__(
        self,
        home: Path,
        actor: str,
        opener: Opener | None,
        subscribers: Subscribers,
        preferences: Callable[[], Preferences],
        scheduled: bool,
        command: str = "",
    ) -> None:
        self.core = Core(home, actor, subscribers.emit, preferences, command)
        self.noting = Noting(self.core)
        self.settings = Settings(self.core, self.noting)
        self.refreshing = Refreshing(self.core)
        self.accounts = Accounts(self.core, self.refreshing.is_refreshing)
        self.connecting = Connecting(self.core, self.settings, opener)
        self.editing = Editing(self.core)
        self.rehearsing = Rehearsing(self.core)
        self.requesting = Requesting(self.core, self.refreshing, Sessions(self.core))
        self.saved_requests = SavedRequests(self.core)
        self.disconnecting = Disconnecting(self.core, self.refreshing)
        self.scheduler = Scheduler(self.core, self.refreshing) if scheduled else None
        self.exchange = Exchange(self.core, self.reload_connectors, self._rest)
        self.backups = RollingBackups(self.core, stays=scheduled)
        if self.scheduler is not None:
            subscribers.add(self.scheduler.on_event)

    async def reload_connectors(self) -> None:
        """Reads the catalog and the own definitions again."""
        await self.core.definitions.reload()
        self.core.emit(ConnectorsChanged())

    async def opened(self) -> None:
        """After the vault was opened: own definitions with approved code come in, the schedule begins."""
        await self.exchange.finish()
        await self.reload_connectors()
        self.core.secret_logging.end_over()
        if self.scheduler is not None:
            self.scheduler.start()
        self.backups.start()

    async def lock(self) -> None:
        """Ends everything that needs the vault, then closes it."""
        self.core.secret_logging.end_all("the vault was locked")
        await self._lock()

    async def close(self) -> None:
        """The end: vault and clients closed, nothing left running."""
        await self.backups.finish()
        if self.core.actor == "window":
            self.core.secret_logging.end_all("the window was closed")
        self.core.secret_logging.stop()  # a command ends with every call: what it turned on goes on
        await self._lock()
        await take_leave()
        await self.core.clients.close()
        await self.core.shared.close()

    async def _lock(self) -> None:
        await self.core.session.lock(self._settle)

    async def _rest(self) -> Callable[[], None]:
        """Nothing is renewed by itself until the function that comes back is called."""
        scheduler = self.scheduler
        if scheduler is None:
            return lambda: None
        await scheduler.stop()
        return lambda: scheduler.start() if self.core.session.state == "open" else None

    async def _settle(self) -> None:
        if self.scheduler is not None:
            await self.scheduler.stop()
        await self.exchange.stop()
        await self.backups.stop()
        await self.connecting.cancel_all()
        await self.refreshing.settle(PATIENCE)
        self.noting.locking()
        self.refreshing.backoff.forget_all()
        self.core.held.forget_all()
        await self.core.clients.forget_certificates()
