"""Tokens without a browser: client credentials, password, JWT bearer (RFC 6749 4.3, 4.4, RFC 7523)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from connectors.credential import Credential
from connectors.definition import Hook, TokenRequest
from connectors.errors import (
    ConnectorError,
    DefinitionError,
    InvalidTokenError,
    MisconfiguredClientError,
    WrongCredentialsError,
)
from connectors.fields import check_values
from connectors.inputs import Connected, Inputs, with_stored
from connectors.methods import oauth2
from connectors.methods.authorization import asked_scope
from connectors.methods.openid import checked
from connectors.methods.operation import Operation
from connectors.methods.token_endpoint import Grant, ask_for_token
from connectors.ports import Ports, Progress
from connectors.wire.token_answer import read_function_result, read_token_answer
from connectors.wire.urls import render_url

REPEATABLE = frozenset({"client_credentials", "password", "jwt_bearer"})


async def connect(inputs: Inputs, ports: Ports, progress: Progress) -> Connected:
    """Asks for a token with what was entered, then reads the profile and tests it."""
    progress("form")
    values = check_values(inputs.method.fields, inputs.values)
    inputs = Inputs(inputs.connector, inputs.method, values, inputs.settings)
    oauth2.check_settings(inputs)
    operation = Operation(inputs, ports)
    scope = asked_scope(inputs)
    progress("exchange")
    try:
        credential = await _ask(operation, scope)
    except InvalidTokenError as error:
        raise WrongCredentialsError(
            error.sentence, "Check the values and try again.", status=error.status
        ) from error
    operation.credential = msgspec.structs.replace(credential, fields=values)
    connected = await oauth2.finish(operation, progress, scope)
    progress("done")
    return connected


async def refresh(inputs: Inputs, credential: Credential, ports: Ports) -> Credential:
    """A new token, asked for again with what is stored; a refresh token, where there is one, comes first.

    Raises InvalidTokenError only when the service refuses the stored values.
    """
    if credential.refresh_token:
        try:
            return await oauth2.refresh(inputs, credential, ports)
        except InvalidTokenError:
            # A refresh token may end before the password or the key that it came from.
            credential = msgspec.structs.replace(credential, refresh_token="")
    operation = Operation(with_stored(inputs, credential), ports, credential)
    return await _ask(operation, asked_scope(operation.inputs), previous=credential)


async def _ask(operation: Operation, scope: str, previous: Credential | None = None) -> Credential:
    method, service = operation.method, operation.service
    operation.more["scope"] = method.scope_delimiter.join(scope.split())
    definition = method.request_access_token
    if isinstance(definition, Hook):
        try:
            result = await operation.call(definition)
        except ConnectorError as error:
            await operation.refused(error, connecting=previous is None)
        return read_function_result(result, service, asked=scope, previous=previous)
    if not isinstance(definition, TokenRequest):
        raise DefinitionError(f"The definition of {service} has no token address.")
    grant, parameters = _parameters(operation, definition)
    try:
        members = await ask_for_token(operation, definition, grant, parameters)
    except MisconfiguredClientError as error:
        if "client_id" not in {f.key for f in method.fields}:
            raise
        # The app's id and secret are the account's own here, so it is the account that is refused.
        raise InvalidTokenError(error.sentence, "Sign in again.", status=error.status) from error
    credential = read_token_answer(members, method.token_answer, service, asked=scope, previous=previous)
    return await checked(operation, credential)


def _parameters(operation: Operation, definition: TokenRequest) -> tuple[Grant, Mapping[str, str]]:
    values: Mapping[str, Any] = operation.values
    scope = str(values.get("scope") or "")
    match operation.method.grant:
        case "password":
            person = {key: str(values.get(key) or "") for key in ("username", "password")}
            return "password", {**person, "scope": scope}
        case "jwt_bearer":
            from connectors.methods.assertions import signed  # its library takes 25 ms

            issuer = str(values.get("client_id") or "")
            standard = {"iss": issuer, "sub": issuer, "aud": render_url(definition.url, values)}
            standard = {name: text for name, text in standard.items() if text}
            assertion = signed(operation.method.assertion, standard, values, operation.service)
            return "urn:ietf:params:oauth:grant-type:jwt-bearer", {"assertion": assertion, "scope": scope}
    return "client_credentials", {"scope": scope}
