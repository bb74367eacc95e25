"""A way to a provider on which some token requests get lost or are answered with an error of the server."""

from __future__ import annotations

import http.client
import random
import socket
import struct
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from urllib.parse import parse_qs, urlsplit

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
_OF_ONE_CONNECTION = {"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"}


class FaultyWay:
    """Hands requests on to `provider_url`, but for a share of the refreshes: `errors` of them are answered
    with 503, the connections of `resets` are reset. Both happen before the provider hears of the request,
    because no client can keep a grant whose rotated token was lost on the way back.

    `counts` has the refreshes that came ("refresh"), and what became of the unlucky ones.
    """

    def __init__(self, provider_url: str, *, errors: float, resets: float, seed: int = 1) -> None:
        self._provider = urlsplit(provider_url).netloc
        self._errors, self._resets = errors, resets
        self._chance = random.Random(seed)
        self._lock = threading.Lock()
        self.counts: Counter[str] = Counter()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = False
        self._server.block_on_close = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    @property
    def url(self) -> str:
        """The address to use in place of the provider's."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def repaired(self) -> None:
        """From now on everything gets through."""
        with self._lock:
            self._errors = self._resets = 0.0

    def draw(self, path: str, body: bytes) -> str:
        """What happens to a request: "", "error" or "reset"."""
        if path != "/oauth/token" or b"grant_type=refresh_token" not in body:
            return ""
        with self._lock:
            self.counts["refresh"] += 1
            lot = self._chance.random()
            fate = "reset" if lot < self._resets else "error" if lot < self._resets + self._errors else ""
            self.counts[fate] += 1
            if not fate:
                self.counts[parse_qs(body.decode())["refresh_token"][0]] += 1
        return fate

    def sent_twice(self) -> int:
        """How many refresh tokens reached the provider more than once; strict providers end such grants."""
        own = {"refresh", "error", "reset", ""}
        return sum(count > 1 for name, count in self.counts.items() if name not in own)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        way = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def hand_on(self) -> None:
                """One request there and its answer back, or its fate."""
                self.close_connection = True
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                match way.draw(self.path, body):
                    case "reset":
                        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
                        return
                    case "error":
                        self._answer(503, {"Content-Type": "text/plain"}, b"overloaded")
                        return
                onward = http.client.HTTPConnection(way._provider, timeout=30)
                try:
                    onward.request(self.command, self.path, body, dict(self.headers.items()))
                    answer = onward.getresponse()
                    self._answer(answer.status, dict(answer.getheaders()), answer.read())
                finally:
                    onward.close()

            def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
                self.send_response(status)
                for name, value in headers.items():
                    if name.lower() not in _OF_ONE_CONNECTION:
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Connection", "close")
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = hand_on

            def log_message(self, format: str, *args: object) -> None:
                """Stays silent: `counts` says what happened."""

        return Handler

    def __enter__(self) -> FaultyWay:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
