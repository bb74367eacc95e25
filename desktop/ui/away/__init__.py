"""Says when the person has gone: the screen is locked, the computer goes to sleep, somebody else sits there.

One interface, `Watcher`; what is behind it depends on the desktop. Where the desktop says nothing, a sleep is
noticed on waking, by the clock, and the idle time remains (desktop/ui/idle.py).
"""

from __future__ import annotations

import logging
import sys

from PySide6.QtCore import QObject, Signal

log = logging.getLogger(__name__)


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
    """What this desktop says, and what the clock says everywhere. Windows says it to `parent`, a window."""
    from desktop.ui.away.clock import ClockWatcher

    watchers: list[Watcher] = [ClockWatcher()]
    try:
        watchers += _of_this_desktop(parent)
    except (ImportError, OSError) as error:
        log.warning(
            "the vault will not lock with the screen: %s. It locks on waking, and when nobody uses it.", error
        )
    return Watchers(parent, *watchers)


def _of_this_desktop(parent: QObject) -> list[Watcher]:
    """Imported only where it is used: each of these needs what only its own system has."""
    if sys.platform == "win32":
        from PySide6.QtWidgets import QWidget

        from desktop.ui.away.windows import WindowsWatcher

        assert isinstance(parent, QWidget)
        return [WindowsWatcher(int(parent.winId()))]
    if sys.platform == "darwin":
        from desktop.ui.away.macos import MacWatcher

        return [MacWatcher()]
    if sys.platform.startswith(("linux", "freebsd")):
        from desktop.ui.away.dbus import DBusWatcher

        return [DBusWatcher()]
    return []
