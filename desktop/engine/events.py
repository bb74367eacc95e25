"""What the engine tells the window and the command line. Delivered on the engine's thread."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from connectors.definition import Choice
from connectors.ports import DeviceCode, Stage
from desktop.vault.records import Person

VaultState = Literal["missing", "locked", "open"]
ShownState = Literal[
    "connected",
    "refreshing",
    "expires_soon",
    "needs_sign_in",
    "invalid",
    "offline",
    "unknown_expiry",
    "locked",
    "disabled",
]

STATE_WORDS: dict[ShownState, str] = {
    "connected": "Connected",
    "refreshing": "Refreshing",
    "expires_soon": "Expires soon",
    "needs_sign_in": "Needs sign-in",
    "invalid": "Invalid",
    "offline": "Offline",
    "unknown_expiry": "Unknown expiry",
    "locked": "Locked",
    "disabled": "Disabled",
}


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """A failure that can be shown as it is: redacted, no traceback, no code name."""

    reason: str  # a stable word: declined, wrong_credentials, timed_out, port, offline, service, client …
    sentence: str  # what happened and why
    hint: str = ""  # what to do
    detail: str = ""  # for "Details": the service's answer, redacted


# A reconnect that came back as another person; a new sign-in of somebody who is connected already.
ClashKind = Literal["somebody_else", "there_already"]
Decision = Literal["keep_both", "replace", "update", "cancel"]


class Clash(msgspec.Struct, frozen=True, kw_only=True):
    """A sign-in that worked and is not kept until it is decided what to do with it."""

    kind: ClashKind
    came: Person  # who signed in
    there: Person  # whom the account stands for
    account_id: str


class AttemptChanged(msgspec.Struct, frozen=True, kw_only=True):
    """A connect attempt moved on, ended well (`account_id`) or ended with `failure`."""

    attempt_id: str
    stage: Stage
    link: str = ""  # the authorize URL, once there is one
    deadline: datetime | None = None  # when waiting for the browser ends (UTC)
    ends_on: str = ""  # where the browser ends when only a pasted address brings it back
    code: DeviceCode | None = None  # at the stage "device": what to enter, and where
    failure: Failure | None = None
    problem: Failure | None = None  # the browser did not start; the link can still be opened by hand
    choices: tuple[Choice, ...] = ()  # at the stage "choose": what there is to choose from
    choices_title: str = ""
    clash: Clash | None = None  # what has to be decided before anything is kept
    account_id: str = ""

    @property
    def ended(self) -> bool:
        """Whether nothing more will come from this attempt."""
        return self.stage == "done" or self.failure is not None


class AccountChanged(msgspec.Struct, frozen=True):
    """An account was added or changed: fetch that one row again."""

    account_id: str
    added: bool = False


class AccountRemoved(msgspec.Struct, frozen=True):
    """An account is gone."""

    account_id: str


class VaultChanged(msgspec.Struct, frozen=True):
    """The vault was created, unlocked or locked."""

    state: VaultState


class BackupsChanged(msgspec.Struct, frozen=True):
    """A backup was made, or could not be made."""


class ConnectorsChanged(msgspec.Struct, frozen=True):
    """Definitions or a connector's settings changed."""

    key: str = ""


class SavedRequestsChanged(msgspec.Struct, frozen=True):
    """An account's saved requests changed."""

    account_id: str


class ActivityAdded(msgspec.Struct, frozen=True):
    """A new row stands in the activity list."""

    account_id: str = ""


Event = (
    AttemptChanged
    | AccountChanged
    | AccountRemoved
    | VaultChanged
    | ConnectorsChanged
    | SavedRequestsChanged
    | ActivityAdded
    | BackupsChanged
)
