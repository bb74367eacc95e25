"""Each way in which a vault cannot be opened or created has its own sentence, and nothing is lost by it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop.vault import kdf, keyslots, schema
from desktop.vault.database import Database
from desktop.vault.errors import (
    BusyVaultError,
    DamagedVaultError,
    MissingKeySlotError,
    NewerSchemaError,
    NoVaultError,
    VaultError,
    VaultExistsError,
    WeakPassphraseError,
    WrongPassphraseError,
)
from desktop.vault.vault import PreparedSlots, Reader, Vault, changed_passphrase_slot, unlock_key
from tests.vault.helpers import PASSPHRASE, account, run_child, start_child


def files_of(home: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in home.iterdir() if path.is_file()}


def test_create_open_and_close(home: Path) -> None:
    assert not Vault.exists(home)
    with Vault.create(home, PASSPHRASE, cost=kdf.FLOOR_COST) as vault:
        vault.add_account(account(1), b"{}", {})
        (slot,) = vault.slots()
        assert (slot.kind, slot.memory_mib, slot.iterations, slot.notice) == ("passphrase", 64, 3, "")
    assert Vault.exists(home)
    with Vault.open(home, PASSPHRASE) as vault:
        assert [row.id for row in vault.all_accounts()] == ["acc-00001"]
    vault.close()  # a second time
    assert sorted(path.name for path in home.iterdir()) == [
        "keyslots.json",
        "reserve",
        "unlock.lock",
        "vault.db",
        "vault.lock",
    ]


def test_every_reason_has_a_sentence_of_its_own(home: Path, prepared: PreparedSlots, tmp_path: Path) -> None:
    sentences: dict[str, str] = {}

    def note(error_type: type[VaultError], attempt: Callable[[], object]) -> None:
        with pytest.raises(error_type) as caught:
            attempt()
        assert caught.value.hint
        assert str(caught.value) == caught.value.sentence
        sentences[caught.value.reason] = caught.value.sentence

    note(NoVaultError, lambda: unlock_key(home, PASSPHRASE))
    with Vault.create_prepared(home, prepared) as vault:
        key = vault.key
    note(VaultExistsError, lambda: Vault.create(home, PASSPHRASE))
    note(WrongPassphraseError, lambda: unlock_key(home, "not it"))
    note(MissingKeySlotError, lambda: unlock_key(home, None))

    slots = (home / "keyslots.json").read_bytes()
    (home / "keyslots.json").unlink()
    note(MissingKeySlotError, lambda: unlock_key(home, PASSPHRASE))
    (home / "keyslots.json").write_bytes(slots)

    database = Database(home / "vault.db", key)
    database.execute("PRAGMA user_version = 99")
    database.close()
    note(NewerSchemaError, lambda: Vault.open(home, PASSPHRASE))
    note(NewerSchemaError, lambda: Reader(home, key))

    (home / "vault.db").write_bytes(b"something else altogether" * 400)
    note(DamagedVaultError, lambda: Vault.open(home, PASSPHRASE))
    home.chmod(0o770)
    note(VaultError, lambda: Vault.open(home, PASSPHRASE))
    assert len(sentences) == len(set(sentences.values())) == 7
    assert set(sentences) == {
        "no_vault",
        "vault_exists",
        "wrong_passphrase",
        "missing_key_slot",
        "newer_schema",
        "damaged",
        "unsafe_folder",
    }


@pytest.mark.parametrize(
    ("present", "error", "words"),
    [
        ("vault.db", MissingKeySlotError, "key slots are missing"),
        ("vault.db-wal", MissingKeySlotError, "key slots are missing"),
        ("keyslots.json", VaultExistsError, "never created over it"),
    ],
)
def test_nothing_is_created_over_a_part_of_a_vault(
    vault: Vault, tmp_path: Path, prepared: PreparedSlots, present: str, error: type[VaultError], words: str
) -> None:
    vault.add_account(account(1), b"{}", {})
    part = tmp_path / "part"
    part.mkdir(mode=0o700)
    (part / present).write_bytes((vault.home / present).read_bytes())
    before = files_of(part)
    assert Vault.exists(part)
    with pytest.raises(error, match=words):
        Vault.create_prepared(part, prepared)
    with pytest.raises((MissingKeySlotError, DamagedVaultError), match="missing"):
        unlock_key(part, PASSPHRASE)
    assert files_of(part) == before


def test_an_emptied_file_is_not_filled_with_a_new_vault(home: Path, vault: Vault) -> None:
    vault.add_account(account(1), b"{}", {})
    vault.close()
    (home / "vault.db").write_bytes(b"")
    for attempt in (Vault.open_with_key, Reader):
        with pytest.raises(DamagedVaultError, match="holds nothing"):
            attempt(home, vault.key)
    assert (home / "vault.db").read_bytes() == b""


def test_of_many_who_create_at_once_one_wins_and_its_passphrase_opens(home: Path) -> None:
    children = [start_child("create_at_once", home, f"passphrase {number}") for number in range(4)]
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    for child in children:
        assert child.stdin is not None
        child.stdin.write("go\n")
        child.stdin.flush()
    answers = [child.communicate(timeout=120)[0].strip() for child in children]
    assert sorted(answers) == ["VaultExistsError"] * 3 + ["created"]
    with Vault.open(home, f"passphrase {answers.index('created')}") as vault:
        assert vault.check() == []
    assert not [path.name for path in home.iterdir() if "partial" in path.name]


def test_an_empty_passphrase_is_refused_in_place(home: Path, vault: Vault) -> None:
    for empty in ("", "   "):
        with pytest.raises(WeakPassphraseError, match="empty"):
            Vault.create(home.parent / "new", empty, cost=kdf.FLOOR_COST)
        with pytest.raises(WeakPassphraseError, match="empty"):
            vault.change_passphrase(PASSPHRASE, empty)
    with pytest.raises(WeakPassphraseError):
        Vault.create(home.parent / "new", None)
    assert not (home.parent / "new").exists()
    assert unlock_key(home, PASSPHRASE) == vault.key


def test_a_passphrase_is_the_same_however_its_accents_are_typed(home: Path) -> None:
    Vault.create(home, "Gro\u0308ße", cost=kdf.FLOOR_COST).close()
    Vault.open(home, "Gr\u00f6ße").close()


def test_a_passphrase_changes_in_two_steps_off_the_thread(home: Path, vault: Vault) -> None:
    with pytest.raises(WrongPassphraseError):
        changed_passphrase_slot(home, vault.key, "not it", "new", cost=kdf.FLOOR_COST)
    slot = changed_passphrase_slot(home, vault.key, PASSPHRASE, "new", cost=kdf.FLOOR_COST)
    assert unlock_key(home, PASSPHRASE) == vault.key  # nothing is decided before the slot is put
    vault.put_slot(slot)
    assert unlock_key(home, "new") == vault.key


def test_two_programs_write_at_once_and_nothing_is_lost(home: Path, vault: Vault) -> None:
    vault.add_account(account(0, id="shared"), b"{}", {})
    children = [start_child("write_along", home, vault.key.hex(), first, "60") for first in ("1000", "2000")]
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    for child in children:
        assert child.stdin is not None
        child.stdin.write("go\n")
        child.stdin.flush()
    for number in range(60):
        vault.add_account(account(number), b"{}", {})
    for child in children:
        child.communicate(timeout=120)
        assert child.returncode == 0
    assert len(vault.all_accounts()) == 181
    assert [kept.number for kept in vault.generations("shared")] == list(range(121, 0, -1))
    assert vault.account("shared").generation == 121
    assert vault.check() == []


def test_a_program_that_never_lets_go_is_said(
    home: Path, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = start_child("hold_write_lock", home, vault.key.hex())
    assert child.stdout is not None
    assert child.stdout.readline() == "holding\n"
    monkeypatch.setattr("desktop.vault.database.BUSY_SECONDS", 0.05)
    with Vault.open_with_key(home, vault.key) as impatient:
        with pytest.raises(BusyVaultError, match="Another program"):
            impatient.add_account(account(1), b"{}", {})
        assert impatient.all_accounts() == []  # reading goes on
    child.communicate("done\n", timeout=60)
    vault.add_account(account(1), b"{}", {})


def test_a_full_disk_is_said_and_loses_nothing(home: Path, vault: Vault, tmp_path: Path) -> None:
    vault.close()
    outside = tmp_path / "outside"
    outside.mkdir()
    told = json.loads(run_child("fill_disk", home, vault.key.hex(), outside / "backup.file"))
    assert told["sentence"] == "The vault could not be written: the disk is full or refuses."
    assert 3 < len(told["saved"]) < 1000
    assert told["while_full"] == told["saved"]
    assert len(told["refused"]) == 3
    left = [name for name in told["left"] if not name.endswith(".lock")]
    assert [name for name in left if "partial" in name or "work" in name or "backup" in name] == []
    assert json.loads(run_child("ids", home, vault.key.hex())) == [*told["saved"], "acc-05000"]
    with Vault.open_with_key(home, vault.key) as opened:
        assert opened.check() == []


def test_a_full_disk_leaves_the_old_passphrase(home: Path, vault: Vault) -> None:
    vault.close()
    before = (home / "keyslots.json").read_bytes()
    sentence = run_child("full_disk_for_slots", home, PASSPHRASE, "new").strip()
    assert sentence.startswith("The file keyslots.json could not be saved: ")
    assert (home / "keyslots.json").read_bytes() == before
    assert unlock_key(home, PASSPHRASE) == vault.key
    assert not [path.name for path in home.iterdir() if "partial" in path.name]


def test_an_older_vault_is_brought_up_to_date_with_a_backup_before(
    home: Path, vault: Vault, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    vault.add_account(account(1), b"{}", {})
    vault.close()
    key, have = vault.key, len(schema.STEPS)
    broken = ("ALTER TABLE accounts ADD COLUMN colour TEXT", "INSERT INTO no_such_table VALUES (1)")
    monkeypatch.setattr(schema, "STEPS", (*schema.STEPS, broken))
    with pytest.raises(VaultError, match="could not carry this out"):
        Vault.open_with_key(home, key)
    database = Database(home / "vault.db", key)
    assert schema.version(database) == have
    assert "colour" not in str(database.value("SELECT sql FROM sqlite_master WHERE name = 'accounts'"))
    database.close()

    monkeypatch.setattr(schema, "STEPS", (*schema.STEPS[:have], broken[:1], ("CREATE TABLE more (x)",)))
    with Vault.open_with_key(home, key) as opened:
        assert [row.id for row in opened.all_accounts()] == ["acc-00001"]
        assert opened.check() == []
    backups = sorted(path.name for path in (home / "backups").iterdir())
    assert [name[:15] for name in backups] == [f"before-schema-{have + 1}"] * 2  # one for each run
    for number, name in enumerate(backups):
        Vault.restore(tmp_path / f"restored{number}", home / "backups" / name, PASSPHRASE)
        with Vault.open(tmp_path / f"restored{number}", PASSPHRASE) as restored:
            assert [row.id for row in restored.all_accounts()] == ["acc-00001"]

    monkeypatch.setattr(schema, "STEPS", schema.STEPS[:have])
    with pytest.raises(NewerSchemaError, match="newer version"):
        Vault.open_with_key(home, key)


def test_no_backup_no_migration(home: Path, vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    vault.close()
    (home / "backups").write_bytes(b"in the way")
    have = len(schema.STEPS)
    monkeypatch.setattr(schema, "STEPS", (*schema.STEPS, ("CREATE TABLE more (x)",)))
    with pytest.raises(VaultError, match="is not a folder"):
        Vault.open_with_key(home, vault.key)
    database = Database(home / "vault.db", vault.key)
    assert schema.version(database) == have
    database.close()


def test_damage_inside_is_told_by_check(home: Path, vault: Vault) -> None:
    for number in range(3):
        vault.add_account(account(number), b"{}", {})
    vault._database.execute("DELETE FROM generations WHERE account_id = 'acc-00001'")
    vault._database.execute("PRAGMA foreign_keys = OFF")
    vault._database.execute("DELETE FROM accounts WHERE id = 'acc-00002'")
    assert vault.check() == [
        "The table generations refers to something in accounts that is not there.",
        "The table profiles refers to something in accounts that is not there.",
        "The account “Person 00001” has lost its current credential.",
    ]
    (home / "keyslots.json").write_bytes(b"{")
    assert vault.check()[0] == "The file keyslots.json is damaged, so the vault's key cannot be read."


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", DamagedVaultError),
        (b"\xff\xfe\x00", DamagedVaultError),
        (b"[]", DamagedVaultError),
        (b'{"format":"other","version":1,"vault_id":"x","slots":[]}', DamagedVaultError),
        (b'{"format":"jackfield-keyslots","version":2,"anything":1}', NewerSchemaError),
        (b'{"format":"jackfield-keyslots","version":1,"vault_id":"x","slots":[]}', MissingKeySlotError),
        (
            b'{"format":"jackfield-keyslots","version":1,"vault_id":"x","slots":[{"kind":"passphrase",'
            b'"created_at":"2026-01-01T00:00:00Z","nonce":"","wrapped_key":""}]}',
            DamagedVaultError,
        ),
    ],
)
def test_unreadable_key_slots(home: Path, vault: Vault, content: bytes, error: type[VaultError]) -> None:
    (home / "keyslots.json").write_bytes(content)
    with pytest.raises(error):
        unlock_key(home, PASSPHRASE)
    assert not (home / "attempts.json").exists()  # nobody guessed anything


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"memory_kib": 1024}, "protected less"),
        ({"iterations": 1}, "protected less"),
        ({"lanes": 0}, "protected less"),
        ({"memory_kib": 1 << 30}, "more memory or time"),
        ({"iterations": 1 << 30}, "more memory or time"),
        ({"lanes": 1 << 20}, "more memory or time"),
        ({"salt": "AAAA"}, "salt has 3 bytes"),
        ({"salt": "!"}, "not base64"),
        ({"version": 16}, "Argon2 version"),
    ],
)
def test_weakened_or_absurd_parameters_are_not_followed(
    home: Path, vault: Vault, change: dict[str, object], words: str
) -> None:
    stored = json.loads((home / "keyslots.json").read_bytes())
    stored["slots"][0]["kdf"] |= change
    (home / "keyslots.json").write_text(json.dumps(stored))
    with pytest.raises(DamagedVaultError, match=words):
        unlock_key(home, PASSPHRASE)


def test_costs_are_calibrated_within_limits() -> None:
    assert kdf.calibrated_iterations(4, 0.6) == 4
    assert kdf.calibrated_iterations(4, 0.2) == 12
    assert kdf.calibrated_iterations(4, 100) == kdf.FLOOR_ITERATIONS
    assert kdf.calibrated_iterations(4, 0) == kdf.CEILING_ITERATIONS
    with pytest.raises(ValueError, match="protected less"):
        kdf.new_parameters(kdf.Cost(memory_kib=1024))


def test_a_file_without_a_passphrase_slot_says_so(home: Path, vault: Vault) -> None:
    slots = keyslots.load(home)
    slot = keyslots.wrap(slots, "keychain", vault.key, bytes(32), backend="some.Backend")
    keyslots.save(home, slots.with_slot(slot).without("passphrase"))
    with pytest.raises(MissingKeySlotError, match="has no passphrase"):
        unlock_key(home, PASSPHRASE)
