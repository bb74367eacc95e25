"""One connect, refresh, test or revocation: its values, its functions and its requests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

import httpx

from connectors.context import Context, FunctionRefusedError, run_hook
from connectors.credential import Credential
from connectors.definition import Hook, Request, Sign, Step
from connectors.errors import (
    ConnectorError,
    InvalidTokenError,
    ServiceError,
    TemporaryError,
    WrongCredentialsError,
)
from connectors.inputs import Connected, Inputs, secret_values, template_values
from connectors.naming import apply_rule, email_in, fallback_name, identity_in, without_secrets
from connectors.ports import Ports
from connectors.tables import carries_secret, effective_apply
from connectors.templates.template import render
from connectors.templates.text import clean_message
from connectors.wire.answers import Answer
from connectors.wire.digest import answered
from connectors.wire.dpop import bind, is_bound, new_key, proven_again
from connectors.wire.ending import says_ended
from connectors.wire.oauth1_signing import sign
from connectors.wire.passing import asks_to_wait
from connectors.wire.request import RefusedError, build, judge, put_credential, send
from connectors.wire.request_signing import sign_request


class Operation:
    """Carries out the steps of a definition. Lives as long as one operation and keeps nothing after it."""

    def __init__(self, inputs: Inputs, ports: Ports, credential: Credential | None = None) -> None:
        self.inputs = inputs
        self.method = inputs.method
        self.service = inputs.connector.name
        self.client: httpx.AsyncClient = ports.client
        self.choose = ports.choose
        self.credential = credential
        self.more: dict[str, Any] = {}
        self.claims: Mapping[str, Any] = {}  # of an ID token that was checked
        self._scratch: dict[Any, Any] = {}

    @property
    def values(self) -> dict[str, Any]:
        """The names that templates and functions see at this moment."""
        return {**template_values(self.inputs, self.credential), **self.more}

    async def call(self, hook: Hook) -> Any:
        """Runs one of the definition's functions."""
        return await run_hook(
            hook,
            Context(self.values, self.client, self.service, self._scratch, self.authenticate, self.inputs),
        )

    def authenticate(self, request: httpx.Request) -> None:
        """Puts the credential on a request that a function made; for OAuth 1 that of the leg under way."""
        has_token = bool(self.credential and self.credential.access_token)
        if place := effective_apply(self.method, has_token):
            put_credential(request, place, self.values)
        if self.method.type == "oauth":
            sign(request, self.inputs, self.values)
        elif self.method.sign is not None:
            sign_request(request, self.method.sign, self.values)
        if is_bound(self.method, self.values):
            bind(request, self.values)

    def dpop_key(self) -> str:
        """The key that the account's tokens are bound to; a new one while there is none."""
        if not self.values.get("dpop_key"):
            self.more["dpop_key"] = new_key()
        return str(self.values["dpop_key"])

    async def request(
        self, request: Request, *, apply: bool = True, signed: Sign | None = None
    ) -> Answer | None:
        """Sends a request table; None when its address comes out empty (an optional address left blank).

        `signed` is a signature of this request alone, in place of the credential.
        Raises RefusedError, TemporaryError, ServiceError, UnsafeUrlError or InvalidInputError.
        """
        values = self.values
        if not render(request.url, values).strip():
            return None
        built = build(self.client, request, values)
        apply = apply and signed is None
        if signed is not None:
            sign_request(built, signed, values)
        elif apply and not carries_secret(request, self.method):
            self.authenticate(built)
        answer = await send(self.client, built)
        bound = is_bound(self.method, values)
        if bound and proven_again(built, answer.status, answer.headers, self.dpop_key()):
            answer = await send(self.client, built)
        place = effective_apply(self.method, bool(self.credential and self.credential.access_token))
        own = apply and place is not None and not carries_secret(request, self.method)
        if own and place and answered(built, answer.status, answer.headers, place.auth, values):
            answer = await send(self.client, built)
        if waiting := asks_to_wait(answer, self.method, self.service):
            raise waiting
        return judge(answer, self.service, request.success, request.error_path)

    async def step(self, step: Step) -> Any:
        """A request's answer as data, or what the function returned."""
        if isinstance(step, Hook):
            return await self.call(step)
        answer = await self.request(step)
        return None if answer is None else answer.data()

    def is_permanent(self, error: ConnectorError) -> bool:
        """Whether the service said that the credential itself is not valid (any more)."""
        if error.status in self.method.invalid_token_status:
            return True
        if not isinstance(error, RefusedError):
            return False
        worded = error.message in self.method.invalid_token_errors
        return worded or says_ended(error.answer.data_or_none(), self.method)

    @property
    def _refusing_status(self) -> frozenset[int]:
        """While connecting, further statuses that mean: what was typed is wrong."""
        return frozenset({400, 401, 403, 422} if self.method.type in {"pwd", "session"} else {401, 403})

    async def refused(self, error: ConnectorError, *, connecting: bool, login: bool = False) -> NoReturn:
        """Raises what a refusal means: while connecting the input is wrong, later the token has ended.

        `login`: what was refused are the stored values themselves, so 401 ends the account whatever status
        says that a token has ended.
        The definition's `validate_err_callback` may word it.
        """
        if isinstance(error, TemporaryError):
            raise error
        if isinstance(error, FunctionRefusedError) and connecting:
            raise WrongCredentialsError(error.sentence, "Check the values and try again.") from error
        message = error.message if isinstance(error, RefusedError) else ""
        callback = self.method.validate_err_callback
        if isinstance(error, RefusedError) and callback is not None:
            body = error.answer.data_or_none()
            self.more["error"] = {"status": error.status, "body": body, "message": message}
            try:
                message = clean_message(await self.call(callback) or message)
            except ServiceError as worded:
                message = clean_message(worded.sentence)
        if isinstance(error, WrongCredentialsError) and not connecting:
            raise InvalidTokenError(error.sentence, "Sign in again.") from error
        permanent = self.is_permanent(error) or (login and error.status == 401)
        if not permanent and not (connecting and error.status in self._refusing_status):
            if message and isinstance(error, RefusedError):
                raise ServiceError(f"{self.service} said: {message}.", status=error.status) from error
            raise error
        said = f": {message}" if message else ""
        if connecting:
            raise WrongCredentialsError(
                f"{self.service} did not accept what was entered{said}.",
                "Check the values and try again.",
                status=error.status,
            ) from error
        raise InvalidTokenError(
            f"{self.service} no longer accepts the credential of this account{said}.",
            "Sign in again.",
            status=error.status,
        ) from error

    async def profile(self) -> dict[str, Any]:
        """The profile that the definition's request or function gives; empty when it has none."""
        step = self.method.request_profile_info
        if step is None:
            return {}
        data = await self.step(step)
        if data is None:
            return {}
        if isinstance(data, list):
            data = data[0] if data else {}
        if not isinstance(data, Mapping):
            raise ServiceError(
                f"{self.service} answered the profile request with something that is no profile."
            )
        return dict(data)

    async def connected(self, profile: Mapping[str, Any], scope_asked: str = "") -> Connected:
        """Names the account and hands everything back."""
        credential = self.credential or Credential()
        method, inputs = self.method, self.inputs
        about = profile or {
            k: v for k, v in credential.extra.items() if k not in {"id_token", "callback_url"}
        }
        self.more["profile_info"] = about
        secrets = secret_values(inputs, credential)
        sources = (about, credential.extra, inputs.values)
        values = self.values
        rule = method.email_from_profile_info
        email = await apply_rule(rule, sources, values, self.call) if rule else email_in(about)
        name = await apply_rule(method.account_name_from_profile_info, sources, values, self.call)
        rule = method.identity_from_profile_info
        identity = await apply_rule(rule, sources, values, self.call) if rule else identity_in(about)
        return Connected(
            credential=credential,
            name=without_secrets(name or fallback_name(inputs, about, email), secrets),
            email=without_secrets(email, secrets),
            identity=without_secrets(identity, secrets),
            profile=about,
            scope_asked=scope_asked,
            scope_granted=credential.scope,
        )
