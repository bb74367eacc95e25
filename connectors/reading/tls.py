"""`[tls]`: a certificate of the client's own is presented (mutual TLS, RFC 8705), and who asks for it."""

from __future__ import annotations

import msgspec

from connectors.definition import Field, Method, Tls
from connectors.inputs import certificate_names
from connectors.reading.table import Table
from connectors.templates.template import names_in

CERTIFICATE_FIELDS = (
    Field(
        key="certificate",
        type="textarea",
        name="Client certificate",
        secret=True,  # the private key may stand in the same file
        format="certificate",
        placeholder="-----BEGIN CERTIFICATE-----",
        tooltip="PEM text, with the certificates between it and its authority where there are any; "
        "or a PKCS#12 file (.p12, .pfx).",
    ),
    Field(
        key="private_key",
        type="textarea",
        name="Private key",
        required=False,
        secret=True,
        format="private_key",
        placeholder="-----BEGIN PRIVATE KEY-----",
        tooltip="PEM text. Leave it empty where the certificate's file holds the private key too.",
    ),
    Field(
        key="private_key_password",
        type="password",
        name="Password of the private key",
        required=False,
        secret=True,
        tooltip="Only where a password protects the private key or the PKCS#12 file.",
    ),
)


def read_tls(table: Table) -> Tls | None:
    """The table; an empty one means the usual fields."""
    inner = table.table("tls")
    if inner is None:
        return None
    usual = Tls()
    found = Tls(
        certificate=inner.text("certificate", default=usual.certificate),
        private_key=inner.text("private_key", default=usual.private_key),
        private_key_password=inner.text("private_key_password", default=usual.private_key_password),
    )
    inner.done()
    if not names_in(found.certificate):
        inner.wrong(
            "certificate", "must be a template such as {{certificate}}; no definition holds one itself."
        )
    return found


def certificate_fields(method: Method, standing: set[str]) -> tuple[Field, ...]:
    """The fields that the method's `[tls]` reads and that nobody has declared."""
    if method.tls is None:
        return ()
    return tuple(field for field in CERTIFICATE_FIELDS if field.key in certificate_names(method) - standing)


def with_certificate_fields(method: Method, settings: set[str]) -> Method:
    """The method whose form asks for the certificate. That of an app (OAuth 2) is a setting, not a field."""
    if method.type == "oauth2":
        return method
    standing = settings | {field.key for field in method.fields}
    return msgspec.structs.replace(method, fields=(*method.fields, *certificate_fields(method, standing)))
