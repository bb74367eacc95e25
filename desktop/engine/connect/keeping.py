"""What becomes of a sign-in that worked. Until it is decided, it exists in memory alone."""

from __future__ import annotations

from connectors.errors import AttemptTimedOutError, ConnectorError
from connectors.methods import Connected, Inputs, revoke
from desktop.engine.connect.attempt import Attempt
from desktop.engine.connect.clashes import account_of_person, account_of_the_same, clash_of, is_somebody_else
from desktop.engine.connect.saving import Saving, somebody_else
from desktop.engine.core import Core
from desktop.engine.errors import AlreadyConnectedError
from desktop.engine.events import ClashKind, Decision
from desktop.engine.privacy.redaction import redactor
from desktop.vault.records import AccountRow

# With a key or a password nothing new came into the world that could be given back.
_GRANTS = frozenset({"oauth2", "oauth", "session"})


class Keeping:
    """Never writes over an account without being told to."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._saving = Saving(core)

    async def keep(
        self,
        attempt: Attempt,
        inputs: Inputs,
        connected: Connected,
        *,
        reconnect: str,
        account_name: str,
        patience: float,
    ) -> AccountRow:
        """Saves it, once it is clear as what; a person is waited for `patience` seconds.

        Raises WrongAccountError, AlreadyConnectedError, AttemptTimedOutError: then nothing was kept.
        """
        core = self._core
        core.learn(connected.credential, inputs.method)
        if reconnect:
            row = core.vault.account(reconnect)
            if not is_somebody_else(row, connected):
                return await self._saving.again(reconnect, inputs, connected)
            decision = await self._decide("somebody_else", attempt, inputs, connected, row, patience)
            if decision == "cancel":
                raise somebody_else(row, inputs, connected, await self._give_back(inputs, connected))
            if decision == "replace":
                return await self._saving.replace(reconnect, inputs, connected)
        there = account_of_the_same(core, inputs, connected)
        if there is not None:
            decision = await self._decide("there_already", attempt, inputs, connected, there, patience)
            if decision == "cancel":
                raise AlreadyConnectedError(
                    f"{there.name} stays as it was, and nothing was kept of this sign-in. "
                    f"{await self._give_back(inputs, connected)}".strip(),
                    "Nothing has to be done.",
                )
            if decision == "update":
                return await self._update(there, inputs, connected, account_name)
        return self._saving.new(inputs, connected, account_name)

    async def _update(
        self, there: AccountRow, inputs: Inputs, connected: Connected, account_name: str
    ) -> AccountRow:
        row = await self._saving.again(there.id, inputs, connected)
        if account_name and account_name != row.name:
            self._core.vault.rename(row.id, account_name)
        return self._core.vault.account(row.id)

    async def _decide(
        self,
        kind: ClashKind,
        attempt: Attempt,
        inputs: Inputs,
        connected: Connected,
        row: AccountRow,
        patience: float,
    ) -> Decision:
        attempt.clash = clash_of(kind, row, connected, inputs.connector.name)
        try:
            return await attempt.deciding(attempt.clash, patience)
        except TimeoutError:
            gone = await self._give_back(inputs, connected)
            raise AttemptTimedOutError(
                f"Nobody said what to do with the sign-in of {attempt.clash.came.name}, so nothing was kept. "
                f"{gone}".strip(),
                "Sign in again.",
            ) from None

    async def _give_back(self, inputs: Inputs, connected: Connected) -> str:
        """Revokes what was just given and says so, or why not."""
        if inputs.method.type not in _GRANTS:
            return ""
        service = inputs.connector.name
        # Many services end all that a person ever gave to this app, and not only this one grant.
        here = account_of_person(self._core, inputs, connected)
        if here is not None:
            return (
                f"The new access was not revoked at {service}: that could also end the access of "
                f"{here.name}, which is connected here."
            )
        by_hand = "Remove it in the service's own settings."
        try:
            revoked = await revoke(inputs, connected.credential, self._core.ports)
        except ConnectorError as error:
            why = redactor.redact(error.sentence)
            return f"The access that it gave could not be revoked and is still valid: {why} {by_hand}"
        if revoked:
            return f"{service} has revoked the access that it gave."
        return f"{service} offers no way to revoke the access that it gave, so it is still valid. {by_hand}"
