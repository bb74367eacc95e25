"""What an import gives: the files of a definition, and what became of the rest."""

from __future__ import annotations

from pathlib import Path

import msgspec

OPERATIONS_SUFFIX = ".operations.json"


class ImportedDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A document as a definition. `dropped` maps what was left out to the reason."""

    key: str
    name: str
    toml: str
    operations: str = ""  # JSON: a list of {method, path, summary}
    methods: tuple[str, ...] = ()
    count: int = 0  # of operations
    warnings: tuple[str, ...] = ()
    dropped: dict[str, str] = {}

    def write(self, folder: Path) -> Path:
        """Writes `<key>.toml`, and `<key>.operations.json` beside it; returns the first."""
        path = folder / f"{self.key}.toml"
        if self.count:
            path.with_suffix(OPERATIONS_SUFFIX).write_text(self.operations, encoding="utf-8")
        path.write_text(self.toml, encoding="utf-8")
        return path
