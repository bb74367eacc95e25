"""Steps: a string (an address), a table (a request) or a function of the Python file beside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast, get_args

from connectors.definition import (
    Apply,
    AuthUrl,
    Encoding,
    Hook,
    Request,
    Step,
    Success,
    TokenAnswer,
    TokenRequest,
)
from connectors.reading.table import Table, kind_of

_HTTP_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD")
_ENCODINGS = get_args(Encoding)


class Functions:
    """The functions that a Python file offers for steps, by name, and which of them were taken."""

    def __init__(self, functions: Mapping[str, Callable[..., Any]], prefix: str = "") -> None:
        self._functions = functions
        self._prefix = prefix
        self.taken: set[str] = set()

    def take(self, step: str) -> Hook | None:
        """The function of a step, or None."""
        name = self._prefix + step
        if name not in self._functions:
            return None
        self.taken.add(name)
        return Hook(step, self._functions[name])


def hook_or(table: Table, functions: Functions, key: str, *aliases: str) -> Hook | Any:
    """The step's function, else its raw value; both at once is a mistake."""
    value = table.raw(key, *aliases)
    hook = next((h for name in (key, *aliases) if (h := functions.take(name)) is not None), None)
    if callable(value):
        return Hook(key, value)
    if hook is not None and value is not None:
        table.wrong(
            key, "stands in the TOML file and is a function of the Python file too; keep one of them."
        )
    return hook if hook is not None else value


def read_step(
    table: Table, functions: Functions, key: str, *aliases: str, method: str = "GET"
) -> Step | None:
    """A request or a function."""
    value = hook_or(table, functions, key, *aliases)
    match value:
        case None | Hook():
            return value
        case str():
            return Request(url=value, method=method)
        case dict():
            return read_request(Table(value, table.path(key), table.problems), method)
    table.wrong(key, f"must be an address, a table or a function, not {kind_of(value)}.")
    return None


def _url(table: Table) -> str:
    url = table.text("url", "uri")
    if not url:
        table.wrong("url", "is needed.")
    return url


def read_auth(table: Table, *, digest: bool = False) -> dict[str, str]:
    """`auth = {user, password}` or `{bearer}`; with `digest` the pair may answer a challenge instead."""
    auth = table.table("auth")
    if auth is None:
        return {}
    found = {
        "user": auth.text("user", "username"),
        "password": auth.text("password", "pass"),
        "bearer": auth.text("bearer"),
    }
    challenged = {"digest": "true"} if digest and auth.flag("digest") else {}
    auth.done()
    if found["bearer"] and (found["user"] or found["password"]):
        auth.wrong("bearer", "stands beside a user name; a request has one of them.")
    if found["bearer"]:
        return {"bearer": found["bearer"]}
    if not found["user"] and not found["password"]:
        return {}
    return {"user": found["user"], "password": found["password"], **challenged}


def _body(table: Table) -> tuple[dict[str, Any] | str | None, str]:
    """The body and the encoding that its name implies."""
    for key, encoding in (("json", "json"), ("form", "form")):
        if key in table.data:
            if table.choice("encoding", _ENCODINGS, encoding) != encoding:
                table.wrong("encoding", f"contradicts “{key}”; use “body” with another encoding.")
            return table.raw(key, "body", "data", *({"json", "form"} - {key})), encoding
    return table.raw("body", "data", "json", "form"), table.choice("encoding", _ENCODINGS, "form")


def read_request(table: Table, method: str) -> Request:
    """The request in a table; every key that is left is reported."""
    body, encoding = _body(table)
    if body is not None and not isinstance(body, str | dict):
        table.wrong("body", f"must be a table or a text, not {kind_of(body)}.")
        body = None
    request = Request(
        url=_url(table),
        method=table.choice("method", _HTTP_METHODS, "POST" if body is not None else method),
        query=table.mapping("query", "params", "qs"),
        headers=table.mapping("headers"),
        auth=read_auth(table),
        body=body,
        encoding=cast(Encoding, encoding),
        success=_success(table),
        error_path=table.text("error_path"),
    )
    table.done()
    return request


