"""`grant`: how an OAuth 2 method comes to its token, and what each way needs in a definition."""

from __future__ import annotations

from typing import Any, cast, get_args

import msgspec

from connectors.definition import Assertion, ClientAuth, Field, Grant, Method, TokenRequest
from connectors.reading.fields import CLIENT_ID, CLIENT_SECRET, DEFAULT_PASSWORD_FIELDS
from connectors.reading.steps import Functions, read_token_request
from connectors.reading.table import Table

GRANT_NAMES: dict[Grant, str] = {
    "authorization_code": "Sign in with browser",
    "client_credentials": "App credentials",
    "password": "User name and password (legacy)",
    "device_code": "Sign in with a code on another device",
    "jwt_bearer": "Signed key",
}
CLIENT_AUTH = get_args(ClientAuth)
_STATED = ("private_key_jwt", "client_secret_jwt")
PRIVATE_KEY = Field(
    key="private_key",
    type="textarea",
    name="Private key",
    secret=True,
    tooltip="The private key (PEM or JWK) whose public half you gave to the service.",
)
KEY_ID = Field(
    key="key_id",
    name="Key ID",
    required=False,
    tooltip="The id under which the service knows that key, if it uses one.",
)
_OF_OAUTH2 = {
    "dpop",
    "register_client",
    "issuer",
    "pushed_authorization_url",
    "request_device_code",
    "verification_url",
    "assertion",
    "client_assertion",
}
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
_OF_THE_BROWSER = (
    "auth_url",
    "register_client",
    "pushed_authorization_url",
    "pkce",
    "callback",
    "keep_callback",
)


def read_grant(kind: str, table: Table) -> Grant:
    """The grant of a method; the authorization code if nothing is said."""
    for key in ("response_type", "grant_type"):
        value = table.raw(key)
        if value is not None and value not in ("code", "authorization_code"):
            table.wrong(
                key,
                f"“{value}” is refused: the implicit flow shows tokens in addresses. What needs no browser "
                "is chosen with “grant”.",
            )
    value = table.text("grant")
    if value in ("implicit", "token", "id_token"):
        table.wrong(
            "grant",
            f"“{value}” is refused: only the authorization code flow is carried out in a browser, "
            "because the implicit flow shows tokens in addresses.",
        )
        return "authorization_code"
    grant = cast(Grant, table.choice("grant", get_args(Grant), "authorization_code"))
    if value and kind != "oauth2":
        table.wrong("grant", f"belongs to oauth2; this method is {kind}.")
    return grant


def read_device_code(table: Table, functions: Functions) -> tuple[TokenRequest | None, str]:
    """Where a device code is had (RFC 8628 3.1), and the page to enter it on if the service never says."""
    request = read_token_request(table, functions, "request_device_code")
    url = table.text("verification_url")
    if request is not None and not isinstance(request, TokenRequest):
        table.wrong("request_device_code", "can only be an address or a table.")
        request = None
    return request, url


def read_assertion(table: Table, key: str) -> Assertion:
    """`[assertion]` or `[client_assertion]`: a signed statement (RFC 7523)."""
    inner = table.table(key)
    if inner is None:
        return Assertion()
    plain = Assertion()
    lifetime = inner.number("lifetime")
    if lifetime is not None and not 0 < lifetime <= 300:
        inner.wrong("lifetime", "is 1 to 300 seconds.")
        lifetime = None
    found = Assertion(
        claims=inner.mapping("claims"),
        key=inner.text("key", default=plain.key),
        key_id=inner.text("key_id", default=plain.key_id),
        algorithm=inner.choice("algorithm", ("", *_ALGORITHMS), ""),
        lifetime=lifetime or plain.lifetime,
    )
    inner.done()
    return found


