"""The signature of an ID token, and the parts of one (RFC 7515, 7517)."""

from __future__ import annotations

import base64
import hashlib
import json
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key

# Signed by the service alone: "none" is signed by nobody, HS* by whoever knows the app's secret.
_ALGORITHMS = {
    "RS256": ("RSA", "sha256"), "RS384": ("RSA", "sha384"), "RS512": ("RSA", "sha512"),
    "PS256": ("RSA", "sha256"), "PS384": ("RSA", "sha384"), "PS512": ("RSA", "sha512"),
    "ES256": ("EC", "sha256"), "ES384": ("EC", "sha384"), "ES512": ("EC", "sha512"),
    "EdDSA": ("OKP", "sha512"),
}  # fmt: skip


def verified(token: str, keys: list[Mapping[str, Any]]) -> tuple[str, Mapping[str, Any]] | None:
    """The algorithm and the claims, if one of these public keys made the signature."""
    header = part_of(token, 0)
    algorithm, kid = header.get("alg"), header.get("kid")
    if token.count(".") != 2 or not isinstance(algorithm, str) or algorithm not in _ALGORITHMS:
        return None
    for key in _fitting(keys, _ALGORITHMS[algorithm][0], algorithm, kid):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of EdDSA's old name and of short keys
                return algorithm, jwt.decode(token, key, algorithms=[algorithm]).claims
        except (JoseError, ValueError, TypeError, RecursionError):
            continue
    return None


def _fitting(keys: list[Mapping[str, Any]], kind: str, algorithm: str, kid: Any) -> Iterator[Key]:
    """Every key that may have made the signature; without a kid each of the kind is tried."""
    for data in keys:
        if (
            data.get("kty") != kind
            or data.get("use", "sig") != "sig"
            or data.get("alg", algorithm) != algorithm
        ):
            continue
        if kid is not None and data.get("kid") not in (None, kid):
            continue
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                yield JWKRegistry.import_key(dict(data))
        except (JoseError, ValueError, TypeError, KeyError):
            continue  # one key that cannot be read does not spoil the others


def half_hash(access_token: str, algorithm: str) -> str:
    """What `at_hash` has to be (OpenID Connect Core 3.1.3.6)."""
    digest = hashlib.new(_ALGORITHMS[algorithm][1], access_token.encode()).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()


def part_of(token: str, number: int) -> Mapping[str, Any]:
    """The header (0) or the claims (1), checked by nobody; empty if they cannot be read."""
    try:
        text = token.split(".")[number]
        data = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, IndexError, RecursionError):
        return {}
    return data if isinstance(data, Mapping) else {}
