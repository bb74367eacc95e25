"""A definition as TOML for people to read: short tables on one line, long ones as sections."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_WIDTH = 100


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else json.dumps(name, ensure_ascii=False)


def _value(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            # JSON's escapes are TOML's, but for the slash, which json does not escape, and DEL.
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case int() | float():
            return repr(value)
        case Mapping():
            inner = ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items())
            return f"{{ {inner} }}" if inner else "{}"
        case list() | tuple():
            return _list(list(value))
    raise TypeError(f"TOML has no {type(value).__name__}")


def _list(items: list[Any]) -> str:
    line = "[" + ", ".join(_value(item) for item in items) + "]"
    if len(line) <= _WIDTH:
        return line
    return "[\n" + "".join(f"    {_value(item)},\n" for item in items) + "]"


def _is_section(name: str, value: Any) -> bool:
    if not isinstance(value, Mapping):
        return False
    return name in {"auth", "settings"} or len(_value(value)) + len(name) > _WIDTH - 3


def toml_text(data: Mapping[str, Any], heading: str) -> str:
    """The table as TOML, after `heading` as a comment."""
    lines = [*(f"# {line}" for line in heading.splitlines()), ""]
    sections = {k: v for k, v in data.items() if _is_section(k, v)}
    lines += [f"{_key(k)} = {_value(v)}" for k, v in data.items() if k not in sections]
    for name, table in sections.items():
        if name in {"auth", "settings"}:
            for field, row in table.items():
                lines += [
                    "",
                    f"[{_key(name)}.{_key(field)}]",
                    *(f"{_key(k)} = {_value(v)}" for k, v in row.items()),
                ]
        else:
            lines += ["", f"[{_key(name)}]", *(f"{_key(k)} = {_value(v)}" for k, v in table.items())]
    return "\n".join(lines) + "\n"
