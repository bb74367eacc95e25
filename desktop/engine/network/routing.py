"""Direct or through a proxy: decided for each request, and never a proxy for this computer."""

from __future__ import annotations

import ssl
import urllib.request

import httpx

from connectors.errors import TemporaryError
from desktop.engine.network.addresses import is_local_name

_SCHEMES = ("http://", "https://")


class RoutedTransport(httpx.AsyncBaseTransport):
    """Sends through the proxy that was set, else the environment's or the system's, else directly."""

    def __init__(self, context: ssl.SSLContext, proxy: str | None = None) -> None:
        self._context = context
        self._proxies = {"all": proxy} if proxy else urllib.request.getproxies()
        self._transports: dict[str, httpx.AsyncHTTPTransport] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Sends the request by its way."""
        return await self._transport(self._proxy_for(request.url)).handle_async_request(request)

    async def aclose(self) -> None:
        """Closes the connections of every way."""
        for transport in self._transports.values():
            await transport.aclose()

    def _proxy_for(self, url: httpx.URL) -> str:
        if is_local_name(url.host) or urllib.request.proxy_bypass(url.host):
            return ""
        return self._proxies.get(url.scheme) or self._proxies.get("all") or ""

    def _transport(self, proxy: str) -> httpx.AsyncHTTPTransport:
        if proxy not in self._transports:
            self._transports[proxy] = self._connect(proxy)
        return self._transports[proxy]

    def _connect(self, proxy: str) -> httpx.AsyncHTTPTransport:
        if not proxy:
            return httpx.AsyncHTTPTransport(verify=self._context)
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
