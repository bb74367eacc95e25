"""Which hosts of a private network an operation may reach: those that the person typed, and no others.

A definition is somebody else's text, and so is what a service answers. Neither may point the app at the
router, the printer or the company's own servers.
"""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import urlsplit

from connectors.credential import Credential
from connectors.definition import Field
from connectors.inputs import Inputs, with_stored

P = ParamSpec("P")
R = TypeVar("R")
# What a select or a hidden field holds is the definition's own text.
_TYPED = ("text", "textarea", "password")
# None: every host, because the definition says that it is for the own network.
_reach: ContextVar[frozenset[str] | None] = ContextVar("reach", default=frozenset())


def may_be_private(host: str) -> bool:
    """Whether the operation at work may reach this host although it is in a private network."""
    reach = _reach.get()
    return reach is None or _plain(host) in reach


def typed_hosts(inputs: Inputs) -> frozenset[str]:
    """The hosts that a person wrote into the form or the settings; a default is nobody's typing."""
    fields = {field.key: field for field in (*inputs.connector.settings, *inputs.method.fields)}
    found: set[str] = set()
    for source in (inputs.settings, inputs.values):
        for key, value in source.items():
            if _is_typed(fields.get(key), value):
                found |= _hosts_in(value)
    return frozenset(found)


@contextmanager
def reaching(inputs: Inputs | None, *addresses: str) -> Iterator[None]:
    """In the block the hosts that were typed may be private: those of `inputs` and of `addresses`."""
    hosts = frozenset(host for address in addresses for host in _hosts_in(address))
    everything = inputs is not None and inputs.connector.local
    token = _reach.set(None if everything else hosts | (typed_hosts(inputs) if inputs else frozenset()))
    try:
        yield
    finally:
        _reach.reset(token)


def within_reach(
    step: Callable[Concatenate[Inputs, P], Awaitable[R]],
) -> Callable[Concatenate[Inputs, P], Coroutine[Any, Any, R]]:
    """An operation that reaches private hosts only if they were typed for it, now or earlier."""

    @functools.wraps(step)
    async def within(inputs: Inputs, /, *args: P.args, **kwargs: P.kwargs) -> R:
        stored = next((one for one in args if isinstance(one, Credential)), None)
        with reaching(with_stored(inputs, stored) if stored else inputs):
            return await step(inputs, *args, **kwargs)

    return within


def _is_typed(field: Field | None, value: str) -> bool:
    if field is None:  # a setting that every connector has
        return True
    return field.type in _TYPED and value.strip() != field.default.strip()


def _hosts_in(value: str) -> set[str]:
    text = value.strip()
    if not text or any(character.isspace() for character in text):
        return set()
    try:
        host = urlsplit(text if "://" in text else f"//{text}").hostname
    except ValueError:
        return set()
    return {_plain(host)} if host else set()


def _plain(host: str) -> str:
    bare = host.strip("[]").rstrip(".").lower()
    try:
        return bare if bare.isascii() else bare.encode("idna").decode("ascii")
    except UnicodeError:
        return bare
