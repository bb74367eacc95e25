"""Definitions of other systems, read as ours."""

from __future__ import annotations

from pathlib import Path

FORMATS = ("appmixer", "itential", "openapi")
_DOCUMENTS = {".json", ".yaml", ".yml"}


def format_of(path: Path) -> str:
    """The format of what is imported: documents are JSON or YAML, modules JavaScript.

    An adapter's configuration is JSON too, and is told by its `authentication`.
    """
    from connectors.dialects.itential import is_configuration

    if is_configuration(path):
        return "itential"
    return "openapi" if path.suffix.lower() in _DOCUMENTS else "appmixer"
