"""A server on loopback that answers with exactly the bytes it was given, and remembers what it was sent."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class RawServer:
    """`heard` holds every byte that arrived, of all connections."""

    def __init__(self, script: Script | bytes) -> None:
        self.heard = b""
        self.connections = 0
        self.port = 0
        self._script = script
        self._tasks: set[asyncio.Task[None]] = set()

    def url(self, path: str = "/", *, host: str = "127.0.0.1", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._tasks.add(asyncio.get_running_loop().create_task(self._serve(reader, writer)))

    async def end(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._hear(reader)
            if isinstance(self._script, bytes):
                writer.write(self._script)
                await writer.drain()
            else:
                await self._script(reader, writer)
            writer.close()
        except (ConnectionError, asyncio.CancelledError):
            writer.transport.abort()  # the client has hung up, or the test is over

    async def _hear(self, reader: asyncio.StreamReader) -> None:
        """Takes one request: its head, and as much body as the head announces."""
        request = b""
        while chunk := await reader.read(4096):
            request += chunk
            self.heard += chunk
            head, complete, body = request.partition(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
            if complete and len(body) >= (int(length[1]) if length else 0):
                return


@asynccontextmanager
async def raw_server(
    script: Script | bytes, *, context: ssl.SSLContext | None = None
) -> AsyncIterator[RawServer]:
    """Runs for the time of the block."""
    running = RawServer(script)
    server = await asyncio.start_server(running.accept, "127.0.0.1", 0, ssl=context)
    running.port = server.sockets[0].getsockname()[1]
    try:
        yield running
    finally:
        server.close()
        await running.end()


def answer(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    """A whole HTTP/1.1 answer."""
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body
