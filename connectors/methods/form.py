"""API keys, passwords and sessions: what was typed is tested, named and kept; it may become a token."""

from __future__ import annotations

import msgspec

from connectors.credential import Credential, utc_now
from connectors.definition import Hook, Method, Request
from connectors.errors import ConnectorError, InvalidTokenError, ServiceError, WrongCredentialsError
from connectors.fields import check_values
from connectors.inputs import Connected, Inputs, with_stored
from connectors.methods.chain import after_connect, refresh_session, request_session
from connectors.methods.operation import Operation
from connectors.ports import Ports, Progress
from connectors.wire.request import RefusedError
from connectors.wire.token_answer import read_function_result, read_token_answer


async def connect(inputs: Inputs, ports: Ports, progress: Progress) -> Connected:
    """Checks the form, tests it against the service and reads the profile."""
    progress("form")
    values = check_values(inputs.method.fields, inputs.values)
    inputs = Inputs(inputs.connector, inputs.method, values, inputs.settings)
    now = utc_now().replace(microsecond=0)
    operation = Operation(inputs, ports, Credential(fields=values, created_at=now))
    method = inputs.method
    try:
        if _logs_in(method):
            progress("exchange")
            await _log_in(operation)
        await after_connect(operation, progress)
        progress("profile")
        profile = await operation.profile()
        progress("test")
        if method.type != "pwd" and method.validate != method.request_profile_info:
            await _test(operation)
    except InvalidTokenError as error:
        raise WrongCredentialsError(error.sentence, "Check the values and try again.") from error
    except ConnectorError as error:
        await operation.refused(error, connecting=True)
    connected = await operation.connected(profile)
    progress("done")
    return connected


async def refresh(inputs: Inputs, credential: Credential, ports: Ports) -> Credential:
    """A new token from the stored user name and password. Raises InvalidTokenError when they are refused."""
    if not can_refresh(inputs.method, credential):
        raise ServiceError(f"{inputs.connector.name} accounts of this kind have nothing to renew.")
    operation = Operation(with_stored(inputs, credential), ports, Credential(fields=credential.fields))
    try:
        await _log_in(operation, previous=credential)
    except ConnectorError as error:
        await operation.refused(error, connecting=False, login=True)
    assert operation.credential is not None
    return operation.credential


async def validate(inputs: Inputs, credential: Credential, ports: Ports) -> None:
    """Tests the stored values. Raises InvalidTokenError only when the service refuses them."""
    operation = Operation(with_stored(inputs, credential), ports, credential)
    method = inputs.method
    try:
        if method.type == "pwd" and credential.access_token and method.request_profile_info is not None:
            # Logging in again could end the token that is in use; the profile proves it without that.
            await operation.profile()
        elif method.validate is None:
            await operation.profile()
        else:
            await _test(operation)
    except ConnectorError as error:
        await operation.refused(error, connecting=False)


async def revoke(inputs: Inputs, credential: Credential, ports: Ports) -> bool:
    """Ends a session at the service. False when there is none, or no way to end it."""
    step = inputs.method.revoke_access_token
    if step is None or not credential.access_token:
        return False
    operation = Operation(with_stored(inputs, credential), ports, credential)
    if isinstance(step, Hook):
        return await operation.call(step) is not False
    return await operation.request(step) is not None


def can_refresh(method: Method, credential: Credential) -> bool:
    """Whether there is a token that the stored values can renew."""
    return _logs_in(method) and (bool(credential.access_token) or method.keep_session != "vault")


def _logs_in(method: Method) -> bool:
    return method.type == "session" or (method.type == "pwd" and method.validate is not None)


async def _test(operation: Operation) -> None:
    step = operation.method.validate
    if isinstance(step, Request):
        await operation.request(step)
    elif isinstance(step, Hook):
        _refuse_false(operation, await operation.call(step))


async def _log_in(operation: Operation, previous: Credential | None = None) -> None:
    """Runs `validate`; a token in its answer goes into the operation's credential."""
    step, method = operation.method.validate, operation.method
    before = previous or operation.credential or Credential()
    # The last token must not be mistaken for one that this login returned.
    base = msgspec.structs.replace(before, access_token="", refresh_token="", scope="")
    if method.type == "session":
        if not await _renewed(operation, previous):
            operation.credential = await request_session(operation, base)
    elif isinstance(step, Hook):
        result = await operation.call(step)
        _refuse_false(operation, result)
        if isinstance(result, dict) and ("token" in result or "access_token" in result):
            operation.credential = read_function_result(result, operation.service, previous=base)
    elif isinstance(step, Request):
        answer = await operation.request(step)
        if answer is not None and method.returns_token:
            operation.credential = read_token_answer(
                answer.members(), method.token_answer, operation.service, previous=base
            )


async def _renewed(operation: Operation, previous: Credential | None) -> bool:
    """Whether the session's refresh token gave a new one."""
    if previous is None or not previous.refresh_token or not operation.method.refresh_session:
        return False
    try:
        operation.credential = await refresh_session(operation, previous)
    except RefusedError:
        return False  # it has ended; what people filled in has not
    return True


def _refuse_false(operation: Operation, result: object) -> None:
    if result is False:
        raise WrongCredentialsError(f"{operation.service} did not accept what was entered.")
