"""A proxy on loopback that opens tunnels, to other places than it is asked for, and remembers who asked."""

from __future__ import annotations

import socket
import threading
from collections.abc import Mapping
from types import TracebackType


class Tunnel:
    """`ways` says where a name leads, such as {"service.example:443": 8443}; all ports are on this computer.

    `password` is what it wants to see in Proxy-Authorization; `refuses` is a status line for everybody.
    """

    def __init__(self, ways: Mapping[str, int], *, credentials: str = "", refuses: str = "") -> None:
        self.ways, self.credentials, self.refuses = ways, credentials, refuses
        self.asked: list[str] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._threads = [threading.Thread(target=self._accept)]
        self._ends: list[socket.socket] = []

    @property
    def port(self) -> int:
        return int(self._listening.getsockname()[1])

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            self._ends.append(near)
            self._begin(self._serve, near)

    def _begin(self, work: object, *ends: socket.socket) -> None:
        thread = threading.Thread(target=work, args=ends)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _serve(self, near: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            piece = near.recv(4096)
            if not piece:
                return
            head += piece
        first, *lines = head.decode("latin-1").split("\r\n")
        self.asked.append(first)
        sent = next((line.partition(": ")[2] for line in lines if line.lower().startswith("proxy-auth")), "")
        target = first.split(" ")[1]
        if self.refuses or sent != self.credentials or target not in self.ways:
            status = self.refuses or (
                "407 Proxy Authentication Required" if self.credentials else "403 Forbidden"
            )
            near.sendall(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
            near.close()
            return
        far = socket.create_connection(("127.0.0.1", self.ways[target]))
        self._ends.append(far)
        near.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        self._begin(self._carry, far, near)
        self._carry(near, far)

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        try:
            while piece := source.recv(65536):
                target.sendall(piece)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            return  # one of the ends has gone

    def __enter__(self) -> Tunnel:
        self._threads[0].start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for end in self._ends:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # it has gone already
            finally:
                end.close()
        for thread in self._threads:
            thread.join(30)
