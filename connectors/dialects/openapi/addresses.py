"""Server and token addresses: relative, templated, empty, or not encrypted. What is open becomes a field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

import msgspec

from connectors.dialects.openapi.document import Document
from connectors.dialects.openapi.names import Form, label, literal, plain, snake
from connectors.templates.text import clean
from connectors.wire.urls import problem_with

# Bounded, so that a hostile address takes no longer than its length.
_HOLE = re.compile(r"\$?\{{1,2}([^{}]{1,200})\}{1,2}|<([^<>/\s]{1,200})>")
_LONGEST = 2000
Variables = Mapping[str, Any]


class Base(msgspec.Struct, kw_only=True):
    """Where the service's requests go: a template, and the rows that it reads."""

    template: str
    literal: str = ""  # the address, when nothing in it is open or there is a default
    raw: str = ""  # as the document writes it, with its {variables}
    variables: Mapping[str, Any] = {}
    rows: dict[str, dict[str, Any]] = {}


def base_of(document: Document) -> Base:
    """The base address. What the document does not say becomes a field; what is left out is told."""
    usable: list[tuple[int, str, Variables]] = []
    said: list[str] = []
    edited: set[str] = set()
    for index, server in enumerate(document.servers):
        url = str(server.get("url") or "").strip()
        variables = server.get("variables")
        variables = variables if isinstance(variables, Mapping) else {}
        if len(url) > _LONGEST:
            document.warn(f"servers[{index}]", f"is longer than {_LONGEST} characters; it was passed over.")
            continue
        url = _absolute(url, document.origin)
        if (bare := re.split(r"[?#]", url, maxsplit=1)[0]) != url:
            document.warn(f"servers[{index}]", "what stands behind “?” or “#” was left out: paths follow it.")
            url = bare
        if _slashed(url, variables):
            # A piece of path is no field of its own; the whole address can be edited instead.
            url = _with_defaults(url, variables)
            edited.add(url)
        if reason := _problem(url):
            twin = url.replace("http://", "https://", 1)
            if url and (
                twin == url or all(str(other.get("url")).strip() != twin for other in document.servers)
            ):
                said.append(url)
                document.warn(f"servers[{index}]", f"“{clean(url, 120)}” cannot be used as it is: {reason}.")
            continue
        if url not in (u for _, u, _ in usable):
            usable.append((index, url, variables))
    if not usable:
        return _asked(document, said)
    index, url, variables = usable[0]
    others = [u for _, u, _ in usable[1:]]
    if _HOLE.search(url):
        form = Form()
        template = template_of(url, variables, form)
        for other in others:
            document.dropped[f"servers: {other}"] = (
                "the first server is used; its fields do not fit this one."
            )
        whole = "" if "{{" in template else template
        return Base(template=template, rows=form.rows, literal=whole, raw=url, variables=variables)
    if not others and url not in edited and not any(s.startswith("/") for s in said):
        return Base(template=url.rstrip("/"), literal=url)
    row: dict[str, Any] = {"name": "Server", "default": url}
    if any(_HOLE.search(other) for other in others) or said or not others:
        rest = ", ".join([*others, *said])
        about = f"The document also names: {clean(rest, 200)}" if rest else ""
        row |= {"name": "Base URL", "format": "url", "tooltip": about}
        return Base(template="{{base_url}}", literal=url, rows={"base_url": row})
    labels = {u: plain(document.servers[i].get("description")) for i, u, _ in usable}
    row |= {
        "type": "select",
        "options": [{"label": f"{t} ({u})" if t else u, "value": u} for u, t in labels.items()],
    }
    return Base(template="{{server}}", literal=url, rows={"server": row})


def editable(base: Base) -> Base:
    """The same as a form with one row at least."""
    if base.rows:
        return base
    row = {"name": "Base URL", "format": "url", "default": base.literal}
    return msgspec.structs.replace(base, template="{{base_url}}", rows={"base_url": row})


def _asked(document: Document, said: list[str]) -> Base:
    hint = f"The document only says “{clean(said[0], 120)}”: enter the whole address." if said else ""
    if not said and document.origin:
        # What a document leaves out is where it came from itself (OpenAPI 3, Server Object).
        root = urljoin(document.origin, "/").rstrip("/")
        document.warn("servers", f"the document does not say where the service is; {root} is assumed.")
        row = {"name": "Base URL", "format": "url", "default": root}
        return Base(template="{{base_url}}", literal=root, rows={"base_url": row})
    if not said:
        document.warn("servers", "the document does not say where the service is; the form asks for it.")
    row = {
        "name": "Base URL",
        "format": "url",
        "tooltip": hint or "The document does not say where the service is.",
        "placeholder": "https://api.example.com" + (said[0] if said and said[0].startswith("/") else ""),
    }
    return Base(template="{{base_url}}", rows={"base_url": row})


