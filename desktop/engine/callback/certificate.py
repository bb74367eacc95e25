"""The certificate of the callback listener, for services that take only https redirect addresses.

The app makes it for itself, for this computer's own names alone. Browsers warn of it once; whoever does not
want to pass the warning pastes the address instead.
"""

from __future__ import annotations

import ipaddress
import os
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

FILE = "callback-cert.pem"
LIFETIME = timedelta(days=365)  # browsers refuse server certificates that live much longer than a year
RENEWED_BEFORE = timedelta(days=30)


def callback_context(home: Path, now: datetime | None = None) -> ssl.SSLContext:
    """A server's context with the certificate in home/callback-cert.pem, which is made where it is missing,
    unreadable or about to end. Raises OSError.
    """
    file = home / FILE
    now = now or datetime.now(UTC)
    if not _is_good(file, now):
        _write(file, _make(now))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(file)
    return context


def _is_good(file: Path, now: datetime) -> bool:
    try:
        pem = file.read_bytes()
        certificate = x509.load_pem_x509_certificate(pem)
        key = serialization.load_pem_private_key(pem, None)
    except (OSError, ValueError, TypeError):
        return False
    begun = certificate.not_valid_before_utc <= now
    lasts = certificate.not_valid_after_utc - RENEWED_BEFORE > now
    return begun and lasts and certificate.public_key() == key.public_key()


def _make(now: datetime) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Jackfield on this computer")])
    own = [
        x509.DNSName("localhost"),
        x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
        x509.IPAddress(ipaddress.ip_address("::1")),
    ]
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + LIFETIME)
        .add_extension(x509.SubjectAlternativeName(own), critical=False)
        # It can vouch for nothing but itself, even where somebody makes the browser trust it.
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private + certificate.public_bytes(serialization.Encoding.PEM)


def _write(file: Path, pem: bytes) -> None:
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(pem)
    part.replace(file)
