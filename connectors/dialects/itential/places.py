"""`auth_field`: where on a request the credential goes. One field or several, with a format for each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from connectors.dialects.itential.formats import template_of
from connectors.errors import DefinitionError


def apply_of(fields: tuple[str, ...], formats: tuple[str, ...], names: Mapping[str, str]) -> dict[str, Any]:
    """The [apply] table. A field without a format of its own gets the first one.

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
            apply.setdefault("headers", {})[name] = template_of(form, names)
        elif kind == "body" and rest:
            apply.setdefault("body", {})[rest] = template_of(form, names)
        elif kind == "urlpath":
            apply["path_end"] = apply.get("path_end", "") + "/" + template_of(form.strip("/"), names)
        elif kind == "url":
            apply.setdefault("query", {}).update(_query(form, names))
        else:
            raise DefinitionError(
                f"auth_field “{field[:60]}” is no place on a request.",
                "Places are header.headers.<name>, header.auth, body.<name>, url and urlpath.",
            )
    return apply


def _query(form: str, names: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in form.lstrip("?&").split("&"):
        name, equals, value = part.partition("=")
        if not name or not equals or "{" in name:
            raise DefinitionError(
                "auth_field_format for “url” is not made of name=value.", "Write it like apikey={token}."
            )
        found[unquote(name)] = template_of(unquote(value), names)
    return found
