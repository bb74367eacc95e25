"""What may be asked of the engine about the vault itself: making, opening, locking, checking, copies."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from desktop.engine.journal import Operation
from desktop.engine.lifecycle import EngineLife
from desktop.engine.results import CheckReport

if TYPE_CHECKING:
    from desktop.engine.backups.report import Backups
    from desktop.vault.keeping.kept import KeptBackup
    from desktop.vault.rescue.rescue import Rescued
    from desktop.vault.vault import SlotInfo


class VaultKeeping(EngineLife):
    """The part of the engine's front that is about the vault. Coroutines, like all of it."""

    async def create_vault(self, passphrase: str | None, keychain: bool = False) -> None:
        """Makes the vault in `home` and opens it. Never over an old one."""
        await self._parts.core.session.create(passphrase, keychain=keychain)
        self._parts.noting.created()
        await self._parts.opened()

    async def unlock(self, passphrase: str | None) -> None:
        """Opens the vault; None asks the system's keychain. Raises VaultError."""
        parts, session = self._parts, self._parts.core.session
        failures = None if passphrase is None else session.failed_attempts()
        if await session.unlock(passphrase):
            parts.noting.unlocked(keychain=passphrase is None, failures=failures)
        await parts.opened()

    async def lock(self) -> None:
        """Closes the vault and forgets its secrets."""
        await self._parts.lock()

    async def change_passphrase(self, old: str | None, new: str) -> None:
        """Wraps the vault's key anew, after a backup of what was written since the last one."""
        await self._parts.backups.before_risk()
        with self._parts.core.journal.operation("passphrase_changed") as operation:
            await self._parts.core.session.change_passphrase(old, new)
            operation.summary = "The passphrase was changed."

    async def slots(self) -> list[SlotInfo]:
        """The ways in."""
        return self._parts.core.session.slots()

    async def set_keychain(self, wanted: bool) -> None:
        """Adds the system's keychain as a way in, or takes it away."""
        action = "keychain_added" if wanted else "keychain_removed"
        with self._parts.core.journal.operation(action) as operation:
            await self._parts.core.session.set_keychain(wanted)
            can = "can" if wanted else "can no longer"
            operation.summary = f"The system's keychain {can} open the vault."

    async def keychain_problem(self) -> str:
        """Why this computer's keychain cannot be used, in a sentence; nothing when it can."""
        return await self._parts.core.session.keychain_problem()

    async def check_vault(self) -> CheckReport:
        """Looks through the whole vault for damage, and whether Activity is still what was written.

        What is wrong with Activity is a notice: no backup has to take the vault's place for that.
        """
        session = self._parts.core.session
        await self._parts.backups.finish()
        if problems := await session.check():
            return CheckReport(tuple(problems))
        notices = [notice] if (notice := self._parts.backups.notice()) else []
        broken = (await session.follow_activity()).broken
        if broken is not None:
            notices.append(
                f"The chain of Activity is broken at entry {broken.number:,}. {broken.sentence} "
                "The accounts are whole all the same."
            )
        return CheckReport(notices=tuple(notices))

    async def backups(self) -> Backups:
        """The backups beside the vault, the newest first. Works while it is locked."""
        return await self._parts.backups.report()

    async def backup(self, path: Path) -> None:
        """Writes an encrypted copy, with the key slots."""
        with self._parts.core.journal.operation("backed_up") as operation:
            await self._parts.core.session.backup(path)
            operation.summary = f"A backup was written: {path}."

    async def look_at_backup(self, path: Path) -> KeptBackup:
        """When a backup was made, and what opens it. Raises DamagedVaultError where there is none."""
        return await self._parts.core.session.look_at_backup(path)

    async def restore_backup(self, path: Path, passphrase: str | None) -> None:
        """Puts a verified backup in place of the vault, which is kept. Locked afterwards.

        Still open if the passphrase is not the backup's, or the file no backup.
        """
        core = self._parts.core
        await core.session.try_backup(path, passphrase)
        await self._parts.lock()
        done = Operation("vault_restored", summary=f"The vault was put back as it was in {path}.")
        await core.session.restore(path, passphrase, core.journal.entry(done))

    async def rescue(self, path: Path | None, passphrase: str | None) -> Rescued:
        """Writes a backup of what can be read of a damaged vault, which is locked and stays as it is.

        Without a path it lies among the backups that the vault makes of itself.
        """
        await self._parts.lock()
        return await self._parts.core.session.rescue(path, passphrase)
