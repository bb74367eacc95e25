"""The one factory of HTTP clients. What every request of the application obeys is decided here.

No redirect is followed, no cookie is kept between requests, a whole request has one deadline, an answer has a
cap that also holds after decompression, http:// stays on this computer, and loopback never goes to a proxy.
"""

from __future__ import annotations

import asyncio
import ssl
import zlib
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from typing import Any

import httpx

from connectors.errors import ConnectorError, ServiceError, TemporaryError, UnsafeUrlError
from connectors.wire.reach import may_be_private
from desktop import __version__
from desktop.engine.network.addresses import is_forbidden, is_loopback, is_private
from desktop.engine.network.connecting import TYPED_HINT
from desktop.engine.network.decoding import BodyTooLargeError, decoder_for
from desktop.engine.network.errors import explain_network
from desktop.engine.network.presenting import CertificateWays
from desktop.engine.network.routing import RoutedTransport

AUTH_BODY_LIMIT = 1024 * 1024  # bytes, for every step of signing in
REQUEST_BODY_LIMIT = 10 * 1024 * 1024  # bytes, for a plain request with a credential; the rest is left
DOCUMENT_BODY_LIMIT = 64 * 1024 * 1024  # bytes, for an imported description of a service
HEADER_LIMIT = 16 * 1024  # bytes
DEADLINE = 30.0  # seconds, for a whole request
DOCUMENT_DEADLINE = 300.0  # for 64 MB over a slow line; whoever waits can cancel
CUT = "jackfield_cut"  # extension of an answer whose body was left unread: the whole's bytes, if known
_OF_THE_WAY = (b"content-encoding", b"transfer-encoding", b"content-length")


def make_client(
    *,
    ca_file: Path | None = None,
    proxy: str | None = None,
    body_limit: int = AUTH_BODY_LIMIT,
    cut_bodies: bool = False,
    deadline: float = DEADLINE,
    certificates: CertificateWays | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
) -> httpx.AsyncClient:
    """An HTTP client for services.

    `ca_file` is trusted besides the system's authorities; `proxy` goes before the environment's and the
    system's; `body_limit` is in bytes, `deadline` in seconds. A request raises UnsafeUrlError (nothing was
    sent), TemporaryError (network) or ServiceError (an answer that cannot be taken). With `cut_bodies` a
    body beyond the limit is no error: its beginning is handed back, and the extension `CUT` is set. With
    `certificates` an operation may present one of its own.
    """
    inner = transport or RoutedTransport(tls_context(ca_file), proxy, certificates)
    return _Client(
        transport=GuardedTransport(inner, body_limit=body_limit, deadline=deadline, cut_bodies=cut_bodies),
        trust_env=False,
        follow_redirects=False,
        max_redirects=1,  # the library counts the answer to a challenge (Digest, a DPoP nonce) as one
        # Name, connection and handshake give up by themselves, well before the deadline cuts in: the library
        # leaves its socket behind when it is cancelled in the middle of a handshake.
        timeout=httpx.Timeout(min(deadline, DEADLINE), connect=min(deadline, DEADLINE) / 3),
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        headers={"User-Agent": f"Jackfield/{__version__}", "Accept-Encoding": "gzip, deflate"},
    )


class _Client(httpx.AsyncClient):
    """Follows no redirect, whoever asks for it."""

    async def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        if options.get("follow_redirects") is True:
            raise httpx.TooManyRedirects("No redirect is followed.", request=request)
        return await super().send(request, **options)


def tls_context(ca_file: Path | None = None) -> ssl.SSLContext:
    """The system's trust store, TLS 1.2 or newer, and the person's own authorities on top."""
    import truststore

    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca_file is not None:
        try:
            context.load_verify_locations(cafile=str(ca_file))
        except (OSError, ssl.SSLError) as error:
            reason = (
                error.strerror
                if isinstance(error, FileNotFoundError | PermissionError)
                else "no certificate in it"
            )
            raise ServiceError(
                f"The file of your own certificate authorities, {ca_file}, cannot be used: {reason}.",
                "Choose a PEM file with the authority's certificate, or leave the setting empty.",
            ) from error
    return context


