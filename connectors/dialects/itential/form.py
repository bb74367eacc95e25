"""The form of the definition: what the configuration holds is asked for; secrets are never written down."""

from __future__ import annotations

import re
from typing import Any

from connectors.dialects.itential.formats import plain
from connectors.fields import looks_secret

# Values of these names say how something is asked, not who asks.
_HARMLESS = frozenset(
    {"grant_type", "scope", "resource", "response_type", "content-type", "accept", "audience"}
)
_NAMES = {
    "address": "Address",
    "sign_in_address": "Sign-in address",
    "username": "User name",
    "password": "Password",
    "token": "Token",
    "client_id": "Client id",
    "client_secret": "Client secret",
    "aws_access_key": "Access key",
    "aws_secret_key": "Secret key",
    "aws_session_token": "Session token",
    "region": "Region",
    "service": "Service",
}


class Form:
    """Collects the fields. `left` names the secrets whose values stay out of the definition."""

    def __init__(self) -> None:
        self.fields: dict[str, dict[str, Any]] = {}
        self.left: list[str] = []
        self.notes: list[str] = []
        self._constants: dict[tuple[str, str], str] = {}

    def ask(self, key: str, value: object = "", *, secret: bool | None = None, required: bool = True) -> str:
        """A field and the expression that reads it. A secret's value is left out; a sample's is none."""
        secret = looks_secret(key) if secret is None else secret
        text = "" if value is None or value == key else str(value)
        field: dict[str, Any] = {"name": _NAMES.get(key) or re.sub(r"[_-]+", " ", key).strip().capitalize()}
        if secret:
            field["type"] = "password"
            if text and key not in self.left:
                self.left.append(key)
            if text.startswith(("{code}", "{crypt}")):
                self.notes.append(f"{key} is encrypted for the adapter; type it as the system knows it.")
        elif text:
            field["default"] = text
        if not required:
            field["required"] = False
        self.fields[key] = field
        return key

    def constant(self, name: str, value: object, prefix: str = "") -> str:
        """A template for a value that stands in the configuration: itself if harmless, else a field."""
        text = value if isinstance(value, str) else str(value)
        if name.lower() in _HARMLESS or not text:
            return plain(text)
        if (name.lower(), text) in self._constants:
            return self._constants[name.lower(), text]
        key = re.sub(r"\W+", "_", name).strip("_").lower() or "value"
        key = key if re.match(r"[a-z]", key) else f"field_{key}"
        if key in self.fields:
            key = f"{prefix}_{key}"
        open_name = key in {"username", "user", "client_id", "login", "email"}
        template = f"{{{{{self.ask(key, value, secret=not open_name)}}}}}"
        self._constants[name.lower(), text] = template
        return template
