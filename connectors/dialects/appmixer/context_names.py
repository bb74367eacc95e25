"""What functions and templates read, by their text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from connectors.dialects.appmixer.names import NAMES, holes, words_of
from connectors.inputs import STANDING_NAMES
from connectors.templates.filters import GENERATORS

# What a context has by itself: no field, no setting.
_OWN = """
    httpRequest InvalidTokenError CancelError log auth config profileInfo scope state token expires expiresIn
    expires_at idToken codeVerifier codeChallenge nonce error oauthTokenSecret properties messages
    replaceVariables axios query id then toString hasOwnProperty constructor name componentId flowId userId
    service callAppmixer store stateGet stateSet staticCache lock username password
"""
STANDING = frozenset({*NAMES, *_OWN.split(), *STANDING_NAMES, *GENERATORS})
_READ = re.compile(r"\bcontext\.(?:(?:auth|config)\??\.)?\??\.?([A-Za-z_]\w*)\b(?!\s*=[^=>])(?!\s*\()")
_UNPACKED = re.compile(r"\{([^{}]*)\}\s*=\s*context(?:\.(?:auth|config))?\s*[;\n,]")


def names_read(functions: Iterable[str]) -> set[str]:
    """Every name that the functions read from `context`, `context.auth` and `context.config`."""
    found: set[str] = set()
    for text in functions:
        found |= set(_READ.findall(text))
        for group in _UNPACKED.findall(text):
            found |= {
                name
                for part in group.split(",")
                if (name := re.split(r"[:=]", part)[0].strip()).isidentifier()
            }
    return found


def names_in_templates(step: Any) -> set[str]:
    """Every name that the templates of a step, or of a table of steps, read."""
    if isinstance(step, str):
        return {re.split(r"[.\[]", path)[0] for path in holes(step)}
    if isinstance(step, Mapping):
        return {name for item in step.values() for name in names_in_templates(item)}
    if isinstance(step, list):
        return {name for item in step for name in names_in_templates(item)}
    return set()


def settings_for(read: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Settings, none of them needed, for the names that no context has by itself."""
    wanted = sorted(name for name in set(read) - STANDING if re.fullmatch(r"[A-Za-z]\w*", name, re.ASCII))
    labels = {name: re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower() for name in wanted}
    return {name: {"name": words_of(label), "required": False} for name, label in labels.items()}
