"""Requests to a token or revocation endpoint, with the client's own authentication (RFC 6749 2.3, 3.2)."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import quote_plus

from connectors.definition import Request, TokenRequest
from connectors.errors import ConnectorError, InvalidTokenError, MisconfiguredClientError, ServiceError
from connectors.inputs import Inputs
from connectors.methods.authorization import CLIENT_ERRORS
from connectors.methods.operation import Operation
from connectors.templates.paths import look_up, text_at
from connectors.templates.text import clean_message
from connectors.wire.answers import Answer, error_message, passing_failure
from connectors.wire.dpop import prove, proven_again
from connectors.wire.ending import says_ended
from connectors.wire.passing import asks_to_wait
from connectors.wire.request import build, render_pairs, send
from connectors.wire.urls import render_url

Grant = Literal[
    "authorization_code",
    "refresh_token",
    "client_credentials",
    "password",
    "urn:ietf:params:oauth:grant-type:jwt-bearer",
    "urn:ietf:params:oauth:grant-type:device_code",
]
# What a client that registered itself may be told (RFC 7591 2).
AUTH_METHODS = {"none": "none", "client_secret_basic": "basic", "client_secret_post": "body"}
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def client_authentication(
    inputs: Inputs, values: Mapping[str, Any], audience: str
) -> tuple[dict[str, str], dict[str, str]]:
    """Parameters and headers that say who the app is: in one way, or in two where the service wants `both`.

    Basic form-encodes id and secret first (RFC 6749 2.3.1). Without a secret the client is public and only
    names itself. private_key_jwt and client_secret_jwt sign a new statement each time, for the `audience`
    (RFC 7523 2.2).
    """
    method = inputs.method
    how: str = method.client_auth
    if method.register_client:  # it was told how
        how = AUTH_METHODS.get(str(values.get("token_endpoint_auth_method")), how)
    client_id, secret = str(values.get("client_id") or ""), str(values.get("client_secret") or "")
    parameters, headers = {"client_id": client_id}, {}
    if how in {"basic", "both"} and secret:
        pair = f"{quote_plus(client_id)}:{quote_plus(secret)}"
        headers = {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}
        if how == "basic":
            return {}, headers
    if how in {"private_key_jwt", "client_secret_jwt"}:
        from connectors.methods.assertions import signed  # its library takes 25 ms

        standard = {"iss": client_id, "sub": client_id, "aud": audience}
        shared = secret if how == "client_secret_jwt" else None
        assertion = signed(method.client_assertion, standard, values, inputs.connector.name, secret=shared)
        return {**parameters, "client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}, {}
    if how in {"body", "both"} and secret:
        parameters["client_secret"] = secret
    return parameters, headers


async def ask_for_token(
    operation: Operation, definition: TokenRequest, grant: Grant, parameters: Mapping[str, str]
) -> Mapping[str, Any]:
    """Sends one token request, never twice, and returns the members of a good answer.

    Raises InvalidTokenError (refresh only), MisconfiguredClientError, TemporaryError or ServiceError.
    """
    answer = await send_token_request(operation, definition, {"grant_type": grant, **parameters})
    return judge_token_answer(answer, operation, grant)


async def send_token_request(
    operation: Operation, definition: TokenRequest, parameters: Mapping[str, str]
) -> Answer:
    """Sends these parameters with the client's authentication and what the definition adds."""
    values = operation.values
    identity, headers = client_authentication(operation.inputs, values, _audience(operation, definition.url))
    body = {**parameters, **identity, **render_pairs(definition.params, values)}
    body = {k: v for k, v in body.items() if v and k not in definition.remove}
    request = Request(
        url=definition.url,
        method=definition.method,
        headers=definition.headers,
        encoding="query" if definition.method == "GET" else definition.encoding,
    )
    final = {definition.rename.get(k, k): v for k, v in body.items()}
    built = build(operation.client, request, values, parameters=final)
    built.headers.update(headers)
    if not operation.method.dpop:
        return await send(operation.client, built)
    key = operation.dpop_key()
    prove(built, key)
    answer = await send(operation.client, built)
    # A request that lacked a nonce was not looked at further, so a code in it is still good.
    if proven_again(built, answer.status, answer.headers, key):
        answer = await send(operation.client, built)
    return answer


