"""Putting a stored credential on a request, the way the definition says."""

from __future__ import annotations

import re
from collections.abc import Generator

import httpx

from connectors.credential import Credential
from connectors.definition import Apply, Method, Request
from connectors.errors import InvalidInputError
from connectors.inputs import Inputs, template_values, with_stored
from connectors.request import names_of, put_credential, strings_of
from connectors.template import names_in
from connectors.urls import check_url, render_url

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


def effective_apply(method: Method, has_token: bool) -> Apply | None:
    """How the method's credential goes on a request; None when nothing says it."""
    if method.apply is not None:
        return method.apply
    match method.type:
        case "oauth2":
            return BEARER
        case "pwd":
            keys = {f.key for f in method.fields}
            return (
                BEARER if has_token else BASIC if {"username", "password"} <= keys else derive_apply(method)
            )
        case _:
            return derive_apply(method)


def carries_secret(request: Request, method: Method) -> bool:
    """Whether a step's own table already says how it authenticates, so that nothing is added to it."""
    names = {"access_token", *(f.key for f in method.fields if f.secret)}
    if request.auth or any(k.lower() == "authorization" for k in request.headers):
        return True
    return bool(names_of(request) & names) or any("password" in names_in(t) for _, t in strings_of(request))


def authenticate(inputs: Inputs, credential: Credential, request: httpx.Request) -> httpx.Request:
    """Puts the credential on the request and returns it.

    Raises UnsafeUrlError when the address must not be sent a secret, InvalidInputError when the definition
    does not say where the credential goes.
    """
    check_url(str(request.url))
    apply = effective_apply(inputs.method, bool(credential.access_token))
    if apply is None:
        raise InvalidInputError(
            f"The definition of {inputs.connector.name} does not say where the credential goes on a request.",
            "Add an [apply] table to the definition.",
        )
    put_credential(request, apply, template_values(with_stored(inputs, credential), credential))
    return request


class CredentialAuth(httpx.Auth):
    """Puts an account's credential on every request of a client."""

    def __init__(self, inputs: Inputs, credential: Credential) -> None:
        self._inputs = inputs
        self._credential = credential

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Sends the request once, with the credential on it."""
        yield authenticate(self._inputs, self._credential, request)


def resolve_url(inputs: Inputs, credential: Credential, url: str) -> str:
    """An absolute address as it is; a relative one below the connector's `base_url`.

    Raises InvalidInputError when there is no base, UnsafeUrlError when the result must not be used.
    """
    if re.match(r"^[a-zA-Z][a-zA-Z0-9+.-]*://", url):
        return check_url(url)
    if not inputs.connector.base_url:
        raise InvalidInputError(
            f"{inputs.connector.name} has no base address, so “{url[:60]}” cannot be completed.",
            "Give the whole address, beginning with https://.",
        )
    values = template_values(with_stored(inputs, credential), credential)
    base = check_url(render_url(inputs.connector.base_url, values), "The base address")
    return check_url(base.rstrip("/") + "/" + url.lstrip("/"))
