"""The vault, opened for reading and writing: one connection on one thread, one transaction per change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from desktop.vault import (
    accounts,
    activity,
    creation,
    generations,
    kdf,
    keychain,
    keyslots,
    schema,
    settings,
    store,
    unlocking,
    values,
)
from desktop.vault.database import Database
from desktop.vault.errors import MissingKeySlotError
from desktop.vault.reader import Reader
from desktop.vault.records import AccountRow, ActivityRow, Generation, Source, StoredState
from desktop.vault.unlocking import PreparedSlots, SlotInfo, prepare_slots, unlock_key

__all__ = ["PreparedSlots", "Reader", "SlotInfo", "Vault", "prepare_slots", "unlock_key"]


class Vault:
    """Belongs to the thread that opened it. When a method that changes something returns, it is on the disk.

    A method that fails has changed nothing. `key` is the database key, for a Reader on another thread.
    """

    def __init__(self, home: Path, key: bytes, database: Database) -> None:
        self.home = home
        self.key = key
        self._database = database

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
        creation.create_store(home, prepared)
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
        database = Database(store.database_path(home), key)
        try:
            schema.migrate(database)
        except BaseException:
            database.close()
            raise
        return cls(home, key, database)

    def close(self) -> None:
        """Closes the connection. A second call does nothing."""
        self._database.close()

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

        Backups that were made before still open with the old passphrase.
        """
        kdf.check_new_passphrase(new)
        slots = keyslots.load(self.home)
        if slots.find("passphrase") is not None:
            unlock_key(self.home, old or "")
        slot = unlocking.passphrase_slot(slots, self.key, new, cost)
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

    # --- accounts and their credentials: each method is one transaction

    def add_account(
        self, row: AccountRow, record: bytes, profile: Mapping[str, Any], source: Source = "connect"
    ) -> AccountRow:
        """Account, first generation and profile at once. The row as it was stored."""
        stored = msgspec.structs.replace(row, generation=1)
        first = Generation(account_id=row.id, number=1, source=source, at=row.updated_at, record=record)
        with self._database.transaction():
            accounts.insert(self._database, stored)
            generations.insert(self._database, first)
            generations.set_profile(self._database, row.id, profile)
        return stored

    def add_generation(
        self,
        account_id: str,
        record: bytes,
        source: Source,
        *,
        expires_at: datetime | None,
        renewable: bool,
        has_token: bool,
        scope_granted: str,
        note: str = "",
        state: StoredState = "connected",
        state_reason: str = "",
        scope_asked: str | None = None,
        profile: Mapping[str, Any] | None = None,
        name: str | None = None,
        email: str | None = None,
        identity: str | None = None,
    ) -> Generation:
        """A new credential and what lists show of it; the one before is kept. Raises NotFoundError.

        A reconnect also hands over what may have changed with it; None leaves a value as it is.
        """
        now = values.utc_now()
        changes = _given(scope_asked=scope_asked, name=name, email=email, identity=identity)
        with self._database.transaction():
            number = generations.next_number(self._database, account_id)
            generation = Generation(
                account_id=account_id, number=number, source=source, at=now, record=record, note=note
            )
            generations.insert(self._database, generation)
            accounts.update(
                self._database,
                account_id,
                at=now,
                generation=number,
                expires_at=expires_at,
                renewable=renewable,
                has_token=has_token,
                scope_granted=scope_granted,
                state=state,
                state_reason=state_reason,
                **changes,
            )
            if profile is not None:
                generations.set_profile(self._database, account_id, profile)
        return generation

    def set_state(self, account_id: str, state: StoredState, reason: str) -> None:
        """Marks the account; its credential stays. Raises NotFoundError."""
        with self._database.transaction():
            accounts.update(self._database, account_id, state=state, state_reason=reason)

    def rename(self, account_id: str, name: str) -> None:
        """Raises NotFoundError."""
        with self._database.transaction():
            accounts.update(self._database, account_id, name=name)

    def set_pinned(self, account_id: str, pinned: bool) -> None:
        """Raises NotFoundError."""
        with self._database.transaction():
            accounts.update(self._database, account_id, pinned=pinned)

    def touch(self, account_id: str, at: datetime | None = None) -> None:
        """The account was used just now. Raises NotFoundError."""
        with self._database.transaction():
            accounts.touch(self._database, account_id, at or values.utc_now())

    def set_profile(
        self,
        account_id: str,
        profile: Mapping[str, Any],
        name: str | None = None,
        email: str | None = None,
        identity: str | None = None,
    ) -> None:
        """Replaces the profile, and what lists show of it where given. Raises NotFoundError."""
        changes = _given(name=name, email=email, identity=identity)
        with self._database.transaction():
            accounts.update(
                self._database,
                account_id,
                **changes,
            )
            generations.set_profile(self._database, account_id, profile)

    def remove_account(self, account_id: str) -> None:
        """Account, all its generations and its profile. Its activity stays. Raises NotFoundError."""
        with self._database.transaction():
            accounts.delete(self._database, account_id)

    def account(self, account_id: str) -> AccountRow:
        """Raises NotFoundError."""
        return accounts.get(self._database, account_id)

    def find_accounts(self, *, connector: str | None = None, identity: str | None = None) -> list[AccountRow]:
        """The accounts of this connector and with this identity, by name. None: any."""
        return accounts.find(self._database, connector=connector, identity=identity)

    def all_accounts(self) -> list[AccountRow]:
        """Every account by name. Lists on screen use Reader.page instead."""
        return accounts.every(self._database)

    def due_accounts(self, before: datetime) -> list[AccountRow]:
        """Accounts that can be renewed without a person and expire by then, the first to expire first."""
        return accounts.due(self._database, before)

    def record(self, account_id: str) -> bytes:
        """The credential in force. Raises NotFoundError."""
        return generations.current_record(self._database, account_id)

    def generations(self, account_id: str) -> list[Generation]:
        """All kept versions, the newest first. Raises NotFoundError."""
        return generations.every(self._database, account_id)

    def generation(self, account_id: str, number: int) -> Generation:
        """One kept version. Raises NotFoundError."""
        return generations.get(self._database, account_id, number)

    def profile(self, account_id: str) -> dict[str, Any]:
        """What the service said about the person. Raises NotFoundError."""
        return generations.profile(self._database, account_id)

    # --- the rest

    def connector_settings(self, connector: str) -> dict[str, str]:
        """The connector's own settings by key (client id, client secret …)."""
        return settings.connector_settings(self._database, connector)

    def set_connector_settings(self, connector: str, new: Mapping[str, str]) -> None:
        """Replaces all settings of a connector."""
        with self._database.transaction():
            settings.set_connector_settings(self._database, connector, new)

    def meta(self, key: str) -> str | None:
        """A small fact that was kept under this key."""
        return settings.meta(self._database, key)

    def set_meta(self, key: str, value: str) -> None:
        """Keeps a small fact."""
        with self._database.transaction():
            settings.set_meta(self._database, key, value)

    def add_activity(self, row: ActivityRow) -> ActivityRow:
        """Keeps one event, which the caller has redacted, and returns it with its number."""
        with self._database.transaction():
            return activity.insert(self._database, row)

    def activity(
        self, account_id: str | None = None, limit: int = 100, before_id: int | None = None
    ) -> list[ActivityRow]:
        """Events, newest first."""
        return activity.page(self._database, account_id, limit, before_id)


def _given(**changes: str | None) -> dict[str, Any]:
    return {key: value for key, value in changes.items() if value is not None}
