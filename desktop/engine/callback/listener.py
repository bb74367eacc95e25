"""The callback listener: the one socket that the application opens, for one attempt (RFC 8252 7.3).

Whoever does not bring the attempt's `state` cannot end it, slow it down or learn anything from it.
"""

from __future__ import annotations

import asyncio
import logging
import ssl

import msgspec

from connectors.definition import CallbackNames, Redirect
from desktop.engine.callback.binding import PortsUnavailableError, bind, explain_ports
from desktop.engine.callback.http import Exchange, Limits, RefusedError, Request
from desktop.engine.callback.page import Page
from desktop.engine.callback.parameters import STANDARD_NAMES, Verdict, read_callback
from desktop.engine.connect.redirects import HTTPS_PORT, redirect_text

log = logging.getLogger(__name__)

_DEFAULT_PORTS = {"http": 80, "https": HTTPS_PORT}
_MIN_STATE = 16  # characters; a guessable state would let other programs end the attempt
# Those that still serve their last page, with the task that ends them: the loop keeps only weak references.
_lingering: dict[asyncio.Task[None], Listener] = {}


async def open_listener(
    redirect: Redirect, *, limits: Limits | None = None, tls: ssl.SSLContext | None = None
) -> Listener:
    """Binds the port and serves it, with TLS where the redirect is https. Raises PortTakenError."""
    try:
        sockets, port = bind(redirect)
    except PortsUnavailableError as unavailable:
        raise await asyncio.to_thread(explain_ports, unavailable) from None
    listener = Listener(redirect, port, limits or Limits())
    try:
        for opened in sockets:
            # A handshake must not take longer than a request may.
            server = await asyncio.start_server(
                listener.accept,
                sock=opened,
                limit=8 * 1024,
                backlog=32,
                ssl=tls,
                ssl_handshake_timeout=listener.idle if tls is not None else None,
            )
            listener.add(server)
    except BaseException:
        await listener.close()
        for opened in sockets:
            opened.close()
        raise
    return listener


async def take_leave() -> None:
    """For the end of the program: lets browsers have their last page, then closes this loop's listeners.

    Takes as long as a page does, and at most what a listener lingers anyway.
    """
    loop = asyncio.get_running_loop()
    leaving = [listener for task, listener in _lingering.items() if task.get_loop() is loop]
    await asyncio.gather(*(listener.leave() for listener in leaving))


