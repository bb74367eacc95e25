"""What an account adds to every request, as it may be shown: secrets are masked, never sent from here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from connectors.definition import Apply
from connectors.inputs import Inputs, secret_values, template_values, with_stored
from connectors.tables import effective_apply
from connectors.templates.template import names_in, render
from connectors.wire.digest import wants_digest
from connectors.wire.dpop import is_bound
from connectors.wire.presenting import presented_by
from connectors.wire.urls import render_url
from desktop.engine.core import Subject
from desktop.engine.privacy.patterns import MASK
from desktop.engine.privacy.redaction import mask, redactor


class RequestPreview(msgspec.Struct, frozen=True, kw_only=True):
    """`base` is what relative addresses are completed with, empty where there is none."""

    base: str = ""
    credential: tuple[str, ...] = ()  # "Authorization: Bearer ••••1a2b", "api_key=•••• in the address" …
    signed: str = ""  # the kind of signature that is made anew for each request
    standing: tuple[tuple[str, str], ...] = ()  # headers that the definition adds


def preview(subject: Subject) -> RequestPreview:
    """Where the account's requests go, and what the definition puts on them. Raises ConnectorError."""
    inputs, credential = subject.inputs, subject.credential
    values = template_values(with_stored(inputs, credential), credential)
    cover = _Cover(values, secret_values(inputs, credential))
    method = inputs.method
    apply = effective_apply(method, bool(credential.access_token))
    base = render_url(inputs.connector.base_url, values) if inputs.connector.base_url else ""
    return RequestPreview(
        base=cover.text(base),
        credential=(
            *_presented(with_stored(inputs, credential)),
            *(_placed(apply, cover, bound=is_bound(method, values)) if apply else ()),
        ),
        signed=_signature(method.type == "oauth", method.sign.type if method.sign else ""),
        standing=tuple(
            (cover.filled(name), cover.filled(text))
            for name, text in inputs.connector.request_headers.items()
        ),
    )


def _signature(oauth1: bool, kind: str) -> str:
    return (
        "OAuth 1.0a"
        if oauth1
        else {"aws-sigv4": "AWS Signature 4", "hmac": "HMAC", "wsse": "WSSE"}.get(kind, "")
    )


def _presented(inputs: Inputs) -> Iterator[str]:
    """Whose certificate every connection presents."""
    certificate = presented_by(inputs)
    if certificate is not None:
        yield " ".join(filter(None, ("Client certificate", certificate.holder)))


class _Cover:
    """Fills templates as a request would, and covers what is secret in the result."""

    def __init__(self, values: Mapping[str, Any], secrets: set[str]) -> None:
        self._values = values
        self._secrets = sorted(secrets, key=len, reverse=True)

    def text(self, text: str) -> str:
        """The text with every secret masked."""
        for secret in self._secrets:
            text = text.replace(secret, mask(secret))
        return redactor.redact_known(text)

    def filled(self, template: str) -> str:
        """A template filled. Where a filter made something else of a secret, all of it is covered."""
        filled = render(template, self._values).strip()
        reads_secret = any(str(self._values.get(name, "")) in self._secrets for name in names_in(template))
        if reads_secret and not any(secret in filled for secret in self._secrets):
            return MASK if filled else ""
        return self.text(filled)


def _placed(apply: Apply, cover: _Cover, *, bound: bool) -> Iterator[str]:
    auth = apply.auth
    if "bearer" in auth:
        yield f"Authorization: {'DPoP' if bound else 'Bearer'} {cover.filled(auth['bearer'])}"
    elif wants_digest(auth):
        yield f"Authorization: Digest username={cover.filled(auth.get('user', ''))}"
    elif auth:
        yield f"Authorization: Basic {cover.filled(auth.get('user', ''))}:{MASK}"
    for name, text in apply.headers.items():
        yield f"{cover.filled(name)}: {cover.filled(text)}"
    if apply.cookies:
        yield "Cookie: " + "; ".join(f"{n}={cover.filled(t)}" for n, t in apply.cookies.items())
    for name, text in apply.query.items():
        yield f"?{cover.filled(name)}={cover.filled(text)}"
    for name, text in apply.body.items():
        yield f"{name} = {cover.filled(text)} (body)"
    for text in filter(None, (apply.path, apply.path_end)):
        yield cover.filled(text)
