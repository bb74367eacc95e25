"""Redirect addresses as they are written: to register them, to send them, to tell whose they are."""

from __future__ import annotations

from urllib.parse import urlsplit

from connectors.definition import Redirect
from connectors.wire.urls import is_loopback, problem_with

HTTPS_PORT = 443


def redirect_text(redirect: Redirect) -> str:
    """A Redirect as the address to register and to send; without a port (RFC 8252 7.3) when any will do.

    https on its own port is written without it, as services have it in their lists.
    """
    port = redirect.ports[0] if redirect.ports else 0
    shown = f":{port}" if port and (redirect.scheme, port) != ("https", HTTPS_PORT) else ""
    return f"{redirect.scheme}://{redirect.host}{shown}{redirect.path}"


def is_elsewhere(uri: str) -> bool:
    """Whether this is an https address of another host, such as services want that refuse this computer's."""
    if problem_with(uri):
        return False
    parts = urlsplit(uri)
    loopback = is_loopback(parts.hostname or "")
    return parts.scheme == "https" and not loopback and not parts.query and not parts.fragment
