"""What may be asked of the engine to put an account to use: a token, a test, requests and the kept ones."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from desktop.engine.keeping import VaultKeeping
from desktop.engine.results import Answer
from desktop.vault.files import write_private
from desktop.vault.records import SavedRequest

if TYPE_CHECKING:
    from pathlib import Path

    from connectors.operations import Operation
    from desktop.engine.requests.preview import RequestPreview
    from desktop.engine.requests.reading import Readable


class AccountUse(VaultKeeping):
    """The part of the engine's front that uses accounts. Coroutines, like all of it."""

    async def test(self, account_id: str) -> str:
        """Asks the service whether the credential works. Returns the service's own message, or nothing."""
        return await self._parts.requesting.test(account_id)

    async def token(self, account_id: str, field: str = "access_token", min_valid: float = 60) -> str:
        """A value of the record, with an access token that lasts `min_valid` seconds more."""
        value = await self._parts.requesting.token(account_id, field, min_valid)
        self._parts.noting.account(account_id, "handed_out", field)
        return value

    async def request(
        self,
        account_id: str,
        method: str,
        url: str,
        headers: Mapping[str, str] | Sequence[tuple[str, str]] = (),
        body: bytes | str | None = None,
    ) -> Answer:
        """One authenticated request; renewed and sent again once if the service refuses the token.

        In a sequence a header may come twice. Of the answer's body 10 MiB are read (`Answer.truncated`).
        Cancelling the future closes the connection. Raises InvalidInputError with `fields` (method, url,
        headers) where it cannot be sent, UnsafeUrlError, InvalidTokenError, TemporaryError, ServiceError.
        """
        return await self._parts.requesting.request(account_id, method, url, headers, body)

    async def saved_requests(self, account_id: str) -> list[SavedRequest]:
        """What is kept with the account, by name. Holds secrets where headers or bodies do."""
        return self._parts.saved_requests.of_account(account_id)

    async def save_request(
        self,
        account_id: str,
        *,
        name: str,
        method: str,
        url: str,
        headers: Sequence[tuple[str, str]] = (),
        body: str = "",
        request_id: str = "",
    ) -> SavedRequest:
        """Keeps a request with the account, in the place of `request_id` if that is given.

        Raises InvalidInputError (with `fields`: name, method, url, headers, body), NotFoundError.
        """
        return self._parts.saved_requests.save(
            account_id,
            name=name,
            method=method,
            url=url,
            headers=headers,
            body=body,
            request_id=request_id,
        )

    async def remove_saved_request(self, request_id: str) -> None:
        """Forgets a saved request. Raises NotFoundError."""
        self._parts.saved_requests.remove(request_id)

    async def operations(self, account_id: str) -> tuple[Operation, ...]:
        """The operations of the account's service, where its definition was made from a document."""
        return self._parts.saved_requests.operations(account_id)

    async def request_preview(self, account_id: str) -> RequestPreview:
        """Where the account's requests go and what is put on them, secrets masked. Raises ConnectorError."""
        from desktop.engine.requests.preview import preview

        return preview(self._parts.core.subject(account_id))

    async def read_answer(self, answer: Answer) -> Readable:
        """An answer made readable, with known secrets covered beside it."""
        from desktop.engine.requests.reading import readable

        return await asyncio.to_thread(readable, answer)

    async def save_answer(self, answer: Answer, path: Path) -> None:
        """Writes the body as it came into a file that only its owner may read. Raises SaveFailedError."""
        await asyncio.to_thread(write_private, path, answer.body)

    async def as_curl(
        self,
        account_id: str,
        method: str,
        url: str,
        headers: Sequence[tuple[str, str]] = (),
        body: str = "",
    ) -> str:
        """The request as a line for a shell that asks this program for the secrets.

        Raises InvalidInputError where a shell cannot do it.
        """
        from desktop.engine.requests.curl import as_curl

        return as_curl(self._parts.core.subject(account_id), method, url, headers, body)
