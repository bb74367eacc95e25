"""A service-instance configuration, a `sampleProperties.json`, or the `authentication` object alone."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from connectors.errors import DefinitionError
from connectors.templates.text import did_you_mean

LARGEST_FILE = 4 * 1024 * 1024
METHODS = (
    "basic user_password",
    "static_token",
    "request_token",
    "no_authentication",
    "jwt_token",
    "multi_step_authentication",
    "aws_authentication",
)


def read_json(path: Path) -> Any:
    """The file's content. Raises DefinitionError with the place where it cannot be read."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise DefinitionError(f"{path.name} is too large for a configuration.")
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise DefinitionError(f"{path} cannot be read: {error.strerror}.") from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise DefinitionError(f"{path.name} cannot be read at {where}: {error.msg}.") from error
    except (UnicodeDecodeError, RecursionError) as error:
        raise DefinitionError(f"{path.name} is no JSON text.") from error


class Authentication:
    """The `authentication` object, read with the library's own rules."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data
        self.method = self.word("auth_method", METHODS, "")

    def get(self, key: str, default: Any = None) -> Any:
        """A value as it stands there; null counts as left out."""
        value = self.data.get(key)
        return default if value is None else value

    def text(self, key: str) -> str:
        """A text; empty when it is left out."""
        value = self.get(key, "")
        if not isinstance(value, str):
            raise DefinitionError(f"authentication.{key} must be text.")
        return value

    def integer(self, key: str, default: int, least: int, most: int) -> int:
        """A whole number within bounds."""
        value = self.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int):
            raise DefinitionError(f"authentication.{key} must be a whole number.", "Write it without quotes.")
        if not least <= value <= most:
            raise DefinitionError(f"authentication.{key} must be from {least} to {most}.")
        return value

    def word(self, key: str, options: tuple[str, ...], default: str) -> str:
        """One of several words. The adapters' own guide writes some of them with a capital letter."""
        value = self.get(key, default)
        value = value.lower() if isinstance(value, str) and value.lower() in options else value
        if value not in options:
            hint = did_you_mean(str(value), options).strip()
            raise DefinitionError(
                f"authentication.{key} “{str(value)[:60]}” is not one of: {', '.join(options)}.", hint
            )
        return str(value)

    def table(self, key: str) -> Mapping[str, Any]:
        """A table; empty when it is left out."""
        value = self.get(key, {})
        if not isinstance(value, Mapping):
            raise DefinitionError(f"authentication.{key} must be a table.")
        return value

    def texts(self, key: str, default: str) -> tuple[str, ...]:
        """A text or a list of texts."""
        value = self.get(key, default)
        values = value if isinstance(value, list) else [value]
        if not values or not all(isinstance(item, str) and item for item in values):
            raise DefinitionError(f"authentication.{key} must be a text or a list of texts.")
        return tuple(values)


class Configuration:
    """What stands around the authentication: who the adapter is and where the system is found."""

    def __init__(self, data: Any, fallback: str) -> None:
        if not isinstance(data, Mapping):
            raise DefinitionError("A configuration is a JSON object, and this is none.")
        named = data.get("name")
        properties = data.get("properties", data)
        if isinstance(properties, Mapping) and isinstance(properties.get("properties"), Mapping):
            data, properties = properties, properties["properties"]
        if isinstance(properties, Mapping) and "authentication" in properties:
            found, self.properties = properties["authentication"], dict(properties)
        elif "auth_method" in data:
            found, self.properties = data, {}
        else:
            raise DefinitionError(
                "There is no “authentication” object in this configuration.",
                "Name a service-instance configuration, a sampleProperties.json or the object itself.",
            )
        if not isinstance(found, Mapping):
            raise DefinitionError("“authentication” must be a table.")
        self.authentication = Authentication(found)
        kind = str(data.get("type") or data.get("model") or "")
        self.name = next(
            (str(v)[:80] for v in (named, data.get("name"), data.get("id"), kind) if v), fallback
        )

    def text(self, key: str) -> str:
        """A property as text; empty when it is left out."""
        value = self.properties.get(key)
        return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""

    def table(self, *path: str) -> Mapping[str, Any]:
        """A table among the properties; empty when it is left out."""
        here: Any = self.properties
        for key in path:
            here = here.get(key) if isinstance(here, Mapping) else None
        return here if isinstance(here, Mapping) else {}

    @property
    def base_path(self) -> str:
        """base_path and version as they begin the adapter's own requests."""
        parts = (self.text("base_path").strip("/"), self.text("version").strip("/"))
        return "".join(f"/{part}" for part in parts if part)


def address_of(protocol: str, host: str, port: Any) -> str:
    """`https://host:port`; empty without a host. The protocol's own port is left out.

    A host may be written as a whole address, or with a path behind it.
    """
    if not host:
        return ""
    scheme, written, rest = host.rpartition("://")
    protocol = (scheme if written else protocol).lower()
    host, slash, path = rest.strip().partition("/")
    if host.count(":") > 1 and not host.startswith("["):
        host = f"[{host}]"
    if isinstance(port, str) and port.strip().isdigit():
        port = int(port)
    number = port if isinstance(port, int) and not isinstance(port, bool) else 0
    own = {"https": 443, "http": 80}.get(protocol)
    shown = f":{number}" if number and number != own and not re.search(r":\d+$", host) else ""
    return f"{protocol}://{host}{shown}{slash}{path}".rstrip("/")
