"""The form: their fields as ours, in all the shapes that modules use."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from connectors.dialects.appmixer.names import field_key
from connectors.fields import looks_secret
from connectors.templates.filters import GENERATORS

_TYPES = {
    "text": "text",
    "string": "text",
    "url": "text",
    "email": "text",
    "password": "password",
    "secret": "password",
    "textarea": "textarea",
    "select": "select",
    "dropdown": "select",
    "checkbox": "checkbox",
    "toggle": "checkbox",
    "boolean": "checkbox",
    "number": "number",
    "hidden": "hidden",
    "notice": "notice",
}
_OPTIONAL = re.compile(r"\boptional\b", re.IGNORECASE)
# OAuth 2 settings that a form may ask for instead; ours know them by these names.
_SETTINGS = {"clientId": "client_id", "clientSecret": "client_secret"}
Warn = Callable[[str, str], None]


def read_fields(
    definition: Mapping[str, Any], kind: str, warn: Warn
) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    """The fields by our key, and their names with the keys that they have here."""
    rows: dict[str, Mapping[str, Any]] = {}
    for part in ("auth", "pre"):
        given = definition.get(part)
        if isinstance(given, Mapping):
            inner = next(
                (given[k] for k in ("auth", "fields", "inputs") if isinstance(given.get(k), Mapping)), given
            )
            rows |= {
                name: row
                for name, row in inner.items()
                if isinstance(row, Mapping) and "$function" not in row
            }
    fields: dict[str, dict[str, Any]] = {}
    names: dict[str, str] = {}
    for name, row in rows.items():
        key = _SETTINGS.get(name, name) if kind == "oauth2" else name
        key = field_key(key)
        if key in GENERATORS or key in fields:
            key = f"{key}_field"
        names[name] = key
        fields[key] = _field(name, row, warn)
    return fields, names


def _field(name: str, row: Mapping[str, Any], warn: Warn) -> dict[str, Any]:
    given = str(row.get("type") or "text").lower()
    kind = _TYPES.get(given, "text")
    if kind == "text" and looks_secret(name):
        kind = "password"  # many a module asks for a key in a line of text
    if given not in _TYPES:
        warn(f"auth.{name}", f"the field type “{given}” is not known; it became a line of text.")
    label, tooltip = _text(row, "name", "label").strip(), _text(row, "tooltip", "description", "help").strip()
    field: dict[str, Any] = {} if kind == "text" else {"type": kind}
    if label:
        field["name"] = label
    if tooltip:
        field["tooltip"] = tooltip
    options = _options(row.get("options"))
    if options:
        field["options"] = options
    elif kind == "select":
        warn(f"auth.{name}", "its options are made by a program; it became a line of text.")
        del field["type"]
    if placeholder := _text(row, "placeholder"):
        field["placeholder"] = placeholder
    default = _default(row, kind, options)
    if default:
        field["default"] = default
    required = row.get("required")
    if (
        required is None
        and kind not in {"checkbox", "notice", "hidden"}
        and _OPTIONAL.search(f"{label} {tooltip}")
    ):
        required = False
    if isinstance(required, bool):
        field["required"] = required
    return field


def _text(row: Mapping[str, Any], *keys: str) -> str:
    return next((str(row[k]) for k in keys if isinstance(row.get(k), str | int | float)), "")


def _default(row: Mapping[str, Any], kind: str, options: list[dict[str, str]]) -> str:
    value = next((row[k] for k in ("defaultValue", "default", "value") if row.get(k) is not None), None)
    if isinstance(value, bool):
        return "true" if value else ""
    if not isinstance(value, str | int | float):
        return ""
    if kind == "select" and options and str(value) not in {o["value"] for o in options}:
        return ""
    return str(value)


def _options(given: Any) -> list[dict[str, str]]:
    if isinstance(given, Mapping):
        given = [{"value": value, "label": label} for value, label in given.items() if isinstance(label, str)]
    if not isinstance(given, list):
        return []
    found: list[dict[str, str]] = []
    for item in given:
        if isinstance(item, str | int | float) and not isinstance(item, bool):
            found.append({"label": str(item), "value": str(item)})
        elif isinstance(item, Mapping) and item.get("value") is not None:
            value = item["value"]
            text = ("true" if value else "false") if isinstance(value, bool) else str(value)
            label = next((item[k] for k in ("label", "content", "name") if item.get(k) is not None), text)
            found.append({"label": str(label), "value": text})
    return found
