"""Which addresses may be sent a secret or be opened in a browser, and how values stand in them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from connectors.errors import InvalidInputError, UnsafeUrlError
from connectors.templates.filters import Encoded
from connectors.templates.template import render
from connectors.templates.text import clean
from connectors.wire.networks import host_address, is_metadata_name, is_never_contacted

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
_HOST_SAFE = ".-_~:[]"
_ABSOLUTE = re.compile(r"^[a-zA-Z][a-zA-Z0-9+.-]*:")


def is_loopback(host: str) -> bool:
    """Whether a literal host is this machine."""
    return host.strip("[]").lower() in LOOPBACK_HOSTS


def problem_with(url: str) -> str:
    """Why the address must not be used; empty when it may. https anywhere, http only on loopback."""
    if not url:
        return "it is empty"
    if any(c.isspace() or ord(c) < 32 or ord(c) == 127 for c in url) or "\\" in url:
        return "it holds characters that no web address has"
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        return "it is not a web address"
    if parts.scheme not in {"https", "http"}:
        return f"it begins with “{parts.scheme}:”" if parts.scheme else "it does not begin with https://"
    if not host:
        return "it names no host"
    if "%" in host:
        return "its host name holds characters that no host has"
    if parts.username is not None or parts.password is not None:
        return "it holds a user name"
    if parts.scheme == "http" and not is_loopback(host):
        return "it is not encrypted (http); only https is accepted, except on this computer"
    # Cloud machines serve their own credentials on link-local addresses.
    address = host_address(host)
    never = is_metadata_name(host) or (address is not None and is_never_contacted(address))
    return "it is a link-local address" if never else ""


_HINT = "Check the connector's definition and its settings."


def check_url(url: str, what: str = "The address", hint: str = _HINT) -> str:
    """Returns the URL, or raises UnsafeUrlError that says why it is refused."""
    if reason := problem_with(url):
        shown = url.split("?", 1)[0][:80]
        raise UnsafeUrlError(f"{what} “{shown}” was not used: {reason}.", hint)
    return url


def _encode(before: str, value: str) -> str:
    if not before:
        # The value is the beginning of the address: a base URL that somebody typed or the service gave.
        return value.strip() if _ABSOLUTE.match(value.strip()) else quote(value.strip(), safe="/:%?=&.-_~")
    if isinstance(value, Encoded):
        return value
    scheme_end = before.find("://")
    rest = before[scheme_end + 3 :] if scheme_end >= 0 else before
    if scheme_end >= 0 and not re.search(r"[/?#]", rest):
        return quote(value.strip(), safe=_HOST_SAFE)
    encoded = quote(value, safe="")
    # A dot segment would climb out of the path that the definition names.
    return encoded.replace(".", "%2E") if value in {".", ".."} else encoded


def render_url(template: str, values: Mapping[str, Any]) -> str:
    """Fills the template of an address; every value is percent-encoded for the place where it stands."""
    url = render(template, values, _encode).strip()
    if _ABSOLUTE.match(url) and "%" in (url.split("://", 1)[-1].split("/", 1)[0]):
        raise InvalidInputError(
            f"“{clean(unquote(url.split('://', 1)[-1].split('/', 1)[0]), 80)}” is not a host name.",
            "Type only the host, without a path, blanks or special characters.",
        )
    return url


def origin(url: str) -> str:
    """Scheme, host and port, for messages."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