def with_grant(table: Table, functions: Functions, method: Method) -> Method:
    """The method with what its grant adds; what does not go together is reported."""
    grant = read_grant(method.type, table)
    device, page = read_device_code(table, functions)
    default_auth = "none" if grant == "jwt_bearer" else "body"
    method = msgspec.structs.replace(
        method,
        grant=grant,
        fields=DEFAULT_PASSWORD_FIELDS if grant == "password" and not method.fields else method.fields,
        client_auth=cast(Any, table.choice("client_auth", CLIENT_AUTH, default_auth)),
        issuer=table.text("issuer"),
        register_client=table.flag("register_client"),
        dpop=(dpop := table.flag("dpop")),
        token_answer=msgspec.structs.replace(method.token_answer, dpop=dpop),
        pushed_authorization_url=table.text("pushed_authorization_url"),
        request_device_code=device,
        verification_url=page,
        assertion=read_assertion(table, "assertion"),
        client_assertion=read_assertion(table, "client_assertion"),
    )
    if method.type == "oauth2":
        method = msgspec.structs.replace(method, name=GRANT_NAMES[grant])
        _check(table, method)
    else:
        for key in _OF_OAUTH2 & table.data.keys():
            table.wrong(key, f"belongs to oauth2; this method is {method.type}.")
    return method


def _check(table: Table, method: Method) -> None:
    if method.grant != "authorization_code":
        for key in _OF_THE_BROWSER:
            if key in table.data:
                table.wrong(key, f"belongs to a sign-in with the browser; this grant is {method.grant}.")
    if method.register_client and not method.issuer:
        table.wrong("register_client", "needs an issuer, which says where apps register.")
    if method.grant == "device_code" and method.request_device_code is None and not method.issuer:
        table.wrong("request_device_code", "is needed: the address where a device code is had.")
    if method.grant != "device_code":
        for key in ("request_device_code", "verification_url"):
            if key in table.data:
                table.wrong(key, f"belongs to the grant device_code; this one is {method.grant}.")
    if method.grant != "jwt_bearer" and "assertion" in table.data:
        table.wrong("assertion", f"belongs to the grant jwt_bearer; this one is {method.grant}.")
    if method.client_auth not in _STATED and "client_assertion" in table.data:
        table.wrong("client_assertion", f"belongs to client_auth = {' or '.join(_STATED)}.")
    if method.client_auth == "tls_client_auth" and method.tls is None:
        table.wrong(
            "client_auth", "tls_client_auth needs a [tls] table: the certificate says who the app is."
        )
    if method.client_auth == "both":
        table.problems.add(
            table.path("client_auth"),
            "the app proves itself twice in one request, which RFC 6749 forbids; do this only for a service "
            "that insists on it.",
            "warning",
        )
    request = method.request_access_token
    in_address = isinstance(request, TokenRequest) and (
        request.method == "GET" or request.encoding == "query"
    )
    if in_address and method.grant in {"client_credentials", "password"}:
        table.wrong(
            "request_access_token", "would put a secret into an address; send it in the body with POST."
        )


def client_settings(methods: list[Method], own: tuple[Field, ...]) -> tuple[Field, ...]:
    """The settings, with those of the app where an OAuth 2 method needs them and nobody declared them."""
    known = {f.key for f in own}
    added: dict[str, Field] = {}
    for method in methods:
        asked = known | {f.key for f in method.fields}
        named = method.type == "oauth2" and not (
            method.grant == "jwt_bearer" and method.client_auth == "none"
        )
        if not named or "client_id" in {f.key for f in method.fields}:
            continue
        wanted = [msgspec.structs.replace(CLIENT_ID, required=not method.register_client)]
        if method.client_auth == "private_key_jwt":
            wanted += [PRIVATE_KEY, KEY_ID]
        elif method.client_auth not in ("none", "tls_client_auth"):
            # A method that can do without a secret must not be asked for the one of another.
            needed = all(m.grant == "client_credentials" for m in methods if m.type == "oauth2")
            wanted.append(msgspec.structs.replace(CLIENT_SECRET, required=needed))
        added |= {f.key: f for f in wanted if f.key not in asked and f.key not in added}
    return (*added.values(), *own)
