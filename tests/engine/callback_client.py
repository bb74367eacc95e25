"""Somebody who speaks to the callback listener from a bare socket, and the attempt that they speak to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from connectors.definition import Redirect
from desktop.engine.callback.http import Limits
from desktop.engine.callback.listener import Listener, open_listener

STATE = "the-right-state-of-this-attempt"
LISTENING = "0A"  # in the kernel's tables
SOON = 20.0  # seconds; nothing is measured by it, it only keeps a failure from hanging
# The port stays until the test has ended; where a test is about that, it says so.
QUICK = Limits(drain=0.5, linger=SOON, page_wait=0.3)


@dataclass(frozen=True)
class Answer:
    """What came back. `status` is 0 if the connection was closed without a word."""

    status: int
    headers: dict[str, str]
    body: str

    @classmethod
    def parse(cls, data: bytes) -> Answer:
        if not data:
            return cls(0, {}, "")
        head, _, body = data.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        return cls(int(first.split()[1]), headers, body.decode())


class Pending:
    """A listener with an attempt that waits on it."""

    def __init__(self, listener: Listener, answer: asyncio.Future[dict[str, str]]) -> None:
        self.listener = listener
        self.answer = answer

    @property
    def host(self) -> str:
        return urlsplit(self.listener.redirect_uri).netloc

    @property
    def is_pending(self) -> bool:
        return not self.answer.done()

    async def send(self, data: bytes, *, address: str = "127.0.0.1") -> bytes:
        """Everything that comes back until the other side closes."""
        reader, writer = await asyncio.open_connection(address, self.listener.port)
        try:
            async with asyncio.timeout(SOON):
                try:
                    writer.write(data)
                    await writer.drain()
                    return await reader.read()
                except ConnectionError:
                    return b""
        finally:
            writer.transport.abort()

    async def get(self, target: str, *headers: str, method: str = "GET", host: str | None = None) -> Answer:
        """One request on a connection of its own, with the right Host unless another is given."""
        lines = [f"{method} {target} HTTP/1.1", f"Host: {self.host if host is None else host}", *headers]
        return Answer.parse(await self.send("\r\n".join([*lines, "Connection: close", "", ""]).encode()))

    async def finish(self) -> dict[str, str]:
        """The right callback at last: proof that the attempt was still alive."""
        answer = await self.get(f"/callback?code=good&state={STATE}")
        assert answer.status == 303
        async with asyncio.timeout(SOON):
            return await self.answer


@asynccontextmanager
async def pending(
    redirect: Redirect | None = None, *, state: str = STATE, limits: Limits = QUICK
) -> AsyncIterator[Pending]:
    """An attempt that waits for the time of the block."""
    listener = await open_listener(redirect or Redirect(), limits=limits)
    try:
        yield Pending(listener, listener.expect(state))
    finally:
        await listener.close()


def with_pending(work: Callable[[Pending], Awaitable[None]], redirect: Redirect | None = None) -> None:
    """Runs `work` against a waiting attempt."""

    async def run() -> None:
        async with pending(redirect) as attempt:
            await work(attempt)

    asyncio.run(run())


async def refused(port: int, address: str = "127.0.0.1") -> bool:
    """Whether nobody listens there."""
    try:
        _, writer = await asyncio.open_connection(address, port)
    except ConnectionRefusedError:
        return True
    writer.transport.abort()
    return False


def listening_on(port: int) -> set[str]:
    """The addresses on which somebody listens at this port, as the kernel writes them."""
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            _, local, _, state, *_ = line.split()
            address, _, own_port = local.partition(":")
            if state == LISTENING and int(own_port, 16) == port:
                found.add(address)
    return found
