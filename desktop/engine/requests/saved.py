"""The requests that a person keeps with an account."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from connectors.credential import utc_now
from connectors.errors import InvalidInputError
from connectors.operations import Operation, operations_of
from desktop.engine.core import Core
from desktop.engine.events import SavedRequestsChanged
from desktop.engine.requests.checking import LARGEST_BODY, header_pairs, problems, refuse
from desktop.vault.errors import NameTakenError, NotFoundError
from desktop.vault.records import SavedRequest

ID_BYTES = 8
LONGEST_NAME = 200


class SavedRequests:
    """They lie in the vault, beside the account, because their headers and bodies may hold secrets."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def of_account(self, account_id: str) -> list[SavedRequest]:
        """By name. Raises NotFoundError where there is no such account."""
        vault = self._core.vault
        return vault.saved_requests(vault.account(account_id).id)

    def save(
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
        """Keeps one, in the place of `request_id` if that is given.

        Raises InvalidInputError (with `fields`), NotFoundError.
        """
        vault, now = self._core.vault, utc_now()
        account = vault.account(account_id)
        name, pairs = " ".join(name.split()), header_pairs(headers)
        refuse(_of_name(name) | problems(method, url, pairs) | _of_body(body))
        before = vault.saved_request(request_id) if request_id else None
        if before is not None and before.account_id != account.id:
            raise NotFoundError("This saved request belongs to another account.", "Nothing was changed.")
        request = SavedRequest(
            id=request_id or secrets.token_hex(ID_BYTES),
            account_id=account.id,
            name=name,
            method=method.upper(),
            url=url.strip(),
            headers=pairs,
            body=body,
            created_at=before.created_at if before else now,
            updated_at=now,
        )
        try:
            if before is None:
                vault.add_saved_request(request)
            else:
                vault.replace_saved_request(request)
        except NameTakenError as error:
            raise InvalidInputError(error.sentence, error.hint, fields={"name": error.sentence}) from error
        self._core.emit(SavedRequestsChanged(account.id))
        return request

    def remove(self, request_id: str) -> None:
        """Forgets one. Raises NotFoundError."""
        gone = self._core.vault.remove_saved_request(request_id)
        self._core.emit(SavedRequestsChanged(gone.account_id))

    def operations(self, account_id: str) -> tuple[Operation, ...]:
        """What the account's service offers, where its definition was made from a document that says so."""
        connector, _ = self._core.known(self._core.vault.account(account_id))
        return operations_of(connector) if connector is not None else ()


def _of_name(name: str) -> dict[str, str]:
    if not name:
        return {"name": "A saved request needs a name."}
    if len(name) > LONGEST_NAME or not name.isprintable():
        return {"name": f"A name has at most {LONGEST_NAME} characters, all of them visible."}
    return {}


def _of_body(body: str) -> dict[str, str]:
    if len(body) > LARGEST_BODY:
        return {"body": f"The body is longer than {LARGEST_BODY // 1024} KiB; it can be sent, but not kept."}
    return {}
