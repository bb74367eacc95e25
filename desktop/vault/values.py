"""How times, names and plain data are written into columns, and read back."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def utc_now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


def to_column(moment: datetime | None) -> int | None:
    """Microseconds since 1970. A time without a zone is taken as UTC."""
    if moment is None:
        return None
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return (aware - _EPOCH) // _MICROSECOND


def from_column(microseconds: int | None) -> datetime | None:
    """The opposite of `to_column`, in UTC."""
    return None if microseconds is None else _EPOCH + timedelta(microseconds=microseconds)


def moment_from(microseconds: int) -> datetime:
    """Like `from_column`, for a column that is never empty."""
    return _EPOCH + timedelta(microseconds=microseconds)


def fold(text: str) -> str:
    """The text as it is compared: no case, no accents. `José` becomes `jose`."""
    plain = unicodedata.normalize("NFKD", text.replace("\x00", " "))
    return "".join(sign for sign in plain if not unicodedata.combining(sign)).casefold()


def to_json(data: Mapping[str, Any]) -> str:
    """Plain data as JSON text."""
    return msgspec.json.encode(data).decode()


def from_json(text: str) -> dict[str, Any]:
    """The opposite of `to_json`."""
    return msgspec.json.decode(text, type=dict[str, Any])