class GuardedTransport(httpx.AsyncBaseTransport):
    """Holds one request to the rules, whatever transport carries it."""

    def __init__(
        self, inner: httpx.AsyncBaseTransport, *, body_limit: int, deadline: float, cut_bodies: bool = False
    ) -> None:
        self._inner = inner
        self._body_limit = body_limit
        self._cut_bodies = cut_bodies
        self._deadline = deadline

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Sends, reads and decodes the whole answer."""
        check_target(request.url)
        try:
            async with asyncio.timeout(self._deadline):
                return await self._exchange(request)
        except ConnectorError:
            raise
        except TimeoutError:
            raise TemporaryError(
                f"{request.url.host} did not answer in full within {self._deadline:g} seconds.",
                "Try again in a while.",
            ) from None
        except (httpx.TransportError, ssl.SSLError) as error:
            # The library's own text may quote a header, so it is not kept as the cause.
            raise explain_network(error, request.url) from None

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._inner.aclose()

    async def _exchange(self, request: httpx.Request) -> httpx.Response:
        host = request.url.host
        response = await self._inner.handle_async_request(request)
        try:
            if sum(len(name) + len(value) for name, value in response.headers.raw) > HEADER_LIMIT:
                raise ServiceError(
                    f"{host} sent more than {HEADER_LIMIT // 1024} KiB of headers; they were not read."
                )
            body, cut = await self._read(response, host)
        finally:
            await response.aclose()
        headers = response.headers.raw
        if request.method != "HEAD":  # there the length is the answer's own, and nothing was unpacked
            headers = [(name, value) for name, value in headers if name.lower() not in _OF_THE_WAY]
            if not cut:
                headers.append((b"Content-Length", str(len(body)).encode()))
        return httpx.Response(
            response.status_code,
            headers=headers,
            stream=httpx.ByteStream(body),
            extensions=response.extensions | ({CUT: _told_size(response)} if cut else {}),
        )

    async def _read(self, response: httpx.Response, host: str) -> tuple[bytes, bool]:
        """The body, unpacked, and whether there was more of it."""
        decoder = decoder_for(
            response.headers.get_list("content-encoding", split_commas=True), self._body_limit
        )
        if decoder is None:
            raise ServiceError(f"{host} packed its answer in a way that was not asked for.")
        assert isinstance(response.stream, httpx.AsyncByteStream)
        try:
            async for chunk in response.stream:
                decoder.feed(chunk)
            return decoder.finish(), False
        except BodyTooLargeError:
            if self._cut_bodies:
                return decoder.taken, True
            raise ServiceError(
                f"The answer of {host} is larger than {_size(self._body_limit)}; it was not read further.",
                status=response.status_code,
            ) from None
        except (zlib.error, EOFError):
            raise ServiceError(
                f"The answer of {host} could not be unpacked: it is damaged or broke off.",
                status=response.status_code,
            ) from None


def _told_size(response: httpx.Response) -> int | None:
    """The bytes of a body, as its head says them; packed they are another number."""
    told = response.headers.get("content-length", "")
    return int(told) if told.isdecimal() and "content-encoding" not in response.headers else None


def check_target(url: httpx.URL) -> None:
    """Refuses an address that must not be sent anything, before anything is sent. Raises UnsafeUrlError."""
    host = url.host
    if url.scheme not in ("http", "https") or not host:
        raise UnsafeUrlError(
            "That is not a web address, so nothing was sent.", "It has to begin with https://."
        )
    if is_forbidden(host):
        raise UnsafeUrlError(f"{host} is a link-local address, which is never contacted. Nothing was sent.")
    if url.scheme == "http" and not is_loopback(host):
        raise UnsafeUrlError(
            f"{host} would be contacted without encryption, so nothing was sent.",
            "Use its https:// address. Plain http:// is only for servers on this computer.",
        )
    if is_private(host) and not is_loopback(host) and not may_be_private(host):
        raise UnsafeUrlError(
            f"{host} is in a private network, and nobody typed it. Nothing was sent.", TYPED_HINT
        )


def _size(limit: int) -> str:
    return f"{limit // (1024 * 1024)} MiB" if limit >= 1024 * 1024 else f"{limit} bytes"
