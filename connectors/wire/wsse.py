"""WSSE in a header (OASIS UsernameToken, as the Atom protocol brought it to HTTP): a name, and a digest.

The password is not sent. What is sent is good once: a nonce and the time are part of the digest.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from datetime import datetime

import httpx

from connectors.errors import InvalidInputError
from connectors.wire.request import put_headers

NONCE_BYTES = 16
_UNQUOTABLE = re.compile(r'["\\\x00-\x1f\x7f]')


def put_username_token(
    request: httpx.Request, user: str, password: str, moment: datetime, nonce: bytes = b""
) -> None:
    """Puts `X-WSSE` on the request, and the `Authorization` that announces it. `nonce` is fresh if not given.

    PasswordDigest = base64(sha1(nonce + created + password)); the nonce stands in the header as base64.
    Raises InvalidInputError where the name cannot stand in the header.
    """
    if _UNQUOTABLE.search(user):
        raise InvalidInputError(
            "A user name for this service must not hold quotes, backslashes or line breaks."
        )
    nonce = nonce or secrets.token_bytes(NONCE_BYTES)
    created = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    content = nonce + created.encode() + password.encode()
    digest = base64.b64encode(hashlib.sha1(content, usedforsecurity=False).digest()).decode()
    token = (
        f'UsernameToken Username="{user}", PasswordDigest="{digest}", '
        f'Nonce="{base64.b64encode(nonce).decode()}", Created="{created}"'
    )
    put_headers(
        request, [(b"Authorization", b'WSSE profile="UsernameToken"'), (b"X-WSSE", token.encode("utf-8"))]
    )
