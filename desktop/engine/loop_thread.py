"""One asyncio loop on one thread, and the way onto it from any other."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class LoopThread:
    """Starts the loop, takes coroutines from any thread, and ends without leaving anything open."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._running = threading.Event()

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The running loop. RuntimeError before `start` and after `stop`."""
        if self._loop is None:
            raise RuntimeError("the engine is not running")
        return self._loop

    @property
    def is_running(self) -> bool:
        """Whether coroutines are taken."""
        return self._loop is not None

    def start(self) -> None:
        """Returns when the loop takes coroutines."""
        if self._thread is not None:
            return
        self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
        self._thread.start()
        self._running.wait()

    def submit(self, coroutine: Coroutine[Any, Any, T]) -> concurrent.futures.Future[T]:
        """Runs a coroutine on the loop. Cancelling the future cancels the task."""
        try:
            return asyncio.run_coroutine_threadsafe(coroutine, self.loop)
        except RuntimeError:
            coroutine.close()
            raise

    def on_thread(self) -> bool:
        """Whether the caller is on the loop's own thread."""
        return threading.current_thread() is self._thread

    def stop(self) -> None:
        """Cancels what still runs, closes the loop and joins the thread."""
        loop, thread = self._loop, self._thread
        if loop is None or thread is None:
            return
        self._loop = None
        loop.call_soon_threadsafe(loop.stop)
        if not self.on_thread():
            thread.join()
        self._thread = None
        self._running.clear()

    def _run(self) -> None:
        # Runner cancels the remaining tasks, ends async generators and the default executor on its way out.
        with asyncio.Runner() as runner:
            loop = runner.get_loop()
            asyncio.set_event_loop(loop)
            self._loop = loop
            loop.call_soon(self._running.set)
            loop.run_forever()
