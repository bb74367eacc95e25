"""The last look before a connection is made: where does the name lead, and may this operation go there?"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Iterable
from typing import Any

import httpcore
import httpx

from connectors.errors import UnsafeUrlError
from connectors.wire.networks import IPAddress, is_never_contacted, is_private, plain_address

TYPED_HINT = (
    "If the service is meant to be there, enter its address where the form or the connector's settings "
    "ask for one, or say local = true in its definition."
)


class CheckedTransport(httpx.AsyncHTTPTransport):
    """Connects directly, and only to addresses that are allowed; to `private` ones only if that is said.

    Each has connections of its own, so that what one operation may reach is not handed to another.
    """

    def __init__(self, context: ssl.SSLContext, *, private: bool) -> None:
        super().__init__(verify=context)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=context,
            max_connections=100,
            max_keepalive_connections=20,
            keepalive_expiry=5.0,
            network_backend=_Checked(private=private),
        )


class _Checked(httpcore.AsyncNetworkBackend):
    def __init__(self, *, private: bool) -> None:
        self._private = private
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the library's own interface
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Looks the name up and refuses it, or connects and looks again: names can change in between."""
        for address in await _addresses(host, port, timeout):
            self._check(host, address)
        stream = await self._inner.connect_tcp(host, port, timeout, local_address, socket_options)
        reached = stream.get_extra_info("server_addr")
        try:
            self._check(host, ipaddress.ip_address(str(reached[0]).split("%")[0]))
        except BaseException:
            await stream.aclose()
            raise
        return stream

    async def sleep(self, seconds: float) -> None:
        """Between tries; none are made."""
        await self._inner.sleep(seconds)

    def _check(self, host: str, address: IPAddress) -> None:
        plain = plain_address(address)
        where = "" if host.strip("[]") == str(address) else f" leads to {address}, which"
        if is_never_contacted(plain):
            raise UnsafeUrlError(
                f"{host}{where} is a link-local address, which is never contacted. Nothing was sent."
            )
        if is_private(plain) and not self._private:
            raise UnsafeUrlError(
                f"{host}{where} is in a private network, and nobody typed it. Nothing was sent.", TYPED_HINT
            )


async def _addresses(host: str, port: int, patience: float | None) -> list[IPAddress]:
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(patience):
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except TimeoutError as error:
        raise httpcore.ConnectTimeout(str(error)) from error
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError(str(error)) from error
    return [ipaddress.ip_address(str(address[0]).split("%")[0]) for *_, address in found]
