"""The system's keychain as a way in: what it keeps, what is refused, and what is said when it changed."""

from __future__ import annotations

from pathlib import Path

import keyring
import keyring.errors
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.chainer import ChainerBackend
from keyring.backends.fail import Keyring as FailKeyring
from keyring.backends.null import Keyring as NullKeyring

from desktop.vault import kdf
from desktop.vault.errors import KeychainRefusedError, MissingKeySlotError, WrongPassphraseError
from desktop.vault.vault import PreparedSlots, Vault, prepare_slots, unlock_key
from tests.vault.helpers import PASSPHRASE, MemoryKeyring, account

NAME = "tests.vault.helpers.MemoryKeyring"


class PlaintextKeyring(MemoryKeyring):
    """As keyrings.alt names its own."""


class OtherKeyring(MemoryKeyring):
    """What an update of the system may put in the first one's place."""


class ForgetfulKeyring(MemoryKeyring):
    """Says yes and keeps nothing."""

    def set_password(self, service: str, username: str, password: str) -> None:
        return


class LockedKeyring(MemoryKeyring):
    """The person did not unlock it."""

    def get_password(self, service: str, username: str) -> str | None:
        raise keyring.errors.KeyringLocked("Failed to unlock the collection!")


class BrokenKeyring(MemoryKeyring):
    """Backends raise what their transports raise."""

    def set_password(self, service: str, username: str, password: str) -> None:
        raise RuntimeError("dbus: no reply")


def chain(*members: KeyringBackend) -> KeyringBackend:
    class Chain(ChainerBackend):
        backends = list(members)
        priority = 10

    return Chain()


def test_the_keychain_opens_the_vault_and_keeps_one_item(home: Path, memory_keyring: MemoryKeyring) -> None:
    with Vault.create(home, None, keychain=True) as vault:
        vault.add_account(account(1), b"{}", {})
        key = vault.key
        (slot,) = vault.slots()
    assert (slot.kind, slot.backend, slot.notice) == ("keychain", NAME, "")
    assert len(memory_keyring.items) == 1
    ((service, _), kept) = next(iter(memory_keyring.items.items()))
    assert service == "jackfield"
    assert kept != key.hex()  # the item wraps the key, it is not the key
    with Vault.open(home) as vault:
        assert [row.id for row in vault.all_accounts()] == ["acc-00001"]
    with pytest.raises(MissingKeySlotError, match="has no passphrase"):
        unlock_key(home, PASSPHRASE)


def test_slots_come_and_go_but_one_stays(home: Path, vault: Vault, memory_keyring: MemoryKeyring) -> None:
    assert vault.add_keychain_slot().backend == NAME
    assert {slot.kind for slot in vault.slots()} == {"passphrase", "keychain"}
    assert unlock_key(home) == unlock_key(home, PASSPHRASE) == vault.key
    items = dict(memory_keyring.items)
    vault.add_keychain_slot()  # again: the same item, so that a crash in between leaves a slot that opens
    assert memory_keyring.items == items
    assert unlock_key(home) == vault.key
    vault.change_passphrase(PASSPHRASE, "new", cost=kdf.FLOOR_COST)
    assert unlock_key(home) == vault.key
    vault.remove_keychain_slot()
    assert memory_keyring.items == {}
    with pytest.raises(MissingKeySlotError, match="not kept open"):
        unlock_key(home)
    with pytest.raises(MissingKeySlotError):
        vault.remove_keychain_slot()


def test_the_only_slot_is_not_taken_away(home: Path, memory_keyring: MemoryKeyring) -> None:
    with Vault.create(home, None, keychain=True) as vault:
        with pytest.raises(MissingKeySlotError, match="only way"):
            vault.remove_keychain_slot()
        vault.change_passphrase(None, PASSPHRASE, cost=kdf.FLOOR_COST)
        vault.remove_keychain_slot()
        with pytest.raises(WrongPassphraseError):
            vault.change_passphrase(None, "another", cost=kdf.FLOOR_COST)
    Vault.open(home, PASSPHRASE).close()


