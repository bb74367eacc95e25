"""Where the index of definitions lies: home/cache, which may be deleted at any time."""

from __future__ import annotations

from pathlib import Path

from connectors.reading.index import Index
from desktop import __version__

FOLDER = "cache"


def definition_index(home: Path) -> Index:
    """The index of a home. Nothing is made or read yet."""
    return Index(home / FOLDER, __version__)
