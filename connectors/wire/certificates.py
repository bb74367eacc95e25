"""A certificate of the client's own and its private key: what is wrong with them, do they belong together?

PEM text, or a PKCS#12 file as base64. What is wrong is said in sentences that hold nothing of the key.
"""

from __future__ import annotations

import base64
import binascii
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

_CERTIFICATE = "-----BEGIN CERTIFICATE-----"
_KEY = re.compile(r"-----BEGIN ([A-Z0-9]+ )*PRIVATE KEY-----")
_ENCRYPTED = re.compile(r"BEGIN ENCRYPTED PRIVATE KEY|Proc-Type: *4, *ENCRYPTED")


class ClientCertificate(NamedTuple):
    """Ready to be presented. `chain` is PEM, the client's own certificate first."""

    chain: bytes
    key: PrivateKeyTypes
    ends: datetime  # UTC


class UnusableError(ValueError):
    """Why it cannot be presented. `part` is certificate, private_key or private_key_password."""

    def __init__(self, part: str, sentence: str) -> None:
        super().__init__(sentence)
        self.part = part
        self.sentence = sentence


def certificate_problem(text: str, name: str) -> str:
    """What is wrong with the text of a certificate, as far as it shows by itself; empty if nothing is."""
    try:
        if _pkcs12(text) is None:
            _check_time(_certificates(text)[0], name)
    except UnusableError as error:
        return error.sentence.replace("The client certificate", name, 1)
    return ""


def private_key_problem(text: str, name: str) -> str:
    """The same for a private key. One that is protected shows only with its password."""
    if not _KEY.search(text):
        return f"{name} is not a private key in PEM: it has to hold “-----BEGIN PRIVATE KEY-----”."
    if _ENCRYPTED.search(text):
        return ""
    try:
        _private_key(text, "")
    except UnusableError as error:
        return error.sentence.replace("The private key", name, 1)
    return ""


def client_certificate(certificate: str, private_key: str = "", password: str = "") -> ClientCertificate:
    """What these texts are together. The key may stand in the certificate's text. Raises UnusableError."""
    if (packed := _pkcs12(certificate)) is not None:
        key, chain = _unpacked(packed, password)
    else:
        chain = _certificates(certificate)
        in_one = not private_key.strip() and _KEY.search(certificate)
        if not in_one and not private_key.strip():
            raise UnusableError("private_key", "The private key of the client certificate is needed.")
        key = _private_key(certificate if in_one else private_key, password)
    own = next((one for one in chain if _public(one.public_key()) == _public(key.public_key())), None)
    if own is None:
        raise UnusableError("private_key", "The private key does not belong to the client certificate.")
    _check_time(own, "The client certificate")
    from cryptography.hazmat.primitives.serialization import Encoding

    ordered = [own, *(one for one in chain if one is not own)]
    return ClientCertificate(
        b"".join(one.public_bytes(Encoding.PEM) for one in ordered), key, own.not_valid_after_utc
    )


def holder_of(text: str) -> str:
    """Whom a certificate in PEM names; empty where it cannot be read, or names nobody."""
    from cryptography.x509.oid import NameOID

    try:
        subject = _certificates(text)[0].subject
    except UnusableError:
        return ""
    named = subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(named[0].value) if named else ""


def file_text(content: bytes) -> str:
    """A file as such a field takes it: text as it is, a PKCS#12 file as base64. Raises UnicodeDecodeError."""
    if content[:1] == b"\x30":  # the ASN.1 sequence that every DER file begins with; “0” begins no PEM
        try:
            return content.decode("ascii")
        except UnicodeDecodeError:
            return base64.b64encode(content).decode()
    return content.decode("utf-8")


def _certificates(text: str) -> list[x509.Certificate]:
    from cryptography import x509

    text = _lines(text)
    if _CERTIFICATE not in text:
        raise UnusableError(
            "certificate",
            "The client certificate is neither PEM text, which holds “-----BEGIN CERTIFICATE-----”, "
            "nor a PKCS#12 file.",
        )
    with _reading("certificate", "The client certificate is damaged or cut short."):
        found = x509.load_pem_x509_certificates(text.encode())
        _look_into(found)
        return found


def _private_key(text: str, password: str) -> PrivateKeyTypes:
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    text = _lines(text)
    found = _KEY.search(text)
    encrypted = bool(_ENCRYPTED.search(text))
    if encrypted and not password:
        raise UnusableError(
            "private_key_password", "The private key is protected by a password, which is needed."
        )
    wrong = ("private_key", "The private key is damaged or of an unknown kind.")
    if encrypted:
        wrong = ("private_key_password", "The password does not open the private key.")
    with _reading(*wrong):
        return load_pem_private_key(
            text[found.start() if found else 0 :].encode(), password.encode() if encrypted else None
        )


def _pkcs12(text: str) -> bytes | None:
    """The bytes of a PKCS#12 file that stands there as base64."""
    if "-----" in text:
        return None
    try:
        content = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    return content if content[:1] == b"\x30" and len(content) > 100 else None


def _unpacked(content: bytes, password: str) -> tuple[PrivateKeyTypes, list[x509.Certificate]]:
    from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

    sentence = "The password does not open the PKCS#12 file."
    with _reading("private_key_password", sentence if password else "The PKCS#12 file needs its password."):
        found = load_pkcs12(content, password.encode() if password else None)
    if found.key is None or found.cert is None:
        raise UnusableError("certificate", "The PKCS#12 file holds no certificate with its private key.")
    chain = [found.cert.certificate, *(one.certificate for one in found.additional_certs)]
    with _reading("certificate", "The certificate in the PKCS#12 file is damaged."):
        _look_into(chain)
    return found.key, chain


@contextmanager
def _reading(part: str, sentence: str) -> Iterator[None]:
    """Whatever the library finds wrong in other people's bytes becomes the sentence."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.x509 import InvalidVersion

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of short keys and odd serial numbers; the service decides
            yield
    except (ValueError, TypeError, OverflowError, UnsupportedAlgorithm, InvalidVersion):
        raise UnusableError(part, sentence) from None


def _look_into(chain: list[x509.Certificate]) -> None:
    """Parses now what is only parsed when it is asked for."""
    for one in chain:
        _ = (one.public_key(), one.subject, one.not_valid_before_utc, one.not_valid_after_utc)


def _check_time(certificate: x509.Certificate, name: str) -> None:
    now = datetime.now(UTC)
    if certificate.not_valid_after_utc <= now:
        raise UnusableError("certificate", f"{name} expired on {_day(certificate.not_valid_after_utc)}.")
    if certificate.not_valid_before_utc > now:
        raise UnusableError(
            "certificate", f"{name} is not valid before {_day(certificate.not_valid_before_utc)}."
        )


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y}"


def _public(key: object) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)  # type: ignore[attr-defined, no-any-return]


def _lines(text: str) -> str:
    """PEM that came out of JSON has its line breaks spelled out."""
    return text.replace("\\n", "\n") if "\n" not in text.strip() else text
