"""A session for a request: the one that is held while it is good, else a new one."""

from __future__ import annotations

import asyncio
from collections import defaultdict

import msgspec

from connectors import methods
from connectors.credential import Credential, utc_now
from connectors.errors import InvalidTokenError
from desktop.engine.core import Core, Subject
from desktop.engine.events import AccountChanged
from desktop.engine.privacy.redaction import redactor
from desktop.engine.refreshing.due import is_due
from desktop.vault.records import AccountRow


class Sessions:
    """One sign-in at a time per account; who waits shares the session, unless each request has its own."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def ready(self, subject: Subject, lead: float) -> Subject:
        """The account with a session that lasts `lead` seconds more. Raises what `methods.refresh` raises."""
        async with self._locks[subject.row.id]:
            subject = self._core.subject(subject.row.id)
            if not _good(subject.credential, lead):
                subject = await self._another(subject, lead)
            return self._taken(subject)

    async def instead(self, refused: Subject) -> Subject:
        """The account with another session than the one that was refused."""
        async with self._locks[refused.row.id]:
            subject = self._core.subject(refused.row.id)
            if subject.credential.access_token in {"", refused.credential.access_token}:
                subject = await self._another(subject, 0, refused.credential.access_token)
            return self._taken(subject)

    async def _another(self, subject: Subject, lead: float, refused: str = "") -> Subject:
        """A session that another console shares, else a new one."""
        if subject.inputs.method.keep_session != "redis":
            return await self._begin(subject)
        shared = self._core.shared.of(subject)
        async with shared.alone():
            found = await shared.load()
            if found is not None and found.access_token != refused and _good(found, lead):
                found = msgspec.structs.replace(found, fields=subject.credential.fields)
                self._core.learn(found, subject.inputs.method)
                self._core.held.keep(subject.row.id, found, subject.inputs.method)
                return subject._replace(credential=found)
            subject = await self._begin(subject)
            if await shared.store(subject.credential):
                note_shared(self._core, subject.row)
        return subject

    def _taken(self, subject: Subject) -> Subject:
        if subject.inputs.method.keep_session == "none":
            self._core.held.forget(subject.row.id)
        return subject

    async def _begin(self, subject: Subject) -> Subject:
        row, core = subject.row, self._core
        if row.state == "needs_sign_in":  # asking again and again could lock the person out
            raise InvalidTokenError(row.state_reason or f"{row.name} needs to be signed in again.")
        try:
            credential = await methods.refresh(subject.inputs, subject.credential, core.ports)
        except InvalidTokenError as error:
            core.vault.set_state(row.id, "needs_sign_in", redactor.redact(error.sentence))
            core.emit(AccountChanged(row.id))
            raise
        core.learn(credential, subject.inputs.method)
        core.held.keep(row.id, credential, subject.inputs.method)
        return subject._replace(credential=credential)


def note_shared(core: Core, row: AccountRow) -> None:
    """Writes down that a session went to Redis, where other consoles may take it."""
    core.journal.add(
        "session_shared",
        f"The session of {row.name} was shared through Redis.",
        account_id=row.id,
        connector=row.connector,
    )


def _good(credential: Credential, lead: float) -> bool:
    return bool(credential.access_token) and not is_due(credential, lead, utc_now())
