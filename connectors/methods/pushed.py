"""Pushed authorization requests: what the browser carries is only a reference (RFC 9126)."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit, urlunsplit

from connectors.definition import TokenRequest
from connectors.errors import ServiceError
from connectors.methods.authorization import with_parameters
from connectors.methods.operation import Operation
from connectors.methods.token_endpoint import judge_token_answer, send_token_request
from connectors.templates.paths import text_at
from connectors.wire.urls import render_url


def endpoint(operation: Operation) -> str:
    """Where to push: where the definition says, or where the service insists on it; else nowhere."""
    method = operation.method
    if method.pushed_authorization_url:
        return render_url(method.pushed_authorization_url, operation.values)
    return method.server.pushed_authorization if method.server and method.server.pushed_required else ""


async def pushed(operation: Operation, url: str) -> str:
    """The sign-in address with a reference instead of the parameters, which go to the service directly.

    A reference is good for one attempt: each has its own. Raises what a token request raises.
    """
    push_to = endpoint(operation)
    if not push_to:
        return url
    parts = urlsplit(url)
    parameters = dict(parse_qsl(parts.query, keep_blank_values=True))
    # What was rendered is data from here on.
    definition = TokenRequest(url=push_to.replace("{{", "%7B%7B"))
    answer = await send_token_request(operation, definition, parameters)
    members = judge_token_answer(answer, operation, "authorization_code")
    reference = text_at(members, "request_uri")
    if not reference:
        raise ServiceError(f"{operation.service} took the request and gave no reference to it (request_uri).")
    bare = urlunsplit(parts._replace(query=""))
    client_id = str(operation.values.get("client_id") or "")
    return with_parameters(bare, {"client_id": client_id, "request_uri": reference})
