"""Tokens that are bound to a key: every request proves that its sender has it (RFC 9449)."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Mapping
from typing import Any

import httpx

from connectors.definition import Method
from connectors.errors import InvalidTokenError

_ALGORITHM = "ES256"
_LONGEST_NONCE = 1024


def new_key() -> str:
    """A fresh private key as a JWK in JSON. It is stored with the token that it belongs to."""
    from joserfc.jwk import ECKey  # takes 25 ms, and few accounts need it

    return json.dumps(ECKey.generate_key("P-256").as_dict(private=True))


def is_bound(method: Method, values: Mapping[str, Any]) -> bool:
    """Whether the account's token is of use only together with its key."""
    return method.dpop and str(values.get("token_type", "")).lower() == "dpop"


def bind(request: httpx.Request, values: Mapping[str, Any]) -> None:
    """Turns a request with a Bearer token into one that proves the token's key."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer":
        request.headers["Authorization"] = f"DPoP {token}"
    prove(request, str(values.get("dpop_key") or ""))


def prove(request: httpx.Request, key: str, nonce: str = "") -> None:
    """Puts a new proof on the request. Raises InvalidTokenError when the key is gone."""
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import ECKey

    try:
        signer = ECKey.import_key(json.loads(key))
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise InvalidTokenError(
            "The key that this account's token is bound to cannot be read.", "Sign in again."
        ) from error
    claims: dict[str, Any] = {
        "jti": secrets.token_urlsafe(24),
        "htm": request.method,
        "htu": str(request.url.copy_with(query=None, fragment=None)),
        "iat": int(time.time()),
    }
    if nonce:
        claims["nonce"] = nonce
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme == "DPoP":
        digest = hashlib.sha256(token.encode()).digest()
        claims["ath"] = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    header = {"typ": "dpop+jwt", "alg": _ALGORITHM, "jwk": signer.as_dict(private=False)}
    request.headers["DPoP"] = jwt.encode(header, claims, signer, algorithms=[_ALGORITHM])


def proven_again(request: httpx.Request, status: int, headers: httpx.Headers, key: str) -> bool:
    """Whether the request was refused for want of a nonce, which is on it now (RFC 9449 8, 9)."""
    nonce = headers.get("DPoP-Nonce", "")
    if status not in {400, 401} or not 0 < len(nonce) <= _LONGEST_NONCE or "DPoP" not in request.headers:
        return False
    prove(request, key, nonce)
    return True