def _absolute(url: str, origin: str) -> str:
    if url.startswith("//"):
        return "https:" + url
    if origin and not re.match(r"[a-zA-Z][\w+.-]*:|[{<$]", url):
        return urljoin(origin, url)
    return url


def _problem(url: str) -> str:
    """Why the address cannot be a base; empty when it can."""
    if re.search(r"[{}]", _HOLE.sub("", url)):
        return "its braces do not fit together"
    if _HOLE.match(url):
        return ""
    if not url:
        return "it is empty"
    return problem_with(_HOLE.sub(lambda hole: "1" if url[: hole.start()].endswith(":") else "x", url))


def _slashed(url: str, variables: Variables) -> bool:
    """Whether a variable holds a piece of path, and there is a default for all of them."""
    names = [_name(m) for m in _HOLE.finditer(url)]
    return (
        bool(names)
        and all(_default(variables, n) for n in names)
        and any("/" in value for n in names for value in (_default(variables, n), *_enum(variables, n)))
    )


def _with_defaults(url: str, variables: Variables) -> str:
    """The address as it is by default. A piece that brings its own slash stands behind no second one."""

    def value_of(match: re.Match[str]) -> str:
        value = _default(variables, _name(match))
        return value.lstrip("/") if match.string[: match.start()].endswith("/") else value

    return _HOLE.sub(value_of, url)


def _name(hole: re.Match[str]) -> str:
    return str(hole.group(1) or hole.group(2)).strip()


def _default(variables: Variables, name: str) -> str:
    variable = variables.get(name)
    value = variable.get("default") if isinstance(variable, Mapping) else None
    return str(value) if isinstance(value, str | int | float) else ""


def _enum(variables: Variables, name: str) -> list[str]:
    variable = variables.get(name)
    values = variable.get("enum") if isinstance(variable, Mapping) else None
    return list(dict.fromkeys(str(v) for v in values)) if isinstance(values, list) else []


def template_of(url: str, variables: Variables, form: Form) -> str:
    """The address as a template; each `{variable}` becomes a row with its choices and its default."""

    def row_of(match: re.Match[str]) -> str:
        name = _name(match)
        choices, default = _enum(variables, name), _default(variables, name)
        if match.start() == 0 and url[match.end() :].startswith("://"):
            choices = [c for c in choices if c == "https"] or ["https"]  # nothing is sent unencrypted
            default = choices[0]
        if (
            len(choices) == 1
            and default in ("", choices[0])
            and literal(choices[0])
            and (match.start() or choices == ["https"])
        ):
            return choices[0]
        about = variables.get(name)
        row: dict[str, Any] = {"name": label(name), "default": default}
        row["tooltip"] = plain(about.get("description") if isinstance(about, Mapping) else "")
        if isinstance(about, Mapping) and about.get("default") == "" and match.start():
            row["required"] = False  # nothing is what it is by default
        if choices:
            options = choices if not default or default in choices else [default, *choices]
            row |= {"type": "select", "options": options}
        if match.start() == 0:
            row |= {"format": "url"} if not choices else {}
        return "{{" + form.add(snake(name), row) + "}}"

    return _HOLE.sub(row_of, url).rstrip("/")


def _origin(url: str) -> str:
    """Scheme and host of an address that may hold variables; empty when that cannot be told."""
    match = re.match(r"(?:https?|\$?\{[^{}/]+\})://[^/]+", url)
    return match.group() if match else ""


def known_address(url: Any, base: Base, document: Document, place: str) -> tuple[str, str]:
    """An address of a sign-in: (it, "") when it can be used, else ("", what is said of it for people).

    It may hold `{variables}`; a relative one stands below the server.
    """
    text = url.strip() if isinstance(url, str) else ""
    if url is not None and not isinstance(url, str):
        document.warn(place, "must be text; the form asks for the address.")
    if not text:
        return "", "The document does not give it."
    if len(text) > _LONGEST:
        document.warn(place, f"is longer than {_LONGEST} characters; the form asks for the address.")
        return "", "The document gives one that is too long."
    if text.startswith("//"):
        text = "https:" + text
    if not re.match(r"[a-zA-Z][\w+.-]*:|[{<$]", text):
        start = base.literal or document.origin
        server = _origin(base.raw)
        if start and urlsplit(start).scheme:
            text = urljoin(start, text)
        elif server and text.startswith("/"):
            text = server + text
        else:
            return "", f"The document only gives “{clean(text, 120)}”: enter the whole address."
    if reason := _problem(text):
        document.warn(place, f"“{clean(text, 120)}” cannot be used: {reason}; the form asks for the address.")
        return "", f"The document gives “{clean(text, 120)}”, which cannot be used: {reason}."
    return text, ""
