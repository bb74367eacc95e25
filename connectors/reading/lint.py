"""What a colleague would say about a definition that works: warnings, never errors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from connectors.chain_tables import sign_strings
from connectors.definition import AuthUrl, Connector, Field, Hook, Method
from connectors.reading.check import method_strings
from connectors.reading.table import Problems
from connectors.tables import effective_apply
from connectors.templates.template import names_in
from connectors.wire.urls import is_loopback

# What methods read by themselves, without a template that names it.
_READ_ANYWAY = frozenset(
    {
        "client_id",
        "client_secret",
        "consumer_key",
        "consumer_secret",
        "private_key",
        "redis_secret",
        "redis_url",
        "key_id",
        "scope",
        "redirect_uri",
        "signature_method",
    }
)
_BROUGHT_BY_A_TOKEN = frozenset({"access_token", "refresh_token", "id_token"})


class Habit(NamedTuple):
    """What a service wants before it gives a refresh token. `host` is the sign-in page's, or its ending."""

    host: str
    service: str
    place: Literal["params", "scope"]
    name: str
    value: str = ""


REFRESH_HABITS = (
    Habit("accounts.google.com", "Google", "params", "access_type", "offline"),
    Habit("www.dropbox.com", "Dropbox", "params", "token_access_type", "offline"),
    Habit("www.reddit.com", "Reddit", "params", "duration", "permanent"),
    Habit("login.microsoftonline.com", "Microsoft", "scope", "offline_access"),
    Habit("auth.atlassian.com", "Atlassian", "scope", "offline_access"),
    Habit("login.xero.com", "Xero", "scope", "offline_access"),
    Habit("login.salesforce.com", "Salesforce", "scope", "refresh_token"),
    Habit(".auth0.com", "Auth0", "scope", "offline_access"),
    Habit(".okta.com", "Okta", "scope", "offline_access"),
)
_NO_LOCALHOST = {"accounts.spotify.com": "Spotify"}
ONLY_LOCALHOST = {"login.microsoftonline.com": "Microsoft"}
_ONLY_HTTPS = {"slack.com": "Slack"}


def lint(connector: Connector, problems: Problems) -> None:
    """Adds a warning for everything that will probably not do what its author wants."""
    standing = {f.key for f in connector.settings}
    everywhere = (connector.base_url, *connector.request_headers.values())
    used: set[str] = {name for text in everywhere for name in names_in(text)}
    on_every_request = frozenset(used)
    opaque = False
    several = len(connector.methods) > 1
    for method in connector.methods.values():
        at = f"methods.{method.key}." if several else ""
        reads = _reads(method)
        hidden = _has_functions(method)
        opaque, used = opaque or hidden, used | reads
        for key, reason in (
            *_refresh(method),
            *_redirect(connector, method),
            *_fields("auth", method.fields),
            *_named_by_a_secret(method),
            *_never_asked(method, reads, standing),
            *(() if hidden else _never_used("auth", _placed(method), reads | on_every_request)),
        ):
            problems.add(key if key.startswith("redirect") else f"{at}{key}", reason, "warning")
    declared = connector.settings
    unused = () if opaque else _never_used("settings", declared, used)
    for key, reason in (*_fields("settings", declared), *unused):
        problems.add(key, reason, "warning")


def _placed(method: Method) -> tuple[Field, ...]:
    """The fields; without the secret ones where `check` has said already that nothing says where they go."""
    nowhere = effective_apply(method, True) is None
    return tuple(field for field in method.fields if not (nowhere and field.secret))


def _has_functions(method: Method) -> bool:
    return any(isinstance(getattr(method, name), Hook) for name in method.__struct_fields__)


def _reads(method: Method) -> set[str]:
    """Every name that the method's templates read, and the fields that decide what is shown."""
    texts = [text for _, text in (*method_strings(method), *sign_strings(method))]
    with_token = method.type not in {"apiKey", "pwd"}
    for has_token in (True,) if with_token else (False, True) if method.returns_token else (False,):
        if (apply := effective_apply(method, has_token)) is not None:
            texts += [
                t for part in ("headers", "query", "cookies", "auth") for t in getattr(apply, part).values()
            ]
    shown = {key for field in method.fields for key in field.show_when}
    by_itself = {"username", "password"} if method.grant == "password" else set()
    return {name for text in texts for name in names_in(text)} | shown | by_itself


