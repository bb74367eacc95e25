"""Serving the practice provider from a thread of this process."""

from __future__ import annotations

import os
import socket
import threading
from types import TracebackType

from waitress import create_server, wasyncore

from desktop.practice.app import create_app
from desktop.practice.knobs import Knobs
from desktop.practice.store import Seen, Store

DEFAULT_PORT = 8910
HOST = "127.0.0.1"
THREADS = 8


class PortTakenError(Exception):
    """Another program listens on the port. `sentence` and `hint` can be shown as they are."""

    def __init__(self, port: int) -> None:
        self.sentence = (
            f"Port {port} is in use by another program, so the practice provider cannot start there."
        )
        self.hint = "Choose another port with --port, or stop the other program."
        super().__init__(self.sentence)


class Provider:
    """A running practice provider. `url` is its base address, without a slash at the end."""

    def __init__(self, listening: socket.socket, knobs: Knobs) -> None:
        self.knobs = knobs
        self.store = Store()
        self.port: int = listening.getsockname()[1]
        self.url = f"http://{HOST}:{self.port}"
        self._stopping = threading.Event()
        self._stopped = threading.Lock()
        self._map: dict[int, wasyncore.dispatcher] = {}
        app = create_app(self.store, knobs, self._stopping)
        self._server = create_server(app, map=self._map, sockets=[listening], threads=THREADS, ident="")
        self._thread = threading.Thread(target=self._server.run, name="practice-provider", daemon=True)
        self._thread.start()

    @property
    def log(self) -> list[Seen]:
        """The requests seen so far, oldest first."""
        return self.store.seen

    def count(self, path: str, **form: str) -> int:
        """How many requests to `path` came with these form values, as in `grant_type="refresh_token"`."""
        return sum(seen.path == path and form.items() <= seen.form.items() for seen in self.log)

    def end_all_tokens(self, *, grants: bool = False) -> None:
        """Access tokens stop working at once; with `grants`, refreshing them is refused too."""
        self.store.end_all_tokens(grants=grants)

    def wait(self, timeout: float | None = None) -> None:
        """Return when the provider has stopped, or after so many seconds."""
        self._thread.join(timeout)

    def stop(self) -> None:
        """End waiting requests, close every connection and the port. May be called twice."""
        with self._stopped:
            if self._stopping.is_set():
                return
            self._stopping.set()
            self._server.task_dispatcher.shutdown()
            # Sockets are closed on the loop's own thread; with none left, its loop ends.
            # Under the lock: else a request that ends just now could have the pipe closed before our byte.
            trigger = self._server.trigger
            with trigger.lock:
                trigger.thunks.append(lambda: wasyncore.close_all(self._map))
                trigger._physical_pull()
            self._thread.join()

    def __enter__(self) -> Provider:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def start(port: int = 0, knobs: Knobs | None = None, *, or_any_port: bool = False) -> Provider:
    """Serve on 127.0.0.1:`port`; 0 is any free port. It listens when this returns.

    A taken port raises PortTakenError, or with `or_any_port` gives a free one instead.
    """
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if os.name == "posix":  # elsewhere this option would let two programs share the port
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((HOST, port))
        listening.listen()
    except OSError as error:
        listening.close()
        if or_any_port and port:
            return start(0, knobs)
        raise PortTakenError(port) from error
    return Provider(listening, knobs or Knobs())
