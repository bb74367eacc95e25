"""A stand-in for the part of Windows that tells about sessions: its library, and messages in memory."""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Callable
from ctypes import wintypes
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QAbstractEventDispatcher
from shiboken6 import Shiboken

# What a 64-bit Windows compiles MSG to: hwnd, message, wParam, lParam, time, pt.
_MSG = struct.Struct("<QI4xQqI2i4x")
RPC_S_INVALID_BINDING = 1702


class FakeWindows:
    """Knows which windows are registered, and for what."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.registered: dict[int, int] = {}
        self.loaded: list[tuple[str, int]] = []
        self.refuses = False
        self.lacks = ""  # the name of a function that its library does not have
        self._error = 0
        monkeypatch.setattr("desktop.ui.away.sys", SimpleNamespace(platform="win32"))
        monkeypatch.setattr(ctypes, "WinDLL", self._load, raising=False)
        monkeypatch.setattr(ctypes, "get_last_error", lambda: self._error, raising=False)
        monkeypatch.setattr(ctypes, "WinError", _error, raising=False)

    def tell(
        self, message: int, what: int, window: int = 0x20312, *, kind: bytes = b"windows_generic_MSG"
    ) -> bool:
        """Hands a message to Qt as its platform does; whether it was kept from the window."""
        memory = ctypes.create_string_buffer(_MSG.pack(window, message, what, 1, 0, 0, 0))
        dispatcher = QAbstractEventDispatcher.instance()
        # Qt's binding wants a place for the result, which its own description does not name.
        kept = dispatcher.filterNativeEvent(kind, Shiboken.VoidPtr(ctypes.addressof(memory)), 0)  # type: ignore[call-arg, arg-type]
        return bool(kept)

    def _load(self, name: str, *, use_last_error: bool, winmode: int) -> _Library:
        assert use_last_error, "the error would be lost"
        self.loaded.append((name, winmode))
        return _Library(self)

    def register(self, window: int, flags: int) -> bool:
        self._error = RPC_S_INVALID_BINDING if self.refuses else 0
        if not self.refuses:
            self.registered[window] = flags
        return not self.refuses

    def unregister(self, window: int) -> bool:
        return self.registered.pop(window, None) is not None


class _Library:
    """wtsapi32.dll."""

    def __init__(self, windows: FakeWindows) -> None:
        self._functions = {
            "WTSRegisterSessionNotification": _Function(windows.register, wintypes.HWND, wintypes.DWORD),
            "WTSUnRegisterSessionNotification": _Function(windows.unregister, wintypes.HWND),
        }
        self._functions.pop(windows.lacks, None)

    def __getattr__(self, name: str) -> _Function:
        if name not in self._functions:
            raise AttributeError(f"function '{name}' not found")  # ctypes' words
        return self._functions[name]


class _Function:
    """A function of C that gives a BOOL. Its caller has to have said so, and what it takes."""

    def __init__(self, does: Callable[..., bool], *takes: type) -> None:
        self.argtypes: tuple[type, ...] = ()
        self.restype: type = ctypes.c_int
        self._does, self._takes = does, takes

    def __call__(self, *given: int) -> int:
        assert self.argtypes == self._takes
        assert self.restype is wintypes.BOOL
        return int(ctypes.CFUNCTYPE(self.restype, *self.argtypes)(self._does)(*given))


def _error(code: int) -> OSError:
    return OSError(f"[WinError {code}] The binding handle is invalid")
