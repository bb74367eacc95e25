"""The bytes of a document become plain data: only what a connector needs, from kilobytes to 50 MB."""

from __future__ import annotations

import codecs
import json
import re
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from connectors.dialects.openapi.events import EventReader, SkippedAnchorError, Wanted
from connectors.errors import DefinitionError
from connectors.templates.text import clean_message, looks_like_markup

LARGEST = 64 * 1024 * 1024
HTTP_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_LOOKED_THROUGH = 4 * 1024 * 1024  # above this size JSON is not looked through for keys that stand twice
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


class _Slim(msgspec.Struct):
    """The parts of a document that are read; the decoder passes over all others without building them."""

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


_WANTED: Wanted = {
    **dict.fromkeys((*_TOP, "securityDefinitions", "externalDocs"), True),
    "components": {"securitySchemes": True},
    "paths": {"*": {method: dict.fromkeys(_OPERATION, True) for method in HTTP_METHODS}},
}


class Parsed(msgspec.Struct, frozen=True):
    """What stands in a document, and what is odd about how it stands there."""

    data: dict[str, Any]
    warnings: tuple[str, ...] = ()


def parse(raw: bytes, *, whole: bool = False) -> Parsed:
    """Reads JSON or YAML; with `whole` nothing is passed over. Raises DefinitionError with the place."""
    if len(raw) > LARGEST:
        raise DefinitionError(f"The document is larger than {LARGEST // 1024 // 1024} MB and was not read.")
    raw = _as_utf8(raw)
    start = raw[:2000].decode("utf-8", "replace").lstrip()
    if not start:
        raise DefinitionError("The document is empty.")
    if looks_like_markup(start):
        raise DefinitionError(
            "This is a web page or XML, not an OpenAPI document.",
            "Give the address of the JSON or YAML file itself; many sites call it “raw”.",
        )
    found = _json(raw, whole) if start[0] in "{[" else _yaml(raw, whole)
    if not isinstance(found.data, dict):
        raise DefinitionError("The document is not a table of keys and values, as OpenAPI documents are.")
    return found


def _as_utf8(raw: bytes) -> bytes:
    try:
        if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return raw.decode("utf-16").encode()
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise DefinitionError(f"Line {line} holds bytes that are not UTF-8 text.") from None
    return raw.removeprefix(codecs.BOM_UTF8)


def _json(raw: bytes, whole: bool) -> Parsed:
    repeated = len(raw) <= _LOOKED_THROUGH and _has_repeated_key(raw)
    if repeated:
        try:
            return _yaml(raw, whole)  # JSON is YAML; read as such it has lines
        except DefinitionError:
            repeated = True
    try:
        data = msgspec.json.decode(raw) if whole else _slim(raw)
    except (msgspec.DecodeError, RecursionError) as error:
        try:
            return _yaml(raw, whole)  # a comma too many is fine in YAML
        except DefinitionError:
            raise _broken_json(raw, error) from None
    return Parsed(data, ("A key stands twice in one table; the last one counts.",) if repeated else ())


def _slim(raw: bytes) -> Any:
    try:
        slim = msgspec.json.decode(raw, type=_Slim)
    except msgspec.ValidationError:  # a part has another shape than it should: the reader tells which
        return msgspec.json.decode(raw)
    return msgspec.to_builtins(slim)


def _broken_json(raw: bytes, error: Exception) -> DefinitionError:
    hint = "Check that the file is a whole OpenAPI document."
    if isinstance(error, RecursionError):
        return DefinitionError("The document is nested too deeply to be read.", hint)
    if "truncated" in str(error):
        return DefinitionError(f"The JSON ends too early, in line {raw.count(10) + 1}.", hint)
    place = re.search(r"\(byte (\d+)\)", str(error))
    line = raw[: int(place.group(1)) if place else 0].count(10) + 1
    reason = clean_message(re.sub(r"JSON is malformed: |\s*\(byte \d+\)", "", str(error)))
    return DefinitionError(f"Line {line} cannot be read as JSON: {reason}.", hint)


class _RepeatedError(Exception):
    pass


def _has_repeated_key(raw: bytes) -> bool:
    def look(pairs: list[tuple[str, Any]]) -> None:
        if len({key for key, _ in pairs}) != len(pairs):
            raise _RepeatedError

    try:
        json.loads(raw, object_pairs_hook=look)
    except _RepeatedError:
        return True
    except (ValueError, RecursionError):
        return False  # what is wrong is told by the decoder
    return False


def _yaml(raw: bytes, whole: bool) -> Parsed:
    reader = EventReader(raw)
    try:
        data = reader.read(True if whole else _WANTED)
    except SkippedAnchorError:
        reader = EventReader(raw)
        try:
            data = reader.read(True)
        except SkippedAnchorError:
            raise DefinitionError("An alias of the document names nothing, or itself.") from None
    return Parsed(data, tuple(reader.repeated[:20]))
