"""Who is told of events. A listener that fails is written to the log and harms nobody else."""

from __future__ import annotations

import logging
from collections.abc import Callable

from desktop.engine.events import Event

log = logging.getLogger(__name__)
Listener = Callable[[Event], None]


class Subscribers:
    """Listeners, called on the thread of whoever emits: the engine's."""

    def __init__(self) -> None:
        self._listeners: tuple[Listener, ...] = ()

    def add(self, listener: Listener) -> Callable[[], None]:
        """Adds a listener from any thread; the function returned removes it again."""
        # A new tuple each time, so that an emit that is under way goes through an unchanged one.
        self._listeners = (*self._listeners, listener)

        def remove() -> None:
            self._listeners = tuple(one for one in self._listeners if one is not listener)

        return remove

    def emit(self, event: Event) -> None:
        """Tells every listener."""
        for listener in self._listeners:
            try:
                listener(event)
            except Exception:
                log.exception("a listener failed on %s", type(event).__name__)
