"""What the window and the command line are told about the backups. Plain, immutable, safe on any thread."""

from __future__ import annotations

from pathlib import Path

import msgspec

from desktop.vault.keeping.kept import KeptBackup


class Backups(msgspec.Struct, frozen=True, kw_only=True):
    """The backups in their folder, the newest first. `problem`: why the last one could not be made."""

    folder: Path
    kept: tuple[KeptBackup, ...] = ()
    problem: str = ""

    @property
    def newest_good(self) -> KeptBackup | None:
        """The one to go back to."""
        return next((one for one in self.kept if one.is_way_back), None)
