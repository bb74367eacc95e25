"""Registering the app with a service while somebody connects (RFC 7591): a client for each account."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from connectors.errors import InvalidTokenError, MisconfiguredClientError, ServiceError
from connectors.methods.operation import Operation
from connectors.methods.token_endpoint import AUTH_METHODS
from connectors.templates.paths import text_at
from connectors.templates.text import clean_message
from connectors.wire.answers import error_message, passing_failure
from connectors.wire.request import send
from connectors.wire.token_answer import number_of

CLIENT_NAME = "Jackfield"
_KEPT = (
    "client_id",
    "client_secret",
    "client_secret_expires_at",
    "token_endpoint_auth_method",
    "registration_access_token",
    "registration_client_uri",
)


async def register(operation: Operation, redirect_uri: str) -> dict[str, Any]:
    """What the service gave the app to be known by; empty when the app is known already or may not ask.

    Only the least is asked for: a native app without a secret and with this one address to come back to.
    Raises ServiceError, MisconfiguredClientError or TemporaryError.
    """
    method, service = operation.method, operation.service
    if not method.register_client or operation.values.get("client_id"):
        return {}
    if method.server is None or not method.server.registration:
        raise MisconfiguredClientError(
            f"{service} does not let apps register themselves.",
            "Register an app with the service and enter its client id in the connector's settings.",
        )
    wanted = {
        "client_name": CLIENT_NAME,
        "application_type": "native",
        "redirect_uris": [redirect_uri],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "none",
    }
    request = operation.client.build_request("POST", method.server.registration, json=wanted)
    request.headers["Accept"] = "application/json"
    answer = await send(operation.client, request)
    if passing := passing_failure(answer, service):
        raise passing
    members = answer.members() if answer.ok else {}
    if not text_at(members, "client_id"):
        said = clean_message(error_message(answer)) or f"status {answer.status}"
        raise MisconfiguredClientError(
            f"{service} did not register the app: {said}.",
            "Register an app with the service and enter its client id in the connector's settings.",
            status=answer.status,
        )
    _check(members, redirect_uri, service)
    return {name: members[name] for name in _KEPT if members.get(name) not in (None, "")}


def _check(members: Mapping[str, Any], redirect_uri: str, service: str) -> None:
    uris = members.get("redirect_uris", [redirect_uri])
    if uris != [redirect_uri]:
        raise ServiceError(
            f"{service} registered the app with another address to come back to than it was asked for.",
            "Nothing was opened.",
        )
    how = members.get("token_endpoint_auth_method", "none")
    if how not in AUTH_METHODS:
        raise ServiceError(f"{service} wants the app to prove itself in a way that is not known ({how}).")


def check_expiry(operation: Operation) -> None:
    """Raises InvalidTokenError when the secret that the service gave the app has ended (RFC 7591 3.2.1)."""
    ends = number_of(operation.values.get("client_secret_expires_at"))
    if operation.method.register_client and ends and ends <= time.time():
        raise InvalidTokenError(
            f"The app's registration with {operation.service} has ended.",
            "Sign in again; the app is then registered anew.",
        )
