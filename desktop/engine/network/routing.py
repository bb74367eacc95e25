"""Direct or through a proxy: decided for each request, and never a proxy for this computer."""

from __future__ import annotations

import ssl
import urllib.request

import httpx

from connectors.errors import TemporaryError
from connectors.wire.presenting import Presented, presented
from connectors.wire.reach import may_be_private
from desktop.engine.network.addresses import is_local_name
from desktop.engine.network.connecting import CheckedTransport
from desktop.engine.network.presenting import CertificateWays, TakenStream

Transports = dict[tuple[str, bool], httpx.AsyncHTTPTransport]
_SCHEMES = ("http://", "https://")


class RoutedTransport(httpx.AsyncBaseTransport):
    """Sends through the proxy that was set, else the environment's or the system's, else directly."""

    def __init__(
        self, context: ssl.SSLContext, proxy: str | None = None, certificates: CertificateWays | None = None
    ) -> None:
        self._context = context
        self._certificates = certificates
        self._proxies = {"all": proxy} if proxy else urllib.request.getproxies()
        self._transports: Transports = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Sends the request by its way. Behind a proxy it is the proxy that looks names up."""
        host = request.url.host
        private = is_local_name(host) or may_be_private(host)
        proxy = self._proxy_for(request.url)
        certificate = presented() if request.url.scheme == "https" else None
        if certificate is not None and self._certificates is not None:
            return await self._present(request, certificate, self._certificates, proxy, private)
        return await self._transport(self._transports, proxy, private).handle_async_request(request)

    async def aclose(self) -> None:
        """Closes the connections of every way."""
        for transport in self._transports.values():
            await transport.aclose()

    def _proxy_for(self, url: httpx.URL) -> str:
        if is_local_name(url.host) or urllib.request.proxy_bypass(url.host):
            return ""
        return self._proxies.get(url.scheme) or self._proxies.get("all") or ""

    async def _present(
        self,
        request: httpx.Request,
        certificate: Presented,
        certificates: CertificateWays,
        proxy: str,
        private: bool,
    ) -> httpx.Response:
        way = await certificates.take(certificate)
        try:
            transport = self._transport(way.transports, proxy, private, way.context)
            response = await transport.handle_async_request(request)
        except BaseException:
            await way.release()
            raise
        assert isinstance(response.stream, httpx.AsyncByteStream)
        response.stream = TakenStream(response.stream, way)
        return response

    def _transport(
        self,
        transports: Transports,
        proxy: str,
        private: bool,
        context: ssl.SSLContext | None = None,
    ) -> httpx.AsyncHTTPTransport:
        way = (proxy, private and not proxy)
        if way not in transports:
            transports[way] = self._connect(*way, context or self._context)
        return transports[way]

    def _connect(self, proxy: str, private: bool, context: ssl.SSLContext) -> httpx.AsyncHTTPTransport:
        if not proxy:
            return CheckedTransport(context, private=private)
        address = proxy if "://" in proxy else f"http://{proxy}"
        try:
            if not address.lower().startswith(_SCHEMES):
                raise ValueError
            # The context is for an https:// proxy itself; without it httpx would trust other authorities.
            settings = httpx.Proxy(
                address, ssl_context=self._context if address[:5].lower() == "https" else None
            )
            return httpx.AsyncHTTPTransport(verify=context, proxy=settings)
        except (ValueError, httpx.InvalidURL):
            raise TemporaryError(
                "The proxy that is set cannot be used: its address has to begin with http:// or https://.",
                "Check HTTPS_PROXY or the system's network settings.",
            ) from None
