"""ID tokens: nobody is taken for who a token says before it was checked (OpenID Connect Core 3.1.3.7)."""

from __future__ import annotations

import hmac
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

import msgspec

from connectors.credential import Credential
from connectors.errors import ServiceError
from connectors.methods.operation import Operation
from connectors.wire.answers import Answer, passing_failure
from connectors.wire.request import send
from connectors.wire.token_answer import number_of

LEEWAY = 120  # seconds by which two clocks may differ
LONGEST_TOKEN = 64 * 1024
MOST_KEYS = 100


async def checked(
    operation: Operation, credential: Credential, *, nonce: str = "", needed: bool = False
) -> Credential:
    """The credential, once its ID token was found to be good; its claims are then `operation.claims`.

    Without an issuer in the definition nothing can be checked, so an ID token is kept but never used.
    `needed`: the service was asked for one. Raises ServiceError with what is wrong.
    """
    server = operation.method.server
    if server is None or not server.jwks_uri:
        return credential
    from connectors.methods.id_token import half_hash, part_of, verified  # its library takes 25 ms

    before = operation.credential.extra.get("id_token") if operation.credential else None
    token = credential.extra.get("id_token")
    if not token or token == before:
        if needed:
            raise _refused(operation.service, "it sent none")
        return credential
    if not isinstance(token, str) or len(token) > LONGEST_TOKEN:
        raise _refused(operation.service, "it is no signed token")
    keys = await _keys(operation, server.jwks_uri)
    found = verified(token, keys.keys)
    if found is None:
        raise _refused(operation.service, "none of the service's keys signed it in a way that can be trusted")
    algorithm, claims = found
    _check_claims(claims, operation, keys.skew)
    if nonce and not _same(claims.get("nonce"), nonce):
        raise _refused(operation.service, "it belongs to another sign-in (nonce)")
    if "at_hash" in claims and not _same(claims["at_hash"], half_hash(credential.access_token, algorithm)):
        raise _refused(operation.service, "it belongs to another access token (at_hash)")
    if isinstance(before, str) and (known := part_of(before, 1).get("sub")) != claims["sub"] and known:
        raise _refused(operation.service, "it is about somebody else than before")
    operation.claims = claims
    return credential


def agreed(profile: Mapping[str, Any], operation: Operation) -> dict[str, Any]:
    """The profile, if it is about the person of the ID token (Core 5.3.2); without one the token's claims."""
    if not operation.claims:
        return dict(profile)
    if not profile:
        return dict(operation.claims)
    if "sub" in profile and profile["sub"] != operation.claims["sub"]:
        raise ServiceError(
            f"{operation.service} gave the profile of somebody else than the one who signed in.",
            "Nothing was connected. Try to sign in again.",
        )
    return dict(profile)


class _Keys(msgspec.Struct):
    keys: list[Mapping[str, Any]]
    skew: float  # seconds by which this computer's clock is ahead, as far as the service's clock tells


async def _keys(operation: Operation, url: str) -> _Keys:
    request = operation.client.build_request("GET", url, headers={"Accept": "application/json"})
    answer = await send(operation.client, request)
    if passing := passing_failure(answer, operation.service):
        raise passing
    data = answer.json() if answer.ok else None
    keys = data.get("keys") if isinstance(data, Mapping) else None
    if not isinstance(keys, list):
        raise _refused(operation.service, "its keys cannot be read")
    return _Keys([key for key in keys[:MOST_KEYS] if isinstance(key, Mapping)], _skew(answer))


def _skew(answer: Answer) -> float:
    try:
        return time.time() - parsedate_to_datetime(answer.headers.get("date", "")).timestamp()
    except (ValueError, TypeError):
        return 0.0


def _check_claims(claims: Mapping[str, Any], operation: Operation, skew: float) -> None:
    server, service = operation.method.server, operation.service
    assert server is not None
    client_id = str(operation.values.get("client_id") or "")
    audience = claims.get("aud")
    audiences = [audience] if isinstance(audience, str) else audience
    subject = claims.get("sub")
    if claims.get("iss") != server.issuer:
        raise _refused(service, "somebody else issued it (iss)")
    if not isinstance(audiences, list) or not client_id or client_id not in audiences:
        raise _refused(service, "it is for another app (aud)")
    if claims.get("azp", client_id) != client_id:
        raise _refused(service, "it was issued to another app (azp)")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise _refused(service, "it does not say whom it is about (sub)")
    now = time.time()
    issued, ends, begins = (_moment(claims, name) for name in ("iat", "exp", "nbf"))
    if issued is None or ends is None:
        raise _refused(service, "it does not say when it was issued and when it ends")
    if ends < now - LEEWAY or issued > now + LEEWAY or (begins or 0) > now + LEEWAY:
        if abs(skew) > LEEWAY:
            raise _refused(
                service, f"this computer's clock is {_apart(skew)} of the service's", "Set the clock."
            )
        raise _refused(service, "it has ended already, or is not valid yet")


def _moment(claims: Mapping[str, Any], name: str) -> float | None:
    value = claims.get(name)
    return number_of(value) if isinstance(value, int | float) else None


def _apart(skew: float) -> str:
    minutes = round(abs(skew) / 60)
    return f"{minutes} minutes {'ahead' if skew > 0 else 'behind'}"


def _same(given: Any, expected: str) -> bool:
    return isinstance(given, str) and hmac.compare_digest(given.encode(), expected.encode())


def _refused(
    service: str, why: str, hint: str = "Nothing was connected. Try to sign in again."
) -> ServiceError:
    return ServiceError(f"The ID token of {service} was refused: {why}.", hint)