def _success(table: Table) -> Success:
    rule = table.table("success")
    if rule is None:
        return Success()
    equals = rule.raw("equals")
    if equals is not None and not isinstance(equals, str | int | bool):
        rule.wrong("equals", "must be text, a number or true/false.")
        equals = None
    success = Success(status=rule.numbers("status"), path=rule.text("path"), equals=equals)
    if equals is not None and not success.path:
        rule.wrong("equals", "says nothing without a “path”.")
    rule.done()
    return success


def read_auth_url(table: Table, functions: Functions) -> AuthUrl | Hook | None:
    """The authorization request: an address, a table or a function."""
    value = hook_or(table, functions, "auth_url")
    match value:
        case None | Hook():
            return value
        case str():
            return AuthUrl(url=value)
        case dict():
            inner = Table(value, table.path("auth_url"), table.problems)
            found = AuthUrl(
                url=_url(inner),
                params=inner.mapping("params", "query", "qs"),
                rename=inner.mapping("rename"),
                remove=inner.texts("remove"),
                unencoded=inner.texts("unencoded"),
            )
            inner.done()
            return found
    table.wrong("auth_url", f"must be an address, a table or a function, not {kind_of(value)}.")
    return None


def read_token_request(table: Table, functions: Functions, key: str) -> TokenRequest | Hook | None:
    """A request to a token endpoint: an address, a table or a function."""
    value = hook_or(table, functions, key)
    match value:
        case None | Hook():
            return value
        case str():
            return TokenRequest(url=value)
        case dict():
            inner = Table(value, table.path(key), table.problems)
            found = TokenRequest(
                url=_url(inner),
                method=inner.choice("method", ("POST", "GET"), "POST"),
                params=inner.mapping("params", "body", "data"),
                headers=inner.mapping("headers"),
                rename=inner.mapping("rename"),
                remove=inner.texts("remove"),
                encoding=cast(
                    Encoding, inner.choice("encoding", ("form", "json", "query", "multipart"), "form")
                ),
            )
            inner.done()
            return found
    table.wrong(key, f"must be an address, a table or a function, not {kind_of(value)}.")
    return None


def read_token_answer(table: Table) -> TokenAnswer:
    """`[token_answer]`: where in the answer the tokens are."""
    inner = table.table("token_answer")
    if inner is None:
        return TokenAnswer()
    plain = TokenAnswer()
    words = ("seconds", "minutes", "ms", "epoch", "iso", "auto", "none")
    found = TokenAnswer(
        access_token=inner.text("access_token", default=plain.access_token),
        refresh_token=inner.text("refresh_token", default=plain.refresh_token),
        token_type=inner.text("token_type", default=plain.token_type),
        expires_in=inner.text("expires_in", default=plain.expires_in),
        scope=inner.text("scope", default=plain.scope),
        error=inner.text("error", default=plain.error),
        expires=cast(Any, inner.choice("expires", words, "seconds")),
        default_expires_in=inner.number("default_expires_in"),
        margin=inner.number("margin") or 0,
        any_token_type=inner.flag("any_token_type"),
        keep=inner.mapping("keep")
        if isinstance(inner.data.get("keep"), dict)
        else _by_path(inner.texts("keep")),
    )
    inner.done()
    return found


def _by_path(paths: tuple[str, ...]) -> dict[str, str]:
    return {path: path for path in paths}


def read_apply(table: Table) -> Apply | None:
    """`[apply]`: where the credential goes on a request."""
    inner = table.table("apply")
    if inner is None:
        return None
    found = Apply(
        headers=inner.mapping("headers"),
        query=inner.mapping("query", "params", "qs"),
        cookies=inner.mapping("cookies"),
        path=inner.text("path"),
        path_end=inner.text("path_end"),
        body=inner.mapping("body"),
        auth=read_auth(inner, digest=True),
    )
    nothing = inner.flag("nothing")
    inner.done()
    if nothing and found != Apply():
        inner.wrong("nothing", "contradicts the places that stand beside it.")
    if found == Apply() and not nothing:
        table.wrong(
            "apply", "names no place for the credential: use auth, headers, query, cookies, path or body."
        )
    return found
