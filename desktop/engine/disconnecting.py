"""Disconnecting: revoked at the service where that can be done, and gone here in any case."""

from __future__ import annotations

import asyncio

from connectors.errors import ConnectorError, TemporaryError
from connectors.methods import revoke
from desktop.engine.core import Core, Subject
from desktop.engine.events import AccountRemoved
from desktop.engine.privacy.redaction import redactor
from desktop.engine.refreshing.locks import account_lock, forget_lock
from desktop.engine.refreshing.refreshing import Refreshing
from desktop.engine.results import DisconnectResult
from desktop.vault.records import AccountRow

PATIENCE = 5.0  # seconds that a service may ask to wait before it is asked again


class Disconnecting:
    """Says honestly what happened at the service."""

    def __init__(self, core: Core, refreshing: Refreshing) -> None:
        self._core = core
        self._refreshing = refreshing

    async def disconnect(self, account_id: str, *, keep_remote: bool) -> DisconnectResult:
        """Revokes unless `keep_remote`, then removes the account. A failed revocation does not keep it."""
        core = self._core
        async with account_lock(core.home, account_id):
            row = core.vault.account(account_id)
            with core.journal.operation(
                "disconnected", account_id=row.id, connector=row.connector
            ) as operation:
                result = await self._revoke(row, keep_remote)
                operation.summary = result.sentence
                operation.detail["revoked"] = result.revoked
                core.vault.remove_account(row.id)
            forget_lock(core.home, row.id)
        self._refreshing.forget(row.id)
        core.held.forget(row.id)
        core.emit(AccountRemoved(row.id))
        return result

    async def _revoke(self, row: AccountRow, keep_remote: bool) -> DisconnectResult:
        gone = f"{row.name} was removed here."
        if keep_remote:
            return DisconnectResult(
                False, f"{gone} Its access was kept, as asked, and is still valid at the service."
            )
        try:
            subject = self._core.subject(row.id)
            service = subject.inputs.connector.name
            revoked = await self._revoked(subject)
        except ConnectorError as error:
            why = redactor.redact(error.sentence)
            return DisconnectResult(
                False,
                f"{gone} Its access could not be revoked and is still valid at the service: {why} "
                "Remove it in the service's own settings.",
            )
        if revoked:
            return DisconnectResult(True, f"{gone} {service} has revoked its access.")
        return DisconnectResult(
            False,
            f"{gone} {service} offers no way to revoke access, so it is still valid there. "
            "Remove it in the service's own settings.",
        )

    async def _revoked(self, subject: Subject) -> bool:
        """Asks the service, and once more if it says that it will be back in a moment (RFC 7009 2.2.1)."""
        try:
            return await revoke(subject.inputs, subject.credential, self._core.ports)
        except TemporaryError as error:
            if error.retry_after is None or error.retry_after > PATIENCE:
                raise
            await asyncio.sleep(error.retry_after)
        return await revoke(subject.inputs, subject.credential, self._core.ports)
