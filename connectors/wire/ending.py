"""A refusal that a definition knows to be final: the token has ended."""

from __future__ import annotations

from typing import Any

from connectors.definition import Method
from connectors.templates.paths import text_at


def says_ended(body: Any, method: Method) -> bool:
    """Whether an answer's body holds one of the values of `invalid_token_when` at its path."""
    return any(text_at(body, path) in values for path, values in method.invalid_token_when.items())
