"""Between the window and the engine: work goes over, results and events come back on the GUI thread."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError, Future
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot
from shiboken6 import isValid

from desktop.engine.events import (
    AccountChanged,
    AccountRemoved,
    ActivityAdded,
    AttemptChanged,
    BackupsChanged,
    ConnectorsChanged,
    Event,
    Failure,
    SavedRequestsChanged,
    VaultChanged,
)

if TYPE_CHECKING:
    from desktop.engine.engine import Engine
    from desktop.vault.vault import Reader

T = TypeVar("T")


class _Outcome(NamedTuple):
    """What one piece of work came to, on its way to the GUI thread."""

    result: Any
    failure: Failure | None
    done: Callable[[Any], None] | None
    failed: Callable[[Failure], None] | None
    owner: QObject | None


class Bridge(QObject):
    """The engine as the window sees it. Each signal carries the event of `desktop.engine.events`.

    `failed_unheard` carries the Failure of work for which nobody gave a `failed`.
    """

    attempt_changed = Signal(object)
    account_changed = Signal(object)
    account_removed = Signal(object)
    vault_changed = Signal(object)
    connectors_changed = Signal(object)
    activity_added = Signal(object)
    saved_requests_changed = Signal(object)
    backups_changed = Signal(object)
    failed_unheard = Signal(object)

    _happened = Signal(object)
    _finished = Signal(object)

    def __init__(self, engine: Engine, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.engine = engine
        self._reader: Reader | None = None
        queued = Qt.ConnectionType.QueuedConnection
        self._happened.connect(self._deliver_event, queued)
        self._finished.connect(self._deliver_outcome, queued)
        self._unsubscribe: Callable[[], None] | None = engine.subscribe(self._happened.emit)

    @property
    def reader(self) -> Reader:
        """The vault's read-only connection of the GUI thread. Raises VaultError while it is locked."""
        if self._reader is None:
            self._reader = self.engine.reader()
        return self._reader

    @property
    def unlocked(self) -> bool:
        """Whether accounts can be read."""
        return self.engine.vault_state == "open"

    def run(
        self,
        coro: Coroutine[Any, Any, T],
        done: Callable[[T], None] | None = None,
        failed: Callable[[Failure], None] | None = None,
        owner: QObject | None = None,
    ) -> Future[T]:
        """Runs a coroutine on the engine's loop; `done` or `failed` is called on the GUI thread.

        With an `owner`, neither is called once the owner is destroyed.
        """
        future: Future[T] = self.engine.submit(coro)

        def finished(future: Future[T]) -> None:
            outcome = self._outcome(future, done, failed, owner)
            # Work may outlive the window: the engine is stopped after it.
            if outcome is not None and isValid(self):
                self._finished.emit(outcome)

        future.add_done_callback(finished)
        return future

    def close(self) -> None:
        """Hears no more events, also none that are on their way, and closes the reader."""
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        self._close_reader()

    @staticmethod
    def _outcome(
        future: Future[T],
        done: Callable[[T], None] | None,
        failed: Callable[[Failure], None] | None,
        owner: QObject | None,
    ) -> _Outcome | None:
        from desktop.engine.failures import explain

        try:
            return _Outcome(future.result(), None, done, failed, owner)
        except CancelledError:
            return None
        except BaseException as error:  # everything is shown: explain() makes a sentence of any exception
            return _Outcome(None, explain(error), done, failed, owner)

    @Slot(object)
    def _deliver_outcome(self, outcome: _Outcome) -> None:
        if self._unsubscribe is None or (outcome.owner is not None and not isValid(outcome.owner)):
            return
        if outcome.failure is None:
            if outcome.done is not None:
                outcome.done(outcome.result)
        elif outcome.failed is not None:
            outcome.failed(outcome.failure)
        else:
            self.failed_unheard.emit(outcome.failure)

    @Slot(object)
    def _deliver_event(self, event: Event) -> None:
        if self._unsubscribe is None:
            return
        if isinstance(event, VaultChanged):
            # Before anybody hears of it, so that no page reads through a connection of the old vault.
            self._close_reader()
            self.vault_changed.emit(event)
        elif isinstance(event, AccountChanged):
            self.account_changed.emit(event)
        elif isinstance(event, AccountRemoved):
            self.account_removed.emit(event)
        elif isinstance(event, AttemptChanged):
            self.attempt_changed.emit(event)
        elif isinstance(event, ConnectorsChanged):
            self.connectors_changed.emit(event)
        elif isinstance(event, ActivityAdded):
            self.activity_added.emit(event)
        elif isinstance(event, SavedRequestsChanged):
            self.saved_requests_changed.emit(event)
        elif isinstance(event, BackupsChanged):
            self.backups_changed.emit(event)

    def _close_reader(self) -> None:
        if self._reader is not None:
            self._reader.close()
            self._reader = None
