"""OAuth 2: authorization code with PKCE, refresh and revocation (RFC 6749, 7636, 7009, 8252)."""

from __future__ import annotations

import msgspec

from connectors.credential import Credential
from connectors.definition import AuthUrl, Hook, Method, Request, TokenRequest
from connectors.errors import (
    ConnectorError,
    DefinitionError,
    InvalidTokenError,
    MisconfiguredClientError,
    ServiceError,
    WrongCredentialsError,
)
from connectors.fields import check_values
from connectors.inputs import Connected, Inputs, settings_for, with_stored
from connectors.methods.authorization import (
    Attempt,
    asked_scope,
    authorization_url,
    check_issuer,
    code_from,
    completed_url,
    new_attempt,
    standard_names,
)
from connectors.methods.chain import after_connect
from connectors.methods.openid import agreed, checked
from connectors.methods.operation import Operation
from connectors.methods.pushed import pushed
from connectors.methods.registration import check_expiry, register
from connectors.methods.token_endpoint import ask_for_token, revoke_token
from connectors.ports import Ports, Progress
from connectors.tables import names_of
from connectors.templates.template import names_in, render
from connectors.wire.token_answer import read_function_result, read_token_answer


async def connect(inputs: Inputs, ports: Ports, progress: Progress) -> Connected:
    """Opens the browser, exchanges the code it comes back with, reads the profile and tests the token."""
    progress("form")
    values = check_values(inputs.method.fields, inputs.values)
    inputs = Inputs(inputs.connector, inputs.method, values, inputs.settings)
    check_settings(inputs)
    if ports.browser is None:
        raise DefinitionError(f"{inputs.connector.name} needs a browser to sign in, and there is none here.")
    operation = Operation(inputs, ports)
    registered = await register(operation, ports.browser.redirect_uri)
    operation.more |= registered
    scope = asked_scope(inputs)
    attempt = new_attempt(inputs.method, ports.browser.redirect_uri, scope)
    operation.more |= {**attempt.values, "scope": inputs.method.scope_delimiter.join(scope.split())}
    whole = await _authorization_url(operation, attempt)
    url = await pushed(operation, whole)
    progress("browser")
    if url == whole:
        callback = await ports.browser.authorize(url, attempt.state)
    else:  # a reference is good for one visit (RFC 9126 4)
        callback = await ports.browser.authorize(url, attempt.state, lambda: pushed(operation, whole))
    check_issuer(callback, inputs)
    code = code_from(standard_names(callback, inputs.method.callback), operation.service)
    progress("exchange")
    kept = {key: callback[key] for key in inputs.method.keep_callback if callback.get(key)}
    # The token's address may depend on them; they hide nothing that the form or the settings say.
    operation.more |= {key: value for key, value in kept.items() if not operation.values.get(key)}
    credential = await _exchange(operation, attempt, code, scope)
    await checked(operation, credential, nonce=attempt.nonce, needed=bool(attempt.nonce))
    if _refresh_reads_callback_url(inputs):
        kept["callback_url"] = attempt.redirect_uri
    operation.credential = msgspec.structs.replace(
        credential, extra={**credential.extra, **kept, **registered}, fields=values
    )
    connected = await finish(operation, progress, scope)
    progress("done")
    return connected


def check_settings(inputs: Inputs) -> None:
    """Raises MisconfiguredClientError when a setting is missing, before any browser opens."""
    missing = [
        f.name
        for f in settings_for(inputs.connector, inputs.method)
        if f.required and not inputs.setting(f.key)
    ]
    if missing:
        raise MisconfiguredClientError(
            f"{inputs.connector.name} cannot be connected yet: {' and '.join(missing)} "
            f"{'is' if len(missing) == 1 else 'are'} not set.",
            "Register an app with the service and enter its values in the connector's settings.",
        )


async def _authorization_url(operation: Operation, attempt: Attempt) -> str:
    definition = operation.method.auth_url
    values = operation.values
    client_id, scope = str(values.get("client_id") or ""), str(values["scope"])
    if isinstance(definition, Hook):
        whole = bool(getattr(definition.call, "whole_address", False))
        return completed_url(await operation.call(definition), attempt, client_id, scope, whole=whole)
    if not isinstance(definition, AuthUrl):
        raise DefinitionError(f"The definition of {operation.service} has no sign-in address (auth_url).")
    return authorization_url(definition, attempt, client_id, scope, values)


async def _exchange(operation: Operation, attempt: Attempt, code: str, scope: str) -> Credential:
    """The code becomes a token. A code is good for one try, so this is never repeated (RFC 6749 4.1.2)."""
    definition = operation.method.request_access_token
    operation.more["authorization_code"] = code
    if isinstance(definition, Hook):
        return read_function_result(await operation.call(definition), operation.service, asked=scope)
    if not isinstance(definition, TokenRequest):
        raise DefinitionError(f"The definition of {operation.service} has no token address.")
    parameters = {
        "code": code,
        "redirect_uri": attempt.redirect_uri,
        "code_verifier": attempt.code_verifier,
    }
    members = await ask_for_token(operation, definition, "authorization_code", parameters)
    first = read_token_answer(members, operation.method.token_answer, operation.service, asked=scope)
    return await _lasting(operation, first)


