"""What can be read off a definition's tables without sending anything. Knows nothing of HTTP libraries."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from connectors.definition import Apply, Method, Request
from connectors.templates.template import names_in

# These protect the sign-in; they are made anew for every attempt and no definition may set them.
RESERVED_PARAMETERS = frozenset(
    {
        "client_id",
        "redirect_uri",
        "state",
        "response_type",
        "code_challenge",
        "code_challenge_method",
        "nonce",
    }
)
# The same for OAuth 1, where the signature protects the rest.
OAUTH1_PARAMETERS = frozenset({"oauth_token", "oauth_callback"})
BEARER = Apply(auth={"bearer": "{{access_token}}"})
BASIC = Apply(auth={"user": "{{username}}", "password": "{{password}}"})
_QUERY_ITEM = re.compile(r"[?&]([^=&#]+)=((?:[^&#{]|\{\{.*?\}\})*)")


def derive_apply(method: Method) -> Apply | None:
    """Where the key goes when the definition has no `apply`: as its test or profile request sends it.

    Its `auth`, the headers that read a form field, and the query items that read a secret one.
    """
    keys = {f.key for f in method.fields}
    secrets = {f.key for f in method.fields if f.secret} or keys
    for step in (method.validate, method.request_profile_info):
        if not isinstance(step, Request):
            continue
        headers = {n: t for n, t in step.headers.items() if (names_in(t) | names_in(n)) & keys}
        in_url = dict(_QUERY_ITEM.findall(step.url))
        query = {n: t for n, t in {**in_url, **step.query}.items() if names_in(t) & secrets}
        if step.auth or headers or query:
            return Apply(headers=headers, query=query, auth=step.auth)
    return None


def uses_browser(method: Method) -> bool:
    """Whether connecting sends people to their browser and waits for it to come back."""
    return method.type == "oauth" or (method.type == "oauth2" and method.grant == "authorization_code")


def effective_apply(method: Method, has_token: bool) -> Apply | None:
    """How the method's credential goes on a request; None when nothing says it."""
    if method.apply is not None:
        return method.apply
    match method.type:
        case "oauth2":
            return BEARER
        case "oauth":
            return Apply()  # the signature is all that a request needs
        case "session":
            return BEARER if method.sign is None else Apply()
        case "pwd":
            keys = {f.key for f in method.fields}
            return (
                BEARER if has_token else BASIC if {"username", "password"} <= keys else derive_apply(method)
            )
        case _:
            proven = method.sign is not None or method.tls is not None
            return derive_apply(method) or (Apply() if proven else None)


def carries_secret(request: Request, method: Method) -> bool:
    """Whether a step's own table already says how it authenticates, so that nothing is added to it."""
    names = {"access_token", *(f.key for f in method.fields if f.secret)}
    if request.auth or any(k.lower() == "authorization" for k in request.headers):
        return True
    if method.type == "oauth" or method.sign is not None:
        return False  # a token in the address does not stand for a signature
    return bool(names_of(request) & names) or any("password" in names_in(t) for _, t in strings_of(request))


def strings_of(request: Request) -> Iterator[tuple[str, str]]:
    """Every template in a request table with the key where it stands."""
    yield "url", request.url
    for part in ("query", "headers", "auth"):
        for name, text in getattr(request, part).items():
            yield f"{part}.{name}", name
            yield f"{part}.{name}", text
    yield from _strings_in("body", request.body)


def _strings_in(at: str, body: Any) -> Iterator[tuple[str, str]]:
    match body:
        case str():
            yield at, body
        case Mapping():
            for key, value in body.items():
                yield from _strings_in(f"{at}.{key}", value)
        case list() | tuple():
            for index, value in enumerate(body):
                yield from _strings_in(f"{at}[{index}]", value)


def names_of(request: Request) -> frozenset[str]:
    """Every name that the templates of a request read."""
    return frozenset(name for _, text in strings_of(request) for name in names_in(text))