@pytest.mark.parametrize(
    ("backend", "words"),
    [
        (FailKeyring(), "no keychain that works"),
        (NullKeyring(), "keeps nothing"),
        (PlaintextKeyring(), "in the clear"),
        (chain(FailKeyring(), NullKeyring(), PlaintextKeyring()), "can be trusted"),
        (chain(), "can be trusted"),
        (ForgetfulKeyring(), "did not keep"),
        (LockedKeyring(), "locked"),
        (BrokenKeyring(), "did not answer"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, KeyringBackend) else None,
)
def test_a_keychain_that_must_not_be_trusted_is_refused_with_the_reason(
    home: Path, vault: Vault, memory_keyring: MemoryKeyring, backend: KeyringBackend, words: str
) -> None:
    keyring.set_keyring(backend)
    with pytest.raises(KeychainRefusedError, match=words) as caught:
        vault.add_keychain_slot()
    assert caught.value.hint
    with pytest.raises(KeychainRefusedError, match=words):
        Vault.create(home.parent / "new", None, keychain=True)
    assert not (home.parent / "new").exists()
    assert [slot.kind for slot in vault.slots()] == ["passphrase"]


def test_in_a_chain_the_one_that_is_trusted_is_used_and_recorded(
    vault: Vault, home: Path, memory_keyring: MemoryKeyring
) -> None:
    plain = PlaintextKeyring()
    keyring.set_keyring(chain(plain, memory_keyring))
    assert vault.add_keychain_slot().backend == NAME
    assert plain.items == {}
    assert unlock_key(home) == vault.key


def test_a_changed_keychain_is_noticed_and_no_new_vault_is_made(
    home: Path, vault: Vault, memory_keyring: MemoryKeyring
) -> None:
    vault.add_keychain_slot()
    other = OtherKeyring()
    keyring.set_keyring(other)
    changed = f"changed from {NAME} to tests.vault.test_keychain.OtherKeyring"
    with pytest.raises(KeychainRefusedError, match=changed):
        unlock_key(home)
    assert changed in next(slot.notice for slot in vault.slots() if slot.kind == "keychain")
    keyring.set_keyring(FailKeyring())
    with pytest.raises(KeychainRefusedError, match="no keychain that works"):
        unlock_key(home)
    assert NAME in next(slot.notice for slot in vault.slots() if slot.kind == "keychain")
    assert unlock_key(home, PASSPHRASE) == vault.key
    keyring.set_keyring(other)
    assert vault.add_keychain_slot().notice == ""
    assert unlock_key(home) == vault.key


def test_a_lost_or_foreign_item_is_said(home: Path, vault: Vault, memory_keyring: MemoryKeyring) -> None:
    vault.add_keychain_slot()
    (name,) = memory_keyring.items
    for wrong, words in (
        ("not hexadecimal", "no longer holds the key"),
        ("00", "no longer holds the key"),
        ("00" * 32, "does not open this vault"),
    ):
        memory_keyring.items[name] = wrong
        with pytest.raises(KeychainRefusedError, match=words):
            unlock_key(home)
    memory_keyring.items.clear()
    with pytest.raises(KeychainRefusedError, match="no longer holds the key"):
        unlock_key(home)


def test_a_vault_that_was_not_created_leaves_no_item(
    home: Path, prepared: PreparedSlots, memory_keyring: MemoryKeyring
) -> None:
    late = prepare_slots(None, keychain_slot=True)
    assert len(memory_keyring.items) == 1
    Vault.create_prepared(home, prepared).close()  # somebody else was quicker
    with pytest.raises(Exception, match="never created over it"):
        Vault.create_prepared(home, late)
    assert memory_keyring.items == {}
    Vault.open(home, PASSPHRASE).close()
