"""Windows' own words: of the session, told to one window, and of the power, told to every window.

Whoever may send messages to the window can make it lock, and nothing else.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from ctypes import wintypes

from PySide6.QtCore import QAbstractNativeEventFilter, QByteArray, QCoreApplication, QObject

from desktop.ui.away import Watcher

# WinUser.h and WtsApi32.h
WM_POWERBROADCAST, WM_WTSSESSION_CHANGE = 0x0218, 0x02B1
PBT_APMSUSPEND = 0x4
WTS_CONSOLE_DISCONNECT, WTS_REMOTE_DISCONNECT, WTS_SESSION_LOCK = 0x2, 0x4, 0x7
NOTIFY_FOR_THIS_SESSION = 0
LOAD_LIBRARY_SEARCH_SYSTEM32 = 0x800  # no library of that name from any other folder

GONE = {
    (WM_WTSSESSION_CHANGE, WTS_SESSION_LOCK),
    (WM_WTSSESSION_CHANGE, WTS_CONSOLE_DISCONNECT),
    (WM_WTSSESSION_CHANGE, WTS_REMOTE_DISCONNECT),
    (WM_POWERBROADCAST, PBT_APMSUSPEND),
}
# Qt's name for a message on its way into a window. A posted one passes under another name before that.
_MESSAGE = b"windows_generic_MSG"


class WindowsWatcher(Watcher):
    """Listens from the moment it is made, for the window with this handle, until `close`.

    Raises OSError where the system refuses, or has no such functions.
    """

    def __init__(self, window: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        library = ctypes.WinDLL("wtsapi32", use_last_error=True, winmode=LOAD_LIBRARY_SEARCH_SYSTEM32)
        try:
            register = library.WTSRegisterSessionNotification
            unregister = library.WTSUnRegisterSessionNotification
        except AttributeError as error:
            raise OSError(str(error)) from error
        register.argtypes, register.restype = (wintypes.HWND, wintypes.DWORD), wintypes.BOOL
        unregister.argtypes, unregister.restype = (wintypes.HWND,), wintypes.BOOL
        if not register(window, NOTIFY_FOR_THIS_SESSION):
            raise ctypes.WinError(ctypes.get_last_error())
        self._unregister: Callable[[], object] | None = lambda: unregister(window)
        self._filter = _Messages(self.gone.emit)
        _application().installNativeEventFilter(self._filter)

    def close(self) -> None:
        """Gives the notification back. The window must still be there."""
        if self._unregister is not None:
            _application().removeNativeEventFilter(self._filter)
            self._unregister()
            self._unregister = None


class _Messages(QAbstractNativeEventFilter):
    """Reads along; every message goes on to its window."""

    def __init__(self, gone: Callable[[], object]) -> None:
        super().__init__()
        self._gone = gone

    def nativeEventFilter(  # Qt's name
        self, kind: QByteArray | bytes | bytearray | memoryview, message: int
    ) -> object:
        if kind == _MESSAGE:
            told = wintypes.MSG.from_address(int(message))
            if (told.message, told.wParam) in GONE:
                self._gone()
        return False, 0


def _application() -> QCoreApplication:
    application = QCoreApplication.instance()
    assert application is not None
    return application
