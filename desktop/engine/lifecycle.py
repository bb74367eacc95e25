"""The engine's life: its thread, its parts, and what may be asked of it from any thread."""

from __future__ import annotations

import asyncio
import concurrent.futures
from collections.abc import Callable, Coroutine
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from desktop.engine.events import VaultState
from desktop.engine.loop_thread import LoopThread
from desktop.engine.preferences import Preferences, load_preferences, save_preferences
from desktop.engine.subscribers import Listener, Subscribers

if TYPE_CHECKING:
    from connectors.reading.registry import Catalog
    from desktop.engine.connect.browser import Opener
    from desktop.engine.parts import Parts
    from desktop.vault.reader import Reader

T = TypeVar("T")


class EngineLife:
    """Everything of the engine that is not a coroutine. Safe on any thread."""

    def __init__(
        self,
        home: Path,
        *,
        actor: str = "window",
        opener: Opener | None = None,
        preferences: Preferences | None = None,
        scheduled: bool | None = None,
        command: str = "",
    ) -> None:
        self.home = home
        self.actor = actor
        self.command = command  # the words of the command line, for the activity list
        self.preferences_problem = ""
        if preferences is None:
            preferences, self.preferences_problem = load_preferences(home)
        self._preferences = preferences
        self._opener = opener
        self._scheduled = actor == "window" if scheduled is None else scheduled
        self._subscribers = Subscribers()
        self._thread = LoopThread("jackfield-engine")
        self._ready: concurrent.futures.Future[Parts] | None = None

    def start(self) -> None:
        """Starts the thread and returns at once; the catalog is read there. A second call does nothing."""
        if self._ready is None:
            self._thread.start()
            self._ready = self._thread.submit(self._set_up())

    def stop(self) -> None:
        """Cancels attempts, lets a refresh under way be saved, closes vault and clients, joins the thread."""
        ready = self._ready
        if ready is None:
            return
        try:
            concurrent.futures.wait([ready])
            if ready.exception() is None:
                self._thread.submit(ready.result().close()).result()
        finally:
            self._thread.stop()
            # Not before: what is still under way is to be cancelled, and finds its parts until then.
            self._ready = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def submit(self, coroutine: Coroutine[Any, Any, T]) -> concurrent.futures.Future[T]:
        """Runs a coroutine on the engine's loop, from any thread. Cancelling the future cancels it."""
        if self._ready is None:
            coroutine.close()
            raise RuntimeError("the engine is not running: call start() first")
        return self._thread.submit(self._when_ready(coroutine))

    def run(self, coroutine: Coroutine[Any, Any, T], timeout: float | None = None) -> T:
        """The same, and waits for the result. Not for the engine's own thread, nor for a window's."""
        future = self.submit(coroutine)
        try:
            return future.result(timeout)
        except BaseException:
            future.cancel()
            raise

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Calls `listener` with every event, on the engine's thread. The function returned ends it."""
        return self._subscribers.add(listener)

    @property
    def catalog(self) -> Catalog:
        """All connectors. Waits until they are read, right after the start."""
        return self._parts.core.definitions.catalog

    @property
    def vault_state(self) -> VaultState:
        """missing, locked or open. Known before the engine is ready, so that the first page can be chosen."""
        if self._ready is not None and self._ready.done():
            return self._parts.core.session.state
        from desktop.vault import store

        return "locked" if store.exists(self.home) else "missing"

    @property
    def preferences(self) -> Preferences:
        """The person's choices. Immutable: `save_preferences` takes a changed copy."""
        return self._preferences

    def save_preferences(self, preferences: Preferences) -> None:
        """Writes the choices and uses them from now on. Raises OSError; then nothing changed."""
        save_preferences(self.home, preferences)
        clients_differ = preferences.ca_file != self._preferences.ca_file
        self._preferences = preferences
        if clients_differ and self._ready is not None:
            self.submit(self._renew_clients())

    def reader(self) -> Reader:
        """A read-only connection for the calling thread, which closes it. Raises VaultError."""
        return self._parts.core.session.reader()

    def is_refreshing(self, account_id: str) -> bool:
        """Whether the account is being renewed at this moment."""
        return self._parts.refreshing.is_refreshing(account_id)

    def redirect_uri(self, key: str) -> str:
        """The exact address to register with a connector's service."""
        if self._thread.on_thread():
            return self._parts.settings.redirect_uri(key)
        return self.run(self._redirect_uri(key))

    # Inside

    @property
    def _parts(self) -> Parts:
        if self._ready is None:
            raise RuntimeError("the engine is not running: call start() first")
        return self._ready.result()

    async def _set_up(self) -> Parts:
        # Imported on this thread, so that a window is painted meanwhile.
        from desktop.engine.parts import Parts

        parts = Parts(
            self.home,
            self.actor,
            self._opener,
            self._subscribers,
            lambda: self._preferences,
            self._scheduled,
            self.command,
        )
        await parts.core.definitions.reload()
        return parts

    async def _when_ready(self, coroutine: Coroutine[Any, Any, T]) -> T:
        try:
            if self._ready is not None:
                await asyncio.shield(asyncio.wrap_future(self._ready))
        except BaseException:
            coroutine.close()
            raise
        try:
            return await coroutine
        except Exception as error:
            from desktop.engine.privacy.covering import cover

            cover(error)  # whoever gets it may show it when nothing is known of its secrets any more
            raise

    async def _redirect_uri(self, key: str) -> str:
        return self._parts.settings.redirect_uri(key)

    async def _renew_clients(self) -> None:
        self._parts.core.clients.renew()
