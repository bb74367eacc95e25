"""What a file is that somebody wants opened."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Literal

from desktop.vault import backup
from desktop.vault.exchange.container import MAGIC

FileKind = Literal["definition", "document", "export", "backup"]
_HEAD = 64  # bytes that tell an export and a backup


def kind_of(path: Path) -> FileKind:
    """What a file is, by its name and first bytes. Raises OSError, also for what is no regular file."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(0, "it is not a file")
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if head.startswith(MAGIC):
        return "export"
    if path.suffix == backup.SUFFIX or (head.startswith(b"PK\x03\x04") and b"backup.json" in head):
        return "backup"
    return "definition" if path.suffix.lower() == ".toml" else "document"
