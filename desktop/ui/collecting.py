"""Python's garbage is collected on the window's thread, and nowhere else."""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_EVERY = 500  # milliseconds


class Collector(QObject):
    """Takes over from the automatic collector until `release`.

    That one runs on whichever thread happens to allocate. On the engine's thread it would take widgets
    apart that only stand in a reference cycle any more, and Qt allows that on its own thread alone: the
    program would crash, rarely and somewhere else.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._thresholds = gc.get_threshold()
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY)
        self._timer.timeout.connect(self.collect_due)
        self._timer.start()

    def collect_due(self) -> None:
        """Collects the oldest generation that is full, as the automatic collector would."""
        counts = gc.get_count()
        for generation in (2, 1, 0):
            if counts[generation] > self._thresholds[generation]:
                gc.collect(generation)
                return

    def release(self) -> None:
        """Gives the work back to the automatic collector."""
        self._timer.stop()
        gc.enable()
