"""A small HTTP server on loopback that answers from a table and remembers what it was asked.

with StandIn() as standin:
    standin.answer("POST /token", {"access_token": "a", "token_type": "Bearer"})
    ...
    assert standin.requests[-1].form["grant_type"] == "authorization_code"
"""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Seen:
    """One request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: list[tuple[str, str]]
    body: bytes
    target: str = ""  # path and query, letter by letter

    def header(self, name: str) -> str:
        """The header's value; several lines of one name are joined with a line break."""
        return "\n".join(v for k, v in self.headers if k.lower() == name.lower())

    @property
    def form(self) -> dict[str, str]:
        """The form-encoded body."""
        return {k: v[-1] for k, v in parse_qs(self.body.decode(), keep_blank_values=True).items()}

    @property
    def json(self) -> Any:
        """The JSON body."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Reply:
    """One answer: anything but bytes and text is sent as JSON."""

    body: Any = ""
    status: int = 200
    headers: dict[str, str | tuple[str, ...]] = field(default_factory=dict)  # a tuple: one line each
    cut: bool = False  # promise more bytes than are sent

    def payload(self) -> tuple[bytes, str]:
        """The bytes and their content type."""
        match self.body:
            case bytes():
                return self.body, "application/json"
            case str():
                return self.body.encode(), "text/html" if self.body.lstrip().startswith("<") else "text/plain"
        return json.dumps(self.body).encode(), "application/json"


Answerer = Callable[[Seen], Reply]


class StandIn:
    """The server. Answers are looked up by "METHOD /path"; several for one key are used up in turn."""

    def __init__(self, replies: dict[str, Any] | None = None) -> None:
        self.requests: list[Seen] = []
        self._answers: dict[str, deque[Reply | Answerer]] = {}
        self._lock = threading.Lock()
        for key, body in (replies or {}).items():
            self.answer(key, body)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = False
        self._server.block_on_close = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """Its base address."""
        return f"http://127.0.0.1:{self.port}"

    def answer(
        self, key: str, *bodies: Any, status: int = 200, headers: dict[str, str] | None = None
    ) -> None:
        """Sets the answers of "METHOD /path", each a Reply, a function of Seen or a body; the last stays."""
        self._answers[key] = deque(
            body if isinstance(body, Reply) or callable(body) else Reply(body, status, headers or {})
            for body in bodies
        )

    def asked(self, path: str) -> list[Seen]:
        """The requests to one path."""
        return [r for r in self.requests if r.path == path]

    def _reply(self, seen: Seen) -> Reply:
        with self._lock:
            self.requests.append(seen)
            answers = self._answers.get(f"{seen.method} {seen.path}") or self._answers.get("*")
            if not answers:
                return Reply({"message": f"nothing at {seen.method} {seen.path}"}, 404)
            answer = answers.popleft() if len(answers) > 1 else answers[0]
        return answer if isinstance(answer, Reply) else answer(seen)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        standin = self

        class Handler(BaseHTTPRequestHandler):
            # One request a connection: nothing idles, so closing never has to wait.
            protocol_version = "HTTP/1.1"

            def respond(self) -> None:
                """Answers one request of any method."""
                parts = urlsplit(self.path)
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                query = {k: v[-1] for k, v in parse_qs(parts.query, keep_blank_values=True).items()}
                reply = standin._reply(
                    Seen(self.command, parts.path, query, self.headers.items(), body, self.path)
                )
                payload, kind = reply.payload()
                self.send_response(reply.status)
                headers = {
                    "Content-Type": kind,
                    "Content-Length": str(len(payload) + (100 if reply.cut else 0)),
                }
                for name, value in {**headers, **reply.headers, "Connection": "close"}.items():
                    for line in (value,) if isinstance(value, str) else value:
                        self.send_header(name, line)
                self.end_headers()
                self.wfile.write(payload)
                self.close_connection = True

            do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = respond

            def log_message(self, format: str, *args: Any) -> None:
                """Stays silent: what was asked stands in `requests`."""

        return Handler

    def __enter__(self) -> StandIn:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
