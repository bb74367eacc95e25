"""What is printed, and where: answers on stdout, people's text and progress on stderr."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any


def line(text: str = "") -> None:
    """One line of an answer, on stdout."""
    print(printable(text))


def note(text: str) -> None:
    """One line for people, on stderr."""
    print(printable(text), file=sys.stderr, flush=True)


def document(value: Any) -> None:
    """The one JSON document of a command, on stdout."""
    print(json.dumps(value, ensure_ascii=False, indent=2))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Aligned columns on stdout; a name that a service chose cannot break the terminal."""
    shown = [[printable(cell) for cell in row] for row in (head, *rows)]
    widths = [max(_width(row[column]) for row in shown) for column in range(len(head))]
    for row in shown:
        cells = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
        print("  ".join(cells).rstrip())


def pairs(values: Mapping[str, str], indent: str = "") -> None:
    """`key  value` lines on stdout."""
    width = max((len(key) for key in values), default=0)
    for key, value in values.items():
        line(f"{indent}{key:<{width}}  {value}".rstrip())


def printable(text: str) -> str:
    """The text without control characters: account names come from services, and terminals obey escapes."""
    return "".join("\N{REPLACEMENT CHARACTER}" if _is_control(char) else char for char in text)


def iso(moment: datetime | None) -> str | None:
    """ISO 8601 in UTC with Z, as everywhere in the JSON."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _is_control(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") and char not in "\t\u200c\u200d"


def _width(text: str) -> int:
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return len(text) + wide - sum(unicodedata.category(char) in ("Mn", "Me") for char in text)
