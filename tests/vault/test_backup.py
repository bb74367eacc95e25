"""Backups and their way back: nothing is touched before everything is known to be right."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop.vault import kdf, schema
from desktop.vault.database import Database
from desktop.vault.errors import (
    BusyVaultError,
    DamagedVaultError,
    MissingKeySlotError,
    NewerSchemaError,
    SaveFailedError,
    VaultError,
    WrongPassphraseError,
)
from desktop.vault.vault import Vault, unlock_key
from tests.vault.helpers import PASSPHRASE, MemoryKeyring, account


@pytest.fixture
def backup(vault: Vault, tmp_path: Path) -> Path:
    """A backup with account 1; the vault then went on to account 2."""
    vault.add_account(account(1), b"one", {"n": 1})
    path = tmp_path / "first.backup"
    vault.backup(path)
    vault.add_account(account(2), b"two", {})
    return path


def ids(home: Path, passphrase: str = PASSPHRASE) -> list[str]:
    with Vault.open(home, passphrase) as vault:
        assert vault.check() == []
        return [row.id[-1] for row in vault.all_accounts()]


def content(home: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(home)): path.read_bytes()
        for path in home.rglob("*")
        if path.is_file() and path.suffix != ".lock"
    }


def rezip(source: Path, target: Path, change: Callable[[dict[str, bytes]], None], **options: int) -> Path:
    with zipfile.ZipFile(source) as container:
        members = {name: container.read(name) for name in container.namelist()}
    change(members)
    with zipfile.ZipFile(target, "w", **options) as container:
        for name, data in members.items():
            container.writestr(name, data)
    return target


def test_a_restore_brings_back_what_was_and_keeps_what_it_replaced(
    home: Path, vault: Vault, backup: Path
) -> None:
    vault.change_passphrase(PASSPHRASE, "later", cost=kdf.FLOOR_COST)
    vault.close()
    kept = Vault.restore(home, backup, PASSPHRASE)
    assert ids(home) == ["1"]
    with Vault.open_with_key(home, vault.key) as restored:
        assert (restored.record("acc-00001"), restored.profile("acc-00001")) == (b"one", {"n": 1})
    assert kept is not None
    assert kept.parent == home / "backups"
    assert ids(kept, "later") == ["1", "2"]


def test_twice_in_a_second_keeps_both(home: Path, vault: Vault, backup: Path) -> None:
    vault.close()
    kept = {Vault.restore(home, backup, PASSPHRASE) for _ in range(2)}
    assert len(kept) == 2
    assert ids(home) == ["1"]


def test_the_wrong_passphrase_leaves_everything(home: Path, vault: Vault, backup: Path) -> None:
    vault.close()
    before = content(home)
    with pytest.raises(WrongPassphraseError, match="does not open this backup"):
        Vault.restore(home, backup, "not it")
    assert content(home) == before
    assert ids(home) == ["1", "2"]


def test_an_open_vault_is_not_replaced(home: Path, vault: Vault, backup: Path) -> None:
    with pytest.raises(BusyVaultError, match="is open"):
        Vault.restore(home, backup, PASSPHRASE)
    assert [row.id for row in vault.all_accounts()] == ["acc-00001", "acc-00002"]


def test_a_backup_is_taken_while_somebody_else_writes(home: Path, vault: Vault, tmp_path: Path) -> None:
    with Vault.open_with_key(home, vault.key) as other:
        other.add_account(account(1), b"{}", {})
        vault.backup(tmp_path / "b")
        other.add_account(account(2), b"{}", {})
    Vault.restore(tmp_path / "new", tmp_path / "b", PASSPHRASE)
    assert ids(tmp_path / "new") == ["1"]


def test_an_older_backup_is_replaced_but_no_other_file(vault: Vault, backup: Path, tmp_path: Path) -> None:
    old = backup.read_bytes()
    vault.backup(backup)
    assert backup.read_bytes() != old
    other = tmp_path / "thesis.odt"
    with zipfile.ZipFile(other, "w") as document:
        document.writestr("content.xml", "years of work")
    text = tmp_path / "notes.txt"
    text.write_text("notes")
    for path in (other, text, tmp_path):
        before = path.read_bytes() if path.is_file() else b""
        with pytest.raises(SaveFailedError, match="is not a backup"):
            vault.backup(path)
        assert (path.read_bytes() if path.is_file() else b"") == before
    with pytest.raises(SaveFailedError, match="There is no folder"):
        vault.backup(tmp_path / "nowhere" / "b")


def test_a_damaged_vault_makes_no_backup(home: Path, vault: Vault, backup: Path, tmp_path: Path) -> None:
    for number in range(10, 60):
        vault.add_account(account(number), b"x" * 3000, {})
    vault.close()
    whole = bytearray((home / "vault.db").read_bytes())
    whole[-2000] ^= 1
    (home / "vault.db").write_bytes(whole)
    with Vault.open_with_key(home, vault.key) as damaged:
        assert damaged.check() != []
        with pytest.raises(DamagedVaultError):
            damaged.backup(tmp_path / "bad.backup")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["first.backup", "home"]
    assert not [path.name for path in home.iterdir() if path.name.startswith(".")]
    kept = Vault.restore(home, backup, PASSPHRASE)  # the way out, and the damaged one is kept too
    assert ids(home) == ["1"]
    assert kept is not None
    assert (kept / "vault.db").read_bytes() == whole


def test_a_vault_without_its_key_slots_is_rescued_by_a_backup(home: Path, vault: Vault, backup: Path) -> None:
    vault.close()
    (home / "keyslots.json").unlink()
    Vault.restore(home, backup, PASSPHRASE)
    assert ids(home) == ["1"]


def test_a_keychain_vault_asks_for_a_passphrase_before_it_makes_backups(
    home: Path, tmp_path: Path, memory_keyring: MemoryKeyring
) -> None:
    with Vault.create(home, None, keychain=True) as vault:
        with pytest.raises(MissingKeySlotError, match="another computer"):
            vault.backup(tmp_path / "b")
        vault.change_passphrase(None, PASSPHRASE, cost=kdf.FLOOR_COST)
        vault.backup(tmp_path / "b")
        key = vault.key
    Vault.restore(home, tmp_path / "b")  # on the same computer the keychain opens it as well
    assert unlock_key(home) == key


def newer_manifest(members: dict[str, bytes]) -> None:
    manifest = json.loads(members["backup.json"])
    members["backup.json"] = json.dumps(manifest | {"version": 2}).encode()


def flipped(members: dict[str, bytes]) -> None:
    data = bytearray(members["vault.db"])
    data[len(data) // 2] ^= 1
    members["vault.db"] = bytes(data)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (newer_manifest, NewerSchemaError, "newer version"),
        (flipped, DamagedVaultError, "damaged"),
        (lambda members: members.pop("keyslots.json"), DamagedVaultError, "not a backup"),
        (lambda members: members.update({"../evil": b"x"}), DamagedVaultError, "not a backup"),
        (lambda members: members.update({"backup.json": b"{"}), DamagedVaultError, "not a backup"),
        (
            lambda members: members.update({"backup.json": b'{"format":"x"}'}),
            DamagedVaultError,
            "not a backup",
        ),
        (lambda members: members.update({"keyslots.json": b"{"}), DamagedVaultError, "keyslots.json"),
        (lambda members: members.update({"vault.db": b""}), DamagedVaultError, "damaged"),
        (lambda members: members.update({"vault.db": b"x" * 9000}), DamagedVaultError, "damaged"),
    ],
)
def test_a_changed_backup_is_refused_and_nothing_is_touched(
    home: Path,
    vault: Vault,
    backup: Path,
    tmp_path: Path,
    change: Callable[[dict[str, bytes]], None],
    error: type[VaultError],
    words: str,
) -> None:
    vault.close()
    before = content(home)
    changed = rezip(backup, tmp_path / "changed", change)
    with pytest.raises(error, match=words):
        Vault.restore(home, changed, PASSPHRASE)
    assert content(home) == before


def test_other_files_are_no_backups(home: Path, vault: Vault, backup: Path, tmp_path: Path) -> None:
    vault.close()
    whole = backup.read_bytes()
    for name, data in {"empty": b"", "text": b"hello", "cut": whole[: len(whole) // 2]}.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(DamagedVaultError, match="not a backup"):
            Vault.restore(home, tmp_path / name, PASSPHRASE)
    squeezed = rezip(backup, tmp_path / "zip", lambda members: None, compression=zipfile.ZIP_DEFLATED)
    # What is compressed could unpack to any size.
    with pytest.raises(DamagedVaultError, match="not a backup"):
        Vault.restore(home, squeezed, PASSPHRASE)
    with pytest.raises(DamagedVaultError, match="There is no backup"):
        Vault.restore(home, tmp_path / "missing", PASSPHRASE)
    assert ids(home) == ["1", "2"]


def test_a_backup_of_a_newer_schema_is_refused(home: Path, vault: Vault, tmp_path: Path) -> None:
    vault.add_account(account(1), b"{}", {})
    vault._database.execute("PRAGMA user_version = 99")
    copy = tmp_path / "copy.db"
    copy.touch(mode=0o600)
    target = Database(copy, vault.key, new=True)
    vault._database.copy_into(target)
    target.close()
    vault._database.execute(f"PRAGMA user_version = {len(schema.STEPS)}")
    vault.backup(tmp_path / "b")
    newer = rezip(
        tmp_path / "b", tmp_path / "newer", lambda members: members.update({"vault.db": copy.read_bytes()})
    )
    vault.close()
    with pytest.raises(NewerSchemaError):
        Vault.restore(home, newer, PASSPHRASE)
    assert ids(home) == ["1"]
