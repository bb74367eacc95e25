"""`auth_field_format` as a template of ours: `Basic {b64}{username}:{password}{/b64}`.

Values are filled in once, so what a value contains is never read as a placeholder.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote

from connectors.errors import DefinitionError

_MARKS = re.compile(r"(\{b64\}|\{/b64\}|\{[^{}]+\})")


def template_of(text: str, names: Mapping[str, str], what: str = "auth_field_format") -> str:
    """The template. `names` maps placeholders to expressions of templates; others stay the text they are.

    Raises DefinitionError when a {b64} is never closed.
    """
    pieces: list[str] = []
    encoded: list[str] | None = None
    for part in _MARKS.split(text):
        if part == "{b64}":
            if encoded is not None:
                raise _unclosed(what)
            encoded = []
        elif part == "{/b64}" and encoded is not None:
            pieces.append(f"{{{{concat({', '.join(encoded)}) | base64}}}}" if encoded else "")
            encoded = None
        elif part:
            name = part[1:-1] if part.startswith("{") and part.endswith("}") else ""
            expression = names.get(name)
            if encoded is not None:
                encoded += [expression] if expression else literals(part)
            else:
                pieces.append(f"{{{{{expression}}}}}" if expression else plain(part))
    if encoded is not None:
        raise _unclosed(what)
    return "".join(pieces)


def plain(text: str) -> str:
    """Literal text where a template may stand."""
    return text.replace("{", "{{'{'}}")  # one alone would join the brace of an expression behind it


def encoded(template: str) -> str:
    """A template whose literal parts are percent-encoded; its expressions are when they are filled in."""
    parts = re.split(r"(\{\{.*?\}\})", template)
    return "".join(part if number % 2 else quote(part, safe="") for number, part in enumerate(parts))


def pairs(members: Mapping[str, str]) -> str:
    """Templates as `name=value&name=value`."""
    return "&".join(f"{quote(name, safe='')}={encoded(text)}" for name, text in members.items())


def literals(text: str) -> list[str]:
    """Literal text inside of an expression. It is cut where it would end the expression."""
    quoted = (piece.replace("\\", "\\\\").replace("'", "\\'") for piece in re.split(r"(?<=\})(?=\})", text))
    return [f"'{piece}'" for piece in quoted]


def _unclosed(what: str) -> DefinitionError:
    return DefinitionError(
        f"{what} opens a {{b64}} that is not closed before the next one or the end.",
        "Put {/b64} behind what is to be encoded.",
    )
