"""The ports that a method is given, and nothing else: an HTTP client, a browser, and somebody to ask."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Literal, Protocol

import msgspec

from connectors.definition import Choice

if TYPE_CHECKING:
    import httpx  # the events know a Stage from here, and a window that starts needs no HTTP yet

Stage = Literal["form", "browser", "device", "exchange", "choose", "profile", "test", "done"]


# A `state` that begins so: the browser never comes back, the person types in what the service shows.
PIN_STATE = "pin-"


# Another address for the same sign-in.
Renew = Callable[[], Awaitable[str]]


class Browser(Protocol):
    """The person's own browser and the listener that hears it come back."""

    @property
    def redirect_uri(self) -> str:
        """The exact address to send as redirect_uri. The listener is bound before this can be read."""

    async def authorize(self, url: str, state: str, renew: Renew | None = None) -> Mapping[str, str]:
        """Opens `url` and returns the callback's parameters, once, after `state` was matched.

        `renew` gives another address of the same sign-in, where each is good for being opened once.

        Raises UnsafeUrlError, AttemptTimedOutError, CancelledAttemptError. An `error` parameter is
        returned like any other: what it means is the method's business.
        """


# Asks the person for one of several: a title and the options; the value of the chosen one comes back.
Chooser = Callable[[str, tuple[Choice, ...]], Awaitable[str]]


def listed(options: Iterable[Choice]) -> str:
    """The options as people read them: `Site one (1a2b), Site two (3c4d)`."""
    return ", ".join(o.label if o.label == o.value else f"{o.label} ({o.value})" for o in options)


class DeviceCode(msgspec.Struct, frozen=True, kw_only=True):
    """What people need to sign in on another device (RFC 8628 3.3)."""

    user_code: str
    verification_uri: str  # where it is entered
    link: str  # the same with the code in it, where the service offers that
    deadline: datetime  # UTC


class Ports(msgspec.Struct, frozen=True):
    """What a method works with. `stage` tells the person how far it is."""

    client: httpx.AsyncClient
    browser: Browser | None = None
    choose: Chooser | None = None
    show_code: Callable[[DeviceCode], None] | None = None
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep  # waits so many seconds


class Progress(Protocol):
    """Told when a connect moves on."""

    def __call__(self, stage: Stage) -> None: ...
