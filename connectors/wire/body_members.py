"""A credential that goes into the body of a request: members added to what is there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import httpx

from connectors.errors import InvalidInputError

BODYLESS = frozenset({"GET", "HEAD", "OPTIONS"})


def add_members(request: httpx.Request, members: Mapping[str, str]) -> None:
    """Adds members to a JSON object, to a form, or to a body that is still empty (then it is JSON).

    In JSON a dot in a name leads inside: `auth.key`. What the request says itself is not replaced. A
    request without a body by its method (GET, HEAD) stays as it is. Raises InvalidInputError for a body of
    another kind.
    """
    if request.method in BODYLESS:
        return
    content = request.read()
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if not content:
        body, kind = _json(_within({}, members)), "application/json"
    elif kind == "application/json" or kind.endswith("+json"):
        body = _json(_within(dict(_object(content)), members))
    elif kind == "application/x-www-form-urlencoded":
        body = content + b"&" + urlencode(members).encode()
    else:
        raise InvalidInputError(
            f"The credential goes into the body, and this body is {kind or 'of no known kind'}.",
            "Send JSON or a form.",
        )
    _replace(request, body, kind)


def _within(data: dict[str, Any], members: Mapping[str, str]) -> dict[str, Any]:
    for name, value in members.items():
        here, (*way, last) = data, name.split(".")
        for step in way:
            inner = here.setdefault(step, {})
            if not isinstance(inner, dict):
                raise InvalidInputError(
                    f"The credential goes into the body at {name}, and {step} holds something else there.",
                    "Send the body without it.",
                )
            here = inner
        here.setdefault(last, value)
    return data


def _json(data: Mapping[str, Any]) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def _object(content: bytes) -> Mapping[str, object]:
    try:
        data = json.loads(content)
    except ValueError:
        data = None
    if not isinstance(data, Mapping):
        raise InvalidInputError(
            "The credential goes into the body, and this body is no JSON object.", "Send a JSON object."
        )
    return data


def _replace(request: httpx.Request, body: bytes, kind: str) -> None:
    fresh = httpx.Request(request.method, request.url, content=body)
    request.stream, request._content = fresh.stream, body
    request.headers["Content-Type"] = kind
    request.headers["Content-Length"] = str(len(body))
