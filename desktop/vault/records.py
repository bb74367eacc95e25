"""The rows that the vault hands out. None of them holds a connection; all are safe on any thread.

Times are aware datetimes in UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

import msgspec

Source = Literal["connect", "refresh", "edit", "restore", "import"]
StoredState = Literal["connected", "needs_sign_in", "invalid", "offline", "disabled"]


class AccountRow(msgspec.Struct, frozen=True, kw_only=True):
    """What lists show of an account: no secret, and nothing that needs the token record."""

    id: str
    connector: str
    method: str
    name: str
    email: str = ""
    identity: str = ""  # the service's own stable id of this person or workspace
    state: StoredState = "connected"
    state_reason: str = ""
    token_refused: bool = False  # the service refused the credential itself, not only its renewal
    pinned: bool = False
    expires_at: datetime | None = None
    renewable: bool = False  # a refresh token or stored credentials can renew it
    has_token: bool = False  # an access token, as opposed to a bare key
    scope_asked: str = ""
    scope_granted: str = ""
    generation: int = 1
    created_at: datetime
    updated_at: datetime
    last_used_at: datetime | None = None

    @property
    def needs_attention(self) -> bool:
        """Whether only a person can bring this account back."""
        return self.state in ("needs_sign_in", "invalid")


class Generation(msgspec.Struct, frozen=True, kw_only=True):
    """One kept version of an account's credential. `record` is connectors.credential's JSON."""

    account_id: str
    number: int
    source: Source
    at: datetime
    record: bytes
    note: str = ""


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Whom an account stands for."""

    name: str
    email: str = ""
    identity: str = ""
    profile: Mapping[str, Any] = {}


class Keep(msgspec.Struct, frozen=True, kw_only=True):
    """How much of an account's history stays when a generation is added. 0: no limit of that kind."""

    count: int = 0
    days: int = 0


class PendingRefresh(msgspec.Struct, frozen=True, kw_only=True):
    """A refresh that was begun with the token of `generation`, and whose answer is not saved."""

    account_id: str
    generation: int
    began_at: datetime


class SavedRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A request that a person keeps with an account. Names are unique within the account."""

    id: str
    account_id: str
    name: str
    method: str
    url: str  # absolute, or relative to the connector's base
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""
    created_at: datetime
    updated_at: datetime


class Who(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """By what means something was done, as far as the system says."""

    user: str = ""
    host: str = ""
    version: str = ""  # of Jackfield
    command: str = ""  # the words of the command line, without its arguments
    program: str = ""  # the program that started the command line
    pid: int = 0  # of that program


class ActivityRow(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened. `detail` is redacted before it is written."""

    id: int = 0
    at: datetime
    account_id: str = ""
    connector: str = ""
    actor: str = ""  # "window", "command line", "schedule"
    action: str = ""  # connected, refreshed, edited, restored, revealed, copied, tested, used, disconnected …
    outcome: Literal["ok", "failed"] = "ok"
    summary: str = ""
    detail: Mapping[str, Any] = {}
    who: Who = Who()
    hash: str = ""  # hexadecimal; over the hash before it and all of the above


BreakKind = Literal["changed", "missing", "moved", "inserted", "cut", "unknown_head"]


class ChainBreak(msgspec.Struct, frozen=True, kw_only=True):
    """Where the chain of the activity does not hold. `sentence` says what it looks like."""

    number: int  # the entry at which it shows
    kind: BreakKind
    at: datetime | None = None  # when that entry was written, as far as it says so itself
    sentence: str = ""


class ChainReport(msgspec.Struct, frozen=True, kw_only=True):
    """What came of following the chain. Entries `first` to `last` are unbroken."""

    first: int = 1
    last: int = 0
    head: str = ""  # the hash of entry `last`, hexadecimal; empty where there is no entry
    at: datetime | None = None  # when entry `last` was written
    older: int = 0  # the last entry that was there before the chain was begun; 0: none
    broken: ChainBreak | None = None

    @property
    def count(self) -> int:
        """How many entries are unbroken."""
        return self.last - self.first + 1


class AccountQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which accounts a list shows, and in which order."""

    search: str = ""
    connector: str = ""
    needs_attention: bool = False
    usable: bool = False  # the others: those that do not need attention
    expiring_before: datetime | None = None
    pinned: bool = False
    order: Literal["name", "connector", "state", "expires_at", "last_used_at", "created_at"] = "name"
    descending: bool = False


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers beside the navigation."""

    all: int = 0
    needs_attention: int = 0
    expiring: int = 0
    pinned: int = 0
    by_connector: Mapping[str, int] = {}
