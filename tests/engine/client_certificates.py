"""Client certificates of the tests' own, and a server on loopback that demands one."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
import tempfile
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from cryptography.x509.oid import NameOID

from tests.engine.certificates import Authority
from tests.engine.support import DEADLINE
from tests.standin import StandIn


class Pair(NamedTuple):
    """A certificate with its key, in every form that a person might have them in."""

    name: str
    certificate: str
    key: str
    own: ec.EllipticCurvePrivateKey
    made: x509.Certificate

    @property
    def texts(self) -> dict[str, str]:
        """The values of a form that asks for them."""
        return {"certificate": self.certificate, "private_key": self.key}

    def sealed_key(self, password: str) -> str:
        sealed = BestAvailableEncryption(password.encode())
        return self.own.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, sealed).decode()

    def pkcs12(self, password: str) -> bytes:
        sealed = BestAvailableEncryption(password.encode()) if password else NoEncryption()
        return serialize_key_and_certificates(b"mine", self.own, self.made, None, sealed)

    @property
    def secret_bytes(self) -> bytes:
        """The number that nobody else may know."""
        return self.own.private_numbers().private_value.to_bytes(32, "big")


def client_pair(authority: Authority, name: str = "amelia", *, begins: int = -30, ends: int = 30) -> Pair:
    """A certificate that the authority signed; `begins` and `ends` are days from now."""
    key, now = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder(
            authority.name,
            x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]),
            key.public_key(),
            x509.random_serial_number(),
        )
        .not_valid_before(now + dt.timedelta(days=begins))
        .not_valid_after(now + dt.timedelta(days=ends))
        .sign(authority.key, hashes.SHA256())
    )
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return Pair(name, certificate.public_bytes(Encoding.PEM).decode(), text, key, certificate)


@cache
def any_pair() -> Pair:
    """A certificate that nobody asks about, made once."""
    with tempfile.TemporaryDirectory() as folder:
        return client_pair(Authority(Path(folder)))


class DemandingStandIn(StandIn):
    """A stand-in over TLS that talks only to clients with a certificate of `clients`.

    `peers` names whom each request came from; `refused` holds why handshakes failed.
    """

    def __init__(
        self,
        server: Authority,
        clients: Authority,
        replies: dict[str, Any] | None = None,
        *,
        newest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3,
    ) -> None:
        super().__init__(replies)
        self.peers: list[str] = []
        self.refused: list[str] = []
        self._context = server.server()
        self._context.maximum_version = newest
        self._context.verify_mode = ssl.CERT_REQUIRED
        self._context.load_verify_locations(cafile=str(clients.file))
        self._answer_plain = self._server.finish_request
        self._server.finish_request = self._shake_hands  # type: ignore[method-assign]

    @property
    def url(self) -> str:
        """Its base address."""
        return f"https://127.0.0.1:{self.port}"

    def _shake_hands(self, request: Any, address: Any) -> None:
        connection = self._context.wrap_socket(request, server_side=True, do_handshake_on_connect=False)
        connection.settimeout(DEADLINE)
        try:
            connection.do_handshake()
        except ssl.SSLError as error:
            self.refused.append(error.reason or "")
            _listen_out(connection)
            return
        with connection:
            subject = dict(pair[0] for pair in (connection.getpeercert() or {})["subject"])
            self.peers.append(subject["commonName"])
            self._answer_plain(connection, address)


def _listen_out(connection: ssl.SSLSocket) -> None:
    """Takes what the client still sends, so that the alert reaches it before the connection ends."""
    with socket.socket(fileno=connection.detach()) as plain:
        plain.settimeout(DEADLINE)
        plain.shutdown(socket.SHUT_WR)
        while plain.recv(65536):
            continue
