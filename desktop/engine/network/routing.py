"""Direct or through a proxy: decided for each request, and never a proxy for this computer."""

from __future__ import annotations

import ssl
import urllib.request

import httpx

from connectors.errors import TemporaryError
from connectors.wire.reach import may_be_private
from desktop.engine.network.addresses import is_local_name
from desktop.engine.network.connecting import CheckedTransport

_SCHEMES = ("http://", "https://")


class RoutedTransport(httpx.AsyncBaseTransport):
    """Sends through the proxy that was set, else the environment's or the system's, else directly."""

    def __init__(self, context: ssl.SSLContext, proxy: str | None = None) -> None:
        self._context = context
        self._proxies = {"all": proxy} if proxy else urllib.request.getproxies()
        self._transports: dict[tuple[str, bool], httpx.AsyncHTTPTransport] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Sends the request by its way. Behind a proxy it is the proxy that looks names up."""
        host = request.url.host
        private = is_local_name(host) or may_be_private(host)
        transport = self._transport(self._proxy_for(request.url), private)
        return await transport.handle_async_request(request)

    async def aclose(self) -> None:
        """Closes the connections of every way."""
        for transport in self._transports.values():
            await transport.aclose()

    def _proxy_for(self, url: httpx.URL) -> str:
        if is_local_name(url.host) or urllib.request.proxy_bypass(url.host):
            return ""
        return self._proxies.get(url.scheme) or self._proxies.get("all") or ""

    def _transport(self, proxy: str, private: bool) -> httpx.AsyncHTTPTransport:
        way = (proxy, private and not proxy)
        if way not in self._transports:
            self._transports[way] = self._connect(*way)
        return self._transports[way]

    def _connect(self, proxy: str, private: bool) -> httpx.AsyncHTTPTransport:
        if not proxy:
            return CheckedTransport(self._context, private=private)
        address = proxy if "://" in proxy else f"http://{proxy}"
        try:
            if not address.lower().startswith(_SCHEMES):
                raise ValueError
            # The context is for an https:// proxy itself; without it httpx would trust other authorities.
            settings = httpx.Proxy(
                address, ssl_context=self._context if address[:5].lower() == "https" else None
            )
            return httpx.AsyncHTTPTransport(verify=self._context, proxy=settings)
        except (ValueError, httpx.InvalidURL):
            raise TemporaryError(
                "The proxy that is set cannot be used: its address has to begin with http:// or https://.",
                "Check HTTPS_PROXY or the system's network settings.",
            ) from None
