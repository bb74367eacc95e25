"""What an import gives: the files of a definition, and what became of the rest."""

from __future__ import annotations

from pathlib import Path

import msgspec

from connectors.operations import SUFFIX, Operation


class ImportedDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A document as a definition. `dropped` maps what was left out to the reason."""

    key: str
    name: str
    toml: str
    operations: tuple[Operation, ...] = ()
    methods: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    dropped: dict[str, str] = {}

    def write(self, folder: Path) -> Path:
        """Writes `<key>.toml`, and `<key>.operations.json` beside it; returns the first."""
        path = folder / f"{self.key}.toml"
        if self.operations:
            path.with_suffix(SUFFIX).write_bytes(msgspec.json.encode(self.operations))
        path.write_text(self.toml, encoding="utf-8")
        return path