async def _lasting(operation: Operation, first: Credential) -> Credential:
    """The token that the first one is exchanged for, where a service gives only a short one for the code."""
    definition = operation.method.exchange_access_token
    if definition is None:
        return first
    operation.credential = first
    members = await ask_for_token(operation, definition, "authorization_code", {})
    return read_token_answer(members, operation.method.token_answer, operation.service, previous=first)


async def finish(operation: Operation, progress: Progress, scope: str = "") -> Connected:
    """Reads the profile and tests the token; what fails here is the service's doing, not the person's."""
    method = operation.method
    # From here on the token's own scope counts.
    operation.more = {k: v for k, v in operation.more.items() if k == "callback_url"}
    try:
        await after_connect(operation, progress)
        progress("profile")
        profile = agreed(await operation.profile(), operation)
        progress("test")
        if method.validate is not None and method.validate != method.request_profile_info:
            await _test(operation)
    except ConnectorError as error:
        try:
            await operation.refused(error, connecting=True)
        except (WrongCredentialsError, InvalidTokenError) as refused:
            raise ServiceError(
                f"{operation.service} gave a token and then did not accept it.",
                "Check the permissions that are asked for, then sign in again.",
                status=error.status,
            ) from refused
    return await operation.connected(profile, scope)


async def _test(operation: Operation) -> None:
    step = operation.method.validate
    if isinstance(step, Hook):
        if await operation.call(step) is False:
            raise InvalidTokenError(f"{operation.service} does not accept the token.", "Sign in again.")
    elif isinstance(step, Request):
        await operation.request(step)


async def refresh(inputs: Inputs, credential: Credential, ports: Ports) -> Credential:
    """A new access token; the refresh token stays when the answer omits it.

    Raises InvalidTokenError only when the service refuses for good.
    """
    if not can_refresh(inputs.method, credential):
        raise ServiceError(
            f"This {inputs.connector.name} token cannot be renewed: the service gave no refresh token.",
            "Sign in again when it ends.",
        )
    operation = Operation(with_stored(inputs, credential), ports, credential)
    if redirect_uri := inputs.settings.get("redirect_uri"):
        operation.more.setdefault("callback_url", credential.extra.get("callback_url", redirect_uri))
    check_expiry(operation)
    definition = inputs.method.refresh_access_token or inputs.method.request_access_token
    if isinstance(definition, Hook):
        try:
            result = await operation.call(definition)
        except ConnectorError as error:
            await operation.refused(error, connecting=False)
        return read_function_result(result, operation.service, previous=credential)
    if not isinstance(definition, TokenRequest):
        raise DefinitionError(f"The definition of {operation.service} has no token address.")
    parameters = {"refresh_token": credential.refresh_token}
    members = await ask_for_token(operation, definition, "refresh_token", parameters)
    renewed = read_token_answer(members, inputs.method.token_answer, operation.service, previous=credential)
    return await checked(operation, renewed)


def can_refresh(method: Method, credential: Credential) -> bool:
    """Whether a definition and a credential together can give a new access token."""
    if method.grant in {"client_credentials", "password", "jwt_bearer"}:
        return True  # asked for again with what is stored
    own = method.refresh_access_token
    if own is None and not isinstance(method.request_access_token, TokenRequest) and not method.issuer:
        return False
    if isinstance(own, TokenRequest) and "refresh_token" in own.remove:
        return bool(credential.access_token)  # renewed by exchanging the access token itself
    if isinstance(own, Hook) and not getattr(own.call, "needs_refresh_token", True):
        return bool(credential.access_token)
    return bool(credential.refresh_token)


async def validate(inputs: Inputs, credential: Credential, ports: Ports) -> None:
    """Tests the access token with the definition's test, else with the profile request."""
    operation = Operation(with_stored(inputs, credential), ports, credential)
    try:
        if operation.method.validate is not None:
            await _test(operation)
        else:
            await operation.profile()
    except ConnectorError as error:
        await operation.refused(error, connecting=False)


async def revoke(inputs: Inputs, credential: Credential, ports: Ports) -> bool:
    """Revokes the refresh token, then the access token. False when the service has no revocation."""
    step = inputs.method.revoke_access_token
    operation = Operation(with_stored(inputs, credential), ports, credential)
    if step is None:
        return False
    if isinstance(step, Hook):
        return await operation.call(step) is not False
    if not render(step.url, operation.values).strip():
        return False
    tokens = [("refresh_token", credential.refresh_token), ("access_token", credential.access_token)]
    standard = step.body is None and not step.query and not step.auth
    if not standard and "token" not in names_of(step):
        tokens = tokens[1:]  # the request names its own token, so once is enough
    revoked = False
    for hint, token in tokens:
        if token:
            revoked |= await revoke_token(operation, step, token, hint)
    return revoked


def _refresh_reads_callback_url(inputs: Inputs) -> bool:
    step = inputs.method.refresh_access_token
    if isinstance(step, TokenRequest):
        return any("callback_url" in names_in(text) for text in step.params.values())
    return isinstance(step, Hook)
