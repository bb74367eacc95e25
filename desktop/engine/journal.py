"""Writes the activity list: what was done, by whom, how it ended, and the exchange behind it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from connectors.credential import utc_now
from desktop.engine.events import ActivityAdded, Event
from desktop.engine.failures import explain
from desktop.engine.network.exchange import Step, collecting
from desktop.engine.privacy.redaction import redactor
from desktop.vault.errors import VaultError
from desktop.vault.records import ActivityRow, Who

if TYPE_CHECKING:
    from desktop.vault.vault import Vault

log = logging.getLogger(__name__)
NOBODY = Who()


@dataclass
class Operation:
    """One act while it runs. What is filled in until its end is what is written."""

    action: str
    account_id: str = ""
    connector: str = ""
    summary: str = ""
    actor: str = ""
    who: Who | None = None  # None: whoever this program belongs to
    detail: dict[str, Any] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)


class Journal:
    """Adds activity rows. `vault` gives the open vault or raises VaultError.

    `in_full` says whether a connector wants its exchanges with headers and bodies, without their values;
    `in_clear` whether somebody turned on that they stand there as they were.
    """

    def __init__(
        self,
        vault: Callable[[], Vault],
        actor: str,
        emit: Callable[[Event], None],
        in_full: Callable[[str], bool] = lambda _: False,
        in_clear: Callable[[str], bool] = lambda _: False,
        who: Who = NOBODY,
    ) -> None:
        self._in_full = in_full
        self._in_clear = in_clear
        self._vault = vault
        self._actor = actor
        self._who = who
        self._emit = emit

    @contextmanager
    def operation(
        self, action: str, *, account_id: str = "", connector: str = "", summary: str = "", actor: str = ""
    ) -> Iterator[Operation]:
        """Records what happens inside, requests included, and whether it ended well."""
        in_full, in_clear = self._in_full(connector), bool(connector) and self._in_clear(connector)
        with collecting(in_full=in_full, in_clear=in_clear) as steps:
            now = Operation(action, account_id, connector, summary, actor, steps=steps)
            try:
                yield now
            except BaseException as error:
                failure = explain(error)
                now.summary = failure.sentence
                now.detail["reason"] = failure.reason
                self._write(now, "failed")
                raise
            self._write(now, "ok")

    def add(
        self,
        action: str,
        summary: str,
        *,
        account_id: str = "",
        connector: str = "",
        failed: bool = False,
        actor: str = "",
        who: Who | None = None,
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        """Records what has happened already, without requests behind it."""
        done = Operation(action, account_id, connector, summary, actor, who, dict(detail or {}))
        self._write(done, "failed" if failed else "ok")

    def entry(self, now: Operation, outcome: Literal["ok", "failed"] = "ok") -> ActivityRow:
        """What is written of an operation, redacted, as it stands now."""
        detail = now.detail | ({"steps": now.steps} if now.steps else {})
        return ActivityRow(
            at=utc_now(),
            account_id=now.account_id,
            connector=now.connector,
            actor=now.actor or self._actor,
            action=now.action,
            outcome=outcome,
            summary=redactor.redact(now.summary),
            detail=redactor.redact_data(detail),
            who=self._who if now.who is None else now.who,
        )

    def _write(self, now: Operation, outcome: Literal["ok", "failed"]) -> None:
        row = self.entry(now, outcome)
        try:
            wanted = bool(now.connector and now.steps) and self._in_clear(now.connector)
            opened = redactor.opened((step.get("in_clear") for step in now.steps), wanted)
            self._vault().add_activity(row, opened)
        except VaultError as error:
            # The act itself stands or fell on its own; that it could not be noted changes nothing about it.
            log.warning("activity %r was not written: %s", now.action, error.sentence)
            return
        self._emit(ActivityAdded(now.account_id))
