"""Notices on waking that the computer slept, on every system: nobody has to say so."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QGuiApplication

from desktop.ui.away import Watcher

LOOK_EVERY = 5.0  # seconds
SLEPT = 60.0  # more than this without a look: no timer is that late


class ClockWatcher(Watcher):
    """Looks at the clock on the wall again and again. A gap means that nothing ran in between.

    Not against a monotonic clock: Windows' goes on while the computer sleeps. A clock that somebody sets
    forward looks the same as a sleep; one lock too many does no harm.
    """

    def __init__(self, parent: QObject | None = None, wall: Callable[[], float] = time.time) -> None:
        super().__init__(parent)
        self.wall = wall
        self._last = wall()
        self._timer = QTimer(self)
        self._timer.setInterval(round(LOOK_EVERY * 1000))
        self._timer.timeout.connect(self.look)
        self._timer.start()
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            # Whoever comes back to the window after a sleep need not wait for the timer.
            app.applicationStateChanged.connect(self._look_at_once)

    def opened(self) -> None:
        """Somebody has just shown that they know the passphrase: what was before says nothing."""
        self._last = self.wall()

    def close(self) -> None:
        """Looks no more."""
        self._timer.stop()

    def look(self) -> None:
        """Says `gone` if nothing has run since the last look for longer than can be."""
        now = self.wall()
        gap, self._last = now - self._last, now
        if gap > LOOK_EVERY + SLEPT:
            self.gone.emit()

    def _look_at_once(self, _state: object) -> None:
        self.look()
