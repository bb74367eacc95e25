"""The token record: what an account holds, when it is due, and how it is shown as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

TOKEN_FIELDS = (
    "access_token",
    "refresh_token",
    "token_type",
    "expires_in",
    "expires_at",
    "created_at",
    "scope",
)
SECRET_TOKEN_FIELDS = frozenset({"access_token", "refresh_token", "id_token", "token_secret"})


def utc_now() -> datetime:
    """The present moment in UTC, whole microseconds."""
    return datetime.now(UTC)


class Credential(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One generation of what an account can be used with. Times are UTC, `expires_in` is in seconds.

    `extra` holds what else the service sent and was kept (id_token, instance_url …); `fields` the values
    of the form, so that an API key or a password lives in the same encrypted record as a token.
    """

    access_token: str = ""
    refresh_token: str = ""
    token_type: str = ""
    expires_in: int | None = None
    expires_at: datetime | None = None
    created_at: datetime | None = None
    scope: str = ""
    extra: Mapping[str, Any] = {}
    fields: Mapping[str, str] = {}

    def expires_within(self, seconds: float, now: datetime | None = None) -> bool:
        """Whether the access token ends in less than so many seconds. Unknown expiry: no."""
        return self.expires_at is not None and self.expires_at <= (now or utc_now()) + timedelta(
            seconds=seconds
        )


def encode(credential: Credential) -> bytes:
    """The record as the vault keeps it: JSON in UTF-8."""
    return msgspec.json.encode(credential)


def decode(record: bytes) -> Credential:
    """The opposite of `encode`. Raises msgspec.DecodeError."""
    return msgspec.json.decode(record, type=Credential)
