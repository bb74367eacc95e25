"""From a failed connection to the host's name, the reason and what to do."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator

import httpx

from connectors.errors import ConnectorError, InvalidInputError, ServiceError, TemporaryError

_PROXY_HINT = (
    "Check the proxy, its user name and its password in HTTPS_PROXY or the system's network settings."
)
_CA_HINT = "If this service uses your own certificate authority, name its file in Settings."
_CLIENT_HINT = "Ask the service for a client certificate that it accepts, and sign in again with it."
_DEMAND_HINT = "A service that demands a client certificate and is given none refuses in the same way."
_ALERTS = {  # RFC 8446 6.2; they come from the other side, so they are about what was presented
    "BAD_CERTIFICATE": "it says that something is wrong with it",
    "UNSUPPORTED_CERTIFICATE": "it does not take this kind",
    "CERTIFICATE_REVOKED": "it was revoked",
    "CERTIFICATE_EXPIRED": "it has expired",
    "CERTIFICATE_UNKNOWN": "it does not know it",
    "UNKNOWN_CA": "it does not know the authority that signed it",
    "ACCESS_DENIED": "it may not be used here",
    "DECRYPT_ERROR": "its signature could not be verified",
}
_NETWORK_HINT = "Check the network, and try again in a while."


def explain_network(error: httpx.TransportError | ssl.SSLError, url: httpx.URL) -> ConnectorError:
    """The failure as a sentence. Nothing of the request but the host and the port is in it."""
    host = url.host
    if isinstance(error, httpx.TimeoutException):
        return TemporaryError(f"{host} did not answer in time.", "Try again in a while.")
    if isinstance(error, httpx.ProxyError):
        return TemporaryError(f"The proxy refused the connection to {host}: {_short(error)}.", _PROXY_HINT)
    if isinstance(error, httpx.LocalProtocolError):
        return InvalidInputError(
            f"The request to {host} could not be sent: a header holds a character that HTTP does not allow.",
            "Look for line breaks in what was typed or pasted.",
        )
    if isinstance(error, httpx.RemoteProtocolError):
        return _of_answer(error, host)
    for cause in _causes(error):
        found = _of_cause(cause, host, url)
        if found is not None:
            return found
    if isinstance(error, httpx.ConnectError):
        return TemporaryError(f"{host} could not be reached.", _NETWORK_HINT)
    return TemporaryError(
        f"The connection to {host} broke off before the answer was complete.", _NETWORK_HINT
    )


def _of_answer(error: httpx.RemoteProtocolError, host: str) -> ConnectorError:
    text = str(error).lower()
    if "disconnected" in text or "peer closed" in text:
        return TemporaryError(
            f"{host} closed the connection before its answer was complete.", "Try again in a while."
        )
    return ServiceError(
        f"{host} answered with something that is not HTTP.", "Check the address and the port."
    )


def _of_cause(cause: BaseException, host: str, url: httpx.URL) -> ConnectorError | None:
    if isinstance(cause, socket.gaierror):
        return TemporaryError(f"The name {host} could not be found.", "Check the address and the network.")
    if isinstance(cause, ssl.SSLCertVerificationError):
        reason = (cause.verify_message or "it could not be verified").rstrip(".")
        return TemporaryError(
            f"The certificate of {host} is not trusted: {reason}. Nothing was sent.", _CA_HINT
        )
    if isinstance(cause, ssl.SSLError) and (refusal := _refused_certificate(cause.reason or "")):
        return TemporaryError(f"{host} {refusal}.", _CLIENT_HINT)
    if isinstance(cause, ssl.SSLError):
        reason = (cause.reason or "no reason given").replace("_", " ").lower()
        unsaid = "HANDSHAKE_FAILURE" in (
            cause.reason or ""
        )  # all that TLS 1.2 says where a certificate lacks
        return TemporaryError(
            f"A secure connection to {host} could not be made: {reason}.",
            "Check the address and the port." + (f" {_DEMAND_HINT}" if unsaid else ""),
        )
    if isinstance(cause, ConnectionRefusedError):
        port = url.port or {"http": 80, "https": 443}[url.scheme]
        return TemporaryError(
            f"{host} refused the connection on port {port}.", "Check the address, and that the server runs."
        )
    if isinstance(cause, ConnectionError):
        return None
    if isinstance(cause, OSError) and cause.strerror:
        return TemporaryError(f"{host} could not be reached: {cause.strerror.lower()}.", _NETWORK_HINT)
    return None


def _refused_certificate(reason: str) -> str:
    """What the server's alert says about the certificate that was presented, or was not."""
    if "ALERT_CERTIFICATE_REQUIRED" in reason:
        return "wants a certificate of the client's own (mutual TLS), and none was presented"
    for word, meaning in _ALERTS.items():
        if reason.endswith(f"_ALERT_{word}"):
            return f"does not accept the client certificate: {meaning}"
    return ""


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The exceptions below `error`, the ones in groups too, each once."""
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        current = waiting.pop(0)
        if current is None or id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        if isinstance(current, BaseExceptionGroup):
            waiting += current.exceptions
        waiting += (current.__cause__, current.__context__)


def _short(error: Exception) -> str:
    text = "".join(character for character in str(error) if character.isprintable())
    return text[:100].rstrip(". ") or "no reason given"
