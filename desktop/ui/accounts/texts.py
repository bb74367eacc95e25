"""What a row says: second line, time under the state, and the one act that a state calls for."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from connectors.definition import Connector
from desktop.engine.events import ShownState
from desktop.ui import times
from desktop.vault.records import AccountRow

Act = Literal["sign_in", "refresh"]

ACT_WORDS: dict[Act, str] = {"sign_in": "Sign in again", "refresh": "Refresh"}
_KINDS = {"apiKey": "API key", "pwd": "password", "session": "session"}


def second_line(row: AccountRow, connector: Connector | None) -> str:
    """What tells this account from another of the same name."""
    for text in (row.email, row.identity):
        if text and text != row.name:
            return text
    method = connector.methods.get(row.method) if connector else None
    return method.name if method else row.method


def service_name(row: AccountRow, connector: Connector | None) -> str:
    """The service's name; its key where the definition is gone."""
    return connector.name if connector else row.connector


def time_line(row: AccountRow, shown: ShownState, connector: Connector | None, present: datetime) -> str:
    """The small print under the state."""
    if shown == "refreshing":
        return "now"
    if row.expires_at is not None and shown in ("connected", "expires_soon"):
        return times.relative(row.expires_at, present)
    if shown in ("needs_sign_in", "invalid", "offline", "disabled"):
        return f"since {times.short_moment(row.updated_at, present)}"
    method = connector.methods.get(row.method) if connector else None
    if method is not None and method.type in _KINDS and not row.has_token:
        return _KINDS[method.type]
    return "no expiry"


def act_for(row: AccountRow, shown: ShownState) -> Act | None:
    """The act that a state calls for, if any."""
    if shown in ("needs_sign_in", "invalid"):
        return "sign_in"
    if shown in ("expires_soon", "offline") and row.renewable:
        return "refresh"
    return None
