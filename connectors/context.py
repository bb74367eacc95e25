"""What a definition's own function is given, and how it is called."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import httpx

from connectors import errors
from connectors.definition import Hook
from connectors.errors import ConnectorError, DefinitionError, ServiceError
from connectors.inputs import Inputs
from connectors.templates.text import clean_message, did_you_mean
from connectors.wire.answers import Answer
from connectors.wire.request import judge, send
from connectors.worker.runner import ShutIn

_MISTAKES = (NameError, TypeError, AttributeError, LookupError, ImportError, ArithmeticError, AssertionError)


class FunctionRefusedError(ServiceError):
    """A definition's function raised an exception of its own: its way to say no."""


class Context:
    """The values of the form, the settings, the token and the profile as attributes.

    `scratch` is a dictionary of one operation (one connect, one refresh); nothing in it outlives that.
    """

    InvalidTokenError = errors.InvalidTokenError
    ServiceError = errors.ServiceError
    TemporaryError = errors.TemporaryError

    def __init__(
        self,
        values: Mapping[str, Any],
        client: httpx.AsyncClient,
        service: str,
        scratch: dict[Any, Any],
        authenticate: Callable[[httpx.Request], None],
        inputs: Inputs | None = None,
    ) -> None:
        self._values = values
        self._client = client
        self._service = service
        self._authenticate = authenticate
        self._inputs = inputs  # for a worker's requests: the hosts that they may go to
        self.scratch = scratch

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self._values[name]
        except KeyError:
            hint = did_you_mean(name, self._values)
            raise AttributeError(f"the context has no “{name}”.{hint}") from None

    def get(self, name: str, default: Any = "") -> Any:
        """A value that may be missing."""
        return self._values.get(name, default)

    async def http_request(
        self,
        method: str,
        url: str,
        *,
        raise_for_status: bool = True,
        authenticate: bool = False,
        **options: Any,
    ) -> Answer:
        """Sends a request; `options` are httpx's (`headers`, `params`, `json`, `data`, `auth`).

        With `authenticate` it carries the credential as the definition's own requests do; for OAuth 1 it is
        signed for the step that is under way.

        Returns the answer (`status`, `headers`, `text`, `json()`). A status other than 200-299 raises, so
        that a function that ends without an exception means success.
        """
        auth = options.pop("auth", None)
        request = self._client.build_request(method, url, **options)
        request.headers.setdefault("Accept", "application/json")
        if auth is not None:
            user, password = auth
            request = next(httpx.BasicAuth(user, password).auth_flow(request))
        if authenticate:
            self._authenticate(request)
        answer = await send(self._client, request)
        return judge(answer, self._service) if raise_for_status else answer


class Inside(NamedTuple):
    """What a context holds, for functions that do not run in Python."""

    values: Mapping[str, Any]
    client: httpx.AsyncClient
    service: str
    scratch: dict[Any, Any]
    inputs: Inputs | None = None


def inside(context: Context) -> Inside:
    """The parts of a context. A method of that name would hide a form field of the same name."""
    return Inside(context._values, context._client, context._service, context.scratch, context._inputs)


async def run_hook(hook: Hook, context: Context) -> Any:
    """Calls a definition's function. What it raises becomes a ConnectorError with a sentence.

    A plain function runs on a worker thread, so that it cannot hold up the others.
    """
    try:
        if inspect.iscoroutinefunction(hook.call) or isinstance(hook.call, ShutIn):
            return await hook.call(context)
        result = await asyncio.to_thread(hook.call, context)
        return await result if inspect.isawaitable(result) else result
    except ConnectorError:
        raise
    except _MISTAKES as error:
        raise DefinitionError(
            f"The function “{hook.name}” of the definition failed ({type(error).__name__}): "
            f"{clean_message(error)}.",
            "This is a mistake in the definition, not in what you typed.",
        ) from error
    except (Exception, SystemExit) as error:
        # An exception is how a function says no; its message is meant for the person.
        sentence = clean_message(error) or f"The function “{hook.name}” refused without saying why"
        raise FunctionRefusedError(f"{sentence}.") from error