def _page(method: Method) -> tuple[str, AuthUrl | None]:
    """The host where people sign in, as far as the definition says it."""
    if not isinstance(method.auth_url, AuthUrl):
        return "", None
    return (urlsplit(re.sub(r"\{\{.*?\}\}", "x", method.auth_url.url)).hostname or ""), method.auth_url


def _refresh(method: Method) -> Iterator[tuple[str, str]]:
    host, page = _page(method)
    if page is None or method.type != "oauth2" or method.grant != "authorization_code":
        return
    for habit in REFRESH_HABITS:
        if host != habit.host and not (habit.host.startswith(".") and host.endswith(habit.host)):
            continue
        if habit.place == "params":
            found = page.params.get(habit.name) == habit.value or f"{habit.name}={habit.value}" in page.url
            wanted = f"{habit.name}={habit.value}"
        else:
            scopes = {scope.value for scope in method.scopes if scope.default}
            found, wanted = habit.name in scopes, f"the scope {habit.name}"
        if not found:
            reason = f"no refresh token will be issued: {habit.service} wants {wanted}."
            yield ("auth_url.params" if habit.place == "params" else "scope"), reason


def _redirect(connector: Connector, method: Method) -> Iterator[tuple[str, str]]:
    host, page = _page(method)
    redirect = connector.redirect
    if page is None:
        return
    if host in _NO_LOCALHOST and redirect.host == "localhost":
        yield (
            "redirect.host",
            f"redirect host “localhost” is refused by {_NO_LOCALHOST[host]}; use 127.0.0.1.",
        )
    if host in ONLY_LOCALHOST and redirect.host != "localhost":
        yield "redirect.host", f"{ONLY_LOCALHOST[host]} only takes “localhost” as the redirect host."
    if host in _ONLY_HTTPS and redirect.scheme != "https":
        yield "redirect.scheme", f"{_ONLY_HTTPS[host]} only takes redirect addresses with https."


def _fields(table: str, fields: tuple[Field, ...]) -> Iterator[tuple[str, str]]:
    for field in fields:
        # The consumer key of OAuth 1 names the app; only its companion is a secret.
        if field.secret and field.type == "text" and field.key != "consumer_key":
            yield f"{table}.{field.key}.type", 'is a secret in a text field; say type = "password".'
        parts = urlsplit(field.default) if field.default.startswith("http://") else None
        if parts is not None and not is_loopback(parts.hostname or ""):
            yield (
                f"{table}.{field.key}.default",
                "is an http address; requests to it will be refused, use https.",
            )


def _named_by_a_secret(method: Method) -> Iterator[tuple[str, str]]:
    secrets = {field.key for field in method.fields if field.secret} | {"access_token", "refresh_token"}
    rule = method.account_name_from_profile_info
    if isinstance(rule, Hook):
        return
    for text in (rule,) if isinstance(rule, str) else rule or ():
        names = names_in(text) if "{{" in text else {text}
        masked = re.search(r"\|\s*mask\b", text)
        for name in sorted(names & secrets) if not masked else ():
            yield (
                "account_name_from_profile_info",
                f"the account would be named by a secret; “{{{{{name} | mask}}}}” shows enough of it.",
            )


def _never_used(
    table: str, fields: tuple[Field, ...], reads: set[str] | frozenset[str]
) -> Iterator[tuple[str, str]]:
    for field in fields:
        if field.type != "notice" and field.key not in reads | _READ_ANYWAY:
            yield f"{table}.{field.key}", "is asked for and never used."


def _never_asked(method: Method, reads: set[str], settings: set[str]) -> Iterator[tuple[str, str]]:
    asked = {field.key for field in method.fields} | settings
    if method.type in {"oauth2", "oauth"}:
        return
    has_token = method.type == "session" or method.returns_token or isinstance(method.validate, Hook)
    wanted = {"client_id", "client_secret"} | (set() if has_token else set(_BROUGHT_BY_A_TOKEN))
    for name in sorted((reads & wanted) - asked):
        yield "auth", f"“{{{{{name}}}}}” is used and nobody is asked for it."
