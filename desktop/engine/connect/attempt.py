"""One attempt to connect: what the window and the command line hold on to while it runs."""

from __future__ import annotations

import asyncio
import concurrent.futures
import secrets
from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from connectors.definition import Choice, Connector, Method
from connectors.errors import CancelledAttemptError, ConnectorError, InvalidInputError
from connectors.ports import DeviceCode, Stage
from desktop.engine.connect.choosing import Choosing
from desktop.engine.connect.deciding import Deciding
from desktop.engine.connect.opening import Opener, check_url, system_opener
from desktop.engine.events import AttemptChanged, Clash, ClashKind, Decision, Event
from desktop.engine.failures import explain
from desktop.engine.network.exchange import Step, with_steps
from desktop.engine.privacy.redaction import redactor
from desktop.vault.records import AccountRow

if TYPE_CHECKING:
    from desktop.engine.connect.browser import SystemBrowser


class Attempt:
    """Runs on the engine's loop. `cancel`, `paste`, `choose`, `decide` and `open_browser` are for any thread.

    `last` is the newest AttemptChanged; each is also an event.
    """

    def __init__(
        self,
        connector: Connector,
        method: Method,
        emit: Callable[[Event], None],
        *,
        answers: Sequence[str] = (),
        ask: bool = True,
        decided: Mapping[ClashKind, Decision] | None = None,
    ) -> None:
        self.id = secrets.token_hex(8)
        self.connector = connector
        self.method = method
        self.last = AttemptChanged(attempt_id=self.id, stage="form")
        self.browser: SystemBrowser | None = None
        self.opener: Opener | None = None  # opens the page for a device's code, when somebody asks
        self.choosing = Choosing(answers, ask, self._on_choices)
        self.deciding = Deciding(decided or {}, self._on_clash)
        self.clash: Clash | None = None  # the last that there was something to decide about
        self.steps: list[Step] = []  # the exchange so far, redacted
        self._emit = emit
        self._loop = asyncio.get_running_loop()
        self._task: asyncio.Task[AccountRow] | None = None
        self._ended = asyncio.Event()
        self._row: AccountRow | None = None
        self._error: BaseException | None = None

    def start(self, flow: Coroutine[Any, Any, AccountRow]) -> None:
        """Runs the flow. Its end, whatever it is, is reported once."""
        self._task = self._loop.create_task(flow)
        self._task.add_done_callback(self._finish)
        self._report()

    async def wait(self) -> AccountRow:
        """The connected account. Raises what the attempt failed with."""
        await self._ended.wait()
        if self._row is None:
            assert self._error is not None
            raise self._error
        return self._row

    async def ended(self) -> None:
        """Returns when the attempt is over, however it ended."""
        await self._ended.wait()

    def cancel(self) -> None:
        """Ends the attempt; the listener's port is free at once."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._cancel)

    def paste(self, text: str) -> concurrent.futures.Future[None]:
        """Takes the address the browser was sent to. The future fails with a sentence if it does not fit."""

        async def take() -> None:
            self._waiting_browser().paste(text)

        return asyncio.run_coroutine_threadsafe(take(), self._loop)

    def open_browser(self, command: str | None = None) -> concurrent.futures.Future[None]:
        """Opens the link once more, with `command` if another browser is wanted. Fails with a sentence."""

        async def again() -> None:
            if self.last.code is not None and not self._ended.is_set():
                await self._open_code_page(self.last.code, command)
            else:
                await asyncio.wrap_future(self._waiting_browser().open_again(command))

        return asyncio.run_coroutine_threadsafe(again(), self._loop)

    def choose(self, value: str) -> concurrent.futures.Future[None]:
        """Takes one of the options, by value or by label. The future fails with a sentence if it is none."""

        async def take() -> None:
            self.choosing.take(value)

        return asyncio.run_coroutine_threadsafe(take(), self._loop)

    def decide(self, decision: Decision) -> concurrent.futures.Future[None]:
        """Takes what is to be done about a clash. The future fails with a sentence if it cannot be done."""

        async def take() -> None:
            self.deciding.take(decision)

        return asyncio.run_coroutine_threadsafe(take(), self._loop)

    def progress(self, stage: Stage) -> None:
        """The method's Progress port. The end is reported by the engine, once the account is saved."""
        if stage != "done" and stage != self.last.stage:
            self._report(stage=stage)

    def on_link(self, link: str, deadline: datetime) -> None:
        """The browser's report that there is a link to open, and until when it is waited for."""
        ends_on = self.browser.ends_on if self.browser is not None else ""
        self._report(stage="browser", link=link, deadline=deadline, ends_on=ends_on)

    def on_code(self, code: DeviceCode) -> None:
        """A code to enter on another device has come. Nothing is opened until somebody asks."""
        redactor.register(code.user_code)
        self._report(stage="device", link=code.link, deadline=code.deadline, code=code)

    async def _open_code_page(self, code: DeviceCode, command: str | None) -> None:
        opener = system_opener(command, first=True) if command else self.opener
        assert opener is not None, "whoever shows a code can open its page"
        # A browser's start may take its time, and the loop has others to serve.
        await asyncio.to_thread(opener, check_url(code.link))

    def on_problem(self, error: ConnectorError) -> None:
        """The browser's report that it could not be started. The attempt goes on."""
        self._report(problem=explain(error))

    def _on_choices(self, title: str, options: tuple[Choice, ...]) -> None:
        self._report(stage="choose", choices=options, choices_title=title)

    def _on_clash(self, clash: Clash | None, deadline: datetime | None) -> None:
        self._report(clash=clash, deadline=deadline, link="")

    def _report(self, **changes: Any) -> None:
        last = self.last
        values = {"stage": last.stage, "link": last.link, "deadline": last.deadline} | changes
        if values["stage"] == "browser":
            values.setdefault("ends_on", last.ends_on)
        if values["stage"] == "device":
            values.setdefault("code", last.code)
        elif last.stage == "device":  # the code has been entered, or will never be
            values |= {"link": "", "deadline": None}
        self.last = AttemptChanged(attempt_id=self.id, **values)
        self._emit(self.last)

    def _finish(self, task: asyncio.Task[AccountRow]) -> None:
        if task.cancelled():
            self._error = CancelledAttemptError("The sign-in was cancelled.")
        else:
            self._error = task.exception()
        if self._error is None:
            self._row = task.result()
            self._report(stage="done", account_id=self._row.id, deadline=None)
        else:
            self._report(failure=with_steps(explain(self._error), self.steps), deadline=None)
        self._ended.set()

    def _cancel(self) -> None:
        if self._task is not None and not self._task.done():
            self._task.cancel()

    def _waiting_browser(self) -> SystemBrowser:
        if self._ended.is_set():
            raise InvalidInputError("This sign-in has already ended.", "Start it again.")
        if self.browser is None:
            raise InvalidInputError("This sign-in is not waiting for a browser.")
        return self.browser
