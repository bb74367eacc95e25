"""A JSON Web Token opened for reading (RFC 7519). Nothing is verified here: it is only shown."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import UTC, datetime
from typing import Any, NamedTuple

_LONGEST = 64 * 1024
_MOMENTS = frozenset({"exp", "iat", "nbf", "auth_time", "updated_at"})
_LATEST = datetime(9999, 1, 1, tzinfo=UTC).timestamp()


class Jwt(NamedTuple):
    """Header and claims as they are written in the token."""

    header: dict[str, Any]
    claims: dict[str, Any]


def open_jwt(text: str) -> Jwt | None:
    """The token's header and claims, or None if this is not a signed JWT (JWS compact form)."""
    parts = text.split(".")
    if len(parts) != 3 or len(text) > _LONGEST:
        return None
    header, claims = _part(parts[0]), _part(parts[1])
    if header is None or claims is None or not isinstance(header.get("alg"), str):
        return None
    return Jwt(header, claims)


def claim_text(name: str, value: Any) -> tuple[str, datetime | None]:
    """A claim as text; a moment in UTC beside it where it is a NumericDate."""
    if isinstance(value, str):
        return value, None
    text = json.dumps(value, ensure_ascii=False)
    dated = name in _MOMENTS and isinstance(value, int | float) and not isinstance(value, bool)
    if dated and 0 <= value < _LATEST:
        return text, datetime.fromtimestamp(value, UTC)
    return text, None


def _part(text: str) -> dict[str, Any] | None:
    try:
        plain = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        found = json.loads(plain)
    except (binascii.Error, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
