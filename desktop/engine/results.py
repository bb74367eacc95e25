"""What the engine's methods hand back: plain, immutable, safe on any thread."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from connectors.credential import TOKEN_FIELDS, Credential
from connectors.definition import Connector, Field, Method
from desktop.engine.events import Failure, ShownState
from desktop.vault.records import AccountRow, Generation, SavedRequest


class AccountView(msgspec.Struct, frozen=True, kw_only=True):
    """One account with everything that its page shows. Holds secrets: drop it when the vault locks."""

    row: AccountRow
    shown: ShownState
    sentence: str  # the state in a sentence, times in local time
    credential: Credential
    profile: Mapping[str, Any]
    connector: Connector | None  # None: its definition is gone
    method: Method | None
    fields: tuple[Field, ...]  # the form's fields, as the definition says them
    secret_fields: frozenset[str]  # names in the record whose values are shown masked
    scopes_asked: tuple[str, ...]
    scopes_granted: tuple[str, ...]
    refresh_at: datetime | None  # when it will be renewed by itself (UTC)
    renewable: bool
    saved_requests: tuple[SavedRequest, ...] = ()  # by name

    @property
    def values(self) -> dict[str, Any]:
        """The record flat, in the order in which it is shown: token fields, what else was sent, the form."""
        flat: dict[str, Any] = {}
        if self.row.has_token:
            flat |= {name: getattr(self.credential, name) for name in TOKEN_FIELDS}
        return flat | dict(self.credential.extra) | dict(self.credential.fields)


class FieldChange(msgspec.Struct, frozen=True):
    """What one generation changed in one field. Secrets are masked; absent is an empty string."""

    field: str
    before: str
    after: str
    secret: bool


class HistoryEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One generation and what it changed against the one before it."""

    generation: Generation
    current: bool
    changes: tuple[FieldChange, ...]
    person: str = ""  # whom the account stood for then, if that was somebody else than today


class RefreshOutcome(msgspec.Struct, frozen=True):
    """One line of `refresh --all`: the account as it is now, and why it could not be renewed."""

    row: AccountRow
    failure: Failure | None = None


class DisconnectResult(msgspec.Struct, frozen=True):
    """What a disconnect did at the service. Here the account is gone in any case."""

    revoked: bool
    sentence: str


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a service answered to `request`. `elapsed` is in seconds and covers the last try."""

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    elapsed: float
    url: str  # redacted
    renewed: bool = False  # the token was renewed and the request sent a second time
    truncated: bool = False  # there was more of the body; it was not read
    size: int | None = None  # bytes of the whole body, where that is known

    @property
    def text(self) -> str:
        """The body as text; bytes that are not UTF-8 are replaced."""
        return self.body.decode("utf-8", "replace")


class CheckReport(msgspec.Struct, frozen=True):
    """What a look through the vault found. No problems: it is sound."""

    problems: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()  # what needs attention but is no damage
