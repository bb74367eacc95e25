"""The keys of a definition that belong to OAuth 1.0a alone."""

from __future__ import annotations

from typing import Any, cast, get_args

from connectors.definition import Field, Method, OAuth1, SignatureMethod
from connectors.reading.steps import Functions, read_token_request
from connectors.reading.table import Table

CONSUMER_KEY = Field(
    key="consumer_key",
    name="Consumer key",
    tooltip="The key of the app that you registered with the service.",
)
CONSUMER_SECRET = Field(
    key="consumer_secret",
    type="password",
    name="Consumer secret",
    secret=True,
    required=False,
    tooltip="The secret of that app, if the service gave you one.",
)
PRIVATE_KEY = Field(
    key="private_key",
    type="textarea",
    name="Private key",
    secret=True,
    tooltip="The private key (PEM) whose public half you gave to the service.",
)
_METHODS = get_args(SignatureMethod)
_KEYS = (
    "request_request_token",
    "signature_method",
    "signature_place",
    "realm",
    "callback_confirmed",
    "pin",
    "verifier",
)


def read_oauth1(kind: str, table: Table, functions: Functions) -> OAuth1:
    """What `type = "oauth"` adds; for any other type none of its keys may stand there."""
    if kind != "oauth":
        for key in _KEYS:
            if table.raw(key) is not None:
                table.wrong(key, f"belongs to oauth; this method is {kind}.")
        return OAuth1()
    realm = table.text("realm")
    if any(c in realm for c in '"\\\r\n'):
        table.wrong("realm", "must not hold quotes, backslashes or line breaks.")
        realm = ""
    return OAuth1(
        request_request_token=read_token_request(table, functions, "request_request_token"),
        signature_method=cast(SignatureMethod, table.choice("signature_method", _METHODS, "HMAC-SHA1")),
        signature_place=cast(Any, table.choice("signature_place", ("header", "query"), "header")),
        realm=realm,
        callback_confirmed=table.flag("callback_confirmed", True),
        pin=table.flag("pin"),
        verifier=table.flag("verifier", True),
    )


def complete_oauth1(table: Table, method: Method) -> None:
    """Reports the steps that are missing and the keys of OAuth 2 that mean nothing here."""
    steps = (
        ("request_request_token", method.oauth1.request_request_token, "where a request token is had"),
        ("auth_url", method.auth_url, "the address where people sign in"),
        ("request_access_token", method.request_access_token, "where the verifier becomes a token"),
    )
    for key, step, meaning in steps:
        if step is None:
            table.wrong(key, f"is needed: {meaning}.")
    for key in ("refresh_access_token", "client_auth", "pkce", "scope", "scope_delimiter"):
        if key in table.data:
            table.wrong(key, "belongs to oauth2; this method is oauth.")


def consumer_settings(method: Method) -> tuple[Field, ...]:
    """The settings that the method needs and that its form does not ask for."""
    wanted = [CONSUMER_KEY, CONSUMER_SECRET]
    if method.oauth1.signature_method == "RSA-SHA1":
        wanted = [CONSUMER_KEY, PRIVATE_KEY]
    asked = {f.key for f in method.fields}
    return tuple(f for f in wanted if f.key not in asked)
