"""keyslots.json: the database's random key, wrapped once for each way in.

A slot is AES-256-GCM (NIST SP 800-38D) over the 32-byte database key, under a key that comes from the
passphrase (Argon2id) or from the system's keychain. Everything that the slot says about itself is the
associated data, so none of it can be changed unnoticed. A new passphrase writes a new slot around the
same database key: the database is not touched.
"""

from __future__ import annotations

import base64
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from desktop.vault import files, kdf, layout
from desktop.vault.errors import (
    DamagedVaultError,
    MissingKeySlotError,
    NewerSchemaError,
    WrongPassphraseError,
)

FORMAT = "jackfield-keyslots"
VERSION = 1
NONCE_BYTES = 12

SlotKind = Literal["passphrase", "keychain"]


class Slot(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One way in. `nonce` and `wrapped_key` are base64."""

    kind: SlotKind
    created_at: datetime
    nonce: str
    wrapped_key: str
    kdf: kdf.KdfParameters | None = None  # passphrase
    backend: str = ""  # keychain: the class that keeps the key


class KeySlots(msgspec.Struct, frozen=True, kw_only=True):
    """The whole file. At most one slot of each kind."""

    format: str = FORMAT
    version: int = VERSION
    vault_id: str
    slots: tuple[Slot, ...] = ()

    def find(self, kind: SlotKind) -> Slot | None:
        """The slot of this kind, if there is one."""
        return next((slot for slot in self.slots if slot.kind == kind), None)

    def need(self, kind: SlotKind) -> Slot:
        """The slot of this kind. Raises MissingKeySlotError."""
        slot = self.find(kind)
        if slot is None and kind == "keychain":
            raise MissingKeySlotError(
                "This vault is not kept open by the system's keychain.", "Unlock it with its passphrase."
            )
        if slot is None:
            raise MissingKeySlotError(
                "This vault has no passphrase.",
                "Unlock it with the system's keychain, then set a passphrase.",
            )
        return slot

    def with_slot(self, slot: Slot) -> KeySlots:
        """The same with this slot in place of the one of its kind."""
        return msgspec.structs.replace(self, slots=(*self.without(slot.kind).slots, slot))

    def without(self, kind: SlotKind) -> KeySlots:
        """The same without the slot of this kind."""
        return msgspec.structs.replace(self, slots=tuple(slot for slot in self.slots if slot.kind != kind))


def new_vault_id() -> str:
    """A random name by which the keychain item of this vault is found."""
    return secrets.token_hex(16)


def wrap(
    slots: KeySlots,
    kind: SlotKind,
    database_key: bytes,
    wrapping_key: bytes,
    *,
    parameters: kdf.KdfParameters | None = None,
    backend: str = "",
) -> Slot:
    """A new slot around the database key. Both keys are 32 bytes."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    slot = Slot(
        kind=kind,
        created_at=datetime.now(UTC).replace(microsecond=0),
        nonce=base64.b64encode(nonce).decode(),
        wrapped_key="",
        kdf=parameters,
        backend=backend,
    )
    sealed = AESGCM(wrapping_key).encrypt(nonce, database_key, _associated_data(slots, slot))
    return msgspec.structs.replace(slot, wrapped_key=base64.b64encode(sealed).decode())


def unwrap(slots: KeySlots, slot: Slot, wrapping_key: bytes) -> bytes:
    """The database key. Raises WrongPassphraseError: a wrong key and a changed slot look the same."""
    try:
        key = AESGCM(wrapping_key).decrypt(
            base64.b64decode(slot.nonce, validate=True),
            base64.b64decode(slot.wrapped_key, validate=True),
            _associated_data(slots, slot),
        )
    except (InvalidTag, ValueError) as error:
        raise WrongPassphraseError(
            "The passphrase does not open this vault.",
            "Check the keyboard layout and Caps Lock, then try again.",
        ) from error
    if len(key) != kdf.KEY_BYTES:
        raise DamagedVaultError(
            "The key slot holds a key of the wrong size.", "Restore the vault from a backup."
        )
    return key


def encode(slots: KeySlots) -> bytes:
    """The file's content: readable JSON, no secret in the clear."""
    return msgspec.json.format(msgspec.json.encode(slots), indent=2) + b"\n"


def decode(content: bytes) -> KeySlots:
    """The opposite of `encode`. Raises DamagedVaultError, NewerSchemaError, MissingKeySlotError."""
    try:
        head = msgspec.json.decode(content, type=_Head)
        if head.format == FORMAT and head.version > VERSION:
            raise NewerSchemaError(
                "This vault's key slots were written by a newer version of Jackfield.",
                "Install that version or a later one.",
            )
        slots = msgspec.json.decode(content, type=KeySlots)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _damaged() from error
    kinds = [slot.kind for slot in slots.slots]
    passphrase_slot = slots.find("passphrase")
    unclear = passphrase_slot is not None and passphrase_slot.kdf is None
    if slots.format != FORMAT or slots.version < 1 or len(kinds) != len(set(kinds)) or unclear:
        raise _damaged()
    if not slots.slots:
        raise MissingKeySlotError(
            "The file keyslots.json holds no key slot, so nothing can open this vault.",
            "Restore keyslots.json, or the whole vault, from a backup.",
        )
    return slots


def load(home: Path) -> KeySlots:
    """Reads home/keyslots.json. The caller has checked that it is there and private."""
    try:
        with (home / layout.KEY_SLOTS).open("rb") as file:
            return decode(file.read(1 << 20))
    except OSError as error:
        why = (error.strerror or "unknown reason").lower()
        raise DamagedVaultError(
            f"The file {home / layout.KEY_SLOTS} cannot be read: {why}.",
            "Check its permissions, or restore the vault from a backup.",
        ) from error


def save(home: Path, slots: KeySlots) -> None:
    """Replaces home/keyslots.json as a whole. Raises SaveFailedError; the old slots then still hold."""
    files.write_private(home / layout.KEY_SLOTS, encode(slots))


class _Head(msgspec.Struct):
    format: str
    version: int


def _damaged() -> DamagedVaultError:
    return DamagedVaultError(
        "The file keyslots.json is damaged, so the vault's key cannot be read.",
        "Restore keyslots.json, or the whole vault, from a backup.",
    )


def _associated_data(slots: KeySlots, slot: Slot) -> bytes:
    facts = {
        "format": slots.format,
        "version": slots.version,
        "vault_id": slots.vault_id,
        "kind": slot.kind,
        "kdf": slot.kdf,
        "backend": slot.backend,
        "created_at": slot.created_at,
    }
    return msgspec.json.encode(facts, order="deterministic")