def judge_token_answer(answer: Answer, operation: Operation, grant: Grant) -> Mapping[str, Any]:
    """The members of a good answer; the fitting error for any other."""
    service = operation.service
    if passing := passing_failure(answer, service) or asks_to_wait(answer, operation.method, service):
        raise passing
    if not answer.ok:
        raise _token_error(answer, operation, grant)
    members = answer.members()
    # Some services say 200 and mean no.
    if look_up(members, operation.method.token_answer.error) or members.get("ok") is False:
        raise _token_error(answer, operation, grant)
    # The key is kept with the token that is bound to it.
    return {**members, "dpop_key": operation.dpop_key()} if operation.method.dpop else members


def _token_error(answer: Answer, operation: Operation, grant: Grant) -> ConnectorError:
    service, status = operation.service, answer.status
    data = answer.json_or_none()
    if data is None and "error=" in answer.text:
        data = answer.members()
    word = text_at(data, operation.method.token_answer.error) or text_at(data, "error.type")
    word = "invalid_grant" if says_ended(data, operation.method) else word
    message = error_message(answer) or clean_message(text_at(data, "error_description") or word)
    said = f": {message}" if message else f" (status {status})"
    if word in CLIENT_ERRORS or (status == 401 and not word):
        return MisconfiguredClientError(
            f"{service} does not accept this app{said}.",
            "Check the client id, the client secret and the redirect address in the connector's settings.",
            status=status,
        )
    if grant == "authorization_code":
        return ServiceError(
            f"The sign-in could not be verified by {service}{said}.", "Try to sign in again.", status=status
        )
    if grant != "refresh_token":
        if word in {"invalid_grant", *operation.method.invalid_token_errors}:
            return InvalidTokenError(
                f"{service} did not accept what was entered{said}.", "Sign in again.", status=status
            )
        return ServiceError(
            f"No token was given by {service}{said}.", "Check what was entered.", status=status
        )
    if word in {"invalid_grant", *operation.method.invalid_token_errors}:
        return InvalidTokenError(
            f"{service} no longer accepts the refresh token of this account{said}.",
            "Sign in again.",
            status=status,
        )
    return ServiceError(
        f"The token was not renewed by {service}{said}.", "Nothing was changed.", status=status
    )


def _audience(operation: Operation, url: str) -> str:
    """Whom a client's statement is for: the token endpoint, also when it is sent elsewhere (RFC 7523 3)."""
    token_request = operation.method.request_access_token
    return render_url(token_request.url if isinstance(token_request, TokenRequest) else url, operation.values)


async def revoke_token(operation: Operation, request: Request, token: str, hint: str) -> bool:
    """Tells the service to forget one token (RFC 7009 2.1). Raises TemporaryError or ServiceError.

    False when the service revokes no token of this kind (2.2.1).

    A request without a body, a query or auth of its own gets the standard parameters and the client's
    authentication.
    """
    operation.more |= {"token": token, "token_type_hint": hint}
    if request.body is not None or request.query or request.auth:
        await operation.request(request, apply=False)
        return True
    audience = _audience(operation, request.url)
    identity, headers = client_authentication(operation.inputs, operation.values, audience)
    parameters = {"token": token, "token_type_hint": hint, **identity}
    built = build(operation.client, request, operation.values, parameters=parameters)
    built.headers.update(headers)
    answer = await send(operation.client, built)
    if passing := passing_failure(answer, operation.service):
        raise passing
    if text_at(answer.json_or_none(), "error") == "unsupported_token_type":
        return False
    if not answer.ok:
        message = error_message(answer)
        raise ServiceError(
            f"{operation.service} did not revoke the token{f': {message}' if message else ''} "
            f"(status {answer.status}).",
            "Remove this app on the service's own page for connected apps.",
            status=answer.status,
        )
    return True
