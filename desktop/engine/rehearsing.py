"""Failures on purpose, to see how an account or a script takes them. Each can be undone in History."""

from __future__ import annotations

from typing import Literal

import msgspec

from connectors.credential import Credential, utc_now
from connectors.errors import InvalidInputError
from desktop.engine.core import Core
from desktop.engine.refreshing.locks import account_lock
from desktop.vault.records import AccountRow

Rehearsal = Literal["expire", "forget_access_token", "break_refresh_token"]
BROKEN = "broken-on-purpose"  # no service ever gave this, so none takes it for a token that was used twice

_SUMMARIES: dict[Rehearsal, str] = {
    "expire": "Expired on purpose.",
    "forget_access_token": "The access token was forgotten on purpose.",
    "break_refresh_token": "The refresh token was broken on purpose.",
}


class Rehearsing:
    """Changes the record here; the service knows nothing of it."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def rehearse(self, account_id: str, what: Rehearsal) -> AccountRow:
        """Saves the spoilt record as a new generation. InvalidInputError: there is nothing to spoil."""
        core = self._core
        async with account_lock(core.home, account_id):
            row = core.vault.account(account_id)
            spoilt = _spoilt(core.credential(row), what, row.name)
            with core.journal.operation("edited", account_id=row.id, connector=row.connector) as operation:
                operation.summary = f"{_SUMMARIES[what]} The record before is in History."
                return core.save(row, spoilt, "edit", note=_SUMMARIES[what].rstrip("."))


def _spoilt(credential: Credential, what: Rehearsal, name: str) -> Credential:
    if what == "break_refresh_token":
        if not credential.refresh_token:
            raise InvalidInputError(f"{name} has no refresh token that could be broken.")
        return msgspec.structs.replace(credential, refresh_token=BROKEN)
    if not credential.access_token:
        raise InvalidInputError(f"{name} has no access token.")
    over = msgspec.structs.replace(credential, expires_at=utc_now())
    # A token that is not there has ended, too: whoever needs one gets a new one.
    return over if what == "expire" else msgspec.structs.replace(over, access_token="")
