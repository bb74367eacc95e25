"""What a request and its answer looked like, without a single value that could be secret.

Every text is masked, whatever it is called: a token that has just come is on no list of secrets yet.
`text_of` is the other way: all of it, for those who turned on that secrets stand in Activity.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

import httpx

MASK = "••••"
MOST = 2000  # characters of a body's shape
MOST_IN_CLEAR = 16_000  # characters of a body
LARGEST = 64 * 1024  # a body above it is only counted
_DEEPEST = 8
_OPEN_HEADERS = frozenset(
    {
        "accept",
        "accept-encoding",
        "accept-language",
        "accept-ranges",
        "age",
        "allow",
        "cache-control",
        "connection",
        "content-encoding",
        "content-language",
        "content-length",
        "content-type",
        "date",
        "expires",
        "host",
        "last-modified",
        "pragma",
        "ratelimit-limit",
        "ratelimit-remaining",
        "ratelimit-reset",
        "retry-after",
        "server",
        "strict-transport-security",
        "transfer-encoding",
        "user-agent",
        "vary",
        "www-authenticate",
        "x-ratelimit-limit",
        "x-ratelimit-remaining",
        "x-ratelimit-reset",
    }
)


def headers_of(headers: httpx.Headers) -> list[str]:
    """A line for each header; those that say how and not who keep their value."""
    return [f"{n}: {v if n.lower() in _OPEN_HEADERS else MASK}" for n, v in headers.multi_items()]


def shape_of(body: bytes, kind: str) -> str:
    """A body with its names and without its values."""
    kind = kind.split(";")[0].strip().lower()
    if not body:
        return ""
    counted = f"{len(body)} bytes of {kind or 'unknown kind'}"
    if len(body) > LARGEST:
        return counted
    if kind == "application/x-www-form-urlencoded":
        names = [name for name, _ in parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)]
        text = "&".join(f"{name}={MASK}" for name in names)
    else:
        try:
            text = json.dumps(_masked(json.loads(body), _DEEPEST), ensure_ascii=False)
        except (ValueError, RecursionError):
            return counted
    return text if len(text) <= MOST else f"{text[:MOST]}… ({counted})"


def text_of(head: str, headers: httpx.Headers, body: bytes) -> str:
    """A request or an answer as it was, down to its secrets. The caller closes it (`InClear`) at once."""
    lines = [head, *(f"{name}: {value}" for name, value in headers.multi_items())]
    try:
        text = body.decode()
    except UnicodeDecodeError:
        text = f"({len(body)} bytes that are no text)"
    if len(text) > MOST_IN_CLEAR:
        text = f"{text[:MOST_IN_CLEAR]}… ({len(body)} bytes)"
    return "\n".join([*lines, "", text] if text else lines)


def _masked(data: Any, depth: int) -> Any:
    match data:
        case dict() if depth:
            return {str(name): _masked(value, depth - 1) for name, value in data.items()}
        case list() if depth:
            return [_masked(value, depth - 1) for value in data]
        case None | bool():
            return data
        case _:
            return MASK
