"""From an exception to what people read. Every text passes through the redactor here."""

from __future__ import annotations

import asyncio
import errno
import logging

from connectors.errors import ConnectorError, InvalidInputError
from desktop.engine.events import Failure
from desktop.engine.privacy.redaction import redactor
from desktop.vault.errors import VaultError

log = logging.getLogger(__name__)

_CLIENT_HINT = "Check the client id, the client secret and the redirect URI in the connector's settings."
_HINTS = {
    "needs_sign_in": "Sign in again.",
    "wrong_credentials": "Check what you typed and try again.",
    "client": _CLIENT_HINT,
    "declined": "Try again if that was not meant.",
    "timed_out": "Try again.",
    "cancelled": "Try again when you are ready.",
    "offline": "Check the network, and try again in a while.",
    "locked": "Unlock the vault first.",
}
_DISK_FULL = {errno.ENOSPC, errno.EDQUOT}


def explain(error: BaseException) -> Failure:
    """The failure to show for `error`. An exception that nobody foresaw is also written to the log."""
    if isinstance(error, ConnectorError | VaultError):
        return _failure(
            error.reason, error.sentence, error.hint or _HINTS.get(error.reason, ""), _more(error)
        )
    if isinstance(error, asyncio.CancelledError):
        return _failure("cancelled", "This was cancelled.", _HINTS["cancelled"])
    if isinstance(error, TimeoutError):
        return _failure("offline", "This took too long and was given up.", _HINTS["offline"])
    if isinstance(error, OSError):
        return _of_system(error)
    from_network = _of_network(error)
    if from_network is not None:
        return from_network
    log.error("unexpected %s", type(error).__name__, exc_info=error)
    return _failure(
        "unexpected",
        "Something unexpected went wrong. Nothing that was saved before is lost.",
        "Try again. If it happens again, report it with the details.",
        f"{type(error).__name__}: {error}",
    )


def _more(error: ConnectorError | VaultError) -> str:
    lines = []
    status = getattr(error, "status", None)
    if status is not None:
        lines.append(f"HTTP status {status}")
    if isinstance(error, InvalidInputError):
        lines += [f"{field}: {sentence}" for field, sentence in error.fields.items()]
    return "\n".join(lines)


def _of_system(error: OSError) -> Failure:
    where = f" ({error.filename})" if error.filename else ""
    if error.errno in _DISK_FULL:
        return _failure(
            "disk_full", f"The disk is full, so nothing was saved{where}.", "Free some space, and try again."
        )
    if isinstance(error, PermissionError):
        return _failure(
            "permission", f"The system does not allow this{where}.", "Check who owns the file or folder."
        )
    if isinstance(error, FileNotFoundError):
        return _failure("not_found", f"The file does not exist{where}.", "Check the path.")
    sentence = f"The system refused: {error.strerror or 'no reason given'}{where}."
    return _failure("system", sentence, "Try again.", f"{type(error).__name__} {error.errno or ''}".strip())


def _of_network(error: BaseException) -> Failure | None:
    import httpx

    if not isinstance(error, httpx.HTTPError | httpx.InvalidURL):
        return None
    request = getattr(error, "_request", None)
    host = f" {request.url.host}" if request is not None else ""
    if isinstance(error, httpx.InvalidURL | httpx.UnsupportedProtocol):
        return _failure(
            "unsafe_url", "That is not an address that can be used.", "Check the address.", str(error)
        )
    return _failure("offline", f"The service{host} could not be reached.", _HINTS["offline"], str(error))


def _failure(reason: str, sentence: str, hint: str = "", detail: str = "") -> Failure:
    redact = redactor.redact
    return Failure(reason=reason, sentence=redact(sentence), hint=redact(hint), detail=redact(detail))
