"""Locks the vault when nobody has used the window for a while."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer, Signal

_USE = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.InputMethod,
    }
)
_LOOK_EVERY = 5_000  # milliseconds


class IdleLock(QObject):
    """`remaining(seconds)` while it counts (0: it never locks), `expired` once.

    `minutes` is asked at every look, so a changed preference counts at once; 0 means never.
    The clock also runs while the computer sleeps.
    """

    remaining = Signal(int)
    expired = Signal()

    def __init__(
        self,
        minutes: Callable[[], int],
        parent: QObject | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(parent)
        self._minutes = minutes
        self._clock = clock
        self._last_use = clock()
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_EVERY)
        self._timer.timeout.connect(self.look)
        self._running = False

    def watch(self, window: QObject) -> None:
        """Takes every key and every move of the pointer in this QWindow for a sign of life.

        The window handle, not the application: a filter there would see every paint and timer as well.
        """
        window.installEventFilter(self)

    def start(self) -> None:
        """Counts from now on."""
        self.used()
        self._running = True
        self._timer.start()
        self.look()

    def stop(self) -> None:
        """Counts no more."""
        self._timer.stop()
        self._running = False

    def used(self) -> None:
        """Somebody is here."""
        self._last_use = self._clock()

    def look(self) -> None:
        """Says how long it is until the lock, or that it is time."""
        if not self._running:
            return
        minutes = self._minutes()
        left = minutes * 60 - (self._clock() - self._last_use)
        if minutes == 0:
            self.remaining.emit(0)
        elif left <= 0:
            self.stop()
            self.expired.emit()
        else:
            self.remaining.emit(int(left))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notes the time of each sign of life."""
        if event.type() in _USE:
            self._last_use = self._clock()
        return False
