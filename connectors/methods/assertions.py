"""Signed statements: JWT bearer grants and client authentication (RFC 7521, 7523, OpenID Connect Core 9)."""

from __future__ import annotations

import json
import secrets
import time
import warnings
from collections.abc import Mapping
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, Key, OctKey, OKPKey, RSAKey

from connectors.definition import Assertion
from connectors.errors import MisconfiguredClientError
from connectors.templates.template import render

_CURVES = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}


def signed(
    assertion: Assertion,
    standard: Mapping[str, str],
    values: Mapping[str, Any],
    service: str,
    *,
    secret: str | None = None,
) -> str:
    """A fresh signed statement: `standard` claims under the definition's own, good for five minutes at most.

    With a `secret` it is that which signs (HS256), and no private key.

    Raises MisconfiguredClientError when the key cannot be used.
    """
    now = int(time.time())
    own = {name: text for name, t in assertion.claims.items() if (text := render(t, values))}
    claims = {
        **standard,
        **own,
        "iat": now,
        "exp": now + assertion.lifetime,
        "jti": secrets.token_urlsafe(24),
    }
    key = private_key(render(assertion.key, values), service) if secret is None else _shared(secret, service)
    algorithm = assertion.algorithm or _algorithm(key)
    header = {"alg": algorithm}
    if key_id := (render(assertion.key_id, values) if secret is None else "") or key.kid:
        header["kid"] = key_id
    try:
        with warnings.catch_warnings():
            # Of EdDSA, whose newer name few services know yet, and of short secrets.
            warnings.simplefilter("ignore")
            return jwt.encode(header, claims, key, algorithms=[algorithm])
    except (JoseError, ValueError, TypeError) as error:
        raise _unusable(service) from error


def private_key(text: str, service: str) -> Key:
    """A private key from PEM or from a JWK in JSON."""
    text = text.strip().replace("\\n", "\n") if "-----BEGIN" in text else text.strip()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # joserfc warns of short keys; the service decides what it takes
            key = JWKRegistry.import_key(json.loads(text)) if text.startswith("{") else _from_pem(text)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise _unusable(service) from error
    if isinstance(key, OctKey) or not key.is_private:
        raise _unusable(service)
    return key


def _shared(secret: str, service: str) -> Key:
    if not secret:
        raise MisconfiguredClientError(
            f"{service} needs the client secret, which signs each request to its token address.",
            "Enter the client secret in the connector's settings.",
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of short secrets; the service made it
        return OctKey.import_key(secret)


def _from_pem(text: str) -> Key:
    for kind in (RSAKey, ECKey, OKPKey):
        try:
            return kind.import_key(text)
        except (JoseError, ValueError, TypeError):
            continue
    raise ValueError


def _algorithm(key: Key) -> str:
    match key:
        case RSAKey():
            return "RS256"
        case ECKey():
            return _CURVES.get(key.curve_name, "ES256")
        case OctKey():
            return "HS256"
    return "EdDSA"


def _unusable(service: str) -> MisconfiguredClientError:
    return MisconfiguredClientError(
        f"The private key for {service} cannot be used.",
        "Enter the whole private key (PEM without a passphrase, or a JWK) that you registered.",
    )
