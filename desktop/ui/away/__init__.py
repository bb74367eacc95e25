"""Says when the person has gone: the screen is locked, the computer goes to sleep, somebody else sits there.

One interface, `Watcher`; what is behind it depends on the desktop. Where the desktop says nothing, the idle
time remains (desktop/ui/idle.py).
"""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject, Signal


class Watcher(QObject):
    """`gone` at each such moment. Whoever locks calls `locked` when that is done: a sleep waits for it."""

    gone = Signal()

    def locked(self) -> None:
        """Nothing is open any more; the computer may sleep."""

    def close(self) -> None:
        """Watches no more."""


def watch(parent: QObject) -> Watcher:
    """The watcher of this desktop. On systems without D-Bus, one that never says anything."""
    if sys.platform.startswith(("linux", "freebsd")):
        from desktop.ui.away.dbus import DBusWatcher

        return DBusWatcher(parent)
    return Watcher(parent)
