"""The bytes of a document become plain data: only what a connector needs, from kilobytes to 50 MB."""

from __future__ import annotations

import codecs
import json
import re
from typing import Any

import msgspec

from connectors.dialects.openapi.events import EventReader, SkippedAnchorError
from connectors.dialects.openapi.parts import DECLARED, Parts
from connectors.errors import DefinitionError
from connectors.templates.text import clean_message, looks_like_markup

LARGEST = 64 * 1024 * 1024


class Parsed(msgspec.Struct, frozen=True):
    """What stands in a document, and what is odd about how it stands there."""

    data: dict[str, Any]
    warnings: tuple[str, ...] = ()


def parse(raw: bytes, parts: Parts = DECLARED) -> Parsed:
    """Reads these parts of JSON or YAML. Raises DefinitionError with the place."""
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
    found = _json(raw, parts) if start[0] in "{[" else _yaml(raw, parts)
    if not isinstance(found.data, dict):
        raise DefinitionError("The document is not a table of keys and values, as OpenAPI documents are.")
    return found


_PACKED = {b"\x1f\x8b": "packed with gzip", b"PK\x03\x04": "a ZIP archive", b"%PDF": "a PDF"}


def _encoding(raw: bytes) -> str:
    """By its mark, or by where the zeros of the first two signs stand (YAML 1.2, 5.2)."""
    if raw.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    zeros = "".join("0" if byte == 0 else "x" for byte in raw[:4])
    kinds = {"000x": "utf-32-be", "x000": "utf-32-le", "0x0x": "utf-16-be", "x0x0": "utf-16-le"}
    return kinds.get(zeros, "utf-8")


def _as_utf8(raw: bytes) -> bytes:
    for mark, what in _PACKED.items():
        if raw.startswith(mark):
            raise DefinitionError(f"This is {what}, not an OpenAPI document.", "Unpack it first.")
    try:
        if (encoding := _encoding(raw)) != "utf-8":
            return raw.decode(encoding).encode()
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise DefinitionError(f"Line {line} holds bytes that are not UTF-8 text.") from None
    return raw.removeprefix(codecs.BOM_UTF8)


def _json(raw: bytes, parts: Parts) -> Parsed:
    repeated = _has_repeated_key(raw)
    if repeated:
        try:
            return _yaml(raw, parts)  # JSON is YAML; read as such it has lines
        except DefinitionError:
            repeated = True
    try:
        data = _slim(raw, parts)
    except (msgspec.DecodeError, RecursionError) as error:
        try:
            return _yaml(raw, parts)  # a comma too many is fine in YAML
        except DefinitionError:
            raise _broken_json(raw, error) from None
    return Parsed(data, ("A key stands twice in one table; the last one counts.",) if repeated else ())


def _slim(raw: bytes, parts: Parts) -> Any:
    try:
        return msgspec.to_builtins(msgspec.json.decode(raw, type=parts.document))
    except msgspec.ValidationError:  # a part has another shape than it should: the reader tells which
        return _piece_by_piece(raw, parts)


def _piece_by_piece(raw: bytes, parts: Parts) -> Any:
    """Only the parts of another shape are built as they are, so that a large document stays small."""
    pieces = _table(raw)
    if pieces is None:
        return msgspec.json.decode(raw)
    found: dict[str, Any] = {}
    for key, piece in pieces.items():
        if key == "components":
            found[key] = _typed(piece, parts.components)
        elif key == "paths":
            items = _table(piece)
            found[key] = (
                msgspec.json.decode(piece)
                if items is None
                else {path: _typed(item, parts.item) for path, item in items.items()}
            )
        elif key in parts.document.__struct_fields__:
            found[key] = msgspec.json.decode(piece)
    return found


def _table(piece: bytes | msgspec.Raw) -> dict[str, msgspec.Raw] | None:
    try:
        return msgspec.json.decode(piece, type=dict[str, msgspec.Raw])
    except msgspec.ValidationError:
        return None


def _typed(piece: msgspec.Raw, kind: type[msgspec.Struct]) -> Any:
    try:
        return msgspec.to_builtins(msgspec.json.decode(piece, type=kind))
    except msgspec.ValidationError:
        return msgspec.json.decode(piece)


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
        # One byte for each sign, whatever the text holds: keys differ where their bytes do. The hook gives
        # nothing back, so nothing is kept.
        json.loads(raw.decode("latin-1"), object_pairs_hook=look)
    except _RepeatedError:
        return True
    except (ValueError, RecursionError):
        return False  # what is wrong is told by the decoder
    return False


def _yaml(raw: bytes, parts: Parts) -> Parsed:
    reader = EventReader(raw)
    try:
        data = reader.read(parts.wanted)
    except SkippedAnchorError:
        reader = EventReader(raw)
        try:
            data = reader.read(True)
        except SkippedAnchorError as error:
            raise DefinitionError(
                f"Line {error.line} has an alias, *{clean_message(error.anchor)[:60]}, that names nothing, or"
                " itself."
            ) from None
    return Parsed(data, tuple(reader.repeated[:20]))
