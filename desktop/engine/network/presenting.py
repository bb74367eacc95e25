"""Connections that present a certificate of the client's own: apart for each, a few at a time.

Python's `ssl` takes a certificate and its key from files alone. The key never lies on a disk in the clear: it
is sealed under a password that exists for that moment only, in a folder that nobody else may enter.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import ssl
import tempfile
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import httpx

from connectors.errors import InvalidInputError
from connectors.wire.certificates import ClientCertificate
from connectors.wire.presenting import Presented

MOST = 8  # certificates whose connections are kept


def load_certificate(context: ssl.SSLContext, certificate: ClientCertificate) -> None:
    """Has `context` present the certificate. Raises InvalidInputError where OpenSSL refuses it."""
    from cryptography.hazmat.primitives.serialization import (
        BestAvailableEncryption,
        Encoding,
        PrivateFormat,
    )

    password = secrets.token_hex(32)
    sealed = certificate.key.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(password.encode())
    )
    with tempfile.TemporaryDirectory(prefix="jackfield-") as folder:
        path = Path(folder, "client.pem")
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(certificate.chain + sealed)
        try:
            context.load_cert_chain(path, password=password)
        except ssl.SSLError as error:
            reason = (error.reason or "no reason given").replace("_", " ").lower()
            raise InvalidInputError(
                f"The client certificate cannot be used: {reason}.", "Ask the service for another one."
            ) from None


class Way:
    """The connections of one certificate, by proxy and by what they may reach."""

    def __init__(self, context: ssl.SSLContext, ends: datetime) -> None:
        self.context = context
        self.ends = ends
        self.transports: dict[tuple[str, bool], httpx.AsyncHTTPTransport] = {}
        self._users = 0
        self._retired = False

    def take(self) -> None:
        """Somebody sends by this way, until `release`."""
        self._users += 1

    async def release(self) -> None:
        """The answer was read. The last one out of a way that nobody may take any more closes it."""
        self._users -= 1
        await self._close_if_left()

    async def retire(self) -> None:
        """Closes the connections, as soon as none is in use."""
        self._retired = True
        await self._close_if_left()

    async def _close_if_left(self) -> None:
        if self._retired and not self._users:
            while self.transports:
                _, transport = self.transports.popitem()
                await transport.aclose()


class CertificateWays:
    """The ways by certificate; the one that was not used for longest goes first."""

    def __init__(self, make_context: Callable[[], ssl.SSLContext]) -> None:
        self._make_context = make_context
        self._ways: OrderedDict[bytes, Way] = OrderedDict()
        self._lock = asyncio.Lock()

    def __len__(self) -> int:
        return len(self._ways)

    async def take(self, presented: Presented) -> Way:
        """The way of this certificate, taken. Raises InvalidInputError or MisconfiguredClientError."""
        async with self._lock:
            way = self._ways.get(presented.digest)
            if way is None or way.ends <= datetime.now(UTC):
                fresh = await asyncio.to_thread(self._open, presented)  # says so where it has expired
                if way is not None:
                    await way.retire()
                self._ways[presented.digest] = way = fresh
            self._ways.move_to_end(presented.digest)
            way.take()
            while len(self._ways) > MOST:
                _, oldest = self._ways.popitem(last=False)
                await oldest.retire()
            return way

    async def forget(self) -> None:
        """No certificate is kept any more; what is under way is closed as it ends."""
        ways, self._ways = self._ways, OrderedDict()
        for way in ways.values():
            await way.retire()

    def _open(self, presented: Presented) -> Way:
        certificate = presented.load()
        context = self._make_context()
        load_certificate(context, certificate)
        return Way(context, certificate.ends)


class TakenStream(httpx.AsyncByteStream):
    """An answer that gives its way back once it was read."""

    def __init__(self, inner: httpx.AsyncByteStream, way: Way) -> None:
        self._inner = inner
        self._way = way

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._inner:
            yield chunk

    async def aclose(self) -> None:
        """Closes the answer, then the way if nobody needs it any more."""
        try:
            await self._inner.aclose()
        finally:
            await self._way.release()
