"""OAuth 1.0a signatures on final requests: address, query and form body included (RFC 5849 3.4)."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any, cast, get_args
from urllib.parse import quote

import httpx
from authlib.common.urls import extract_params
from authlib.oauth1.rfc5849.client_auth import ClientAuth
from authlib.oauth1.rfc5849.errors import OAuth1Error
from authlib.oauth1.rfc5849.signature import generate_signature_base_string
from authlib.oauth1.rfc5849.util import escape
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from connectors.definition import SignatureMethod
from connectors.errors import DefinitionError, InvalidInputError, MisconfiguredClientError
from connectors.inputs import Inputs

_FORM = "application/x-www-form-urlencoded"
# What Authlib reads in a query; anything else is percent-encoded before it is signed, so both sides agree.
_SAFE = "=&;:%+~,*@!()/?-._"


class _Signer(ClientAuth):  # type: ignore[misc]  # Authlib has no types
    """Authlib's signer with the one method more that newer providers ask for."""

    def sha256(self, request: Any) -> str:
        """HMAC-SHA256 over the same base string and key as HMAC-SHA1 (RFC 5849 3.4.2)."""
        key = f"{escape(self.client_secret or '')}&{escape(self.token_secret or '')}"
        text = generate_signature_base_string(request)
        return base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()).decode()

    SIGNATURE_METHODS = {**ClientAuth.SIGNATURE_METHODS, "HMAC-SHA256": sha256}


def signature_method(inputs: Inputs) -> SignatureMethod:
    """The form's or the settings' choice, else the definition's."""
    chosen = inputs.setting("signature_method") or inputs.method.oauth1.signature_method
    if chosen not in get_args(SignatureMethod):
        known = ", ".join(get_args(SignatureMethod))
        raise InvalidInputError(f"“{chosen[:40]}” is no signature method of OAuth 1; it knows {known}.")
    return cast(SignatureMethod, chosen)


def sign(request: httpx.Request, inputs: Inputs, values: Mapping[str, Any]) -> None:
    """Signs the request for the leg that is under way; its body must have been read.

    With an `access_token` among the values it is the account's; with a `request_token` the exchange for the
    access token; with neither the request for a request token, which tells the service the callback.
    Raises MisconfiguredClientError, InvalidInputError or DefinitionError.
    """
    token, secret, verifier, callback = "", "", "", ""
    if values.get("access_token"):
        token, secret = str(values["access_token"]), str(values.get("access_token_secret") or "")
    elif values.get("request_token"):
        token, secret = str(values["request_token"]), str(values.get("request_token_secret") or "")
        verifier = str(values.get("oauth_verifier") or "")
    elif inputs.method.oauth1.callback_confirmed:
        callback = str(values.get("callback_url") or "")
    definition, method = inputs.method.oauth1, signature_method(inputs)
    signer = _Signer(
        str(values.get("consumer_key") or ""),
        client_secret=str(values.get("consumer_secret") or ""),
        token=token,
        token_secret=secret,
        redirect_uri=callback,
        rsa_key=str(values.get("private_key") or ""),
        verifier=verifier,
        signature_method=method,
        signature_type="QUERY" if definition.signature_place == "query" else "HEADER",
        realm=definition.realm or None,
    )
    if method == "RSA-SHA1":
        _check_key(signer.rsa_key, inputs.connector.name)
    _sign(request, signer)


def _check_key(key: str, service: str) -> None:
    try:
        usable = isinstance(load_pem_private_key(key.encode(), password=None), RSAPrivateKey)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        usable = False
    if not usable:
        raise MisconfiguredClientError(
            f"{service} wants requests signed with RSA, and there is no private key that can be used.",
            "Enter the private key (PEM, without a passphrase) in the connector's settings.",
        )


def _sign(request: httpx.Request, signer: _Signer) -> None:
    if request.url.query:
        request.url = request.url.copy_with(query=quote(request.url.query, safe=_SAFE).encode())
    headers: dict[str, str] = {}
    body = ""
    if request.headers.get("Content-Type", "").split(";")[0].strip().lower() == _FORM:
        headers["Content-Type"] = _FORM
        body = request.content.decode("ascii", "replace")
        if body and extract_params(body) is None:
            raise InvalidInputError(
                "The request could not be signed: its form is not properly encoded.",
                "Percent-encode its values.",
            )
    try:
        url, headers, _ = signer.sign(request.method, str(request.url), headers, body)
    except OAuth1Error as error:
        raise DefinitionError(
            "The request already holds OAuth parameters of its own, so it was not signed.",
            "Leave everything that begins with oauth_ to the app.",
        ) from error
    except ValueError as error:
        raise InvalidInputError(
            "The request could not be signed: its address is not properly encoded.",
            "Percent-encode the values in it.",
        ) from error
    request.url = httpx.URL(url)
    if "Authorization" in headers:
        request.headers["Authorization"] = headers["Authorization"]
