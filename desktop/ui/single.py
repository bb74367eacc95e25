"""One window for each home: a second start asks the first one to come to the front, and ends.

A lock in the home decides which is the first; it falls with its process, also after kill -9. The second one
says what it wants over a local socket that only this user may open.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket
from PySide6.QtWidgets import QWidget

from desktop.engine.opened.targets import MOST

LOCK = "window.lock"
SOCKET = "window.sock"
RAISE, RAISED = b"raise", b"raised"
OPEN = b"open"
_LONGEST_PATH = 100  # bytes; a local socket's path is cut off or refused beyond 104 on some systems
_LONGEST_LINE = 96 * 1024  # room for all that may be handed over at once
_TRIES, _PAUSE, _PATIENCE = 25, 200, 5000  # milliseconds
_ACTIVATION = "XDG_ACTIVATION_TOKEN"  # Wayland lets only those come to the front who were handed one


class SingleWindow(QObject):
    """`called(token)`: somebody started the program again; the token may be empty.

    `opened(words)` follows if they gave links or files, as desktop/engine/opened/targets.py reads them.
    """

    called = Signal(str)
    opened = Signal(object)

    def __init__(self, home: Path) -> None:
        super().__init__()
        self._home = home
        self._lock = QLockFile(str(home / LOCK))
        self._lock.setStaleLockTime(0)  # age says nothing: only that its process is gone makes it stale
        self._server: QLocalServer | None = None
        self._folder: int | None = None  # the home, open, where its path is too long for a socket's
        self.claimed = False  # whether this process shows the window

    def claim(self) -> bool:
        """Whether this process may show the window; if so, it listens for others from now on.

        A home in which no lock can be made has no vault that two windows could share.
        """
        return self._claim(0)

    def hand_over(self, words: Sequence[str] = ()) -> bool:
        """Asks the window that is there to come to the front, with these. False if nobody answers.

        Also false if that window ends meanwhile: then this process is the first, and `claimed` says so.
        """
        for _ in range(_TRIES):
            socket = QLocalSocket()
            socket.connectToServer(self._address())
            if socket.waitForConnected(_PAUSE):
                return _ask(socket, words)
            if self._claim(_PAUSE):
                return False
        return False

    def close(self) -> None:
        """Others may show a window again."""
        if self._server is not None:
            self._server.close()
            self._server = None
        if self._folder is not None:
            os.close(self._folder)
            self._folder = None
        self._lock.unlock()

    def _claim(self, patience: int) -> bool:
        try:
            self._home.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError:
            self.claimed = True  # the engine says what is wrong with the folder
            return True
        if self._lock.tryLock(patience):
            (self._home / LOCK).chmod(0o600)
            self._listen()
            self.claimed = True
        elif self._lock.error() != QLockFile.LockError.LockFailedError:
            self.claimed = True  # nobody can lock here, so nobody else has
        return self.claimed

    def _listen(self) -> None:
        address = self._address()
        QLocalServer.removeServer(address)  # we hold the lock, so whoever made it is gone
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._come)
        self._server.listen(address)

    def _address(self) -> str:
        path = str(self._home / SOCKET)
        if len(os.fsencode(path)) <= _LONGEST_PATH or sys.platform != "linux":
            return path
        if self._folder is None:
            self._folder = os.open(self._home, os.O_RDONLY | os.O_DIRECTORY)
        return f"/proc/self/fd/{self._folder}/{SOCKET}"  # the same file under a short name

    def _come(self) -> None:
        assert self._server is not None
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.setReadBufferSize(_LONGEST_LINE + 1)
            socket.disconnected.connect(socket.deleteLater)
            socket.readyRead.connect(lambda socket=socket: self._read(socket))
            if socket.bytesAvailable():
                self._read(socket)

    def _read(self, socket: QLocalSocket) -> None:
        if not socket.canReadLine():
            if socket.bytesAvailable() > _LONGEST_LINE:
                socket.abort()
            return
        said = _understood(bytes(socket.readLine(_LONGEST_LINE).data()))
        if said is not None:
            socket.write(RAISED + b"\n")
            token, words = said
            self.called.emit(token)
            if words:
                self.opened.emit(words)
        socket.disconnectFromServer()


def bring_to_front(window: QWidget, token: str) -> None:
    """Shows the window to whoever called for it, also out of the task bar."""
    if token:
        os.environ[_ACTIVATION] = token  # Qt takes it from there, once
    if window.isMinimized():
        window.showNormal()
    window.show()
    window.raise_()
    window.activateWindow()


def _ask(socket: QLocalSocket, words: Sequence[str]) -> bool:
    token = os.environ.get(_ACTIVATION, "")
    line = RAISE + b" " + token.encode("ascii", "ignore")
    if words:
        # A path may hold any byte; Python carries what is not UTF-8 as surrogates.
        said = json.dumps({"token": token, "words": list(words)}, ensure_ascii=False)
        line = OPEN + b" " + said.encode("utf-8", "surrogateescape")
    socket.write(line + b"\n")
    while not socket.canReadLine():
        if not socket.waitForReadyRead(_PATIENCE):
            return False
    return bytes(socket.readLine().data()).strip() == RAISED


def _understood(line: bytes) -> tuple[str, list[str]] | None:
    """The activation token and what is to be opened; None for a line that says nothing of the kind."""
    word, _, rest = line.strip().partition(b" ")
    if word == RAISE:
        return rest.decode("ascii", "replace"), []
    if word != OPEN:
        return None
    try:
        said = json.loads(rest.decode("utf-8", "surrogateescape"))
    except (ValueError, RecursionError):
        return None
    match said:
        case {"token": str(token), "words": list(words)} if len(words) <= MOST:
            if all(isinstance(each, str) for each in words):
                return token, words
    return None
