"""What is known about a refresh that began and did not end, and what to say when it cost the account."""

from __future__ import annotations

import httpx
import msgspec

from connectors import credential as records
from connectors.credential import Credential
from connectors.errors import ConnectorError, InvalidTokenError
from desktop.engine.core import Subject
from desktop.engine.states import moment
from desktop.vault.errors import NotFoundError
from desktop.vault.records import PendingRefresh
from desktop.vault.vault import Vault


def is_interrupted(vault: Vault, mark: PendingRefresh | None, credential: Credential) -> bool:
    """Whether a refresh with this very token was begun and its answer never saved.

    To be asked under the account's lock: without it, the mark may be of a refresh that is under way.
    """
    if mark is None:
        return False
    try:
        asked_with = records.decode(vault.generation(mark.account_id, mark.generation).record)
    except (NotFoundError, msgspec.DecodeError):
        return True  # the generation is gone or unreadable: the careful answer
    return asked_with.refresh_token == credential.refresh_token


def was_answered(error: ConnectorError) -> bool:
    """Whether it is certain that the service did not renew the token: it said so, or was never reached.

    A 5xx may come from a gateway whose service behind it has answered nevertheless.
    """
    if error.status is not None:
        return 400 <= error.status < 500
    return not was_reached(error)


def was_reached(error: ConnectorError) -> bool:
    """Whether the request may have come to the service."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, httpx.ConnectError | httpx.ConnectTimeout | httpx.ProxyError):
            return False
        cause = cause.__cause__ or cause.__context__
    return True


def lost(subject: Subject, mark: PendingRefresh, error: InvalidTokenError) -> InvalidTokenError:
    """The refusal, with the sentence that says why the service refuses a token that was good."""
    return InvalidTokenError(
        f"A refresh of {subject.row.name} was interrupted {moment(mark.began_at)}, before its answer could "
        "be saved. The service had already put the old token out of use.",
        "Sign in again. Everything else about the account is unchanged.",
        status=error.status,
    )
