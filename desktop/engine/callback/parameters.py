"""What the parameters of a callback mean, whether the browser brought them or a person pasted them."""

from __future__ import annotations

import enum
import hmac
from urllib.parse import parse_qsl

from connectors.definition import CallbackNames

MAX_PARAMETERS = 64
# Sent twice, the first could be the service's and the second an attacker's (RFC 6749 3.1 forbids it for all).
_ONCE = frozenset({"state", "code", "error", "iss", "oauth_token", "oauth_verifier"})


class Verdict(enum.Enum):
    """What a query string is to the attempt that waits."""

    ANSWER = "it belongs to this attempt"
    NOTHING = "it holds no answer"
    UNVERIFIED = "it does not belong to this attempt"


STANDARD_NAMES = CallbackNames()


def read_callback(
    query: str, state: str, names: CallbackNames = STANDARD_NAMES
) -> tuple[Verdict, dict[str, str]]:
    """The verdict, and the parameters if they are an answer to the attempt with this `state`.

    `names` are the service's own for the code, the state and the error; the parameters keep them.

    With both `code` and `error` it is an error, and the code is dropped (RFC 6749 4.1.2.1).
    """
    if not query:
        return Verdict.NOTHING, {}
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=MAX_PARAMETERS)
    except ValueError:
        return Verdict.UNVERIFIED, {}
    once = _ONCE | {names.code, names.state, names.error}
    parameters: dict[str, str] = {}
    for name, value in pairs:
        if name in parameters and name in once:
            return Verdict.UNVERIFIED, {}
        parameters.setdefault(name, value)
    if not is_same(parameters.get(names.state, ""), state):
        return Verdict.UNVERIFIED, {}
    if names.error in parameters:
        parameters.pop(names.code, None)
    if not any(value for name, value in parameters.items() if name != names.state):
        return Verdict.NOTHING, {}
    return Verdict.ANSWER, parameters


def is_same(given: str, expected: str) -> bool:
    """Compares in constant time. Nothing equals an empty `expected`."""
    return bool(expected) and hmac.compare_digest(
        given.encode("utf-8", "surrogatepass"), expected.encode("utf-8", "surrogatepass")
    )
