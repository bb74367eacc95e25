"""The person's own browser. Every address passes `check_url` and one opener, here and nowhere else."""

from __future__ import annotations

import asyncio
import concurrent.futures
import logging
import re
import ssl
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from connectors.credential import utc_now
from connectors.definition import CallbackNames, Redirect
from connectors.errors import (
    AttemptTimedOutError,
    CancelledAttemptError,
    ConnectorError,
    InvalidInputError,
    PortTakenError,
)
from connectors.ports import PIN_STATE, Renew
from desktop.engine.callback.listener import Listener, open_listener
from desktop.engine.callback.parameters import STANDARD_NAMES, Verdict, read_callback
from desktop.engine.connect.elsewhere import Elsewhere
from desktop.engine.connect.opening import BrowserFailedError, Opener, browsers, check_url, system_opener
from desktop.engine.connect.redirects import HTTPS_PORT, redirect_text
from desktop.engine.privacy.redaction import redactor

__all__ = ["BrowserFailedError", "Opener", "SystemBrowser", "browsers", "check_url", "system_opener"]

# One of these is in every answer of OAuth 1; what OAuth 2 brings may be called otherwise.
_ANSWERS = {"oauth_token", "oauth_verifier", "denied", "oauth_problem"}

_PIN = re.compile(r"[A-Za-z0-9_-]{4,64}")

log = logging.getLogger(__name__)


