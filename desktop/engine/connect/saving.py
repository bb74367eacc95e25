"""What a sign-in brought is written down: as a new account, or as a new generation of one that is there."""

from __future__ import annotations

import secrets

from connectors.credential import encode, utc_now
from connectors.errors import DefinitionError, WrongAccountError
from connectors.methods import Connected, Inputs, can_refresh
from desktop.engine.connect.clashes import clash_of, is_somebody_else
from desktop.engine.core import Core
from desktop.engine.events import AccountChanged
from desktop.engine.refreshing.locks import account_lock
from desktop.vault.records import AccountRow, Person

ID_BYTES = 5  # ten hexadecimal digits: short enough to type


class Saving:
    """Each method is one transaction, and tells everybody."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def new(self, inputs: Inputs, connected: Connected, account_name: str) -> AccountRow:
        """An account of its own."""
        core, method, credential = self._core, inputs.method, connected.credential
        core.learn(credential, method)
        now, account_id = utc_now(), secrets.token_hex(ID_BYTES)
        credential = core.held.keep(account_id, credential, method)
        row = AccountRow(
            id=account_id,
            connector=inputs.connector.key,
            method=method.key,
            name=account_name or connected.name or connected.email or inputs.connector.name,
            email=connected.email,
            identity=connected.identity,
            expires_at=credential.expires_at,
            renewable=can_refresh(method, credential),
            has_token=bool(credential.access_token),
            scope_asked=connected.scope_asked,
            scope_granted=connected.scope_granted,
            created_at=now,
            updated_at=now,
        )
        row = core.vault.add_account(row, encode(credential), connected.profile)
        core.emit(AccountChanged(row.id, added=True))
        return row

    async def again(self, account_id: str, inputs: Inputs, connected: Connected) -> AccountRow:
        """The same person's account, signed in to again. Raises WrongAccountError, DefinitionError."""
        core = self._core
        async with account_lock(core.home, account_id):
            row = core.vault.account(account_id)
            if is_somebody_else(row, connected):  # it has become another one's while somebody signed in
                raise somebody_else(row, inputs, connected)
            _need_its_method(row, inputs)
            return core.save(
                row, connected.credential, "connect", note="signed in again", connected=connected
            )

    async def replace(self, account_id: str, inputs: Inputs, connected: Connected) -> AccountRow:
        """The account becomes somebody else's; restoring an earlier generation brings the person back."""
        core = self._core
        async with account_lock(core.home, account_id):
            row = core.vault.account(account_id)
            _need_its_method(row, inputs)
            person = Person(
                name=connected.name or connected.email or inputs.connector.name,
                email=connected.email,
                identity=connected.identity,
                profile=connected.profile,
            )
            return core.save(
                row,
                connected.credential,
                "connect",
                note=f"in place of {row.name}",
                connected=connected,
                person=person,
            )


def somebody_else(row: AccountRow, inputs: Inputs, connected: Connected, more: str = "") -> WrongAccountError:
    """The sentence for a sign-in that was not kept; `more` is what became of the access it gave."""
    came = clash_of("somebody_else", row, connected, inputs.connector.name).came
    return WrongAccountError(
        f"You signed in as {came.name}, but this account is {row.name}. Nothing was changed. {more}".strip(),
        f"Sign in as {row.email or row.name}, or keep the other one as a new account.",
    )


def _need_its_method(row: AccountRow, inputs: Inputs) -> None:
    if row.method != inputs.method.key:
        raise DefinitionError(
            f"{row.name} was connected with the method {row.method} and stays with it.",
            "Add a new account to use another method.",
        )
