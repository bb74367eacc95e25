"""Says when the person has gone: the screen is locked, the computer goes to sleep, somebody else sits there.

One interface, `Watcher`; what is behind it depends on the desktop. Where the desktop says nothing, a sleep is
noticed on waking, by the clock, and the idle time remains (desktop/ui/idle.py).
"""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject, Signal


class Watcher(QObject):
    """`gone` at each such moment. Whoever locks calls `locked` when that is done: a sleep waits for it."""

    gone = Signal()

    def locked(self) -> None:
        """Nothing is open any more; the computer may sleep."""

    def opened(self) -> None:
        """The vault was opened just now."""

    def close(self) -> None:
        """Watches no more."""


class Watchers(Watcher):
    """Several as one: whichever says `gone` first."""

    def __init__(self, parent: QObject, *watchers: Watcher) -> None:
        super().__init__(parent)
        self._watchers = watchers
        for watcher in watchers:
            watcher.setParent(self)
            watcher.gone.connect(self.gone)

    def locked(self) -> None:
        """Nothing is open any more; the computer may sleep."""
        for watcher in self._watchers:
            watcher.locked()

    def opened(self) -> None:
        """The vault was opened just now."""
        for watcher in self._watchers:
            watcher.opened()

    def close(self) -> None:
        """Watches no more."""
        for watcher in self._watchers:
            watcher.close()


def watch(parent: QObject) -> Watcher:
    """What this desktop says, and what the clock says everywhere."""
    from desktop.ui.away.clock import ClockWatcher

    watchers: list[Watcher] = [ClockWatcher()]
    if sys.platform.startswith(("linux", "freebsd")):
        from desktop.ui.away.dbus import DBusWatcher

        watchers.append(DBusWatcher())
    return Watchers(parent, *watchers)
