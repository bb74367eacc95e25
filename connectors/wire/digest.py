"""HTTP Digest (RFC 7616): a name and a password that are never sent, only the answer to a challenge."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from connectors.errors import ServiceError
from connectors.templates.template import render


def wants_digest(auth: Mapping[str, str]) -> bool:
    """Whether this `auth` of an `[apply]` waits for a challenge."""
    return "digest" in auth


def answered(
    request: httpx.Request,
    status: int,
    headers: httpx.Headers,
    auth: Mapping[str, str],
    values: Mapping[str, Any],
) -> bool:
    """Puts the answer to a refusal's challenge on the request, which is then worth sending once more.

    False when this is no challenge. Raises ServiceError when the service wants a kind that is not known.
    """
    if not wants_digest(auth) or status != httpx.codes.UNAUTHORIZED:
        return False
    flow = httpx.DigestAuth(
        render(auth.get("user", ""), values), render(auth.get("password", ""), values)
    ).auth_flow(request)
    next(flow)
    request.headers.encoding = "utf-8"  # the name stands in the header as it is
    try:
        flow.send(httpx.Response(status, headers=headers, request=request))
    except StopIteration:
        return False
    except (NotImplementedError, KeyError, httpx.ProtocolError) as error:
        raise ServiceError(
            f"{request.url.host} asks for a kind of Digest authentication that is not known here.",
            "Sign in another way, if the service has one.",
        ) from error
    return True
