"""What belongs to a connector and not to an account (client id, client secret …), and small own facts."""

from __future__ import annotations

from collections.abc import Mapping

from desktop.vault.database import Database


def connector_settings(database: Database, connector: str) -> dict[str, str]:
    """The settings of a connector by key; empty if there are none."""
    return dict(
        database.rows(
            "SELECT key, value FROM connector_settings WHERE connector = ? ORDER BY key", (connector,)
        )
    )


def configured(database: Database) -> list[str]:
    """The connectors that have settings."""
    rows = database.rows("SELECT DISTINCT connector FROM connector_settings ORDER BY connector")
    return [str(connector) for (connector,) in rows]


def set_connector_settings(database: Database, connector: str, settings: Mapping[str, str]) -> None:
    """Replaces all settings of a connector. Runs in a transaction."""
    database.execute("DELETE FROM connector_settings WHERE connector = ?", (connector,))
    for key, value in settings.items():
        database.execute(
            "INSERT INTO connector_settings (connector, key, value) VALUES (?, ?, ?)", (connector, key, value)
        )


def meta(database: Database, key: str) -> str | None:
    """A fact that was kept under this key."""
    found: str | None = database.value("SELECT value FROM meta WHERE key = ?", (key,))
    return found


def set_meta(database: Database, key: str, value: str) -> None:
    """Keeps a fact."""
    database.execute(
        "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (key, value),
    )
