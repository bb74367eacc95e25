"""OAuth 1.0a: request token, the browser, verifier, access token (RFC 5849 2)."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from connectors.credential import Credential, utc_now
from connectors.definition import AuthUrl, Hook, Request, TokenRequest
from connectors.errors import (
    ConnectorError,
    DeclinedError,
    DefinitionError,
    MisconfiguredClientError,
    ServiceError,
    UnsafeUrlError,
)
from connectors.fields import check_values
from connectors.inputs import Connected, Inputs, with_stored
from connectors.methods.authorization import with_parameters
from connectors.methods.oauth2 import check_settings, finish
from connectors.methods.operation import Operation
from connectors.ports import PIN_STATE, Ports, Progress
from connectors.tables import OAUTH1_PARAMETERS
from connectors.templates.paths import look_up, text_at
from connectors.templates.text import clean_message, looks_like_markup
from connectors.wire.answers import Answer, error_message, passing_failure
from connectors.wire.oauth1_signing import sign
from connectors.wire.request import build, render_pairs, send
from connectors.wire.token_answer import lifetime
from connectors.wire.urls import check_url, render_url


async def connect(inputs: Inputs, ports: Ports, progress: Progress) -> Connected:
    """Asks for a request token, opens the browser, and exchanges the verifier that it comes back with.

    OAuth 1 has no `state`: a random one stands in the callback address, which providers hand back as it is.
    """
    progress("form")
    values = check_values(inputs.method.fields, inputs.values)
    inputs = Inputs(inputs.connector, inputs.method, values, inputs.settings)
    check_settings(inputs)
    if ports.browser is None:
        raise DefinitionError(f"{inputs.connector.name} needs a browser to sign in, and there is none here.")
    operation = Operation(inputs, ports)
    pin = inputs.method.oauth1.pin
    state = (PIN_STATE if pin else "") + secrets.token_urlsafe(32)
    callback_url = (
        "oob" if pin else with_parameters(ports.browser.redirect_uri, {inputs.method.callback.state: state})
    )
    operation.more |= {"callback_url": callback_url, "state": state}
    operation.more |= await _request_token(operation)
    url = await _authorization_url(operation)
    progress("browser")
    callback = await ports.browser.authorize(url, state)
    operation.more["oauth_verifier"] = _verifier_from(callback, operation)
    progress("exchange")
    credential = await _exchange(operation)
    kept = {key: callback[key] for key in inputs.method.keep_callback if callback.get(key)}
    operation.credential = Credential(
        access_token=credential.access_token,
        token_type="OAuth",  # noqa: S106 - a scheme, not a secret
        expires_in=credential.expires_in,
        expires_at=credential.expires_at,
        created_at=credential.created_at,
        extra={**credential.extra, **kept},
        fields=values,
    )
    connected = await finish(operation, progress)
    progress("done")
    return connected


async def _request_token(operation: Operation) -> dict[str, str]:
    """The request token and its secret (RFC 5849 2.1)."""
    step = operation.method.oauth1.request_request_token
    if isinstance(step, Hook):
        members: Mapping[str, Any] = _returned(await operation.call(step), operation)
    else:
        members = await _ask(operation, step, "request token")
        confirmed = text_at(members, "oauth_callback_confirmed").lower() == "true"
        if operation.method.oauth1.callback_confirmed and not confirmed:
            # Without it the service may still speak OAuth 1.0, where a sign-in can be pushed onto somebody.
            raise ServiceError(
                f"{operation.service} did not confirm the address that the browser is to come back to.",
                "If this is how the service works, its definition can say callback_confirmed = false.",
            )
    token = text_at(members, "oauth_token") or text_at(members, "request_token")
    secret = text_at(members, "oauth_token_secret") or text_at(members, "request_token_secret")
    if not token:
        raise ServiceError(f"{operation.service} answered without a request token.")
    return {"request_token": token, "request_token_secret": secret}


async def _authorization_url(operation: Operation) -> str:
    """Where people sign in (RFC 5849 2.2). Raises UnsafeUrlError or DefinitionError."""
    definition, values = operation.method.auth_url, operation.values
    own = {"oauth_token": str(values["request_token"])}
    if not operation.method.oauth1.callback_confirmed:
        own["oauth_callback"] = str(values["callback_url"])  # where OAuth 1.0 took it
    if isinstance(definition, Hook):
        url = check_url(str(await operation.call(definition) or ""), "The sign-in address")
        present = dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))
        if any(present[key] != value for key, value in own.items() if key in present):
            raise UnsafeUrlError("The sign-in address was not opened: it holds a token of its own.")
        return with_parameters(url, {key: value for key, value in own.items() if key not in present})
    if not isinstance(definition, AuthUrl):
        raise DefinitionError(f"The definition of {operation.service} has no sign-in address (auth_url).")
    url = check_url(render_url(definition.url, values), "The sign-in address")
    more = {k: v for k, v in render_pairs(definition.params, values).items() if k not in OAUTH1_PARAMETERS}
    parameters = {k: v for k, v in {**own, **more}.items() if k not in definition.remove}
    return with_parameters(url, {definition.rename.get(k, k): v for k, v in parameters.items()})


def _verifier_from(callback: Mapping[str, str], operation: Operation) -> str:
    """The verifier in the callback's parameters. Raises DeclinedError or ServiceError."""
    service = operation.service
    problem = clean_message(callback.get("oauth_problem", "") or callback.get("error", ""))
    if "denied" in callback or problem in {"user_refused", "permission_denied", "access_denied"}:
        raise DeclinedError(f"The sign-in at {service} was declined.", "Nothing was connected.")
    if problem:
        raise ServiceError(f"{service} refused the sign-in: {problem}.", "Try to sign in again.")
    expected = str(operation.more["request_token"])
    if operation.method.oauth1.pin:
        return callback.get("oauth_verifier", "")  # a person brought it, and nothing else
    if not hmac.compare_digest(callback.get("oauth_token", "").encode(), expected.encode()):
        raise ServiceError(
            f"{service} sent the browser back with the token of another sign-in.",
            "Nothing was connected. Try to sign in again.",
        )
    verifier = callback.get("oauth_verifier", "")
    if operation.method.oauth1.verifier and not verifier:
        raise ServiceError(
            f"{service} sent the browser back without a verifier.",
            "If this is how the service works, its definition can say verifier = false.",
        )
    return verifier


