"""What may be asked of the engine about exports."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.engine.lifecycle import EngineLife

if TYPE_CHECKING:
    from desktop.engine.exchange.plan import ExportResult, ImportPlan, ImportResult
    from desktop.vault.exchange.applying import Choice

    Progress = Callable[[int, int], None]


class Exchanges(EngineLife):
    """The part of the engine's front that is about exports. Cancelling one leaves nothing of it.

    `progress` is told accounts done and in all, on a thread of its own.
    """

    async def export(
        self,
        path: Path,
        passphrase: str,
        *,
        account_ids: Sequence[str] | None = None,
        history: bool = True,
        progress: Progress | None = None,
    ) -> ExportResult:
        """Writes accounts (all, or these) with all that belongs to them into one encrypted file.

        Raises SaveFailedError, NotFoundError, WeakPassphraseError; then there is no file.
        """
        return await self._parts.exchange.export(
            path, passphrase, account_ids=account_ids, history=history, progress=progress
        )

    async def export_metadata(
        self, path: Path, *, account_ids: Sequence[str] | None = None, progress: Progress | None = None
    ) -> ExportResult:
        """Writes which accounts there are, without any secret, as JSON in the clear."""
        return await self._parts.exchange.export_metadata(path, account_ids=account_ids, progress=progress)

    async def read_export(self, path: Path, passphrase: str) -> ImportPlan:
        """The preview of an import. Nothing is changed. Raises WrongPassphraseError, DamagedVaultError."""
        return await self._parts.exchange.read(path, passphrase)

    async def import_export(
        self, plan_id: str, choices: Mapping[str, Choice] | None = None, progress: Progress | None = None
    ) -> ImportResult:
        """Imports what was chosen, all or nothing; what is not named goes by the plan's default.

        Raises ChangedSincePreviewError, InvalidInputError, SaveFailedError; then nothing was changed.
        """
        await self._parts.backups.before_risk()
        return await self._parts.exchange.carry_out(plan_id, choices or {}, progress)

    async def stop_exchange(self) -> None:
        """Asks an export or import under way to end, undone; if it was quicker, it is done all the same."""
        self._parts.exchange.halt()

    async def forget_import(self, plan_id: str) -> None:
        """Drops a preview that nobody wants any more."""
        self._parts.exchange.forget(plan_id)
