"""From a passphrase, or the keychain, to the database key. Needs no database and no particular thread."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import msgspec

from desktop.vault import kdf, keychain, keyslots, store, throttle
from desktop.vault.errors import KeychainRefusedError, WrongPassphraseError
from desktop.vault.keyslots import KeySlots, Slot, SlotKind


class SlotInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A way into the vault, for people. `notice` is a sentence if something about it needs attention."""

    kind: SlotKind
    created_at: datetime
    backend: str = ""  # keychain: the class that keeps the key
    memory_mib: int = 0  # passphrase: what one check costs
    iterations: int = 0
    notice: str = ""


class PreparedSlots(msgspec.Struct, frozen=True):
    """Key slots for a vault that is about to be created, and the key that is in them."""

    slots: KeySlots
    key: bytes


def prepare_slots(
    passphrase: str | None, *, keychain_slot: bool = False, cost: kdf.Cost | None = None
) -> PreparedSlots:
    """A fresh random database key in one or two new slots. Slow (Argon2id); safe on any thread.

    `cost` is for tests that create many vaults: kdf.FLOOR_COST is the cheapest allowed. Without it the
    default is calibrated to this computer. Raises WeakPassphraseError, KeychainRefusedError.
    """
    if passphrase is None and not keychain_slot:
        kdf.check_new_passphrase("")
    key = kdf.new_key()
    slots = KeySlots(vault_id=keyslots.new_vault_id())
    if passphrase is not None:
        slots = slots.with_slot(passphrase_slot(slots, key, passphrase, cost))
    if keychain_slot:
        slots = slots.with_slot(new_keychain_slot(slots, key))
    return PreparedSlots(slots, key)


def passphrase_slot(slots: KeySlots, key: bytes, passphrase: str, cost: kdf.Cost | None = None) -> Slot:
    """A new slot that this passphrase opens. Slow."""
    wrapping_key, parameters = kdf.derive_new(passphrase, cost)
    return keyslots.wrap(slots, "passphrase", key, wrapping_key, parameters=parameters)


def changed_passphrase_slot(
    home: Path, key: bytes, old: str | None, new: str, *, cost: kdf.Cost | None = None
) -> Slot:
    """A slot for the new passphrase, if the old one is right. Slow; safe on any thread; writes no slot.

    `old` may be None only where the vault has no passphrase yet.
    """
    kdf.check_new_passphrase(new)
    slots = keyslots.load(home)
    if slots.find("passphrase") is not None:
        unlock_key(home, old or "")
    return passphrase_slot(slots, key, new, cost)


def new_keychain_slot(slots: KeySlots, key: bytes) -> Slot:
    """A new slot whose key lies in the system's keychain. Raises KeychainRefusedError.

    A key that the keychain holds already is used again: to replace it first would leave, after a crash,
    a slot that nothing opens.
    """
    present = slots.find("keychain")
    if present is not None:
        backend = keychain.backend_name(keychain.current_backend())
        kept = keychain.find_key(slots.vault_id)
        if kept is not None:
            return keyslots.wrap(slots, "keychain", key, kept, backend=backend)
    wrapping_key, backend = keychain.store_new_key(slots.vault_id)
    return keyslots.wrap(slots, "keychain", key, wrapping_key, backend=backend)


def unlock_key(home: Path, passphrase: str | None = None) -> bytes:
    """The 32-byte database key of the vault in `home`; None asks the system's keychain.

    Slow (Argon2id) and safe on any thread. Raises NoVaultError, UnsafeFolderError, MissingKeySlotError,
    WrongPassphraseError, ThrottledError, DamagedVaultError, NewerSchemaError, KeychainRefusedError.
    Wrong passphrases are slowed down; somebody who has copied the files is not, see `throttle`.
    """
    store.check(home)
    slots = keyslots.load(home)
    if passphrase is None:
        return open_keychain_slot(slots)
    slots.need("passphrase")
    with throttle.attempt(home):
        return open_passphrase_slot(slots, passphrase)


def open_passphrase_slot(slots: KeySlots, passphrase: str) -> bytes:
    """The database key out of the passphrase slot, with no throttling. Slow."""
    slot = slots.need("passphrase")
    assert slot.kdf is not None  # held by keyslots.decode
    return keyslots.unwrap(slots, slot, kdf.derive(passphrase, slot.kdf))


def open_keychain_slot(slots: KeySlots) -> bytes:
    """The database key out of the keychain slot."""
    slot = slots.need("keychain")
    try:
        return keyslots.unwrap(slots, slot, keychain.read_key(slots.vault_id, slot.backend))
    except WrongPassphraseError as error:
        raise KeychainRefusedError(
            "The key in the system's keychain does not open this vault.",
            "Unlock with the passphrase, then add the keychain again.",
        ) from error


def describe(slots: KeySlots) -> list[SlotInfo]:
    """What there is to say about each slot."""
    return [
        SlotInfo(
            kind=slot.kind,
            created_at=slot.created_at,
            backend=slot.backend,
            memory_mib=slot.kdf.memory_kib // 1024 if slot.kdf else 0,
            iterations=slot.kdf.iterations if slot.kdf else 0,
            notice=keychain.changed_backend_notice(slot.backend) if slot.kind == "keychain" else "",
        )
        for slot in slots.slots
    ]
