"""Requests under way and what came back, for each request of the list."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from time import monotonic
from typing import Any

from PySide6.QtCore import QObject, Signal

from desktop.engine.events import Failure
from desktop.engine.requests.reading import Readable
from desktop.engine.results import Answer
from desktop.ui.bridge import Bridge
from desktop.ui.requests.book import Entry
from desktop.ui.requests.draft import Draft

_KEPT = 6  # answers: each may hold some MiB


class Exchange:
    """One request that was sent. `answer` and `read` come together, or a `failure`; until then it runs."""

    def __init__(self, account_id: str) -> None:
        self.account_id = account_id
        self.began = monotonic()
        self.answer: Answer | None = None
        self.read: Readable | None = None
        self.failure: Failure | None = None
        self.future: Future[Any] | None = None

    @property
    def running(self) -> bool:
        """Whether nothing has come back yet."""
        return self.answer is None and self.failure is None


class Sending(QObject):
    """`moved(entry)` when a request of the list has come back."""

    moved = Signal(object)

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._of: dict[Entry, Exchange] = {}

    def exchange(self, entry: Entry) -> Exchange | None:
        """What was last sent for a request of the list."""
        return self._of.get(entry)

    def send(self, account_id: str, entry: Entry, draft: Draft) -> None:
        """Sends a request; an earlier one of the same entry counts no more."""
        self.cancel(entry)
        exchange = Exchange(account_id)
        self._of[entry] = exchange
        engine = self._bridge.engine
        headers, body = draft.sent_headers, draft.sent_body.encode() or None

        async def send() -> tuple[Answer, Readable]:
            answer = await engine.request(account_id, draft.method, draft.address, headers, body)
            return answer, await engine.read_answer(answer)

        def answered(came: tuple[Answer, Readable]) -> None:
            exchange.answer, exchange.read = came
            self._came(entry, exchange)

        def failed(failure: Failure) -> None:
            exchange.failure = failure
            self._came(entry, exchange)

        exchange.future = self._bridge.run(send(), answered, failed, self)

    def cancel(self, entry: Entry) -> None:
        """Gives up what runs, and forgets what came back."""
        exchange = self._of.pop(entry, None)
        if exchange is not None and exchange.running and exchange.future is not None:
            exchange.future.cancel()

    def forget(self, fits: Callable[[Exchange], bool] = lambda _exchange: True) -> None:
        """Gives up and forgets everything that fits."""
        for entry in [entry for entry, exchange in self._of.items() if fits(exchange)]:
            self.cancel(entry)

    def _came(self, entry: Entry, exchange: Exchange) -> None:
        if self._of.get(entry) is not exchange:
            return  # it was given up meanwhile
        del self._of[entry]
        self._of[entry] = exchange  # the last one now
        done = [one for one, sent in self._of.items() if not sent.running]
        for old in done[:-_KEPT]:
            del self._of[old]
        self.moved.emit(entry)
