"""The vault, opened for reading and writing: one connection on one thread, and the ways in and out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from desktop.vault import (
    backup,
    checking,
    creation,
    kdf,
    keychain,
    keyslots,
    layout,
    locks,
    replacing,
    reserve,
    schema,
    store,
    unlocking,
)
from desktop.vault.database import Database
from desktop.vault.errors import MissingKeySlotError, SaveFailedError
from desktop.vault.exchange.ways import Exchanging
from desktop.vault.keeping import rolling
from desktop.vault.keeping.kept import KeptBackup
from desktop.vault.keeping.work import tidy
from desktop.vault.keyslots import Slot
from desktop.vault.opening import on_read_only_disk, open_database
from desktop.vault.reader import Reader
from desktop.vault.records import Generation
from desktop.vault.unlocking import (
    PreparedSlots,
    SlotInfo,
    changed_passphrase_slot,
    prepare_slots,
    unlock_key,
)

__all__ = [
    "PreparedSlots",
    "Reader",
    "SlotInfo",
    "Vault",
    "changed_passphrase_slot",
    "prepare_slots",
    "unlock_key",
]


class Vault(Exchanging):
    """Belongs to the thread that opened it. `key` is the database key, for a Reader on another thread."""

    def __init__(self, home: Path, key: bytes, database: Database, lock: locks.Lock | None) -> None:
        """Use `create`, `open` or `open_with_key`."""
        super().__init__(database)
        self.home = home
        self.key = key
        self._lock = lock

    # --- opening and closing

    @staticmethod
    def exists(home: Path) -> bool:
        """Whether a vault, or a part of one, lies in this folder."""
        return store.exists(home)

    @classmethod
    def create(
        cls, home: Path, passphrase: str | None, *, keychain: bool = False, cost: kdf.Cost | None = None
    ) -> Self:
        """A new vault with at least one key slot, opened. Never over an old one.

        `prepare_slots` and `create_prepared` are the same in two steps: the first is slow and free of
        threads. `cost` is for tests that create many vaults, see there.
        """
        store.refuse_existing(home)
        return cls.create_prepared(home, prepare_slots(passphrase, keychain_slot=keychain, cost=cost))

    @classmethod
    def create_prepared(cls, home: Path, prepared: PreparedSlots) -> Self:
        """A new vault with these slots, opened. Fast."""
        try:
            creation.create_store(home, prepared)
        except BaseException:
            if prepared.slots.find("keychain") is not None:
                keychain.forget_key(prepared.slots.vault_id)
            raise
        return cls.open_with_key(home, prepared.key)

    @classmethod
    def open(cls, home: Path, passphrase: str | None = None) -> Self:
        """Opens with the passphrase; None asks the system's keychain. Slow: see `unlock_key`."""
        return cls.open_with_key(home, unlock_key(home, passphrase))

    unlock_key = staticmethod(unlock_key)

    @classmethod
    def open_with_key(cls, home: Path, key: bytes) -> Self:
        """Opens with the key that `unlock_key` gave. Fast, unless an older vault is brought up to date.

        Raises DamagedVaultError, NewerSchemaError, NoVaultError, UnsafeFolderError, MissingKeySlotError.
        """
        store.check(home)
        if on_read_only_disk(home):
            return cls._open_unchanging(home, key)
        lock = locks.Lock(home / layout.USE_LOCK, alone=False)
        try:
            tidy(home)
            replacing.finish(home)  # nobody can begin a replacement any more
            database = open_database(home, key)
            try:
                schema.migrate(
                    database, lambda have: backup.write_before_migration(database, key, home, have)
                )
            except BaseException:
                database.close()
                raise
        except BaseException:
            lock.release()
            raise
        return cls(home, key, database, lock)

    @classmethod
    def _open_unchanging(cls, home: Path, key: bytes) -> Self:
        """From a read-only disk: there is nobody to keep off, and every attempt to save says why it fails."""
        database = open_database(home, key)
        try:
            schema.refuse_older(database)
        except BaseException:
            database.close()
            raise
        return cls(home, key, database, None)

    def close(self) -> None:
        """Closes the connection and lets others restore. A second call does nothing."""
        lock, self._lock = self._lock, None
        try:
            self._database.close()
        finally:
            if lock is not None:
                reserve.lay(self.home)
                lock.release()

    def add_generation(self, *facts: Any, **more: Any) -> Generation:
        """As `Contents.add_generation`; on a full disk the reserve makes room for it."""
        try:
            return super().add_generation(*facts, **more)
        except SaveFailedError:
            if self._lock is None or not reserve.give_up(self.home):
                raise
            return super().add_generation(*facts, **more)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # --- key slots: only keyslots.json changes, never the database

    def slots(self) -> list[SlotInfo]:
        """The ways into this vault."""
        return unlocking.describe(keyslots.load(self.home))

    def change_passphrase(self, old: str | None, new: str, *, cost: kdf.Cost | None = None) -> None:
        """Wraps the same key with a new passphrase. Slow. `old` is None only where there was none yet.

        Backups that were made before still open with the old passphrase. `changed_passphrase_slot` and
        `put_slot` are the same in two steps: the first is slow and free of threads.
        """
        self.put_slot(changed_passphrase_slot(self.home, self.key, old, new, cost=cost))

    def put_slot(self, slot: Slot) -> None:
        """Puts the slot in the place of the one of its kind. Fast."""
        with self._database.transaction():  # two programs that change slots at once wait for each other
            keyslots.save(self.home, keyslots.load(self.home).with_slot(slot))

    def add_keychain_slot(self) -> SlotInfo:
        """Lets the system's keychain open this vault. Raises KeychainRefusedError with the reason."""
        with self._database.transaction():
            slots = keyslots.load(self.home)
            slot = unlocking.new_keychain_slot(slots, self.key)
            keyslots.save(self.home, slots.with_slot(slot))
        return next(info for info in self.slots() if info.kind == "keychain")

    def remove_keychain_slot(self) -> None:
        """The keychain no longer opens this vault. Raises MissingKeySlotError if nothing else would."""
        with self._database.transaction():
            slots = keyslots.load(self.home)
            slots.need("keychain")
            rest = slots.without("keychain")
            if not rest.slots:
                raise MissingKeySlotError(
                    "The keychain is the only way into this vault, so it cannot be taken away.",
                    "Set a passphrase first.",
                )
            keyslots.save(self.home, rest)
        keychain.forget_key(slots.vault_id)

    # --- health and backup

    def check(self) -> list[str]:
        """Reads every page and follows every reference. Sentences about what is wrong; empty if nothing."""
        return checking.store_problems(self.home, self._database)

    def backup(self, path: Path) -> None:
        """One encrypted file with its key slots, verified; opens anywhere with the present passphrase.

        Replaces an older backup of that name, but no other file.
        """
        backup.write(self._database, self.key, self.home, path)

    def roll_backup(self, go_on: Callable[[], None] = lambda: None) -> KeptBackup | None:
        """A backup in the vault's own folder, where the last three stay; see `keeping.rolling`."""
        return rolling.make(self._database, self.key, self.home, go_on)

    @staticmethod
    def restore(home: Path, backup_path: Path, passphrase: str | None = None) -> Path | None:
        """Puts a backup in the place of the vault in `home`, which must be closed everywhere.

        Verified before anything is touched. Returns the folder where the replaced vault is kept, or None.
        """
        return backup.restore(home, backup_path, passphrase)
