"""Putting a stored credential on a request, the way the definition says."""

from __future__ import annotations

import re
from collections.abc import Generator

import httpx

from connectors.credential import Credential
from connectors.errors import InvalidInputError
from connectors.inputs import Inputs, template_values, with_stored
from connectors.tables import effective_apply
from connectors.wire.digest import answered, wants_digest
from connectors.wire.dpop import bind, is_bound, proven_again
from connectors.wire.oauth1_signing import sign
from connectors.wire.request import put_credential, render_headers
from connectors.wire.request_signing import sign_request
from connectors.wire.urls import check_url, render_url


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
    stored = with_stored(inputs, credential)
    values = template_values(stored, credential)
    put_credential(request, apply, values)
    if inputs.method.type == "oauth":
        sign(request, stored, values)
    elif inputs.method.sign is not None:
        sign_request(request, inputs.method.sign, values)
    if is_bound(inputs.method, values):
        bind(request, values)
    return request


class CredentialAuth(httpx.Auth):
    """Puts an account's credential on every request of a client."""

    requires_request_body = True  # a signature may cover it

    def __init__(self, inputs: Inputs, credential: Credential) -> None:
        self._inputs = inputs
        self._credential = credential

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Sends the request with the credential on it; once more only if a proof lacked the nonce, or to
        answer a challenge."""
        response = yield authenticate(self._inputs, self._credential, request)
        key = str(self._credential.extra.get("dpop_key") or "")
        if key and proven_again(request, response.status_code, response.headers, key):
            response = yield request
        apply = effective_apply(self._inputs.method, bool(self._credential.access_token))
        if apply is not None and wants_digest(apply.auth):
            values = template_values(with_stored(self._inputs, self._credential), self._credential)
            if answered(request, response.status_code, response.headers, apply.auth, values):
                yield request


def standing_headers(inputs: Inputs, credential: Credential) -> dict[str, str]:
    """The connector's `request_headers`, by their names in small letters."""
    values = template_values(with_stored(inputs, credential), credential)
    lines = render_headers(inputs.connector.request_headers, values)
    return {name.decode().lower(): value.decode() for name, value in lines}


def resolve_url(inputs: Inputs, credential: Credential, url: str) -> str:
    """An absolute address as it is; a relative one below the connector's `base_url`. A person typed `url`.

    Raises InvalidInputError when there is no base, UnsafeUrlError when the result must not be used.
    """
    if re.match(r"^[a-zA-Z][a-zA-Z0-9+.-]*://", url):
        return check_url(url, hint="Type another one, beginning with https://.")
    if not inputs.connector.base_url:
        raise InvalidInputError(
            f"{inputs.connector.name} has no base address, so “{url[:60]}” cannot be completed.",
            "Give the whole address, beginning with https://.",
        )
    values = template_values(with_stored(inputs, credential), credential)
    base = check_url(render_url(inputs.connector.base_url, values), "The base address")
    return check_url(base.rstrip("/") + "/" + url.lstrip("/"), hint="Check the path that was typed.")
