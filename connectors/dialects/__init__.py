"""Definitions of other systems, read as ours."""

from __future__ import annotations

import re
from pathlib import Path

FORMATS = ("appmixer", "itential", "openapi")
_DOCUMENTS = {".json", ".yaml", ".yml"}
_VERSION = re.compile(rb"""["']?(openapi|swagger)["']?\s*:\s*["']?[123]""")
_BEGINNING = 64 * 1024  # bytes, in which most documents say what they are


def format_of(path: Path) -> str:
    """The format of what is imported: documents are JSON or YAML, modules JavaScript.

    An adapter's configuration is JSON too, and is told by its `authentication`.
    """
    if path.suffix.lower() in _DOCUMENTS and _says_openapi(path):
        return "openapi"
    from connectors.dialects.itential import is_configuration

    if is_configuration(path):
        return "itential"
    return "openapi" if path.suffix.lower() in _DOCUMENTS else "appmixer"


def _says_openapi(path: Path) -> bool:
    """So that a document of 50 MB is not read twice."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return _VERSION.search(file.read(_BEGINNING)) is not None
