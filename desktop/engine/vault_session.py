"""The vault as the engine holds it: missing, locked or open, and the way between them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from desktop.engine.errors import LockedError
from desktop.engine.events import Event, VaultChanged, VaultState
from desktop.engine.privacy.redaction import redactor
from desktop.vault import store
from desktop.vault.errors import KeychainRefusedError, NoVaultError, VaultError

if TYPE_CHECKING:
    from desktop.vault.keeping.kept import KeptBackup
    from desktop.vault.reader import Reader
    from desktop.vault.records import ActivityRow, ChainReport
    from desktop.vault.rescue.rescue import Rescued
    from desktop.vault.throttle import Attempts
    from desktop.vault.vault import SlotInfo, Vault
    from desktop.vault.verifying import Progress

T = TypeVar("T")
log = logging.getLogger(__name__)


class VaultSession:
    """Lives on the engine's thread, like the connection that it holds. `state` may be read anywhere."""

    def __init__(self, home: Path, emit: Callable[[Event], None]) -> None:
        from desktop.vault.vault import Vault

        self.home = home
        self.state: VaultState = "locked" if Vault.exists(home) else "missing"
        self._emit = emit
        self._vault: Vault | None = None
        self._key: bytes | None = None
        self._moving = asyncio.Lock()

    @property
    def vault(self) -> Vault:
        """The open vault. Raises LockedError or NoVaultError."""
        if self._vault is None or self.state != "open":
            raise self._not_open()
        return self._vault

    def reader(self) -> Reader:
        """A read-only connection for the calling thread, which also has to close it."""
        from desktop.vault.reader import Reader

        key = self._key
        if key is None:
            raise self._not_open()
        return Reader(self.home, key)

    async def follow_activity(self, known_head: str = "", progress: Progress | None = None) -> ChainReport:
        """What following the activity's chain says, beside the loop; `progress` is told on that thread."""

        def follow() -> ChainReport:
            with self.reader() as reader:
                return reader.verify_activity(known_head, progress)

        return await asyncio.to_thread(follow)

    async def create(self, passphrase: str | None, *, keychain: bool = False) -> None:
        """Makes the vault and opens it. Never over an old one."""
        from desktop.vault.vault import Vault, prepare_slots

        async with self._moving:
            store.refuse_existing(self.home)
            prepared = await asyncio.to_thread(prepare_slots, passphrase, keychain_slot=keychain)
            self._opened(Vault.create_prepared(self.home, prepared))

    async def unlock(self, passphrase: str | None) -> bool:
        """Opens the vault; None asks the system's keychain. The key derivation runs beside the loop.

        False: it was open already, and nothing was tried.
        """
        from desktop.vault.vault import Vault, unlock_key

        async with self._moving:
            if self.state == "open":
                return False
            key = await asyncio.to_thread(unlock_key, self.home, passphrase)
            self._opened(Vault.open_with_key(self.home, key))
            return True

    def failed_attempts(self) -> Attempts:
        """The wrong passphrases since the last right one."""
        from desktop.vault import throttle

        return throttle.attempts(self.home)

    async def lock(self, settle: Callable[[], Awaitable[None]]) -> None:
        """Closes the vault. Nothing new gets at it; `settle` lets the saves under way end."""
        async with self._moving:
            if self.state != "open":
                return
            self.state = "locked"
            self._key = None
            self._emit(VaultChanged("locked"))
            try:
                await settle()
            finally:
                self.close()
                redactor.forget_all()

    def still_saving(self) -> Vault:
        """The vault for a refresh that is under way while locking: its new token must not be lost."""
        if self._vault is None:
            raise self._not_open()
        return self._vault

    def close(self) -> None:
        """Closes the connection, if there is one."""
        vault, self._vault, self._key = self._vault, None, None
        if vault is not None:
            vault.close()

    async def change_passphrase(self, old: str | None, new: str) -> None:
        """Wraps the key anew. `old` is None only where there was no passphrase yet."""
        await self.beside(lambda vault: vault.change_passphrase(old, new))

    async def set_keychain(self, wanted: bool) -> None:
        """Adds the system's keychain as a way in, or takes it away. Raises KeychainRefusedError."""
        if wanted:
            await self.beside(lambda vault: vault.add_keychain_slot())
        else:
            await self.beside(lambda vault: vault.remove_keychain_slot())

    def slots(self) -> list[SlotInfo]:
        """The ways in, whether or not it is open. Raises VaultError."""
        from desktop.vault import keyslots, unlocking

        store.check(self.home)
        return unlocking.describe(keyslots.load(self.home))

    async def keychain_problem(self) -> str:
        """Why this computer's keychain must not keep a key, in a sentence; nothing when it may."""
        from desktop.vault import keychain

        try:
            await asyncio.to_thread(keychain.current_backend)
        except KeychainRefusedError as error:
            return error.sentence
        return ""

    async def check(self) -> list[str]:
        """What is wrong with the vault; nothing when it is sound."""
        return await self.beside(lambda vault: vault.check())

    async def backup(self, path: Path) -> None:
        """Writes an encrypted copy."""
        await self.beside(lambda vault: vault.backup(path))

    async def restore(self, path: Path, passphrase: str | None, entry: ActivityRow) -> None:
        """Puts a verified backup in place of the closed vault, which is kept; `entry` is added to it."""
        from desktop.vault.vault import Vault

        async with self._moving:
            await asyncio.to_thread(Vault.restore, self.home, path, passphrase)
            try:
                await asyncio.to_thread(_add_entry, self.home, passphrase, entry)
            except VaultError as error:
                log.warning("that a backup was restored was not written down: %s", error.sentence)
            self.state = "locked"
            self._emit(VaultChanged("locked"))

    async def look_at_backup(self, path: Path) -> KeptBackup:
        """What a backup says about itself. Raises DamagedVaultError, NewerSchemaError."""
        from desktop.vault.keeping import kept

        return await asyncio.to_thread(kept.look_or_raise, path)

    async def try_backup(self, path: Path, passphrase: str | None) -> None:
        """Raises what is wrong with a backup, or with its passphrase."""
        from desktop.vault import backup

        await asyncio.to_thread(backup.try_open, path, passphrase)

    async def rescue(self, path: Path | None, passphrase: str | None) -> Rescued:
        """Writes a backup of what can be read of the closed vault."""
        from desktop.vault.rescue.rescue import rescue

        async with self._moving:
            return await asyncio.to_thread(rescue, self.home, path, passphrase)

    def _opened(self, vault: Vault) -> None:
        self._vault, self._key = vault, vault.key
        self.state = "open"
        self._emit(VaultChanged("open"))

    async def beside(self, work: Callable[[Vault], T]) -> T:
        """Runs slow work in a worker thread, on a connection of its own, so that the loop goes on."""
        from desktop.vault.vault import Vault

        key = self.vault.key

        def carry_out() -> T:
            with Vault.open_with_key(self.home, key) as vault:
                return work(vault)

        return await asyncio.to_thread(carry_out)

    def _not_open(self) -> LockedError | NoVaultError:
        if self.state == "missing":
            return NoVaultError("There is no vault here yet.", "Create one first.")
        return LockedError("The vault is locked.", "Unlock it first.")


def _add_entry(home: Path, passphrase: str | None, entry: ActivityRow) -> None:
    from desktop.vault.vault import Vault

    with Vault.open(home, passphrase) as vault:
        vault.add_activity(entry)
