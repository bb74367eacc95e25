"""One worker process and its two pipes. It cannot make the app wait, remember or read more than it may."""

from __future__ import annotations

import asyncio
import os
from collections import deque

from connectors.worker.limits import Limits
from connectors.worker.sandbox import Room, filter_descriptor


class WorkerProcess(asyncio.SubprocessProtocol):
    """Lines out, lines in. `line()` gives None once there will be no more."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._lines: deque[bytes] = deque()
        self._rest = bytearray()
        self._taken = 0
        self._news = asyncio.Event()
        self._exited = asyncio.Event()
        self._ended = False
        self._transport: asyncio.SubprocessTransport | None = None
        self.overflowed = False

    @classmethod
    async def start(cls, room: Room, limits: Limits) -> WorkerProcess:
        """A worker that waits for its first line. Raises OSError."""
        descriptor = filter_descriptor()
        try:
            _, process = await asyncio.get_running_loop().subprocess_exec(
                lambda: cls(limits),
                *room.command(descriptor, limits),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env={},
                pass_fds=(descriptor,),
            )
        finally:
            os.close(descriptor)
        return process

    @property
    def pid(self) -> int:
        """The process that everything in the room dies with."""
        assert self._transport is not None
        return self._transport.get_pid()

    def write(self, line: bytes) -> None:
        """Sends one line."""
        assert self._transport is not None
        pipe = self._transport.get_pipe_transport(0)
        assert isinstance(pipe, asyncio.WriteTransport)
        pipe.write(line)

    async def line(self, seconds: float) -> bytes | None:
        """The next line, or None when the worker ended. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while not self._lines and not self._ended:
                self._news.clear()
                await self._news.wait()
        return self._lines.popleft() if self._lines else None

    async def kill(self) -> None:
        """Ends the worker and everything in its room, and waits until it is gone."""
        assert self._transport is not None
        if not self._exited.is_set():
            self._transport.kill()
        await self._exited.wait()
        self._transport.close()

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The process runs."""
        assert isinstance(transport, asyncio.SubprocessTransport)
        self._transport = transport

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        """Takes what the worker said, up to its bound; beyond that nothing is kept and it is killed."""
        if self.overflowed:
            return
        self._taken += len(data)
        self._rest += data
        *lines, rest = self._rest.split(b"\n")
        self._rest = rest
        longest = max((len(line) for line in (*lines, rest)), default=0)
        if self._taken > self._limits.output or longest > self._limits.line:
            self.overflowed = True
            self._lines.clear()
            self._rest = bytearray()
            self._end()
            if self._transport is not None and not self._exited.is_set():
                self._transport.kill()
            return
        self._lines.extend(bytes(line) for line in lines)
        self._news.set()

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        """The worker closed a pipe: it is at its end."""
        self._end()

    def process_exited(self) -> None:
        """The process is gone."""
        self._exited.set()

    def _end(self) -> None:
        self._ended = True
        self._news.set()
