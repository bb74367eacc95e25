"""A definition as TOML for people to read: short tables on one line, long ones as sections of their own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_WIDTH = 100
_SECTIONS = {"auth", "settings", "methods"}  # tables of tables: each row is a section


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _text(name)


def _text(text: str) -> str:
    # JSON's escapes are TOML's, but for DEL, which json leaves as it is.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _inline(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return _text(value)
        case int() | float():
            return repr(value)
        case Mapping():
            inner = ", ".join(f"{_key(k)} = {_inline(v)}" for k, v in value.items())
            return f"{{ {inner} }}" if inner else "{}"
        case list() | tuple():
            return "[" + ", ".join(_inline(item) for item in value) + "]"
    raise TypeError(f"TOML has no {type(value).__name__}")


def _value(value: Any, width: int) -> str:
    line = _inline(value)
    if isinstance(value, list | tuple) and len(line) > width:
        return "[\n" + "".join(f"    {_inline(item)},\n" for item in value) + "]"
    return line


def _is_section(name: str, value: Any) -> bool:
    return isinstance(value, Mapping) and (name in _SECTIONS or len(name) + len(_inline(value)) > _WIDTH - 3)


def _lines(table: Mapping[str, Any], path: tuple[str, ...], rows: bool) -> Iterator[str]:
    """The table's own keys, then its sections. With `rows` every table in it is a section."""
    sections = {k: v for k, v in table.items() if _is_section(k, v) or (rows and isinstance(v, Mapping))}
    own = {k: v for k, v in table.items() if k not in sections}
    if path and (own or not sections):
        yield ""
        yield f"[{'.'.join(map(_key, path))}]"
    for key, value in own.items():
        yield f"{_key(key)} = {_value(value, _WIDTH - len(key))}"
    for key, value in sections.items():
        yield from _lines(value, (*path, key), rows=key in _SECTIONS and not rows)


def definition_text(table: Mapping[str, Any], heading: str) -> str:
    """The definition as TOML, after `heading` as a comment."""
    comment = [f"# {line}".rstrip() for line in heading.splitlines()]
    return "\n".join([*comment, "", *_lines(table, (), rows=False)]) + "\n"
