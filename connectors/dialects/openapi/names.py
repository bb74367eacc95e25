"""A document's words as keys of ours, and the rows of a form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from connectors.inputs import STANDING_NAMES
from connectors.templates.filters import GENERATORS
from connectors.templates.text import clean

# Field keys that templates and methods read by themselves; only a row that means exactly that has one.
_TAKEN = STANDING_NAMES - {"token", "client_id", "client_secret", "private_key", "key_id"}
_MARKUP = re.compile(r"</?[A-Za-z][^<>]*>")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()]*\)")
_BROKEN_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def snake(text: str, otherwise: str = "value") -> str:
    """`X-API-Key` and `xApiKey` become `x_api_key`; a letter stands first."""
    words = method_key(text, otherwise)
    return f"{words}_value" if words in GENERATORS or words in _TAKEN else words


def method_key(text: str, otherwise: str = "method") -> str:
    """The same for what templates never read."""
    text = _BROKEN_WORD.sub("_", text.replace("OAuth", "Oauth"))
    words = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:60]
    return re.sub(r"^[^a-z]+", "", words) or otherwise


def label(key: str) -> str:
    """A key as people read it."""
    words = [{"api": "API", "id": "ID", "url": "URL", "sid": "SID"}.get(w, w) for w in snake(key).split("_")]
    text = " ".join(words)
    return text[:1].upper() + text[1:]


def slug(text: str) -> str:
    """A connector's key out of a title; empty when nothing is left of it."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:48].strip("-")


def literal(text: str) -> bool:
    """Whether a text may stand in a template as it is."""
    return "{{" not in text and "}}" not in text


def plain(text: Any, longest: int = 240) -> str:
    """A description, which may be Markdown or HTML, as one line of plain text."""
    if not isinstance(text, str):
        return ""
    return clean(_LINK.sub(r"\1", _MARKUP.sub(" ", text[: longest * 20])), longest)


class Form:
    """The rows of one method's form. The same row asked for twice is one row."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, Any]] = {}

    def add(self, key: str, row: Mapping[str, Any]) -> str:
        """Adds a row and returns its key, which is another one when the key belongs to another row."""
        row = {name: value for name, value in row.items() if value not in ("", None)}
        wanted, number = key, 2
        while key in self.rows and self.rows[key] != row:
            key, number = f"{wanted}_{number}", number + 1
        self.rows[key] = row
        return key
