"""One refresh at a time per account, across processes: lock, look, mark, ask, save, hand out."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

import msgspec

from connectors import methods
from connectors.credential import Credential, utc_now
from connectors.errors import ConnectorError, InvalidTokenError
from connectors.methods import can_refresh
from desktop.engine.core import Core, Subject
from desktop.engine.errors import NotRenewableError
from desktop.engine.events import AccountChanged
from desktop.engine.failures import explain
from desktop.engine.privacy.redaction import redactor
from desktop.engine.refreshing import patience as noted
from desktop.engine.refreshing.backoff import Backoff
from desktop.engine.refreshing.due import is_due
from desktop.engine.refreshing.interrupted import is_interrupted, lost, was_answered
from desktop.engine.refreshing.locks import account_lock
from desktop.engine.results import RefreshOutcome
from desktop.vault.errors import BusyVaultError, SaveFailedError
from desktop.vault.records import AccountRow, PendingRefresh

AT_ONCE = 4  # refreshes under way at a time when many are asked for


class Unsaved(NamedTuple):
    """A new credential that the disk did not take, and the refresh token that it was given for."""

    credential: Credential
    instead_of: str


class Refreshing:
    """All of it runs on the loop, so a dict of tasks is enough to have one refresh per account."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self.backoff = Backoff()
        self._flights: dict[str, asyncio.Task[AccountRow]] = {}
        self._unsaved: dict[str, Unsaved] = {}

    def is_refreshing(self, account_id: str) -> bool:
        """Whether the account is being renewed. May be asked from any thread."""
        return account_id in self._flights

    async def refresh(
        self,
        account_id: str,
        *,
        force: bool = True,
        lead: float = 0,
        seen: int | None = None,
        actor: str = "",
    ) -> AccountRow:
        """Renews the account's token; whoever asks meanwhile gets the same answer.

        Without `force` only if it is due within `lead` seconds, or an earlier one was interrupted, and no
        failure asks for patience. `seen` is
        the generation that did not work: if there is a newer one that is not due, that is the answer.
        Raises InvalidTokenError (sign in again), TemporaryError and ServiceError (tokens unchanged),
        NotRenewableError.
        """
        if seen is None:
            seen = self._core.vault.account(account_id).generation
        while (flight := self._flights.get(account_id)) is not None:
            row = await asyncio.shield(flight)
            if not force or row.generation != seen:
                return row
        flight = asyncio.get_running_loop().create_task(self._run(account_id, force, lead, seen, actor))
        self._flights[account_id] = flight
        flight.add_done_callback(lambda done: self._landed(account_id, done))
        self._core.emit(AccountChanged(account_id))
        return await asyncio.shield(flight)

    async def refresh_now(self, account_id: str, *, force: bool) -> AccountRow:
        """The same with the method's own lead, as a person or a script asks for it."""
        method = self._core.known_method(self._core.vault.account(account_id))
        lead = method.refresh_before_exp if method and not force else 0
        return await self.refresh(account_id, force=force, lead=lead)

    async def refresh_many(self, *, force: bool) -> list[RefreshOutcome]:
        """Every account that can be renewed (`force`) or that is due, a few at a time, failures included."""
        rows = [row for row in self._core.vault.all_accounts() if row.renewable and row.state != "disabled"]
        slots = asyncio.Semaphore(AT_ONCE)

        async def one(row: AccountRow) -> RefreshOutcome | None:
            async with slots:
                try:
                    renewed = await self.refresh_now(row.id, force=force)
                except Exception as error:  # one account's failure is a line of its own
                    return RefreshOutcome(self._core.vault.account(row.id), explain(error))
            unchanged = renewed.generation == row.generation
            return None if unchanged and not force else RefreshOutcome(renewed)

        outcomes = await asyncio.gather(*(one(row) for row in rows))
        return [outcome for outcome in outcomes if outcome is not None]

    async def settle(self, patience: float) -> None:
        """Lets the refreshes under way be saved; cancels what takes longer than `patience` seconds."""
        flights = list(self._flights.values())
        if not flights:
            return
        _, late = await asyncio.wait(flights, timeout=patience)
        for flight in late:
            flight.cancel()
        if late:
            await asyncio.wait(late)

    def forget(self, account_id: str) -> None:
        """Drops what was remembered of an account that is gone."""
        self.backoff.forget(account_id)
        self._unsaved.pop(account_id, None)

    def _landed(self, account_id: str, flight: asyncio.Task[AccountRow]) -> None:
        del self._flights[account_id]
        if not flight.cancelled():
            flight.exception()  # whoever waited has it; if nobody did, it is in the activity list
        self._core.emit(AccountChanged(account_id))

    async def _run(self, account_id: str, force: bool, lead: float, seen: int, actor: str) -> AccountRow:
        async with account_lock(self._core.home, account_id):
            subject = self._core.subject(account_id)
            row, credential, now = subject.row, subject.credential, utc_now()
            late = self._unsaved.pop(account_id, None)
            if late is not None and late.instead_of == credential.refresh_token:
                with self._core.journal.operation(
                    "refreshed", account_id=account_id, connector=row.connector, actor=actor
                ) as operation:
                    operation.summary = f"The new token of {row.name}, refused by the disk before, was saved."
                    kept = msgspec.structs.replace(late.credential, fields=credential.fields)
                    return self._save(subject, kept)
            mark = self._core.vault.pending_refresh(account_id)
            interrupted = mark is not None and is_interrupted(self._core.vault, mark, credential)
            if mark is not None and not interrupted:
                self._core.vault.end_refresh(account_id)  # it was about another token
            due = interrupted or is_due(credential, lead, now)
            if row.generation != seen and not due:
                return row  # another process was quicker
            if not force:
                if not due:
                    return row
                if row.state == "needs_sign_in":
                    raise InvalidTokenError(row.state_reason or f"{row.name} needs to be signed in again.")
                self.backoff.check(account_id, now)
                noted.check(self._core.home, subject, now)
            if not can_refresh(subject.inputs.method, credential):
                raise _not_renewable(row, credential)
            with self._core.journal.operation(
                "refreshed", account_id=account_id, connector=row.connector, actor=actor
            ) as operation:
                operation.summary = f"The token of {row.name} was refreshed."
                return await self._renew(subject, mark if interrupted else None)

    async def _renew(self, subject: Subject, interrupted: PendingRefresh | None) -> AccountRow:
        """Asks the service, once. Whatever ends this process from here on, the mark tells the next one.

        `interrupted` is the mark of an earlier refresh with the same token whose answer is not known. The
        old token is worth one try: the request may never have arrived.
        """
        row = subject.row
        self._core.session.still_saving().begin_refresh(row.id, row.generation)
        try:
            credential = await methods.refresh(subject.inputs, subject.credential, self._core.ports)
        except InvalidTokenError as error:
            return self._refused(subject, error, interrupted)
        except ConnectorError as error:
            self.backoff.failed(row.id, error, utc_now())
            noted.note_failure(self._core.home, subject, error, utc_now())
            vault = self._core.session.still_saving()
            if interrupted is None and was_answered(error):
                vault.end_refresh(row.id)
            if subject.credential.expires_within(0):
                vault.set_state(row.id, "offline", redactor.redact(error.sentence))
            raise
        return self._save(subject, credential)

    def _refused(
        self, subject: Subject, error: InvalidTokenError, interrupted: PendingRefresh | None
    ) -> AccountRow:
        vault = self._core.session.still_saving()
        now = vault.account(subject.row.id)
        if now.generation != subject.row.generation:
            return now  # a program that knows nothing of the lock has rotated it
        if interrupted is not None and subject.credential.refresh_token:
            error = lost(subject, interrupted, error)
        vault.end_refresh(now.id, "needs_sign_in", redactor.redact(error.sentence))
        raise error

    def _save(self, subject: Subject, credential: Credential) -> AccountRow:
        try:
            row = self._core.save(subject.row, credential, "refresh")
        except (SaveFailedError, BusyVaultError):
            # The service has already put the old refresh token out of use: keep the new one for the next try.
            self._core.learn(credential, subject.inputs.method)
            self._unsaved[subject.row.id] = Unsaved(credential, subject.credential.refresh_token)
            raise
        self.backoff.forget(row.id)
        noted.forget(self._core.home, row.id)
        return row


def _not_renewable(row: AccountRow, credential: Credential) -> ConnectorError:
    if credential.expires_within(0):
        return InvalidTokenError(
            f"The token of {row.name} has expired and cannot be renewed by itself.", "Sign in again."
        )
    return NotRenewableError(
        f"There is nothing to renew for {row.name}: the service gave it no refresh token.",
        "Sign in again if it stops working.",
    )
