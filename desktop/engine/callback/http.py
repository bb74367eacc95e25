"""One HTTP/1.1 request in, one page out. Strict where h11 is lenient, and bounded in size and time.

The sender may be anything on this computer or any page in the browser, so a request is taken as far as its
head and no further; a body is never read for its content.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass

import h11

from desktop.engine.callback.page import HEADERS, Page

_CHUNK = 4096
_BAD_BYTES = re.compile(rb"(?<!\r)\n|\r(?!\n|\Z)|\x00")
_REQUEST_LINE = re.compile(rb"[A-Z]{1,20} [\x21-\x7e]+ HTTP/1\.[01]")


@dataclass(frozen=True)
class Limits:
    """What the listener allows. Sizes in bytes, times in seconds."""

    connections: int = 32
    request_line: int = 8 * 1024
    head: int = 16 * 1024
    idle: float = 10.0  # from a connection's opening to the end of its request's head
    drain: float = 1.0  # for taking leave of a connection
    drain_bytes: int = 256 * 1024
    linger: float = 0.8  # how long the port outlives the answer, to serve the result page
    page_wait: float = 5.0  # how long the browser's own connection may take to ask for it
    log_lines: int = 20


class RefusedError(Exception):
    """The request is answered with a page and the connection is closed."""

    def __init__(self, page: Page) -> None:
        super().__init__(page.name)
        self.page = page


@dataclass(frozen=True)
class Request:
    """The head of a request. `target` is as it came: not decoded, not normalised."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    has_body: bool = False  # announced; none of it is read

    def header(self, name: str) -> list[str]:
        """Every value of a header, by its lower-case name."""
        return [value for key, value in self.headers if key == name]


class Exchange:
    """A connection: reads heads, writes pages."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, limits: Limits) -> None:
        self._reader = reader
        self._writer = writer
        self._limits = limits
        self._buffer = b""
        self._parser = h11.Connection(h11.SERVER)
        self._method = ""

    async def read(self) -> Request | None:
        """The next request, None if the other side went away. Raises RefusedError."""
        self._parser = h11.Connection(h11.SERVER, max_incomplete_event_size=self._limits.head)
        self._method = ""
        while (end := self._head_end()) < 0:
            chunk = await self._reader.read(_CHUNK)
            if not chunk:
                return None
            self._buffer += chunk
        head, self._buffer = self._buffer[:end], self._buffer[end:]
        try:
            self._parser.receive_data(head)
            event = self._parser.next_event()
            rest = self._parser.next_event()  # the end of the message, unless a body was announced
        except h11.RemoteProtocolError:
            raise RefusedError(Page.BAD_REQUEST) from None
        if not isinstance(event, h11.Request):
            raise RefusedError(Page.BAD_REQUEST)
        self._method = event.method.decode("ascii")
        headers = tuple((name.decode("ascii"), value.decode("latin-1")) for name, value in event.headers)
        return Request(self._method, event.target.decode("ascii"), headers, rest is h11.NEED_DATA)

    async def send_page(self, page: Page) -> None:
        """Answers with a page and ends the connection."""
        headers = [
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Length", str(len(page.body))),
            ("Connection", "close"),
        ]
        if page is Page.NOT_ALLOWED:
            headers.append(("Allow", "GET"))
        await self._send(page.status, headers, page.body)
        await self._take_leave()

    async def send_redirect(self, location: str) -> bool:
        """Sends the browser to a bare path, so that the code does not stay in its address bar and history.

        Returns whether the connection is kept for that request.
        """
        await self._send(303, [("Location", location), ("Content-Length", "0")], b"")
        if self._parser.our_state is h11.DONE and self._parser.their_state is h11.DONE:
            return True
        await self._take_leave()
        return False

    async def _send(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        parser = self._parser
        response = h11.Response(status_code=status, headers=[*headers, *HEADERS])
        content = h11.Data(data=b"" if self._method == "HEAD" else body)
        parts = [parser.send(response), parser.send(content), parser.send(h11.EndOfMessage())]
        self._writer.write(b"".join(part for part in parts if part))
        await self._writer.drain()

    async def _take_leave(self) -> None:
        # Closing with unread input resets the connection, and the page could be lost on its way.
        if not self._writer.can_write_eof():  # TLS says good-bye in its own way, and waits for the other's
            self._writer.close()
            async with asyncio.timeout(self._limits.drain):
                await self._writer.wait_closed()
            return
        self._writer.write_eof()
        taken = 0
        async with asyncio.timeout(self._limits.drain):
            while taken < self._limits.drain_bytes and (chunk := await self._reader.read(_CHUNK)):
                taken += len(chunk)

    def _head_end(self) -> int:
        """Where the head in the buffer ends, -1 if it is not complete. Raises RefusedError."""
        buffer = self._buffer
        if not buffer:
            return -1
        end = buffer.find(b"\r\n\r\n")
        head = buffer if end < 0 else buffer[: end + 4]
        line, complete, _ = head.partition(b"\r\n")
        if len(line) > self._limits.request_line or len(head) > self._limits.head:
            raise RefusedError(Page.TOO_LONG)
        # A TLS hello, an HTTP/2 preface and HTTP/0.9 are told apart here, before they could keep us waiting.
        if (
            not head[:1].isalpha()
            or _BAD_BYTES.search(head)
            or (complete and not _REQUEST_LINE.fullmatch(line))
        ):
            raise RefusedError(Page.BAD_REQUEST)
        return -1 if end < 0 else end + 4
