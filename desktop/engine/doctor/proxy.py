"""Which way do requests take, and does the proxy answer?"""

from __future__ import annotations

import socket
import urllib.request
from urllib.parse import urlsplit

from desktop.engine.doctor.finding import Finding, Situation

_PATIENCE = 3.0  # seconds
_HINT = "Check HTTPS_PROXY and HTTP_PROXY, or the system's network settings."
_DEFAULT_PORTS = {"http": 80, "https": 443}


def look(_situation: Situation) -> Finding:
    """The proxy for https, which is what services are reached by. Requests to this computer never use one."""
    proxies = urllib.request.getproxies()
    address = proxies.get("https") or proxies.get("all") or ""
    if not address:
        return _finding("ok", "Services are reached directly, without a proxy.")
    try:
        parts = urlsplit(address if "://" in address else f"http://{address}")
        host, port = parts.hostname or "", parts.port or _DEFAULT_PORTS.get(parts.scheme, 0)
    except ValueError:
        host, port = "", 0
    if not host or not port:
        return _finding(
            "problem",
            "The proxy that is set cannot be used: its address has to begin with http:// or https://.",
            _HINT,
        )
    try:
        socket.create_connection((host, port), timeout=_PATIENCE).close()
    except OSError as error:
        reason = (error.strerror or "it did not answer in time").lower()
        return _finding("problem", f"The proxy {host}:{port} cannot be reached: {reason}.", _HINT)
    return _finding("ok", f"Services are reached through the proxy {host}:{port}, which answers.")


def _finding(outcome: str, sentence: str, hint: str = "") -> Finding:
    good = outcome == "ok"
    return Finding(
        check="proxy", title="Proxy", outcome="ok" if good else "problem", sentence=sentence, hint=hint
    )
