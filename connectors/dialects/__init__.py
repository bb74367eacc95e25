"""Definitions of other systems, read as ours."""

from __future__ import annotations

from pathlib import Path

FORMATS = ("appmixer", "openapi")
_DOCUMENTS = {".json", ".yaml", ".yml"}


def format_of(path: Path) -> str:
    """The format of what is imported, by the file's name: documents are JSON or YAML, modules JavaScript."""
    return "openapi" if path.suffix.lower() in _DOCUMENTS else "appmixer"
