"""Dotted paths into answers: `contact.email`, `errors.0.message`, `errors[0].message`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

_PATH = re.compile(r"^[^.\[\]\s|{}]+(\[\d+\]|\.[^.\[\]\s|{}]+)*$")


def is_path(text: str) -> bool:
    """Whether the text can be read as a path."""
    return bool(_PATH.match(text))


def look_up(data: Any, path: str) -> Any:
    """The value at the path, or None when any step of it is missing. A key that holds dots is found whole."""
    if isinstance(data, Mapping) and path in data:
        return data[path]
    here = data
    for step in re.sub(r"\[(\d+)\]", r".\1", path).split("."):
        if isinstance(here, Mapping) and step in here:
            here = here[step]
        elif isinstance(here, Sequence) and not isinstance(here, str | bytes) and step.isdecimal():
            index = int(step)
            if index >= len(here):
                return None
            here = here[index]
        else:
            return None
    return here


def text_at(data: Any, path: str) -> str:
    """The value at the path as text; empty for missing values, lists and objects."""
    value = look_up(data, path)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value).strip()
    return ""


def exact_text_at(data: Any, path: str) -> str:
    """The text at the path with the blanks around it, for addresses, where they are no accident."""
    value = look_up(data, path)
    return value if isinstance(value, str) else text_at(data, path)
