"""`auth_field`: where on a request the credential goes. One field or several, with a format for each."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

from connectors.dialects.itential.formats import template_of
from connectors.errors import DefinitionError
from connectors.templates.text import clean

_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
Literal = Callable[[str, str], str]  # (name, text) -> template


def apply_of(
    fields: tuple[str, ...], formats: tuple[str, ...], names: Mapping[str, str], literal: Literal
) -> dict[str, Any]:
    """The [apply] table. A field without a format of its own gets the first one.

    `literal` takes a text without placeholders: it may be the secret itself.
    Raises DefinitionError for a place that a request does not have.
    """
    apply: dict[str, Any] = {}
    padded = (*formats, *formats[:1] * len(fields))
    for field, form in zip(fields, padded, strict=False):
        kind, _, rest = field.partition(".")
        if field == "header.auth":
            text = template_of("Basic {b64}" + form + "{/b64}", names)
            apply.setdefault("headers", {})["Authorization"] = text
        elif field.startswith("header.headers."):
            name = field.removeprefix("header.headers.")
            if not _HEADER.fullmatch(name):
                raise DefinitionError(f"auth_field: “{clean(name, 60)}” cannot be the name of a header.")
            apply.setdefault("headers", {})[name] = _text(name, form, names, literal)
        elif kind == "body" and rest:
            apply.setdefault("body", {})[rest] = _text(rest, form, names, literal)
        elif kind == "urlpath":
            apply["path_end"] = (
                apply.get("path_end", "") + "/" + _text("path", form.strip("/"), names, literal)
            )
        elif kind == "url":
            apply.setdefault("query", {}).update(_query(form, names, literal))
        else:
            raise DefinitionError(
                f"auth_field “{field[:60]}” is no place on a request.",
                "Places are header.headers.<name>, header.auth, body.<name>, url and urlpath.",
            )
    return apply


def _text(name: str, form: str, names: Mapping[str, str], literal: Literal) -> str:
    if any(f"{{{placeholder}}}" in form for placeholder in names):
        return template_of(form, names)
    return literal(name, form)


def _query(form: str, names: Mapping[str, str], literal: Literal) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in form.lstrip("?&").split("&"):
        name, equals, value = part.partition("=")
        if not name or not equals or "{" in name:
            raise DefinitionError(
                "auth_field_format for “url” is not made of name=value.", "Write it like apikey={token}."
            )
        found[unquote(name)] = _text(unquote(name), unquote(value), names, literal)
    return found
