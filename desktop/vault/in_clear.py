"""Exchanges that somebody asked to have in the clear: apart from the activity, so that they can go again."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from desktop.vault.database import Database


def insert(database: Database, entry: int, connector: str, steps: Sequence[str]) -> None:
    """Keeps the steps of an entry of the activity; empty where a step has nothing in the clear."""
    database.insert(
        "INSERT INTO activity_in_clear (entry, connector, steps) VALUES (?, ?, ?)",
        (entry, connector, msgspec.json.encode(steps).decode()),
    )


def of_entry(database: Database, entry: int) -> list[str]:
    """The steps of an entry; nothing when none is kept any more."""
    kept = database.value("SELECT steps FROM activity_in_clear WHERE entry = ?", (entry,))
    return msgspec.json.decode(kept, type=list[str]) if kept else []


def remove(database: Database, connector: str) -> None:
    """Forgets everything of a connector."""
    database.execute("DELETE FROM activity_in_clear WHERE connector = ?", (connector,))
