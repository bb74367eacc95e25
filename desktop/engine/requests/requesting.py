"""Using an account: a valid token, a test, an authenticated request."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

from connectors import methods
from connectors.credential import utc_now
from connectors.errors import InvalidInputError, InvalidTokenError
from connectors.methods import can_refresh
from desktop.engine.accounts import value_text
from desktop.engine.core import Core, Subject, flat
from desktop.engine.events import AccountChanged
from desktop.engine.privacy.redaction import redactor
from desktop.engine.refreshing.due import is_due
from desktop.engine.refreshing.refreshing import Refreshing
from desktop.engine.requests.checking import header_pairs, problems, refuse
from desktop.engine.requests.sending import Wanted, send
from desktop.engine.results import Answer
from desktop.engine.sessions.renewing import Sessions
from desktop.vault.errors import VaultError
from desktop.vault.records import AccountRow, StoredState

log = logging.getLogger(__name__)


class Requesting:
    """Everything that puts a credential to use renews it first if it must be."""

    def __init__(self, core: Core, refreshing: Refreshing, sessions: Sessions) -> None:
        self._core = core
        self._refreshing = refreshing
        self._sessions = sessions

    async def token(self, account_id: str, field: str, min_valid: float) -> str:
        """The value of a field of the record, with an access token that lasts `min_valid` seconds more.

        One that the service has refused for good is not handed out. One whose renewal alone was refused is,
        as long as it lasts. A service whose tokens never last that long gives what it gives.
        """
        row = self._core.vault.account(account_id)
        _refuse_unless(not row.token_refused, row)
        subject = await self._ready(account_id, min_valid)
        _refuse_unless(not subject.credential.expires_within(min_valid), subject.row)
        values = flat(subject.credential)
        value = values.get(field)
        if value in (None, ""):
            known = ", ".join(name for name, held in values.items() if held not in (None, ""))
            raise InvalidInputError(f"{subject.row.name} has no {field}.", f"It has: {known}.")
        self._used(account_id)
        return value_text(value)

    async def test(self, account_id: str) -> str:
        """Asks the service whether it takes the credential. Returns what it says, or an empty text."""
        row = self._core.vault.account(account_id)
        with self._core.journal.operation(
            "tested", account_id=account_id, connector=row.connector
        ) as operation:
            subject = await self._ready(account_id, 0)
            try:
                message = await self._validate(subject)
            except InvalidTokenError as error:
                oauth = subject.inputs.method.type in ("oauth2", "oauth")
                state: StoredState = "needs_sign_in" if oauth else "invalid"
                self._set_state(account_id, state, error.sentence, token_refused=True)
                raise
            now = self._core.vault.account(account_id)
            if now.state != "connected" or now.token_refused:
                self._set_state(account_id, "connected", "", token_refused=False)
            operation.summary = message or f"{row.name} works."
            return message

    async def request(
        self,
        account_id: str,
        method: str,
        url: str,
        headers: Mapping[str, str] | Sequence[tuple[str, str]],
        body: bytes | str | None,
    ) -> Answer:
        """Sends one request with the account's credential; renews and sends it again once if refused.

        Relative addresses use the connector's base. Redirects are handed back, not followed: the next
        address might be somebody else's. A header that the credential sets wins over one of that name in
        `headers`; one in `headers` wins over the connector's own.
        """
        row = self._core.vault.account(account_id)
        pairs = header_pairs(headers)
        refuse(problems(method, url, pairs))
        wanted = Wanted(method.upper(), url, pairs, body)
        with self._core.journal.operation(
            "used", account_id=account_id, connector=row.connector
        ) as operation:
            subject = await self._ready(account_id, 0)
            answer = await send(self._core.clients.requests, subject, wanted, renewed=False)
            refused = answer.status in subject.inputs.method.invalid_token_status
            if refused and can_refresh(subject.inputs.method, subject.credential):
                subject = await self._instead_of_refused(subject)
                answer = await send(self._core.clients.requests, subject, wanted, renewed=True)
            operation.summary = f"{method.upper()} {answer.url.split('?')[0]} answered {answer.status}."
        self._used(account_id)
        return answer

    async def _ready(self, account_id: str, min_valid: float) -> Subject:
        subject = self._core.subject(account_id)
        if subject.inputs.method.keep_session != "vault":
            return await self._sessions.ready(subject, min_valid)
        renewable = can_refresh(subject.inputs.method, subject.credential)
        if renewable and subject.inputs.method.type == "oauth2" and not subject.credential.access_token:
            return await self._renewed(subject)  # somebody took the token out of the record
        if is_due(subject.credential, min_valid, utc_now()):
            if renewable or subject.credential.expires_within(0):
                await self._refreshing.refresh(account_id, force=False, lead=min_valid)
                return self._core.subject(account_id)
            raise InvalidTokenError(
                f"The token of {subject.row.name} ends within {min_valid:g} seconds and cannot be renewed.",
                "Sign in again.",
            )
        return subject

    async def _validate(self, subject: Subject) -> str:
        try:
            return await methods.validate(subject.inputs, subject.credential, self._core.ports)
        except InvalidTokenError:
            if not can_refresh(subject.inputs.method, subject.credential):
                raise
        subject = await self._renewed(subject)
        return await methods.validate(subject.inputs, subject.credential, self._core.ports)

    async def _renewed(self, subject: Subject) -> Subject:
        """The account with another token than the one that was refused."""
        if subject.inputs.method.keep_session != "vault":
            return await self._sessions.instead(subject)
        await self._refreshing.refresh(subject.row.id, seen=subject.row.generation)
        return self._core.subject(subject.row.id)

    async def _instead_of_refused(self, subject: Subject) -> Subject:
        try:
            return await self._renewed(subject)
        except InvalidTokenError as error:
            # Both were refused, the token and its renewal: what is left is good for nothing.
            self._set_state(subject.row.id, "needs_sign_in", error.sentence, token_refused=True)
            raise

    def _used(self, account_id: str) -> None:
        try:
            self._core.vault.touch(account_id)
        except VaultError as error:
            # A full disk is no reason to keep back a token that is good.
            log.warning("the last use of %s was not noted: %s", account_id, error.sentence)
            return
        self._core.emit(AccountChanged(account_id))

    def _set_state(self, account_id: str, state: StoredState, reason: str, *, token_refused: bool) -> None:
        self._core.vault.set_state(account_id, state, redactor.redact(reason), token_refused=token_refused)
        self._core.emit(AccountChanged(account_id))


def _refuse_unless(good: bool, row: AccountRow) -> None:
    if not good and row.state in ("needs_sign_in", "invalid"):
        raise InvalidTokenError(row.state_reason or f"The service no longer accepts {row.name}.")