class Listener:
    """Made by `open_listener`. Takes one answer, shows the last page, and is gone within a second."""

    def __init__(self, redirect: Redirect, port: int, limits: Limits) -> None:
        self._path = redirect.path
        self._done_path = "/done" if redirect.path != "/done" else "/finished"
        self._limits = limits
        self._hosts = {f"{redirect.host}:{port}"} | (
            {redirect.host} if port == _DEFAULT_PORTS[redirect.scheme] else set()
        )
        self._servers: list[asyncio.Server] = []
        self._connections: dict[asyncio.StreamWriter, asyncio.Task[None]] = {}
        self._redirected: set[asyncio.StreamWriter] = set()
        self._state = ""
        self._names = STANDARD_NAMES
        self._answer: asyncio.Future[dict[str, str]] | None = None
        self._result: Page | None = None
        self._farewell: asyncio.Task[None] | None = None
        self._logged = 0
        self._listening = True
        self._closed = asyncio.Event()
        self._shown = asyncio.Event()  # the last page
        self.port = port
        self.redirect_uri = redirect_text(msgspec.structs.replace(redirect, ports=(port,)))

    def add(self, server: asyncio.Server) -> None:
        """Takes over a server: it is closed with the listener."""
        self._servers.append(server)

    @property
    def answered(self) -> bool:
        """Whether the answer has come."""
        return self._result is not None

    @property
    def idle(self) -> float:
        """How many seconds a connection may take to ask for something."""
        return self._limits.idle

    def expect(self, state: str, names: CallbackNames = STANDARD_NAMES) -> asyncio.Future[dict[str, str]]:
        """From now on a callback with this state is the answer. Once per listener."""
        if self._answer is not None or len(state) < _MIN_STATE:
            raise ValueError("a listener takes one state, and one that cannot be guessed")
        self._state, self._names = state, names
        self._answer = asyncio.get_running_loop().create_future()
        return self._answer

    async def wait(self, state: str) -> dict[str, str]:
        """The parameters of the one callback that brings this state; `error` is one of them."""
        return await self.expect(state)

    def deliver(self, parameters: dict[str, str]) -> bool:
        """Hands over the answer and begins to close. False if it has come before or nobody waits any more."""
        if self._answer is None or self._answer.done():
            return False
        self._result = _result_page(parameters, self._names)
        self._answer.set_result(parameters)
        self._farewell = asyncio.get_running_loop().create_task(self._linger())
        _lingering[self._farewell] = self
        self._farewell.add_done_callback(lambda task: _lingering.pop(task, None))
        return True

    async def leave(self) -> None:
        """Closes as soon as the browser has had its last page, or has not asked for it in time."""
        waiting = asyncio.ensure_future(self._shown.wait())
        await asyncio.wait([waiting], timeout=self._limits.linger)
        waiting.cancel()
        await self.close()

    async def close(self) -> None:
        """Frees the port and drops every connection, at once."""
        self._stop_listening()
        tasks = self._drop(set(self._connections))
        if self._farewell is not None:
            self._farewell.cancel()
            tasks.append(self._farewell)
        await asyncio.gather(*tasks, return_exceptions=True)
        self._closed.set()

    async def wait_closed(self) -> None:
        """Returns when the port is free and the last connection is gone."""
        await self._closed.wait()

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Takes a new connection."""
        if not self._listening:  # it was in the queue when the port was closed
            writer.transport.abort()
            return
        self._make_room()
        self._connections[writer] = asyncio.get_running_loop().create_task(self._serve(reader, writer))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._converse(Exchange(reader, writer, self._limits), writer)
        except (OSError, TimeoutError) as error:
            self._log("a connection ended early: %s", type(error).__name__)
        finally:
            self._connections.pop(writer, None)
            self._redirected.discard(writer)
            writer.transport.abort()

    async def _converse(self, exchange: Exchange, writer: asyncio.StreamWriter) -> None:
        wait = self._limits.idle
        while True:
            try:
                async with asyncio.timeout(wait):
                    request = await exchange.read()
                if request is None:
                    return
                page = self._answer_to(request)
            except RefusedError as refusal:
                page = refusal.page
            if page is not None:
                self._log("a request was answered with %s", page.name)
                await exchange.send_page(page)
                if page is self._result:
                    self._shown.set()
                return
            if not await exchange.send_redirect(self._done_path):
                return
            # This connection alone may outlive the port: it is the browser's, on its way to the last page.
            self._redirected.add(writer)
            wait = self._limits.page_wait

    def _answer_to(self, request: Request) -> Page | None:
        """The page for a request; None sends the browser on to the last page. Raises RefusedError."""
        hosts = request.header("host")
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            raise RefusedError(Page.WRONG_HOST)
        if request.method != "GET":
            raise RefusedError(Page.NOT_ALLOWED)
        path, _, query = request.target.partition("?")
        if path == self._done_path and not query and self._result is not None:
            return self._result
        if path != self._path:
            raise RefusedError(Page.NOT_FOUND)
        if request.has_body:  # no browser comes back with one
            raise RefusedError(Page.BAD_REQUEST)
        # A page that loads us as an image or with fetch() is not a person who comes back.
        if any(mode.lower() != "navigate" for mode in request.header("sec-fetch-mode")):
            raise RefusedError(Page.UNVERIFIED)
        verdict, parameters = read_callback(query, self._state, self._names)
        if verdict is Verdict.NOTHING:
            return Page.NOTHING
        if verdict is Verdict.UNVERIFIED:
            return Page.UNVERIFIED
        return None if self.deliver(parameters) else Page.USED

    def _make_room(self) -> None:
        # The oldest goes: browsers open connections in advance, and nobody may lock the real answer out.
        while len(self._connections) >= self._limits.connections:
            oldest = next((w for w in self._connections if w not in self._redirected), None)
            if oldest is None:
                return
            self._drop({oldest})

    def _drop(self, writers: set[asyncio.StreamWriter]) -> list[asyncio.Task[None]]:
        dropped = []
        for writer in writers:
            task = self._connections.pop(writer, None)
            writer.transport.abort()
            if task is not None:
                task.cancel()
                dropped.append(task)
        return dropped

    async def _linger(self) -> None:
        try:
            await asyncio.sleep(self._limits.linger)
            self._stop_listening()
            self._drop(self._connections.keys() - self._redirected)
            if self._connections:
                await asyncio.wait(self._connections.values(), timeout=self._limits.page_wait)
        finally:
            self._stop_listening()
            self._drop(set(self._connections))
            self._closed.set()

    def _stop_listening(self) -> None:
        self._listening = False
        for server in self._servers:
            server.close()
        self._servers.clear()

    def _log(self, text: str, *values: str) -> None:
        self._logged += 1
        if self._logged <= self._limits.log_lines:
            log.info("callback listener on port %s: " + text, self.port, *values)
        elif self._logged == self._limits.log_lines + 1:
            log.info("callback listener on port %s: further requests are not logged", self.port)


def _result_page(parameters: dict[str, str], names: CallbackNames) -> Page:
    if parameters.keys() & {"denied", "oauth_problem"}:  # how OAuth 1 says no
        return Page.DECLINED
    if names.error not in parameters:
        return Page.SIGNED_IN
    return Page.DECLINED if parameters[names.error] == "access_denied" else Page.REPORTED