async def _exchange(operation: Operation) -> Credential:
    """The verifier becomes an access token, in one try (RFC 5849 2.3)."""
    step, answer = operation.method.request_access_token, operation.method.token_answer
    if isinstance(step, Hook):
        members: Mapping[str, Any] = _returned(await operation.call(step), operation)
        keep: Mapping[str, str] = {"*": "*"}
    else:
        members = await _ask(operation, step, "access token")
        keep = answer.keep
    token = text_at(members, "oauth_token") or text_at(members, answer.access_token)
    secret = text_at(members, "oauth_token_secret") or text_at(members, "access_token_secret")
    if not token:
        raise ServiceError(f"{operation.service} answered without an access token.")
    standard = {"oauth_token", "oauth_token_secret", answer.access_token, "access_token_secret"}
    wanted = {key: key for key in members if key not in standard} if "*" in keep else keep
    kept = {name: value for name, path in wanted.items() if (value := look_up(members, path)) is not None}
    now = utc_now().replace(microsecond=0)
    seconds = lifetime(members, answer, now)
    return Credential(
        access_token=token,
        expires_in=seconds,
        expires_at=now + timedelta(seconds=seconds) if seconds is not None else None,
        created_at=now,
        extra={**kept, "access_token_secret": secret},
    )


def _returned(result: Any, operation: Operation) -> Mapping[str, Any]:
    if not isinstance(result, Mapping):
        raise DefinitionError(f"The definition of {operation.service} returned no token.")
    return result


async def _ask(operation: Operation, step: TokenRequest | None, what: str) -> Mapping[str, Any]:
    """Sends one signed leg. Raises MisconfiguredClientError, TemporaryError or ServiceError."""
    if step is None:
        raise DefinitionError(f"The definition of {operation.service} has no address for the {what}.")
    values = operation.values
    parameters = {k: v for k, v in render_pairs(step.params, values).items() if k not in step.remove}
    request = Request(
        url=step.url,
        method=step.method,
        headers=step.headers,
        encoding="query" if step.method == "GET" else step.encoding,
    )
    renamed = {step.rename.get(k, k): v for k, v in parameters.items()}
    built = build(operation.client, request, values, parameters=renamed)
    sign(built, operation.inputs, values)
    answer = await send(operation.client, built)
    if passing := passing_failure(answer, operation.service):
        raise passing
    members = _members(answer)
    problem = clean_message(members.get("oauth_problem_advice") or members.get("oauth_problem") or "")
    if answer.ok and not problem:
        return members
    raise _refusal(operation.service, what, problem or error_message(answer), answer.status)


def _members(answer: Answer) -> Mapping[str, Any]:
    """The form-encoded answer, whatever type it says it has; some services send JSON."""
    text = answer.text.strip()
    if text.startswith("{"):
        return answer.members()
    if looks_like_markup(text):
        if answer.ok:
            raise ServiceError(f"{answer.host} answered with a web page instead of a token.")
        return {}
    return dict(parse_qsl(text, keep_blank_values=True))


def _refusal(service: str, what: str, message: str, status: int) -> ConnectorError:
    said = f": {message}" if message else f" (status {status})"
    if what == "request token":
        return MisconfiguredClientError(
            f"{service} does not accept this app{said}.",
            "Check the consumer key, its secret and the callback address in the connector's settings.",
            status=status,
        )
    return ServiceError(
        f"The sign-in could not be verified by {service}{said}.", "Try to sign in again.", status=status
    )


async def revoke(inputs: Inputs, credential: Credential, ports: Ports) -> bool:
    """Sends the definition's own request or calls its function; OAuth 1 itself knows no revocation."""
    step = inputs.method.revoke_access_token
    operation = Operation(with_stored(inputs, credential), ports, credential)
    if step is None:
        return False
    if isinstance(step, Hook):
        return await operation.call(step) is not False
    return await operation.request(step) is not None
