"""Steps that are data: a request of theirs as one of our tables, when ours can say exactly the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from connectors.dialects.appmixer.names import our_template

Template = Callable[[str], "str | None"]
# What changes nothing about the request that is sent, or what the app always does itself.
_WITHOUT_EFFECT = {
    *("simple", "resolveWithFullResponse", "timeout", "gzip", "followRedirect", "followAllRedirects"),
    *("maxRedirects", "rejectUnauthorized", "strictSSL", "responseType", "encoding", "forever", "agent"),
}
_METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"}
_QUERY, _BODIES = ("qs", "params", "query"), ("form", "data", "body", "json")


def template_with(name: Callable[[str], str]) -> Template:
    """What turns a text of theirs into one of ours."""
    return lambda text: our_template(text, name)


def request_table(step: Mapping[str, Any], template: Template) -> dict[str, Any] | None:
    """Their request as our table; None when ours could not say exactly the same."""
    known = {"method", "url", "uri", "headers", "auth", *_QUERY, *_BODIES, *_WITHOUT_EFFECT}
    if set(step) - known:
        return None
    method = str(step.get("method") or "GET").upper()
    url = _text(step.get("url") or step.get("uri"), template)
    query = _pairs(_first(step, _QUERY), template)
    headers = _pairs(step.get("headers"), template)
    auth = _auth(step.get("auth"), template)
    body = _body(step, template, headers or {})
    if method not in _METHODS or not url or query is None or headers is None or auth is None or body is None:
        return None
    table: dict[str, Any] = {"method": method, "url": url}
    parts = (("query", query), ("headers", headers), ("auth", auth))
    return table | {key: value for key, value in parts if value} | body


def bare_token_table(step: Mapping[str, Any], template: Template) -> dict[str, Any] | None:
    """A token request without a body of its own, which gets the standard parameters; else None."""
    if set(step) - {"method", "url", "uri", "headers", *_WITHOUT_EFFECT, "json"} or step.get("json") not in (
        None,
        True,
    ):
        return None
    method = str(step.get("method") or "POST").upper()
    url, headers = _text(step.get("url") or step.get("uri"), template), _pairs(step.get("headers"), template)
    if method != "POST" or not url or headers is None:
        return None
    if any("json" in value for name, value in headers.items() if name.lower() == "content-type"):
        return None
    headers = {name: value for name, value in headers.items() if name.lower() != "content-type"}
    return {"url": url} | ({"headers": headers} if headers else {})


def _first(step: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((step[name] for name in names if step.get(name) is not None), None)


def _text(value: Any, template: Template) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    return template(value) if isinstance(value, str) else None


def _pairs(value: Any, template: Template) -> dict[str, str] | None:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        return None
    found: dict[str, str] = {}
    for name, item in value.items():
        text = _text(item, template)
        if not text or "{{" in name:
            return None  # ours leaves out what is empty; theirs sends it
        found[name] = text
    return found


def _auth(value: Any, template: Template) -> dict[str, str] | None:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        return None
    if value.get("bearer") is not None:
        bearer = _text(value["bearer"], template)
        return {"bearer": bearer} if bearer else None
    user = _text(_first(value, ("user", "username")), template)
    password = _text(_first(value, ("pass", "password")) or "", template)
    if user is None or password is None:
        return None
    return {"user": user, "password": password}


def _body(step: Mapping[str, Any], template: Template, headers: Mapping[str, str]) -> dict[str, Any] | None:
    """The body's key and value; empty without one; None when ours cannot say it."""
    given = {
        key: step[key] for key in _BODIES if step.get(key) is not None and not isinstance(step[key], bool)
    }
    if not given:
        return {}
    if len(given) > 1:
        return None
    key, value = next(iter(given.items()))
    if not isinstance(value, Mapping):
        return None
    kind = next((text for name, text in headers.items() if name.lower() == "content-type"), "")
    is_form = key == "form" or "x-www-form-urlencoded" in kind
    if is_form:
        form = _pairs(value, template)
        return None if form is None else {"form": form}
    filled = _filled(value, template)
    return None if filled is None or _has_nothing(filled) else {"json": filled}


def _filled(value: Any, template: Template) -> Any:
    match value:
        case str():
            return template(value)
        case Mapping():
            return {name: _filled(item, template) for name, item in value.items()}
        case list():
            return [_filled(item, template) for item in value]
    return value


def _has_nothing(value: Any) -> bool:
    """Whether there is a null anywhere: TOML has none."""
    if isinstance(value, Mapping):
        return any(_has_nothing(item) for item in value.values())
    if isinstance(value, list):
        return any(_has_nothing(item) for item in value)
    return value is None
