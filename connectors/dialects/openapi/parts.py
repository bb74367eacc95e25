"""Which parts of a document are read. The decoders pass over all others without building them."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET, UnsetType

from connectors.dialects.openapi.events import Wanted

HTTP_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_OPERATION = ("summary", "operationId", "security")
_TOP = ("openapi", "swagger", "swaggerVersion", "info", "servers", "host", "basePath", "schemes", "security")


class _Operation(msgspec.Struct):
    summary: Any = UNSET
    operationId: Any = UNSET
    security: Any = UNSET


_Verb = _Operation | UnsetType


class _Item(msgspec.Struct):
    get: _Verb = UNSET
    put: _Verb = UNSET
    post: _Verb = UNSET
    delete: _Verb = UNSET
    options: _Verb = UNSET
    head: _Verb = UNSET
    patch: _Verb = UNSET
    trace: _Verb = UNSET


class _Components(msgspec.Struct):
    securitySchemes: Any = UNSET


class _Declared(msgspec.Struct):
    openapi: Any = UNSET
    swagger: Any = UNSET
    swaggerVersion: Any = UNSET
    info: Any = UNSET
    servers: Any = UNSET
    host: Any = UNSET
    basePath: Any = UNSET
    schemes: Any = UNSET
    security: Any = UNSET
    securityDefinitions: Any = UNSET
    externalDocs: Any = UNSET
    components: _Components | UnsetType = UNSET
    paths: dict[str, _Item] | UnsetType = UNSET


class _Asking(msgspec.Struct):
    parameters: Any = UNSET


_AskingVerb = _Asking | UnsetType


class _AskingItem(msgspec.Struct):
    parameters: Any = UNSET
    get: _AskingVerb = UNSET
    put: _AskingVerb = UNSET
    post: _AskingVerb = UNSET
    delete: _AskingVerb = UNSET
    options: _AskingVerb = UNSET
    head: _AskingVerb = UNSET
    patch: _AskingVerb = UNSET
    trace: _AskingVerb = UNSET


class _Asked(msgspec.Struct):
    parameters: Any = UNSET
    components: _Asking | UnsetType = UNSET
    paths: dict[str, _AskingItem] | UnsetType = UNSET


class Parts(NamedTuple):
    """The same choice for both decoders: types for JSON, a table of keys for YAML."""

    document: type[msgspec.Struct]
    components: type[msgspec.Struct]
    item: type[msgspec.Struct]
    wanted: Wanted


DECLARED = Parts(
    _Declared,
    _Components,
    _Item,
    {
        **dict.fromkeys((*_TOP, "securityDefinitions", "externalDocs"), True),
        "components": {"securitySchemes": True},
        "paths": {"*": {method: dict.fromkeys(_OPERATION, True) for method in HTTP_METHODS}},
    },
)
"""What a document says of itself, its addresses, its security and its operations."""

PARAMETERS = Parts(
    _Asked,
    _Asking,
    _AskingItem,
    {
        "parameters": True,
        "components": {"parameters": True},
        "paths": {"*": {"parameters": True, **{method: {"parameters": True} for method in HTTP_METHODS}}},
    },
)
"""What its operations take."""
