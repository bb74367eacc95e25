"""The authorization request of OAuth 2 (RFC 6749 4.1.1, RFC 7636, OpenID Connect Core 3.1.2.1)."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import msgspec
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from connectors.definition import AuthUrl, CallbackNames, Method
from connectors.errors import (
    DeclinedError,
    MisconfiguredClientError,
    ServiceError,
    TemporaryError,
    UnsafeUrlError,
)
from connectors.inputs import Inputs, template_values
from connectors.tables import RESERVED_PARAMETERS
from connectors.templates.template import render
from connectors.templates.text import clean_message
from connectors.wire.request import render_pairs
from connectors.wire.token_answer import split_scope
from connectors.wire.urls import check_url, render_url

CLIENT_ERRORS = frozenset(
    {
        "unauthorized_client",
        "invalid_client",
        "redirect_uri_mismatch",
        "invalid_redirect_uri",
        "incorrect_client_credentials",  # GitHub
        "invalid_client_id",  # Slack, and the two below
        "bad_client_secret",
        "bad_redirect_uri",
    }
)


# Everything that cannot end the parameter or the address; a `%` is taken for an encoding that is there.
_LEFT_UNENCODED = ":/?@!$'()*,;+~%"


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """What belongs to one attempt alone and is never used again."""

    redirect_uri: str
    state: str
    code_verifier: str = ""
    code_challenge: str = ""
    challenge_method: str = ""
    nonce: str = ""

    @property
    def values(self) -> dict[str, str]:
        """The attempt as templates and functions see it."""
        return {
            "callback_url": self.redirect_uri,
            "state": self.state,
            "code_verifier": self.code_verifier,
            "code_challenge": self.code_challenge,
            "nonce": self.nonce,
        }


def asked_scope(inputs: Inputs) -> str:
    """The permissions to ask for, separated by blanks: from the form, the settings, else the definition."""
    if chosen := inputs.values.get("scope") or inputs.settings.get("scope"):
        return " ".join(split_scope(chosen))
    if inputs.setting("scope"):
        return " ".join(split_scope(inputs.setting("scope")))
    values = template_values(inputs)
    return " ".join(render(s.value, values) for s in inputs.method.scopes if s.default)


def new_attempt(method: Method, redirect_uri: str, scope: str) -> Attempt:
    """Fresh random values: 256 bits of state, a verifier of 64 characters, a nonce for OpenID."""
    verifier = challenge = ""
    if method.pkce != "none":
        verifier = secrets.token_urlsafe(48)
        challenge = _challenge(verifier, method.pkce)
    return Attempt(
        redirect_uri=redirect_uri,
        state=secrets.token_urlsafe(32),
        code_verifier=verifier,
        code_challenge=challenge,
        challenge_method=method.pkce.removesuffix("-hex") if challenge else "",
        nonce=secrets.token_urlsafe(32) if "openid" in scope.split() else "",
    )


def _challenge(verifier: str, pkce: str) -> str:
    match pkce:
        case "S256":
            return str(create_s256_code_challenge(verifier))
        case "S256-hex":  # TikTok's reading of RFC 7636
            return hashlib.sha256(verifier.encode("ascii")).hexdigest()
    return verifier


def _standard_parameters(attempt: Attempt, client_id: str, scope: str) -> dict[str, str]:
    parameters = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": attempt.redirect_uri,
        "scope": scope,
        "state": attempt.state,
        "nonce": attempt.nonce,
        "code_challenge": attempt.code_challenge,
        "code_challenge_method": attempt.challenge_method,
    }
    return {key: value for key, value in parameters.items() if value}


def authorization_url(
    definition: AuthUrl, attempt: Attempt, client_id: str, scope: str, values: Mapping[str, Any]
) -> str:
    """The address to open in the browser. `scope` is already joined with the service's own delimiter.

    Raises UnsafeUrlError when it is not https (or loopback http).
    """
    url = check_url(render_url(definition.url, values), "The sign-in address")
    parameters = _standard_parameters(attempt, client_id, scope)
    own = render_pairs(definition.params, values)
    protected = {definition.rename.get(k, k) for k in RESERVED_PARAMETERS & parameters.keys()}
    there = {*own, *(definition.rename.get(k, k) for k in own), *_names_in(url)}
    _refuse_own(there & (protected | RESERVED_PARAMETERS))
    parameters |= own
    parameters = {k: v for k, v in parameters.items() if k not in definition.remove}
    plain = {definition.rename.get(k, k): parameters.pop(k) for k in definition.unencoded if k in parameters}
    url = with_parameters(url, {definition.rename.get(k, k): v for k, v in parameters.items()})
    return with_parameters(url, plain, safe=_LEFT_UNENCODED)


def completed_url(url: object, attempt: Attempt, client_id: str, scope: str, *, whole: bool = False) -> str:
    """An address made by a definition's function, with the standard parameters that it left out.

    With `whole` only the state is added and looked at: such functions name all parameters themselves.
    Raises UnsafeUrlError when the function changed a parameter that protects the sign-in.
    """
    checked = check_url(str(url or ""), "The sign-in address")
    present = parse_qsl(urlsplit(checked).query, keep_blank_values=True)
    standard = _standard_parameters(attempt, client_id, scope)
    if whole:
        standard = {"state": attempt.state}
        present = [(key, value) for key, value in present if key == "state"]
    # Each of them, and not the last of its name: who reads the address may read the first.
    _refuse_own({k for k, v in present if k in RESERVED_PARAMETERS and v != standard.get(k)})
    names = {key for key, _ in present}
    return with_parameters(checked, {k: v for k, v in standard.items() if k not in names})


def _names_in(url: str) -> set[str]:
    return {name for name, _ in parse_qsl(urlsplit(url).query, keep_blank_values=True)}


def _refuse_own(names: set[str]) -> None:
    if names:
        raise UnsafeUrlError(
            f"The sign-in address was not opened: the definition sets “{min(names)}” to a value of its own.",
            "This parameter protects the sign-in and is made anew for every attempt.",
        )


def with_parameters(url: str, parameters: Mapping[str, str], safe: str = "") -> str:
    """The address with these parameters after its own, percent-encoded."""
    parts = urlsplit(url)
    added = urlencode(parameters, quote_via=quote, safe=safe)
    if parts.fragment.startswith("/"):  # a page that reads its own address: the query stands in there
        joint = "&" if "?" in parts.fragment else "?"
        return urlunsplit(parts._replace(fragment=parts.fragment + (joint + added if added else "")))
    return urlunsplit(parts._replace(query="&".join(q for q in (parts.query, added) if q), fragment=""))


def standard_names(callback: Mapping[str, str], names: CallbackNames) -> dict[str, str]:
    """The callback's parameters with `code`, `state` and `error` called so."""
    renamed = {names.code: "code", names.state: "state", names.error: "error"}
    # A parameter that merely has the standard name is not the one that the service means by it.
    others = {k: v for k, v in callback.items() if k not in {*renamed, *renamed.values()}}
    return others | {renamed[k]: v for k, v in callback.items() if k in renamed}


