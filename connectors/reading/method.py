"""One way to connect: the keys of a definition that belong to a method."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast, get_args

from connectors.definition import Hook, Method, MethodType, Scope, TokenRequest
from connectors.reading.chain import (
    read_after_connect,
    read_callback_names,
    read_refresh_session,
    read_session,
    read_sign,
)
from connectors.reading.fields import DEFAULT_PASSWORD_FIELDS, read_fields
from connectors.reading.grants import with_grant
from connectors.reading.oauth1 import complete_oauth1, read_oauth1
from connectors.reading.steps import (
    Functions,
    hook_or,
    read_apply,
    read_auth_url,
    read_step,
    read_token_answer,
    read_token_request,
)
from connectors.reading.table import Table, kind_of
from connectors.reading.tls import read_tls
from connectors.templates.paths import is_path

METHOD_NAMES = {
    "apiKey": "API key",
    "pwd": "User name and password",
    "oauth2": "Sign in with browser",
    "oauth": "Sign in with browser",
    "session": "User name and password",
}
_UNITS = {"seconds": 1, "minutes": 60, "hours": 3600}
STEP_NAMES = (
    "validate",
    "validate_access_token",
    "validate_err_callback",
    "request_profile_info",
    "account_name_from_profile_info",
    "email_from_profile_info",
    "identity_from_profile_info",
    "request_request_token",
    "auth_url",
    "request_access_token",
    "request_session",
    "refresh_access_token",
    "request_device_code",
    "revoke_access_token",
)


def read_method(key: str, table: Table, functions: Functions) -> Method:
    """Reads what belongs to one method; the caller reports the keys that are left."""
    kind = _type(table)
    fields = read_fields(table.table("auth"))
    if kind in {"pwd", "session"} and not fields:
        fields = DEFAULT_PASSWORD_FIELDS
    pkce = table.choice("pkce", ("S256", "plain", "none", "S256-hex"), "S256")
    method = Method(
        key=key,
        type=kind,
        name=METHOD_NAMES.get(kind, kind),
        connect_button=table.text("connect_button"),
        fields=fields,
        validate=read_step(table, functions, "validate", "validate_access_token"),
        validate_err_callback=_hook_only(table, functions, "validate_err_callback"),
        request_profile_info=read_step(table, functions, "request_profile_info"),
        account_name_from_profile_info=_rule(table, functions, "account_name_from_profile_info"),
        email_from_profile_info=_rule(table, functions, "email_from_profile_info"),
        identity_from_profile_info=_rule(table, functions, "identity_from_profile_info"),
        apply=read_apply(table),
        invalid_token_status=table.numbers("invalid_token_status") or (401,),
        invalid_token_errors=table.texts("invalid_token_errors"),
        invalid_token_when=_token_when(table),
        passing_status=table.numbers("passing_status"),
        passing_errors=table.texts("passing_errors"),
        sign=read_sign(table),
        tls=read_tls(table),
        after_connect=read_after_connect(table),
        request_session=read_session(table, functions),
        refresh_session=read_refresh_session(table),
        keep_session=cast(Any, table.choice("keep_session", ("vault", "memory", "redis", "none"), "vault")),
        returns_token=kind == "pwd" and "token_answer" in table.data,
        auth_url=read_auth_url(table, functions),
        request_access_token=read_token_request(table, functions, "request_access_token"),
        exchange_access_token=_exchange(table),
        refresh_access_token=read_token_request(table, functions, "refresh_access_token"),
        revoke_access_token=read_step(table, functions, "revoke_access_token", method="POST"),
        token_answer=read_token_answer(table),
        pkce=cast(Any, pkce),
        scopes=_scopes(table),
        scope_delimiter=table.text("scope_delimiter", default=" "),
        callback=read_callback_names(table),
        keep_callback=table.texts("keep_callback"),
        refresh_before_exp=_lead(table),
        oauth1=read_oauth1(kind, table, functions),
    )
    method = with_grant(table, functions, method)
    if pkce not in {"S256", "S256-hex"}:
        table.problems.add(
            table.path("pkce"),
            "the sign-in is not protected by PKCE with S256; do this only for a service that refuses it.",
            "warning",
        )
    _complete(table, method)
    return method


def _type(table: Table) -> MethodType:
    kind = table.text("type")
    if not kind:
        table.wrong("type", "is needed: apiKey, pwd, session, oauth2 or oauth.")
    elif kind not in get_args(MethodType):
        table.choice("type", METHOD_NAMES, "apiKey")
    return cast(MethodType, kind if kind in METHOD_NAMES else "apiKey")


def _complete(table: Table, method: Method) -> None:
    if method.type == "oauth2":
        if method.issuer:
            return  # the service says itself what is missing here
        if method.auth_url is None and method.grant == "authorization_code":
            table.wrong("auth_url", "is needed: the address where people sign in.")
        if method.request_access_token is None:
            table.wrong("request_access_token", "is needed: the address where a token is had.")
        return
    if method.type == "oauth":
        complete_oauth1(table, method)
        return
    if method.type == "pwd" and method.validate is None:
        table.wrong("validate", "is needed: the request that tests the user name and the password.")
    if method.type == "apiKey" and not method.fields and method.tls is None:
        table.wrong("auth", "is needed: the fields that people fill in.")
    if method.type == "session" and not method.request_session:
        table.wrong("request_session", "is needed: the request that gives a token for what people filled in.")
    for key in ("request_session", "refresh_session", "keep_session"):
        if method.type != "session" and key in table.data:
            table.wrong(key, f"belongs to session; this method is {method.type}.")
    foreign = [
        "auth_url",
        "request_access_token",
        "exchange_access_token",
        "refresh_access_token",
        "scope",
        "callback",
        "keep_callback",
    ]
    for key in foreign if method.type == "session" else [*foreign, "revoke_access_token"]:
        if key in table.data:
            table.wrong(key, f"belongs to oauth2; this method is {method.type}.")


def _hook_only(table: Table, functions: Functions, key: str) -> Hook | None:
    value = hook_or(table, functions, key)
    if value is None or isinstance(value, Hook):
        return value
    table.wrong(key, f"can only be a function, not {kind_of(value)}.")
    return None


def _rule(table: Table, functions: Functions, key: str) -> str | tuple[str, ...] | Hook | None:
    value = hook_or(table, functions, key)
    if value is None or isinstance(value, str | Hook):
        return value
    if isinstance(value, list) and all(isinstance(v, str) for v in value):
        return tuple(value)
    table.wrong(key, f"must be a path, a list of paths, a template or a function, not {kind_of(value)}.")
    return None


def _scopes(table: Table) -> tuple[Scope, ...]:
    value = table.raw("scope")
    match value:
        case None:
            return ()
        case str():
            return tuple(Scope(s) for s in value.replace(",", " ").split())
        case list() if all(isinstance(v, str) for v in value):
            return tuple(Scope(v) for v in value)
        case dict():
            return tuple(s for name, item in value.items() if (s := _scope(table, name, item)))
    table.wrong("scope", "must be a text, a list of texts or a table.")
    return ()


def _scope(table: Table, name: str, item: Any) -> Scope | None:
    if isinstance(item, str):
        return Scope(name, item)
    if isinstance(item, Mapping):
        inner = Table(item, table.path(f"scope.{name}"), table.problems)
        scope = Scope(name, inner.text("meaning"), inner.flag("default", True))
        inner.done()
        return scope
    table.wrong(f"scope.{name}", "must be its meaning, or a table with “meaning” and “default”.")
    return None


def _token_when(table: Table) -> dict[str, tuple[str, ...]]:
    """`invalid_token_when = { "error.code" = [190] }`: numbers count as their text."""
    inner = table.table("invalid_token_when")
    found: dict[str, tuple[str, ...]] = {}
    for path, value in (inner.data if inner is not None else {}).items():
        values = value if isinstance(value, list) else [value]
        if is_path(path) and values and all(isinstance(v, str | int) for v in values):
            found[path] = tuple(str(v) for v in values)
        else:
            table.wrong(f"invalid_token_when.{path}", "must be a path with the values that count.")
    return found


def _exchange(table: Table) -> TokenRequest | None:
    found = read_token_request(table, Functions({}), "exchange_access_token")
    return found if isinstance(found, TokenRequest) else None


def _lead(table: Table) -> int:
    unit = _UNITS[table.choice("refresh_before_exp_units", _UNITS, "minutes")]
    value = table.number("refresh_before_exp")
    if value is None:
        return 300
    if value < 0:
        table.wrong("refresh_before_exp", "must not be negative.")
        return 300
    return value * unit
