"""A worker for the length of one operation, so that functions share what they keep, and nobody else does."""

from __future__ import annotations

import asyncio
import hashlib
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import msgspec

from connectors.errors import ConnectorError, DefinitionError
from connectors.templates.text import clean, clean_message
from connectors.worker import protocol
from connectors.worker.hosts import allowed_hosts, check_host
from connectors.worker.limits import MEBIBYTE, Limits
from connectors.worker.process import WorkerProcess
from connectors.worker.protocol import BrokenWorkerError
from connectors.worker.sandbox import find_room

if TYPE_CHECKING:
    from connectors.context import Context

_MISTAKE = "This is a mistake in the definition, not in what you typed."


class Source(msgspec.Struct, frozen=True):
    """A person's Python file: the very bytes that were approved."""

    name: str
    content: bytes
    hosts: tuple[str, ...] = ()  # that its own addresses name

    @property
    def hash(self) -> str:
        """What it was approved by."""
        return hashlib.sha256(self.content).hexdigest()


class Session:
    """A worker with one file in it. Raises DefinitionError when there is no room to run it in."""

    def __init__(self, source: Source, limits: Limits) -> None:
        self._source = source
        self._limits = limits
        self._process: WorkerProcess | None = None
        self._turn = asyncio.Lock()

    async def load(self) -> None:
        """Runs the file itself and none of its functions."""
        await self._ask(protocol.load_message(), None)

    async def describe(self) -> Any:
        """What its function `definition` returns, with a mark for each function in it."""
        return await self._ask(protocol.describe_message(), None)

    async def call(self, path: tuple[str, ...], within_definition: bool, context: Context) -> Any:
        """Runs one step; its requests are sent by `context`, within the definition's hosts."""
        from connectors.context import inside

        values = inside(context).values
        return await self._ask(protocol.call_message(path, within_definition, values), context)

    async def close(self) -> None:
        """Ends the worker."""
        process, self._process = self._process, None
        if process is not None:
            await process.kill()

    async def _ask(self, line: bytes, context: Context | None) -> Any:
        async with self._turn:
            try:
                process = await self._started()
                process.write(line)
                return await self._heard(process, context)
            except (BrokenWorkerError, asyncio.CancelledError):
                await self.close()
                raise

    async def _started(self) -> WorkerProcess:
        if self._process is None:
            room, reason = await asyncio.to_thread(find_room)
            if room is None:
                raise DefinitionError(f"The program {self._source.name} did not run. {reason}", REMEDY)
            try:
                self._process = await WorkerProcess.start(room, self._limits)
            except OSError as error:
                raise DefinitionError(
                    f"The program {self._source.name} could not be started: {clean_message(error)}."
                ) from error
            bounds = {name: getattr(self._limits, name) for name in ("memory", "cpu", "files")}
            self._process.write(protocol.first_message(self._source.content, self._source.name, bounds))
        return self._process

    async def _heard(self, process: WorkerProcess, context: Context | None) -> Any:
        left, asked = self._limits.thinking, 0
        failures: list[ConnectorError] = []
        clock = asyncio.get_running_loop().time
        while True:
            before = clock()
            message = protocol.decode(await self._line(process, left), self._source.name)
            left = max(left - (clock() - before), 0.0)
            if isinstance(message, protocol.Returned):
                return message.value
            if isinstance(message, protocol.Raised):
                raise self._error(message, failures)
            asked += 1
            if context is None or asked > self._limits.requests:
                why = (
                    "asked for a request while it was loaded"
                    if context is None
                    else "asked for too many requests"
                )
                raise BrokenWorkerError(f"The program {self._source.name} was ended: it {why}.", _MISTAKE)
            try:
                process.write(await self._request(message, context))
            except ConnectorError as error:
                failures.append(error)
                process.write(protocol.failed_message(error, len(failures) - 1))

    async def _line(self, process: WorkerProcess, seconds: float) -> bytes:
        name = self._source.name
        try:
            line = await process.line(seconds)
        except TimeoutError:
            raise BrokenWorkerError(
                f"The program {name} was ended: it took longer than {self._limits.thinking:g} seconds.",
                _MISTAKE,
            ) from None
        if line is not None:
            return line
        if process.overflowed:
            raise BrokenWorkerError(f"The program {name} was ended: it said more than it may.", _MISTAKE)
        raise BrokenWorkerError(f"The program {name} ended by itself before it had an answer.", _MISTAKE)

    async def _request(self, asked: protocol.Http, context: Context) -> bytes:
        from connectors.context import inside

        inputs = inside(context).inputs
        hosts = allowed_hosts(inputs, self._source.hosts) if inputs is not None else frozenset()
        check_host(asked.url, hosts, self._source.name)
        try:
            answer = await context.http_request(
                asked.method,
                asked.url,
                raise_for_status=asked.raise_for_status,
                authenticate=asked.authenticate,
                **asked.options(),
            )
        except (TypeError, ValueError, UnicodeError) as error:  # a header, a body that cannot be
            raise DefinitionError(
                f"The program {self._source.name} asked for a request that cannot be made: "
                f"{clean_message(error)}.",
                _MISTAKE,
            ) from error
        return protocol.answer_message(answer)

    def _error(self, raised: protocol.Raised, failures: list[ConnectorError]) -> ConnectorError:
        """What a function's exception means; a failure of ours that it let through is that failure."""
        from connectors.context import FunctionRefusedError

        if raised.ref is not None and 0 <= raised.ref < len(failures):
            return failures[raised.ref]
        said = clean_message(raised.message)
        match raised.kind:
            case "memory":
                most = math.floor(self._limits.memory / MEBIBYTE)
                return DefinitionError(
                    f"The program {self._source.name} wanted more than {most} MiB of memory.", _MISTAKE
                )
            case "mistake":
                return DefinitionError(
                    f"The program {self._source.name} failed ({clean(raised.name, 60)}): {said}.", _MISTAKE
                )
            case "refused":
                sentence = said or f"The program {self._source.name} refused without saying why"
                return FunctionRefusedError(f"{sentence}.")
        kind = protocol.kind_of_error(raised.kind)
        return kind(f"{said or 'The service refused'}.", status=raised.status)


REMEDY = "Install bubblewrap, or add the definition again and let its program run with your own rights."

_operation: ContextVar[dict[tuple[str, str], Session] | None] = ContextVar("worker_operation", default=None)


@asynccontextmanager
async def worker_operation() -> AsyncIterator[None]:
    """One connect, refresh, test or revocation. Its workers end with it."""
    sessions: dict[tuple[str, str], Session] = {}
    token = _operation.set(sessions)
    try:
        yield
    finally:
        _operation.reset(token)
        for session in sessions.values():
            await session.close()


async def call_step(
    source: Source, limits: Limits, path: tuple[str, ...], within_definition: bool, context: Context
) -> Any:
    """Runs a step in the operation's worker for that file; without an operation, in one of its own."""
    sessions = _operation.get()
    if sessions is None:
        async with worker_operation():
            return await call_step(source, limits, path, within_definition, context)
    session = sessions.setdefault((source.name, source.hash), Session(source, limits))
    return await session.call(path, within_definition, context)
