"""A whole definition: who the service is, its settings, and its methods."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal, cast

import msgspec

from connectors.definition import Connector, Field, Method, Redirect
from connectors.reading.fields import SHARED_SESSIONS, read_fields
from connectors.reading.grants import client_settings
from connectors.reading.method import STEP_NAMES, read_method
from connectors.reading.oauth1 import consumer_settings
from connectors.reading.steps import Functions
from connectors.reading.table import Problems, Table
from connectors.reading.tls import certificate_fields, with_certificate_fields
from connectors.reading.whole import whole_definition
from connectors.templates.text import did_you_mean
from connectors.worker.hosts import read_host

KEY = re.compile(r"[a-z0-9][a-z0-9-]*")
_METHOD_KEYS = {
    "apiKey": "api_key",
    "pwd": "password",
    "oauth2": "oauth2",
    "oauth": "oauth1",
    "session": "session",
}


def read_connector(
    data: Mapping[str, Any],
    functions: Mapping[str, Callable[..., Any]],
    problems: Problems,
    *,
    path: Path,
    origin: Literal["catalog", "own"],
) -> Connector:
    """Reads a definition. What is wrong goes to `problems`; the result counts only without fatal ones."""
    if "definition" in functions:
        data = whole_definition(data, functions["definition"], problems)
    table = Table(data, "", problems)
    key = table.text("key", default=path.stem.replace("_", "-").lower())
    if not KEY.fullmatch(key):
        table.wrong("key", "is made of small letters, digits and hyphens.")
    name = table.text("name")
    if not name:
        table.wrong("name", "is needed: what the service is called.")
    methods, taken = _methods(table, functions)
    own_settings = read_fields(table.table("settings"))
    standing = {field.key for field in own_settings}
    methods = {key: with_certificate_fields(method, standing) for key, method in methods.items()}
    connector = Connector(
        key=key,
        name=name or key,
        methods=methods,
        category=table.text("category", default="Other"),
        description=table.text("description"),
        color=table.text("color"),
        icon=table.text("icon"),
        homepage=_https(table, "homepage"),
        register_url=_https(table, "register_url"),
        register_steps=table.texts("register_steps"),
        base_url=table.text("base_url"),
        request_headers=table.mapping("request_headers"),
        log_exchange=table.flag("log_exchange"),
        hosts=_hosts(table),
        local=table.flag("local"),
        settings=_settings(own_settings, methods),
        redirect=_redirect(table, key),
        origin=origin,
        source=path,
    )
    if connector.color and not re.fullmatch(r"#[0-9a-fA-F]{6}", connector.color):
        table.wrong("color", "must be a colour such as #1a73e8.")
    table.done()
    _unused_functions(functions, taken | {"definition"}, problems)
    return connector


def _methods(table: Table, functions: Mapping[str, Callable[..., Any]]) -> tuple[dict[str, Method], set[str]]:
    several = table.table("methods")
    if several is None:
        offered = Functions(functions)
        method = read_method("", table, offered)
        key = _METHOD_KEYS[method.type]
        return {key: _named(method, key, method.name)}, offered.taken
    methods: dict[str, Method] = {}
    taken: set[str] = set()
    for key in several.data:
        inner = several.table(key)
        if inner is None:
            continue
        if not re.fullmatch(r"[a-z][a-z0-9_]*", key):
            inner.wrong("", "a method's key is made of small letters, digits and underscores.")
        offered = Functions(functions, f"{key}_")
        method = read_method(key, inner, offered)
        methods[key] = _named(method, key, inner.text("name", default=method.name))
        inner.done()
        taken |= offered.taken
    if not methods:
        table.wrong("methods", "needs at least one method.")
        methods = {"api_key": Method(key="api_key", type="apiKey", name="API key")}
    return methods, taken


def _named(method: Method, key: str, name: str) -> Method:
    return msgspec.structs.replace(method, key=key, name=name)


def _settings(own: tuple[Field, ...], methods: Mapping[str, Method]) -> tuple[Field, ...]:
    """The settings, with those that methods need by themselves where nobody declared them."""
    if any(method.keep_session == "redis" for method in methods.values()):
        own = (*own, *(field for field in SHARED_SESSIONS if field.key not in {f.key for f in own}))
    consumer = [f for m in methods.values() if m.type == "oauth" for f in consumer_settings(m)]
    standing = {f.key for f in own}
    own = (*{f.key: f for f in consumer if f.key not in standing}.values(), *own)
    own = client_settings(list(methods.values()), own)
    for method in methods.values():
        asked = {f.key for f in (*own, *method.fields)}
        own = (*own, *certificate_fields(method, asked))
    return own


def _https(table: Table, key: str) -> str:
    url = table.text(key)
    if url and not url.startswith("https://"):
        table.wrong(key, "must begin with https://.")
        return ""
    return url


def _hosts(table: Table) -> tuple[str, ...]:
    hosts = table.texts("hosts")
    for host in hosts:
        if read_host(host) is None:
            table.wrong("hosts", f"“{host[:80]}” is no host such as api.example.com or *.example.com.")
    return hosts


def _redirect(table: Table, key: str) -> Redirect:
    # A path of its own for each: one service's answer cannot come in as another's, also where neither names
    # itself in it (RFC 9700 4.4.2.2). The port does not count (RFC 8252 7.3).
    own_path = f"/callback/{key}" if KEY.fullmatch(key) else "/callback"
    inner = table.table("redirect")
    if inner is None:
        return Redirect(path=own_path)
    scheme = inner.choice("scheme", ("http", "https"), "http")
    host = inner.choice("host", ("127.0.0.1", "localhost", "[::1]"), "127.0.0.1")
    ports = inner.numbers("ports")
    path = inner.text("path", default=own_path)
    if any(not 1 <= port <= 65535 for port in ports):
        inner.wrong("ports", "a port is a number from 1 to 65535.")
    if not re.fullmatch(r"/[A-Za-z0-9/_.-]*", path):
        inner.wrong("path", "must begin with a slash and hold only letters, digits and /_.-")
    inner.done()
    return Redirect(scheme=cast(Any, scheme), host=cast(Any, host), ports=ports, path=path)


def _unused_functions(functions: Mapping[str, Any], taken: set[str], problems: Problems) -> None:
    for name in functions:
        if name not in taken and not name.startswith("_"):
            hint = did_you_mean(name, STEP_NAMES) or " Begin a helper's name with an underscore."
            problems.add(name, f"the function is not a step that the definition uses.{hint}")
