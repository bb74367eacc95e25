"""macOS' own words: the session's distributed notifications, and the workspace's.

Any program of the session may post the first; that makes the window lock, and nothing else. PyObjC, which
only macOS has, is imported when a watcher is made.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from PySide6.QtCore import QObject

from desktop.ui.away import Watcher

# macOS posts it, but Apple's documentation does not list it: it may end with any version.
SCREEN_IS_LOCKED = "com.apple.screenIsLocked"
_SELECTOR = "systemSpoke:"


class MacWatcher(Watcher):
    """Listens from the moment it is made, until `close`. Raises ImportError where there is no PyObjC."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        import AppKit
        import Foundation

        self._listener = _listener_class().alloc().init()
        self._listener.said = self.gone.emit
        self._session = Foundation.NSDistributedNotificationCenter.defaultCenter()
        # Otherwise it waits until the program is in front again, which is after the screen is unlocked.
        self._session.addObserver_selector_name_object_suspensionBehavior_(
            self._listener,
            _SELECTOR,
            SCREEN_IS_LOCKED,
            None,
            Foundation.NSNotificationSuspensionBehaviorDeliverImmediately,
        )
        self._workspace = AppKit.NSWorkspace.sharedWorkspace().notificationCenter()
        for name in (
            AppKit.NSWorkspaceWillSleepNotification,
            AppKit.NSWorkspaceSessionDidResignActiveNotification,
        ):
            self._workspace.addObserver_selector_name_object_(self._listener, _SELECTOR, name, None)

    def close(self) -> None:
        """Takes the observers away, those of both centers."""
        self._session.removeObserver_(self._listener)
        self._workspace.removeObserver_(self._listener)


@cache  # the process has one class of a name
def _listener_class() -> Any:
    """What the centers call. Every underscore of a method's name is a colon of its selector."""
    from Foundation import NSObject

    class JackfieldListener(NSObject):  # type: ignore[misc]  # there are no types for it
        def systemSpoke_(self, _notification: object) -> None:
            self.said()

    return JackfieldListener