class SystemBrowser:
    """connectors.ports.Browser for one attempt: listener, opener and paste-back.

    An async context manager: entering binds the listener (PortTakenError), leaving closes it. `timeout` is in
    seconds from `authorize` on. `on_link` is told the address and until when it is waited for (UTC), before
    the browser opens. `on_problem` is told when the browser could not be started, and the attempt goes on,
    because the link can still be copied; without it such a failure ends the attempt. `names` are what the
    service calls the callback's parameters; `tls` is for a redirect with https. `elsewhere` is a redirect
    address of another host: then only pasting brings the answer back.
    """

    def __init__(
        self,
        redirect: Redirect,
        opener: Opener,
        *,
        timeout: float = 300.0,
        on_link: Callable[[str, datetime], None],
        open_at_once: bool = True,
        on_problem: Callable[[ConnectorError], None] | None = None,
        names: CallbackNames = STANDARD_NAMES,
        tls: ssl.SSLContext | None = None,
        elsewhere: str = "",
    ) -> None:
        self._redirect = redirect
        self._opener = opener
        self._timeout = timeout
        self._on_link = on_link
        self._open_at_once = open_at_once
        self._on_problem = on_problem
        self._names = names
        self._tls = tls
        self._elsewhere = elsewhere
        self._listener: Listener | Elsewhere | None = None
        self._answer: asyncio.Future[dict[str, str]] | None = None
        self._state = ""
        self._url = ""
        self._renew: Renew | None = None
        self._deadline = utc_now()

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        self._listener = Elsewhere(self._elsewhere) if self._elsewhere else await self._listen()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # After an answer the listener ends by itself, once the browser has had its last page.
        if self._listener is not None and not self._listener.answered:
            await self._listener.close()

    async def _listen(self) -> Listener | Elsewhere:
        try:
            return await open_listener(self._redirect, tls=self._tls)
        except PortTakenError:
            if self._redirect.scheme == "http" or self._redirect.ports != (HTTPS_PORT,):
                raise
            # Few people may open this port, and the service wants an address without another one.
            return Elsewhere(redirect_text(self._redirect))

    @property
    def ends_on(self) -> str:
        """Where the browser ends, if it cannot come back by itself; empty when it can."""
        return self.redirect_uri if isinstance(self._listener, Elsewhere) else ""

    @property
    def redirect_uri(self) -> str:
        """The exact address to send as redirect_uri."""
        return self._bound.redirect_uri

    async def authorize(self, url: str, state: str, renew: Renew | None = None) -> Mapping[str, str]:
        """Opens `url`; the parameters that the browser brings back, once, with the `state` of this attempt.

        `renew` makes the address that is opened when somebody wants it opened once more.

        Raises UnsafeUrlError before anything is opened, AttemptTimedOutError and CancelledAttemptError after
        the port was freed.
        """
        self._url = check_url(url)
        self._state = state
        self._renew = renew
        redactor.register(state)
        self._answer = self._bound.expect(state, self._names)
        self._deadline = utc_now() + timedelta(seconds=self._timeout)
        self._on_link(url, self._deadline)
        opening = self._loop.create_task(self._open(self._opener)) if self._open_at_once else None
        try:
            async with asyncio.timeout(self._timeout):
                parameters = await self._answer
            for name in (self._names.code, "oauth_token", "oauth_verifier"):
                redactor.register(parameters.get(name, ""))
            return parameters
        except TimeoutError:
            await self._bound.close()
            raise AttemptTimedOutError(
                f"Nobody came back from the browser within {_duration(self._timeout)}.",
                "Try again, and finish the sign-in in the browser.",
            ) from None
        finally:
            if opening is not None:
                opening.cancel()
            if not self._bound.answered:
                await self._bound.close()

    def paste(self, text: str) -> None:
        """Takes the address that the browser was sent to. From any thread.

        Raises InvalidInputError with what is wrong with it; the attempt stays as it was.
        """
        parameters = self._read(text)
        self._loop.call_soon_threadsafe(self._bound.deliver, parameters)

    def cancel(self) -> None:
        """Ends the attempt with CancelledAttemptError and frees the port. From any thread."""
        self._loop.call_soon_threadsafe(self._fail, CancelledAttemptError("The sign-in was cancelled."))

    def open_again(self, command: str | None = None) -> concurrent.futures.Future[None]:
        """Opens the link once more, with `command` if another browser is wanted. From any thread.

        Does not wait. The future fails with BrowserFailedError; `on_problem` is told as well.
        """
        if not self._waiting:
            raise _not_waiting()
        opener = system_opener(command, first=True) if command else self._opener
        return asyncio.run_coroutine_threadsafe(self._open_once_more(opener), self._loop)

    @property
    def _bound(self) -> Listener | Elsewhere:
        assert self._listener is not None, "enter the browser first"
        return self._listener

    @property
    def _waiting(self) -> bool:
        return self._answer is not None and not self._answer.done()

    async def _open(self, opener: Opener) -> None:
        """Opens the link. Without anybody to tell, a failure ends the attempt."""
        try:
            await self._open_and_tell(opener)
        except ConnectorError as error:
            if self._on_problem is None:
                self._fail(error)

    async def _open_once_more(self, opener: Opener) -> None:
        if self._renew is not None:
            try:
                self._url = check_url(await self._renew())
            except ConnectorError as error:
                self._tell(error)
                raise
            self._on_link(self._url, self._deadline)
        await self._open_and_tell(opener)

    async def _open_and_tell(self, opener: Opener) -> None:
        try:
            # A browser's start may take its time, and the loop has a listener to serve.
            await asyncio.to_thread(opener, self._url)
        except ConnectorError as error:
            self._tell(error)
            raise
        except Exception as error:
            log.warning("the browser could not be started", exc_info=True)
            failure = BrowserFailedError(
                f"The browser could not be started ({type(error).__name__}).",
                "Copy the link and open it in a browser yourself.",
            )
            self._tell(failure)
            raise failure from error

    def _tell(self, error: ConnectorError) -> None:
        if self._on_problem is not None:
            self._on_problem(error)

    def _fail(self, error: ConnectorError) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)

    def _read(self, text: str) -> dict[str, str]:
        if not self._waiting:
            raise _not_waiting()
        if self._state.startswith(PIN_STATE):
            return self._read_pin(text)
        try:
            given = urlsplit(text.strip().strip("<>\"'"))
        except ValueError:
            raise self._unfit("That is not an address.") from None
        expected = urlsplit(self.redirect_uri)
        if not given.scheme or not given.netloc:
            raise self._unfit("That is not a whole address.")
        if (given.scheme, given.netloc.lower(), given.path) != (
            expected.scheme,
            expected.netloc,
            expected.path,
        ):
            if given.netloc == urlsplit(self._url).netloc:
                raise self._unfit("That is still the service's page: the sign-in is not finished there.")
            raise self._unfit("That is another address, not the one the browser is sent to at the end.")
        verdict, parameters = read_callback(given.query, self._state, self._names)
        if verdict is Verdict.UNVERIFIED:
            raise self._unfit("That address belongs to another sign-in, or it is not complete.")
        if verdict is Verdict.NOTHING or not parameters.keys() & (
            _ANSWERS | {self._names.code, self._names.error}
        ):
            raise self._unfit("That address holds no code.")
        return parameters

    def _read_pin(self, text: str) -> dict[str, str]:
        pin = text.strip()
        if not _PIN.fullmatch(pin):
            sentence = "That is not a PIN."
            hint = "Copy the letters and digits that the service shows at the end, and nothing else."
            raise InvalidInputError(sentence, hint, fields={"url": f"{sentence} {hint}"})
        return {"state": self._state, "oauth_verifier": pin}

    def _unfit(self, sentence: str) -> InvalidInputError:
        hint = f"Copy the whole line from the browser's address bar; it begins with {self.redirect_uri}."
        return InvalidInputError(sentence, hint, fields={"url": f"{sentence} {hint}"})


def _not_waiting() -> InvalidInputError:
    return InvalidInputError("This sign-in is not waiting for the browser.", "Start it again.")


def _duration(seconds: float) -> str:
    if seconds >= 120:
        return f"{seconds / 60:.0f} minutes"
    if seconds in (1, 60):
        return "a second" if seconds == 1 else "a minute"
    return f"{seconds:g} seconds"
