"""The Linux desktop's own words: ScreenSaver on the session bus, logind on the system bus.

Whoever may send on these buses can make the window lock, and nothing else.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from PySide6.QtCore import SLOT, QObject, Slot
from PySide6.QtDBus import (
    QDBusConnection,
    QDBusMessage,
    QDBusObjectPath,
    QDBusPendingCallWatcher,
    QDBusVariant,
)

from desktop.ui.away import Watcher

LOGIN = "org.freedesktop.login1"
MANAGER, SESSION = f"{LOGIN}.Manager", f"{LOGIN}.Session"
_LOGIN_PATH = "/org/freedesktop/login1"
_PROPERTIES = "org.freedesktop.DBus.Properties"
_SYSTEM_SOCKET = Path("/run/dbus/system_bus_socket")
# KDE and others speak the first, GNOME, Cinnamon and MATE their own.
SCREEN_SAVERS = (
    "org.freedesktop.ScreenSaver",
    "org.gnome.ScreenSaver",
    "org.cinnamon.ScreenSaver",
    "org.mate.ScreenSaver",
)


class DBusWatcher(Watcher):
    """Listens from the moment it is made. A bus that is not there is not started."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._delay: object = None  # as long as logind's descriptor is open, the computer waits with sleeping
        self._sleeping = False
        self._system: QDBusConnection | None = None
        if _has_session_bus():
            session = QDBusConnection.sessionBus()
            for name in SCREEN_SAVERS:
                session.connect("", "", name, "ActiveChanged", self, SLOT("_screen(QDBusMessage)"))
        if _has_system_bus():
            self._system = QDBusConnection.systemBus()
            self._listen(_LOGIN_PATH, MANAGER, "PrepareForSleep", SLOT("_sleep(QDBusMessage)"))
            self._ask_for_delay()
            self._find_session()

    def locked(self) -> None:
        """Lets the computer sleep, if that is what it waits for."""
        if self._sleeping:
            self._delay = None

    def close(self) -> None:
        """Holds nothing up any more."""
        self._delay, self._system = None, None

    @Slot(QDBusMessage)
    def _screen(self, message: QDBusMessage) -> None:
        if message.arguments()[:1] == [True]:
            self.gone.emit()

    @Slot(QDBusMessage)
    def _sleep(self, message: QDBusMessage) -> None:
        self._sleeping = message.arguments()[:1] == [True]
        if self._sleeping:
            self.gone.emit()
        elif self._system is not None:
            self._ask_for_delay()  # awake again: the next time, too

    @Slot(QDBusMessage)
    def _asked_to_lock(self, _message: QDBusMessage) -> None:
        self.gone.emit()

    @Slot(QDBusMessage)
    def _session_changed(self, message: QDBusMessage) -> None:
        """Another user may have the screen now. What has changed is asked for anew."""
        if self._system is not None and message.arguments()[:1] == [SESSION]:
            question = QDBusMessage.createMethodCall(LOGIN, message.path(), _PROPERTIES, "Get")
            question.setArguments([SESSION, "Active"])
            self._send(question).finished.connect(self._active_known)

    def _active_known(self, call: QDBusPendingCallWatcher) -> None:
        for value in _answer(call):
            if (value.variant() if isinstance(value, QDBusVariant) else value) is False:
                self.gone.emit()

    def _ask_for_delay(self) -> None:
        self._call("Inhibit", "sleep", "Jackfield", "The vault is locked first", "delay").finished.connect(
            self._delayed
        )

    def _find_session(self) -> None:
        name = os.environ.get("XDG_SESSION_ID", "")
        if name:
            self._call("GetSession", name).finished.connect(self._session_found)

    def _call(self, method: str, *arguments: str) -> QDBusPendingCallWatcher:
        message = QDBusMessage.createMethodCall(LOGIN, _LOGIN_PATH, MANAGER, method)
        message.setArguments(list(arguments))
        return self._send(message)

    def _send(self, message: QDBusMessage) -> QDBusPendingCallWatcher:
        assert self._system is not None
        return QDBusPendingCallWatcher(self._system.asyncCall(message), self)

    def _delayed(self, call: QDBusPendingCallWatcher) -> None:
        for descriptor in _answer(call):
            self._delay = descriptor if self._system is not None else None

    def _session_found(self, call: QDBusPendingCallWatcher) -> None:
        for path in _answer(call):
            path = path.path() if isinstance(path, QDBusObjectPath) else str(path)
            if self._system is not None:
                self._listen(path, SESSION, "Lock", SLOT("_asked_to_lock(QDBusMessage)"))
                self._listen(path, _PROPERTIES, "PropertiesChanged", SLOT("_session_changed(QDBusMessage)"))

    def _listen(self, path: str, interface: str, name: str, slot: str) -> None:
        assert self._system is not None
        self._system.connect(LOGIN, path, interface, name, self, slot)


def _answer(call: QDBusPendingCallWatcher) -> list[Any]:
    """The answer's values; none where logind refused or is not there."""
    call.deleteLater()
    reply = call.reply()
    return reply.arguments() if reply.type() == QDBusMessage.MessageType.ReplyMessage else []


def _has_session_bus() -> bool:
    """Whether one runs. Without this question libdbus would start one of its own."""
    if os.environ.get("DBUS_SESSION_BUS_ADDRESS"):
        return True
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    return bool(runtime) and (Path(runtime) / "bus").exists()


def _has_system_bus() -> bool:
    return bool(os.environ.get("DBUS_SYSTEM_BUS_ADDRESS")) or _SYSTEM_SOCKET.exists()
