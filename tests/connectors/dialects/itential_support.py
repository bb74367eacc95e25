"""What the tests of adapters share: an adapter imported and loaded, and an account of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx

from connectors.credential import Credential
from connectors.definition import Connector
from connectors.dialects.itential import Imported, import_configuration
from connectors.methods import Connected
from connectors.reading.loading import load_file
from connectors.wire.applying import authenticate
from tests.connectors.dialects.itential_cases import values_of, write_adapter
from tests.connectors.support import connect_it, inputs_of
from tests.standin import StandIn

TOKEN_AUTH = {
    "auth_method": "request_token",
    "username": "u",
    "password": "p$&$1",
    "token_timeout": 600000,
    "auth_field": "header.headers.Authorization",
    "auth_field_format": "Bearer {token}",
}
STATIC = {"auth_method": "static_token", "username": "u", "password": "p", "token": "S&T"}


def read(folder: Path, auth: dict[str, Any], port: int = 1, **case: Any) -> tuple[Imported, Connector]:
    """The adapter imported and loaded; the definition has no mistake and no warning."""
    properties = case.pop("properties", {})
    imported = import_configuration(write_adapter({"auth": auth, **case}, folder, port, **properties))
    connector, problems = load_file(imported.write(folder), trusted_code=None)
    assert not problems, [str(problem) for problem in problems]
    assert connector is not None
    return imported, connector


def applied(connector: Connector, values: dict[str, str], request: httpx.Request) -> httpx.Request:
    """The request with a credential of these values on it."""
    fields = {"address": "http://127.0.0.1:1", **values}
    return authenticate(inputs_of(connector, fields), Credential(fields=fields), request)


def signed_in(folder: Path, standin: StandIn, **case: Any) -> Connected:
    """An account of an adapter that asks for a token."""
    auth = {**TOKEN_AUTH, **case.pop("auth", {})}
    _, connector = read(folder, auth, standin.port, **case)
    known = {field.key: field.default for field in connector.default_method.fields}
    values = {key: values_of({"auth": auth}).get(key) or default for key, default in known.items()}
    return connect_it(inputs_of(connector, values))


def schema(**fields: str) -> dict[str, Any]:
    """Properties of a response schema: name="PLACEMENT external_name"."""
    pairs = {name: told.split(" ", 1) for name, told in fields.items()}
    return {
        name: {"placement": place, "external_name": external} for name, (place, external) in pairs.items()
    }
