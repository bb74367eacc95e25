"""Which certificate of the client's own an operation presents (mutual TLS, RFC 8705).

Whoever opens connections asks `presented`; the private key is parsed there, once, and not for every request.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Concatenate, ParamSpec, TypeVar

from connectors.credential import Credential
from connectors.definition import Tls
from connectors.errors import ConnectorError, InvalidInputError, MisconfiguredClientError
from connectors.inputs import Inputs, template_values, with_stored
from connectors.templates.template import names_in, render
from connectors.wire.certificates import ClientCertificate, UnusableError, client_certificate, holder_of

P = ParamSpec("P")
R = TypeVar("R")


class Presented:
    """A certificate with its key as they were typed in. `digest` tells one from another."""

    def __init__(self, inputs: Inputs, tls: Tls, texts: tuple[str, str, str]) -> None:
        self._inputs = inputs
        self._tls = tls
        self._texts = texts
        self.digest = hashlib.sha256("\0".join(texts).encode("utf-8", "surrogatepass")).digest()

    @property
    def holder(self) -> str:
        """Whom the certificate names, as far as that can be read without a password."""
        return holder_of(self._texts[0])

    def load(self) -> ClientCertificate:
        """Checks and parses them. Takes a while where a password protects the key.

        Raises InvalidInputError with `fields` where the form asked for them, MisconfiguredClientError where
        they are the connector's settings.
        """
        try:
            return client_certificate(*self._texts)
        except UnusableError as error:
            raise self._explained(error) from None

    def _explained(self, error: UnusableError) -> ConnectorError:
        read = names_in(getattr(self._tls, error.part)) or names_in(self._tls.certificate)
        asked = next((field.key for field in self._inputs.method.fields if field.key in read), None)
        if asked is None:
            return MisconfiguredClientError(
                error.sentence, "Correct it in the connector's settings. Nothing was sent."
            )
        return InvalidInputError(
            error.sentence,
            "Sign in again with another one. Nothing was sent.",
            fields={asked: error.sentence},
        )


_presented: ContextVar[Presented | None] = ContextVar("presented", default=None)


def presented() -> Presented | None:
    """What the operation at work presents, if anything."""
    return _presented.get()


def presented_by(inputs: Inputs) -> Presented | None:
    """What an account's method presents; nothing where it has no `[tls]`, or no certificate was entered."""
    tls = inputs.method.tls
    if tls is None:
        return None
    values = template_values(inputs)
    texts = (
        render(tls.certificate, values),
        render(tls.private_key, values),
        render(tls.private_key_password, values),
    )
    return Presented(inputs, tls, texts) if texts[0].strip() else None


@contextmanager
def presenting(inputs: Inputs) -> Iterator[None]:
    """In the block connections are made with the certificate of these inputs, if they have one."""
    token = _presented.set(presented_by(inputs))
    try:
        yield
    finally:
        _presented.reset(token)


def with_certificate(
    step: Callable[Concatenate[Inputs, P], Awaitable[R]],
) -> Callable[Concatenate[Inputs, P], Coroutine[Any, Any, R]]:
    """An operation that presents the certificate of its inputs, or the one stored with the account."""

    @functools.wraps(step)
    async def presents(inputs: Inputs, /, *args: P.args, **kwargs: P.kwargs) -> R:
        stored = next((one for one in args if isinstance(one, Credential)), None)
        with presenting(with_stored(inputs, stored) if stored else inputs):
            return await step(inputs, *args, **kwargs)

    return presents
