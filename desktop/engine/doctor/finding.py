"""What a check is given, and what it says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal

import msgspec

from connectors.definition import Connector, Redirect
from desktop.engine.events import VaultState
from desktop.engine.preferences import Preferences

# "unknown": it was not, or could not be, looked at. That is said, and is no failure.
Outcome = Literal["ok", "warning", "problem", "unknown"]


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the page. `check` is a stable word for programs; `hint` says what to do, if anything."""

    check: Literal["browser", "ports", "keychain", "proxy", "trust", "clock", "vault"]
    title: str
    outcome: Outcome
    sentence: str
    hint: str = ""


class Situation(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked over. `server` is an https address of the person's choice, empty for none.

    `redirects` are those that were configured, by connector; in a locked vault nobody can read them.
    """

    home: Path
    preferences: Preferences
    vault_state: VaultState
    connectors: Iterable[Connector] = ()
    redirects: Mapping[str, Redirect] = {}
    server: str = ""