def check_issuer(callback: Mapping[str, str], inputs: Inputs) -> None:
    """Refuses an answer that another service sent (RFC 9207 2.4). Nothing is compared but the letters."""
    server = inputs.method.server
    if server is None:
        return
    given = callback.get("iss")
    if given is None and not server.names_itself:
        return
    if given != server.issuer:
        raise ServiceError(
            f"The answer to the sign-in did not come from {inputs.connector.name}, and was dropped.",
            "Nothing was connected. Try to sign in again.",
        )


def code_from(callback: Mapping[str, str], service: str) -> str:
    """The authorization code in the callback's parameters. An `error` wins over a code (RFC 6749 4.1.2.1).

    Raises DeclinedError, MisconfiguredClientError, TemporaryError or ServiceError.
    """
    for name in ("error", "code"):
        if name in callback and not isinstance(callback[name], str):
            raise ServiceError(
                f"{service} sent “{name}” more than once; nothing was done with it.", "Try again."
            )
    error = clean_message(callback.get("error", ""))
    if error:
        said = clean_message(callback.get("error_description", "")) or error
        if error in {"access_denied", "user_cancelled_login", "user_cancelled_authorize", "consent_required"}:
            detail = "" if said == error else f": {said}"
            raise DeclinedError(f"The sign-in at {service} was declined{detail}.", "Nothing was connected.")
        if error in CLIENT_ERRORS:
            raise MisconfiguredClientError(
                f"{service} does not accept this app: {said}.",
                "Check the client id and the redirect address in the connector's settings.",
            )
        if error in {"temporarily_unavailable", "server_error"}:
            raise TemporaryError(
                f"{service} cannot sign people in at the moment: {said}.", "Try again later."
            )
        raise ServiceError(f"{service} refused the sign-in: {said}.", "Check the connector's settings.")
    code = callback.get("code", "")
    if not code:
        raise ServiceError(f"{service} sent the browser back without a code.", "Try to sign in again.")
    return code
