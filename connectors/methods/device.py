"""The device grant: a code that people enter on another device (RFC 8628)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from time import monotonic
from typing import Any

import msgspec

from connectors.credential import Credential, utc_now
from connectors.definition import TokenRequest
from connectors.errors import (
    AttemptTimedOutError,
    DeclinedError,
    DefinitionError,
    MisconfiguredClientError,
    ServiceError,
    TemporaryError,
)
from connectors.fields import check_values
from connectors.inputs import Connected, Inputs
from connectors.methods.authorization import CLIENT_ERRORS, asked_scope
from connectors.methods.oauth2 import check_settings, finish
from connectors.methods.openid import checked
from connectors.methods.operation import Operation
from connectors.methods.token_endpoint import judge_token_answer, send_token_request
from connectors.ports import DeviceCode, Ports, Progress
from connectors.templates.paths import exact_text_at, text_at
from connectors.templates.text import clean
from connectors.wire.answers import Answer, error_message, passing_failure
from connectors.wire.token_answer import number_of, read_token_answer
from connectors.wire.urls import check_url, render_url

USUAL_INTERVAL = 5.0  # seconds (RFC 8628 3.2)
SLOWER = 5.0
LONGEST_PAUSE = 60.0
USUAL_LIFETIME = 900.0
LONGEST_LIFETIME = 3600.0
GRANT = "urn:ietf:params:oauth:grant-type:device_code"


async def connect(inputs: Inputs, ports: Ports, progress: Progress) -> Connected:
    """Asks for a code, shows it, and asks until the person has entered it somewhere or it has ended."""
    progress("form")
    values = check_values(inputs.method.fields, inputs.values)
    inputs = Inputs(inputs.connector, inputs.method, values, inputs.settings)
    check_settings(inputs)
    if ports.show_code is None:
        raise DefinitionError(f"{inputs.connector.name} gives a code to enter, and nothing here can show it.")
    operation = Operation(inputs, ports)
    scope = asked_scope(inputs)
    operation.more["scope"] = inputs.method.scope_delimiter.join(scope.split())
    members, code = await _device_code(operation)
    progress("device")
    ports.show_code(code)
    credential = await _poll(operation, ports, members, scope)
    operation.credential = msgspec.structs.replace(credential, fields=values)
    connected = await finish(operation, progress, scope)
    progress("done")
    return connected


async def _device_code(operation: Operation) -> tuple[Mapping[str, Any], DeviceCode]:
    """The device authorization request (RFC 8628 3.1) and what people have to see of its answer."""
    definition, service = operation.method.request_device_code, operation.service
    if definition is None:
        raise DefinitionError(f"The definition of {service} has no address for device codes.")
    parameters = {"scope": str(operation.values.get("scope") or "")}
    answer = await send_token_request(operation, definition, parameters)
    if passing := passing_failure(answer, service):
        raise passing
    members = answer.members() if answer.ok else {}
    user_code = clean(text_at(members, "user_code"), 64)
    if not text_at(members, "device_code") or not user_code:
        raise _no_code(answer, service)
    # Google calls it verification_url; django-oauth-toolkit sends null unless its operator sets it.
    page = exact_text_at(members, "verification_uri") or exact_text_at(members, "verification_url")
    page = page or render_url(operation.method.verification_url, operation.values)
    if not page:
        raise ServiceError(
            f"{service} gave a code, but not the page to enter it on.",
            "Look the page up at the service and add it to the definition as verification_url.",
        )
    page = check_url(page, "The page for the code")
    complete = ("verification_uri_complete", "verification_url_complete")
    whole = next(filter(None, (exact_text_at(members, name) for name in complete)), "")
    return members, DeviceCode(
        user_code=user_code,
        verification_uri=page,
        link=check_url(whole, "The page for the code") if whole else page,
        deadline=utc_now() + timedelta(seconds=_lifetime(members)),
    )


def _lifetime(members: Mapping[str, Any]) -> float:
    seconds = number_of(members.get("expires_in"))
    return min(seconds, LONGEST_LIFETIME) if seconds and seconds > 0 else USUAL_LIFETIME


def _no_code(answer: Answer, service: str) -> ServiceError | MisconfiguredClientError:
    word = text_at(answer.json_or_none(), "error")
    message = error_message(answer)
    said = f": {message}" if message else f" (status {answer.status})"
    if word in CLIENT_ERRORS or answer.status == 401:
        return MisconfiguredClientError(
            f"{service} does not accept this app{said}.",
            "Check the client id in the connector's settings, and whether the app may use device codes.",
            status=answer.status,
        )
    return ServiceError(f"{service} gave no code{said}.", "Try again later.", status=answer.status)


async def _poll(operation: Operation, ports: Ports, members: Mapping[str, Any], scope: str) -> Credential:
    """Asks for the token until there is one (RFC 8628 3.5).

    Raises DeclinedError, AttemptTimedOutError, MisconfiguredClientError or ServiceError.
    """
    definition, service = operation.method.request_access_token, operation.service
    if not isinstance(definition, TokenRequest):
        raise DefinitionError(f"The definition of {service} has no token address.")
    parameters = {"grant_type": GRANT, "device_code": text_at(members, "device_code")}
    given = number_of(members.get("interval"))
    interval = max(given, 1.0) if given is not None and given > 0 else USUAL_INTERVAL
    lifetime, started, paused, pause = _lifetime(members), monotonic(), 0.0, interval
    while max(paused, monotonic() - started) + pause < lifetime:
        await ports.pause(pause)
        paused += pause
        try:
            answer = await send_token_request(operation, definition, parameters)
            failure = passing_failure(answer, service)
        except TemporaryError as error:
            failure = error
        if failure is not None:
            # A service that cannot be reached is asked more and more rarely (RFC 8628 3.5).
            pause = min(pause * 2, LONGEST_PAUSE)
            continue
        word = text_at(answer.json_or_none(), operation.method.token_answer.error)
        if word == "slow_down":
            interval += SLOWER
        elif word != "authorization_pending":
            good = _final(answer, word, operation)
            credential = read_token_answer(good, operation.method.token_answer, service, asked=scope)
            return await checked(operation, credential, needed="openid" in scope.split())
        pause = interval
    raise _expired(service)


def _final(answer: Answer, word: str, operation: Operation) -> Mapping[str, Any]:
    if word == "access_denied":
        raise DeclinedError(f"The sign-in at {operation.service} was declined.", "Nothing was connected.")
    if word == "expired_token":
        raise _expired(operation.service)
    return judge_token_answer(answer, operation, "authorization_code")


def _expired(service: str) -> AttemptTimedOutError:
    return AttemptTimedOutError(
        f"The code from {service} has ended before it was entered.", "Try again with a new one."
    )
