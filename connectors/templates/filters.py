"""The filters of templates. Each is a pure function of text, except the three that make something new."""

from __future__ import annotations

import base64 as _base64
import hashlib
import hmac as _hmac
import inspect
import json
import secrets
import uuid as _uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from urllib.parse import quote, urlsplit

from connectors.errors import DefinitionError
from connectors.templates.text import mask as _mask

LONGEST_RANDOM = 1024  # characters


class Encoded(str):
    """Text that is percent-encoded already: a URL takes it as it is."""

    __slots__ = ()


def as_text(value: Any) -> str:
    """How a value stands in text. Missing is empty; lists are joined with a blank."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case datetime():
            return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        case Mapping():
            return ""
        case Sequence():
            return " ".join(as_text(v) for v in value)
        case _:
            return str(value)


def _join(value: Any, separator: str = " ") -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return separator.join(as_text(v) for v in value)
    return as_text(value)


def _split(value: Any, separator: str = " ", index: int | None = None) -> Any:
    pieces = [p for p in as_text(value).split(separator) if p]
    if index is None:
        return pieces
    return pieces[index] if -len(pieces) <= index < len(pieces) else ""


def _strip_scheme(value: Any) -> str:
    text = as_text(value).strip()
    return text.split("://", 1)[1] if "://" in text else text


def _host(value: Any) -> str:
    return urlsplit(as_text(value)).netloc


def _digest(raw: bytes, form: str) -> str:
    if form == "hex":
        return raw.hex()
    if form == "base64":
        return _base64.b64encode(raw).decode()
    if form == "base64url":
        return _base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
    raise DefinitionError(f"“{form}” is not a form of digest; use 'hex', 'base64' or 'base64url'.")


def _sha256(value: Any, form: str = "hex") -> str:
    return _digest(hashlib.sha256(as_text(value).encode()).digest(), form)


def _hmac_sha256(value: Any, key: Any, form: str = "hex") -> str:
    return _digest(_hmac.new(as_text(key).encode(), as_text(value).encode(), "sha256").digest(), form)


def _map(value: Any, *pairs: Any) -> Any:
    text = as_text(value)
    for known, result in zip(pairs[::2], pairs[1::2], strict=False):
        if as_text(known) == text:
            return result
    return pairs[-1] if len(pairs) % 2 else ""


def _now(form: str = "iso") -> str:
    moment = datetime.now(UTC)
    match form:
        case "iso":
            return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
        case "epoch":
            return str(int(moment.timestamp()))
        case "ms":
            return str(int(moment.timestamp() * 1000))
        case _:
            return moment.strftime(form)


def _random(length: int = 32) -> str:
    if not 0 < length <= LONGEST_RANDOM:
        raise DefinitionError(f"random() gives 1 to {LONGEST_RANDOM} characters, not {length}.")
    return secrets.token_hex((length + 1) // 2)[:length]


def _jwt(issuer: Any, secret: Any, lifetime: int) -> str:
    """A statement that the secret's holder made it (RFC 7519), signed with HS256. Seconds of life."""
    now = int(datetime.now(UTC).timestamp())
    claims = {"iss": as_text(issuer), "exp": now + int(lifetime), "iat": now}
    parts = [
        json.dumps(part, separators=(",", ":")).encode() for part in ({"alg": "HS256", "typ": "JWT"}, claims)
    ]
    signed = ".".join(_digest(part, "base64url") for part in parts)
    return f"{signed}.{_hmac_sha256(signed, secret, 'base64url')}"


class Filter:
    """A filter and how many arguments it takes."""

    def __init__(self, call: Callable[..., Any]) -> None:
        self.call = call

    @cached_property
    def _arguments(self) -> tuple[int, float]:
        parameters = list(inspect.signature(self.call).parameters.values())[1:]
        if any(p.kind is p.VAR_POSITIONAL for p in parameters):
            return 2, float("inf")
        return sum(p.default is p.empty for p in parameters), len(parameters)

    def check(self, name: str, count: int) -> None:
        """Raises DefinitionError when the filter cannot be called with so many arguments."""
        least, most = self._arguments
        if not least <= count <= most:
            raise DefinitionError(f"the filter “{name}” is given {count} arguments, which does not fit.")


FILTERS: dict[str, Filter] = {
    "urlencode": Filter(lambda value: Encoded(quote(as_text(value), safe=""))),
    "base64": Filter(lambda value: _base64.b64encode(as_text(value).encode()).decode()),
    "lower": Filter(lambda value: as_text(value).lower()),
    "trim": Filter(lambda value: as_text(value).strip()),
    "strip_slash": Filter(lambda value: as_text(value).rstrip("/")),
    "strip_scheme": Filter(_strip_scheme),
    "host": Filter(_host),
    "prefix": Filter(lambda value, text: f"{text}{as_text(value)}" if as_text(value) else ""),
    "default": Filter(lambda value, other: other if value is None or value == "" else value),
    "mask": Filter(lambda value, first=0, last=4: _mask(as_text(value), first, last)),
    "join": Filter(_join),
    "split": Filter(_split),
    "map": Filter(_map),
    "sha256": Filter(_sha256),
    "hmac": Filter(_hmac_sha256),
}
GENERATORS: dict[str, Callable[..., str]] = {
    "now": _now,
    "random": _random,
    "uuid": lambda: str(_uuid.uuid4()),
    "concat": lambda *parts: "".join(as_text(part) for part in parts),
    "jwt": _jwt,
}
