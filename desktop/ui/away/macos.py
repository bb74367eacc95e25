"""macOS' own words: the session's distributed notifications, and the workspace's.

Any program of the session may post the first; that makes the window lock, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable

from AppKit import (
    NSWorkspace,
    NSWorkspaceSessionDidResignActiveNotification,
    NSWorkspaceWillSleepNotification,
)
from Foundation import (
    NSDistributedNotificationCenter,
    NSNotificationSuspensionBehaviorDeliverImmediately,
    NSObject,
)
from PySide6.QtCore import QObject

from desktop.ui.away import Watcher

# macOS posts it, but Apple's documentation does not list it: it may end with any version.
SCREEN_IS_LOCKED = "com.apple.screenIsLocked"
_SELECTOR = "systemSpoke:"


class JackfieldListener(NSObject):  # type: ignore[misc]  # there are no types for it
    """What the centers call. Its name is one among those of the whole process' classes.

    Every underscore of a method's name is a colon of its selector.
    """

    said: Callable[[], object]

    def systemSpoke_(self, _notification: object) -> None:
        self.said()


class MacWatcher(Watcher):
    """Listens from the moment it is made, until `close`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._listener = JackfieldListener.alloc().init()
        self._listener.said = self.gone.emit
        self._session = NSDistributedNotificationCenter.defaultCenter()
        # Otherwise it waits until the program is in front again, which is after the screen is unlocked.
        self._session.addObserver_selector_name_object_suspensionBehavior_(
            self._listener,
            _SELECTOR,
            SCREEN_IS_LOCKED,
            None,
            NSNotificationSuspensionBehaviorDeliverImmediately,
        )
        self._workspace = NSWorkspace.sharedWorkspace().notificationCenter()
        for name in (NSWorkspaceWillSleepNotification, NSWorkspaceSessionDidResignActiveNotification):
            self._workspace.addObserver_selector_name_object_(self._listener, _SELECTOR, name, None)

    def close(self) -> None:
        """Takes the observers away, those of both centers."""
        self._session.removeObserver_(self._listener)
        self._workspace.removeObserver_(self._listener)
