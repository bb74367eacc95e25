"""`[auth.<key>]` and `[settings.<key>]`: the rows of a form."""

from __future__ import annotations

import re
import warnings
from typing import Any, cast, get_args

from connectors.definition import Choice, Field, FieldFormat, FieldType
from connectors.fields import check_value, looks_secret
from connectors.reading.table import Table, kind_of
from connectors.templates.filters import GENERATORS
from connectors.templates.text import label_of, safe_tooltip

DEFAULT_PASSWORD_FIELDS = (
    Field(key="username", name="User name", tooltip="The name you sign in with."),
    Field(
        key="password",
        type="password",
        name="Password",
        secret=True,
        tooltip="The password that goes with it.",
    ),
)
CLIENT_ID = Field(
    key="client_id", name="Client ID", tooltip="The id of the app that you registered with the service."
)
SHARED_SESSIONS = (
    Field(
        key="redis_url",
        type="password",
        name="Address of Redis",
        secret=True,
        default="redis://127.0.0.1:6379/0",
        tooltip="Where the consoles keep their sessions together.",
    ),
    Field(
        key="redis_secret",
        type="password",
        name="Shared secret",
        secret=True,
        tooltip="Sessions are sealed with it. Enter the same on every console that shares them.",
    ),
)
CLIENT_SECRET = Field(
    key="client_secret",
    type="password",
    name="Client secret",
    secret=True,
    required=False,
    tooltip="The secret of that app, if the service gave you one.",
)


def read_fields(table: Table | None) -> tuple[Field, ...]:
    """The fields of a form in the order in which they stand."""
    if table is None:
        return ()
    fields: list[Field] = []
    for key in table.data:
        row = table.table(key)
        if row is not None:
            fields.append(_field(key, row))
    _check_conditions(fields, table)
    return tuple(fields)


def _field(key: str, table: Table) -> Field:
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", key):
        table.wrong("", "a field's key is made of letters, digits and underscores.")
    if key in GENERATORS:
        table.wrong("", f"“{key}” has a meaning of its own in templates; choose another key.")
    kind = cast(FieldType, table.choice("type", get_args(FieldType), "text"))
    secret_word = table.raw("secret")
    secret = table.flag("secret", looks_secret(key)) if secret_word is not None else looks_secret(key)
    format_word = table.text("format")
    # A certificate's file may hold its private key too.
    secret = secret or kind == "password" or format_word in ("certificate", "private_key")
    if format_word and format_word not in get_args(FieldFormat):
        table.wrong("format", f"“{format_word}” is not one of {', '.join(get_args(FieldFormat))}.")
        format_word = ""
    field = Field(
        key=key,
        type=kind,
        name=table.text("name", "label", default=label_of(key)),
        tooltip=safe_tooltip(table.text("tooltip", "help")),
        required=table.flag("required", kind not in {"checkbox", "notice", "hidden"}),
        secret=secret and kind not in {"checkbox", "notice", "select"},
        default=_default(table),
        placeholder=table.text("placeholder"),
        pattern=_pattern(table),
        pattern_message=table.text("pattern_message"),
        format=cast(FieldFormat, format_word) if format_word else None,
        prefix=table.text("prefix"),
        suffix=table.text("suffix"),
        options=_options(table),
        show_when=_show_when(table),
        help_url=table.text("help_url"),
    )
    if kind == "select" and not field.options:
        table.wrong("options", "a select needs at least one option.")
    if field.help_url and not field.help_url.startswith("https://"):
        table.wrong("help_url", "must begin with https://.")
    if field.default and field.pattern != "" and (problem := check_value(field, field.default)[1]):
        table.wrong("default", f"does not pass the field's own check: {problem}")
    elif field.default and kind == "select" and field.default not in {o.value for o in field.options}:
        table.wrong("default", "is not one of the options.")
    table.done()
    return field


def _default(table: Table) -> str:
    value = table.raw("default")
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str() | int() | float():
            return str(value)
    table.wrong("default", f"must be text, a number or true/false, not {kind_of(value)}.")
    return ""


def _pattern(table: Table) -> str:
    pattern = table.text("pattern")
    try:
        with warnings.catch_warnings():
            # “[[” and its kin will mean something else in a later Python.
            warnings.simplefilter("error", FutureWarning)
            re.compile(pattern)
    except (re.error, FutureWarning, OverflowError, RecursionError) as error:
        table.wrong("pattern", f"is not a regular expression: {error}.")
        return ""
    return pattern


def _options(table: Table) -> tuple[Choice, ...]:
    value = table.raw("options")
    if value is None:
        return ()
    if isinstance(value, dict):
        return tuple(Choice(str(label), str(item)) for item, label in value.items())
    if not isinstance(value, list):
        table.wrong("options", f"must be a list or a table, not {kind_of(value)}.")
        return ()
    return tuple(choice for item in value if (choice := _option(table, item)) is not None)


def _option(table: Table, item: Any) -> Choice | None:
    if isinstance(item, str | int | float):
        return Choice(str(item), str(item))
    if isinstance(item, dict) and "value" in item:
        label = next((item[k] for k in ("label", "content", "name") if k in item), item["value"])
        return Choice(str(label), str(item["value"]))
    table.wrong("options", "each option is a text, or a table with “label” and “value”.")
    return None


def _show_when(table: Table) -> dict[str, str | tuple[str, ...]]:
    rule = table.table("show_when")
    if rule is None:
        return {}
    found: dict[str, str | tuple[str, ...]] = {}
    for key, value in rule.data.items():
        match value:
            case bool():
                found[key] = "true" if value else "false"
            case str() | int() | float():
                found[key] = str(value)
            case list():
                found[key] = tuple(str(v) for v in value)
            case _:
                rule.wrong(key, "must be a text or a list of texts.")
    return found


def _check_conditions(fields: list[Field], table: Table) -> None:
    keys = {f.key for f in fields}
    for field in fields:
        for key in field.show_when:
            if key not in keys:
                table.wrong(f"{field.key}.show_when", f"there is no field “{key}”.")
