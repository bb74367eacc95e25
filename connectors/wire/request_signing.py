"""What proves every request anew: AWS Signature Version 4, an HMAC in a header, WSSE (see `wsse.py`).

The rules are `[sign]` of a definition; OAuth 1 has its own in `signing.py`.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, unquote_plus

import httpx

from connectors.definition import Sign
from connectors.errors import InvalidInputError
from connectors.templates.template import render
from connectors.wire.request import put_headers, render_headers
from connectors.wire.wsse import put_username_token

_UNRESERVED = "-_.~"
# AWS signs the path as it was sent for these, and encodes it once more for all others.
_PLAIN_PATH = frozenset({"s3"})


def sign_request(
    request: httpx.Request, rule: Sign, values: Mapping[str, Any], now: datetime | None = None
) -> None:
    """Puts the signature on the request, as the last thing before it is sent.

    `values` are what templates see. Raises InvalidInputError when the key cannot be used.
    """
    moment = (now or datetime.now(UTC)).astimezone(UTC)
    body = request.read()
    if rule.type == "aws-sigv4":
        _sign_for_aws(request, rule, values, body, moment)
    elif rule.type == "wsse":
        put_username_token(request, render(rule.user, values), render(rule.password, values), moment)
    else:
        _sign_with_hmac(request, rule, values, body, moment)


def _sign_with_hmac(
    request: httpx.Request, rule: Sign, values: Mapping[str, Any], body: bytes, moment: datetime
) -> None:
    path, _, query = request.url.raw_path.decode("ascii").partition("?")
    about: dict[str, Any] = {
        **values,
        "method": request.method,
        "host": request.headers["host"],
        "path": path,
        "query": query,
        "body": body.decode("utf-8", "surrogateescape"),
        "body_sha256": hashlib.sha256(body).hexdigest(),
        "timestamp": str(int(moment.timestamp())),
    }
    key = _key(render(rule.key, values), rule.key_encoding)
    payload = render(rule.payload, about).encode("utf-8", "surrogateescape")
    digest = hmac.new(key, payload, rule.algorithm).digest()
    about["signature"] = {
        "hex": digest.hex(),
        "base64": base64.b64encode(digest).decode(),
        "base64url": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
    }[rule.encoding]
    put_headers(request, render_headers({**rule.headers, rule.header: rule.value}, about))


def _key(text: str, encoding: str) -> bytes:
    try:
        if encoding == "base64":
            return base64.b64decode(text.strip() + "=" * (-len(text.strip()) % 4), validate=True)
        return bytes.fromhex(text.strip()) if encoding == "hex" else text.encode()
    except (binascii.Error, ValueError):
        raise InvalidInputError(
            f"The key that signs requests is not {encoding}, which this service gives it out as.",
            "Copy the whole key again.",
        ) from None


def _sign_for_aws(
    request: httpx.Request, rule: Sign, values: Mapping[str, Any], body: bytes, moment: datetime
) -> None:
    """docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html"""
    region, service, access_key, secret_key, session_token = (
        render(text, values).strip()
        for text in (rule.region, rule.service, rule.access_key, rule.secret_key, rule.session_token)
    )
    path, _, query = request.url.raw_path.decode("ascii").partition("?")
    query = _canonical_query(query)
    if query:
        request.url = request.url.copy_with(query=query.encode())
    stamp = moment.strftime("%Y%m%dT%H%M%SZ")
    hashed = hashlib.sha256(body).hexdigest()
    headers = {"X-Amz-Date": stamp, "X-Amz-Security-Token": session_token}
    if service in _PLAIN_PATH:
        headers["X-Amz-Content-Sha256"] = hashed
    put_headers(request, [(n.encode(), v.encode()) for n, v in headers.items() if v])
    names = ["content-type", "host", "x-amz-content-sha256", "x-amz-date", "x-amz-security-token"]
    signed = [name for name in names if name in request.headers]
    canonical = "\n".join(
        [
            request.method,
            path if service in _PLAIN_PATH else quote(path, safe="/" + _UNRESERVED),
            query,
            *(f"{name}:{' '.join(request.headers[name].split())}" for name in signed),
            "",
            ";".join(signed),
            hashed,
        ]
    )
    scope = f"{stamp[:8]}/{region}/{service}/aws4_request"
    to_sign = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = f"AWS4{secret_key}".encode()
    for part in (stamp[:8], region, service, "aws4_request"):
        key = hmac.new(key, part.encode(), "sha256").digest()
    signature = hmac.new(key, to_sign.encode(), "sha256").hexdigest()
    request.headers["Authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={access_key}/{scope}, SignedHeaders={';'.join(signed)}, "
        f"Signature={signature}"
    )


def _canonical_query(query: str) -> str:
    pairs = (part.partition("=") for part in query.split("&") if part)
    encoded = (
        (quote(unquote_plus(n), safe=_UNRESERVED), quote(unquote_plus(v), safe=_UNRESERVED))
        for n, _, v in pairs
    )
    return "&".join(f"{name}={value}" for name, value in sorted(encoded))
