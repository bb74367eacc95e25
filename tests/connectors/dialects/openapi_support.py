"""What the tests of OpenAPI documents share: reading one as the app does, and what is then sent."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from connectors.credential import Credential
from connectors.definition import Connector
from connectors.dialects.imported import ImportedDocument
from connectors.dialects.openapi import import_document
from connectors.methods import check_values
from connectors.reading.loading import load_file
from connectors.wire.applying import authenticate, resolve_url
from tests.connectors.support import inputs_of

SERVER = "https://api.acme.example/v1"


def api(schemes: Any = None, security: Any = None, **more: Any) -> dict[str, Any]:
    """A small document of OpenAPI 3."""
    document: dict[str, Any] = {
        "openapi": "3.0.3",
        "info": {"title": "Acme", "version": "1"},
        "servers": [{"url": SERVER}],
        "paths": {"/things": {"get": {"summary": "List things"}, "post": {"operationId": "addThing"}}},
    }
    if schemes is not None:
        document["components"] = {"securitySchemes": schemes}
    if security is not None:
        document["security"] = security
    return document | more


def oauth(**flows: Any) -> dict[str, Any]:
    """An OAuth scheme with these flows."""
    return {"type": "oauth2", "flows": flows}


def read(document: Any, source: str = "acme.json") -> tuple[ImportedDocument, Connector]:
    """Imports the document and loads the definition; a problem in it fails the test."""
    raw = document if isinstance(document, bytes) else json.dumps(document).encode()
    imported = import_document(raw, source)
    with tempfile.TemporaryDirectory() as folder:
        connector, problems = load_file(imported.write(Path(folder)))
    assert connector is not None, [str(p) for p in problems]
    assert not [str(p) for p in problems if p.severity == "error"]
    return imported, connector


def sent(
    connector: Connector, values: Mapping[str, str], method: str = "", path: str = "/things"
) -> httpx.Request:
    """The request that an account with these form values sends."""
    inputs = inputs_of(connector, method=method)
    credential = Credential(fields=check_values(inputs.method.fields, values))
    address = resolve_url(inputs, credential, path)
    return authenticate(inputs, credential, httpx.Request("GET", address))


def rows(connector: Connector, method: str = "") -> dict[str, Any]:
    """The form's fields by key."""
    chosen = connector.methods[method] if method else connector.default_method
    return {field.key: field for field in chosen.fields}
