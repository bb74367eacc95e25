"""The answer of a token endpoint becomes a Credential (RFC 6749 5.1, 6)."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import msgspec

from connectors.credential import Credential, utc_now
from connectors.definition import TokenAnswer
from connectors.errors import ServiceError
from connectors.templates.paths import look_up, text_at
from connectors.templates.text import clean_message

LONGEST_LIFETIME = 10 * 365 * 24 * 3600
_ALWAYS_KEPT = ("id_token", "dpop_key")


def split_scope(scope: str) -> list[str]:
    """The single permissions of a scope, whichever delimiter the service uses."""
    return [s for s in re.split(r"[\s,]+", scope) if s]


def number_of(value: Any) -> float | None:
    """A finite number from an int, a float or text; None for anything else (bool, NaN, list …)."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        try:
            value = float(value.strip())
        except ValueError:
            return None
    if isinstance(value, int | float) and math.isfinite(value):
        return float(value)
    return None


def moment_of(value: Any) -> datetime | None:
    """A moment from an ISO 8601 text (naive is UTC), seconds or milliseconds since 1970."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    number = number_of(value)
    if number is not None:
        seconds = number / 1000 if number > 1e11 else number
        return datetime.fromtimestamp(seconds, UTC) if 0 < seconds < 2e11 else None
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _clamped(seconds: float | None) -> int | None:
    """Whole seconds of life; None (unknown) for zero, negative and missing ones."""
    return int(min(seconds, LONGEST_LIFETIME)) or None if seconds is not None and seconds > 0 else None


def lifetime(data: Any, answer: TokenAnswer, now: datetime) -> int | None:
    """How many seconds the access token lives, or None when that is not known."""
    value = look_up(data, answer.expires_in)
    seconds: float | None = None
    match answer.expires:
        case "none":
            pass
        case "seconds":
            seconds = number_of(value)
        case "minutes":
            number = number_of(value)
            seconds = None if number is None else number * 60
        case "ms":
            number = number_of(value)
            seconds = None if number is None else number / 1000
        case "epoch" | "iso":
            moment = moment_of(value)
            seconds = None if moment is None else (moment - now).total_seconds()
        case "auto":
            seconds = _seconds_left(value, now)
    known = _clamped(seconds)
    known = known if known is not None else _clamped(answer.default_expires_in)
    return known if known is None or not answer.margin else max(known - answer.margin, 1)


def _seconds_left(value: Any, now: datetime) -> float | None:
    """What services mean by an expiry without saying so: seconds of life, or a moment in any notation."""
    number = number_of(value)
    if number is not None and number < 1e9:
        return number
    moment = moment_of(value)
    if moment is None and isinstance(value, str):
        try:
            moment = moment_of(parsedate_to_datetime(value))
        except ValueError:
            return None
    return None if moment is None else (moment - now).total_seconds()


def _token_at(data: Mapping[str, Any], path: str) -> str:
    """A token as text. `true` says that there is one, and not which."""
    return "" if isinstance(look_up(data, path), bool) else text_at(data, path)


def _kept(data: Mapping[str, Any], answer: TokenAnswer) -> dict[str, Any]:
    if "*" in answer.keep:
        standard = {answer.access_token, answer.refresh_token, answer.token_type, answer.scope}
        return {k: v for k, v in data.items() if k not in standard | {answer.expires_in}}
    wanted = {**{path: path for path in _ALWAYS_KEPT}, **answer.keep}
    return {name: value for name, path in wanted.items() if (value := look_up(data, path)) is not None}


def read_token_answer(
    data: Mapping[str, Any],
    answer: TokenAnswer,
    service: str,
    *,
    asked: str = "",
    previous: Credential | None = None,
    now: datetime | None = None,
) -> Credential:
    """The credential in a good answer. Raises ServiceError when there is no usable token in it.

    A refresh hands in the `previous` credential: what the answer omits (refresh token, scope, kept members)
    stays as it was (RFC 6749 6).
    """
    now = (now or utc_now()).replace(microsecond=0)
    if previous is not None and not text_at(data, answer.access_token):
        # Slack nests the person's token in the first answer and not in those of a refresh.
        plain = TokenAnswer()
        answer = msgspec.structs.replace(
            answer,
            access_token=plain.access_token,
            refresh_token=plain.refresh_token,
            expires_in=plain.expires_in,
            scope=plain.scope,
        )
    access_token = _token_at(data, answer.access_token)
    if not access_token:
        raise ServiceError(f"{service} answered without an access token.")
    token_type = text_at(data, answer.token_type)
    if answer.any_token_type:
        token_type = token_type or "Bearer"
    elif token_type.lower() not in {"bearer", *(("dpop",) if answer.dpop else ())}:
        given = f"the type “{clean_message(token_type)}”" if token_type else "no type"
        raise ServiceError(
            f"{service} gave a token of {given}, which cannot be used safely.",
            "If this is how the service works, its definition can say any_token_type = true.",
        )
    expires_in = lifetime(data, answer, now)
    scope = look_up(data, answer.scope)
    words = " ".join(map(str, scope)) if isinstance(scope, list) else str(scope or "")
    scope_text = " ".join(split_scope(words))
    return Credential(
        access_token=access_token,
        refresh_token=_token_at(data, answer.refresh_token) or (previous.refresh_token if previous else ""),
        token_type=token_type,
        expires_in=expires_in,
        expires_at=now + timedelta(seconds=expires_in) if expires_in is not None else None,
        created_at=now,
        scope=scope_text or (previous.scope if previous else " ".join(split_scope(asked))),
        extra={**(previous.extra if previous else {}), **_kept(data, answer)},
        fields=previous.fields if previous else {},
    )


def read_function_result(
    result: Any, service: str, *, asked: str = "", previous: Credential | None = None
) -> Credential:
    """The credential that a definition's own function returned.

    `access_token` (or `token`), and optionally `refresh_token`, `expires_in` in seconds, or `expires_at` /
    `expires` as a moment; every other member is kept.
    """
    if not isinstance(result, Mapping):
        raise ServiceError(f"The definition of {service} returned no token.")
    data = dict(result)
    if "token" in data:
        data.setdefault("access_token", data.pop("token"))
    now = utc_now()
    for key in ("expires", "expires_at", "access_token_exp_date"):
        value = data.pop(key, None)
        number = number_of(value)
        if number is not None and number < 1e9:
            data.setdefault("expires_in", number)  # seconds of life rather than a moment
        elif moment := moment_of(value):
            data.setdefault("expires_in", math.ceil((moment - now).total_seconds()))
    answer = TokenAnswer(any_token_type=True, keep={"*": "*"})
    return read_token_answer(data, answer, service, asked=asked, previous=previous, now=now)
