"""A refusal that a definition knows to be passing: it says nothing about the credential."""

from __future__ import annotations

from connectors.definition import Method
from connectors.errors import TemporaryError
from connectors.wire.answers import Answer, error_message, retry_after


def asks_to_wait(answer: Answer, method: Method, service: str) -> TemporaryError | None:
    """The error for a status of `passing_status` or a message with one of the words of `passing_errors`."""
    if not (method.passing_status or method.passing_errors):
        return None
    message = error_message(answer)
    said = message.lower()
    worded = any(word.lower() in said for word in method.passing_errors)
    if answer.status not in method.passing_status and not worded:
        return None
    return TemporaryError(
        f"{service} asks to wait{f': {message}' if message else ''}.",
        "Nothing was changed. Try again a little later.",
        status=answer.status,
        retry_after=retry_after(answer.headers),
    )
