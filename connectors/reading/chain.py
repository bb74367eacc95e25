"""Chained steps, what they keep and let people choose, and what a callback and a signature are made of."""

from __future__ import annotations

from typing import Any, cast

from connectors.chain_tables import SIGN_TEXTS
from connectors.definition import CallbackNames, ChainStep, Choose, Hook, Place, Sign
from connectors.reading.steps import Functions, hook_or, read_request
from connectors.reading.table import Table, kind_of
from connectors.templates.paths import is_path

_PLACES = ("header", "cookie", "path")


def read_session(table: Table, functions: Functions) -> tuple[ChainStep, ...] | Hook | None:
    """`request_session`: an address, a table, a list of tables or a function."""
    value = hook_or(table, functions, "request_session")
    if value is None or isinstance(value, Hook):
        return value
    return _steps(table, "request_session", value)


def read_refresh_session(table: Table) -> tuple[ChainStep, ...]:
    """`refresh_session`: the same, without a function."""
    value = table.raw("refresh_session")
    return () if value is None else _steps(table, "refresh_session", value)


def read_after_connect(table: Table) -> tuple[ChainStep, ...]:
    """`after_connect`: the same, without a function."""
    value = table.raw("after_connect")
    return () if value is None else _steps(table, "after_connect", value)


def _steps(table: Table, key: str, value: Any) -> tuple[ChainStep, ...]:
    rows = value if isinstance(value, list) else [value]
    steps: list[ChainStep] = []
    for number, row in enumerate(rows):
        at = f"{table.path(key)}[{number}]" if len(rows) > 1 else table.path(key)
        if isinstance(row, str):
            row = {"url": row}
        if not isinstance(row, dict):
            table.wrong(key, f"must be made of addresses or tables, not {kind_of(row)}.")
            continue
        inner = Table(row, at, table.problems)
        keep, choose, sign = _keep(inner), _choose(inner), read_sign(inner)
        steps.append(ChainStep(request=read_request(inner, "GET"), keep=keep, choose=choose, sign=sign))
    return tuple(steps)


def _keep(table: Table) -> dict[str, Place]:
    """`keep = { name = "path" }`; a table says that the value stands elsewhere than in the body."""
    inner = table.table("keep")
    found: dict[str, Place] = {}
    for name in inner.data if inner is not None else ():
        assert inner is not None
        value = inner.raw(name)
        if isinstance(value, str):
            found[name] = _checked(inner, name, Place("path", value))
        elif isinstance(value, dict):
            found[name] = _place(Table(value, inner.path(name), table.problems))
        else:
            inner.wrong(name, f"must be a path or a table, not {kind_of(value)}.")
    return found


def _place(table: Table) -> Place:
    named = {kind: table.text(kind) for kind in _PLACES}
    whole = {"cookies": table.flag("cookies"), "text": table.flag("text")}
    cut = (table.text("after"), table.text("before"), table.flag("whole"))
    table.done()
    found = [Place(cast(Any, kind), name, *cut) for kind, name in named.items() if name]
    found += [Place(cast(Any, kind), "", *cut) for kind, wanted in whole.items() if wanted]
    if len(found) != 1:
        table.wrong("", "names one place: path, header, cookie, cookies = true or text = true.")
        return Place("text")
    return _checked(table, "path", found[0])


def _checked(table: Table, key: str, place: Place) -> Place:
    if place.kind == "path" and not is_path(place.name):
        table.wrong(key, f"“{place.name}” is not a path.")
    return place


def _choose(table: Table) -> Choose | None:
    inner = table.table("choose")
    if inner is None:
        return None
    plain = Choose()
    found = Choose(
        title=inner.text("title", default=plain.title),
        options=inner.text("options"),
        value=inner.text("value", default=plain.value),
        label=inner.text("label", default=plain.label),
        keep=inner.mapping("keep"),
    )
    inner.done()
    if not found.keep:
        inner.wrong("keep", 'is needed: what to keep of the chosen one, such as { site_id = "id" }.')
    paths = {"options": found.options, "value": found.value, "label": found.label, **found.keep}
    for name, path in paths.items():
        if path and not is_path(path):
            inner.wrong(name, f"“{path}” is not a path.")
    return found


def read_callback_names(table: Table) -> CallbackNames:
    """`[callback]`: what the service calls `code`, `state` and `error`."""
    inner = table.table("callback")
    if inner is None:
        return CallbackNames()
    found = CallbackNames(
        code=inner.text("code", default="code"),
        state=inner.text("state", default="state"),
        error=inner.text("error", default="error"),
    )
    inner.done()
    if len({found.code, found.state, found.error}) < 3 or "" in (found.code, found.state, found.error):
        inner.wrong("", "each of code, state and error needs a name of its own.")
    return found


_SIGN_NEEDS = {
    "aws-sigv4": ("region", "service", "access_key", "secret_key"),
    "hmac": ("header", "key"),
    "wsse": ("user", "password"),
}


def read_sign(table: Table) -> Sign | None:
    """`[sign]`: a signature on every request, or on one of a chain."""
    inner = table.table("sign")
    if inner is None:
        return None
    kind = inner.choice("type", tuple(_SIGN_NEEDS), "hmac") if inner.text("type") else ""
    if not kind:
        inner.wrong("type", f"is needed: {', '.join(_SIGN_NEEDS)}.")
    given = {name: inner.text(name) for name in SIGN_TEXTS}
    algorithms = ("sha1", "sha256", "sha384", "sha512", "md5")
    found = Sign(
        type=cast(Any, kind or "hmac"),
        **given,
        key_encoding=cast(Any, inner.choice("key_encoding", ("text", "base64", "hex"), "text")),
        value=inner.text("value", default="{{signature}}"),
        headers=inner.mapping("headers"),
        algorithm=cast(Any, inner.choice("algorithm", algorithms, "sha256")),
        encoding=cast(Any, inner.choice("encoding", ("hex", "base64", "base64url"), "hex")),
    )
    inner.done()
    for name in _SIGN_NEEDS.get(kind, ()):
        if not given[name]:
            inner.wrong(name, f"is needed for {kind}.")
    return found
