"""The promises about the encrypted store, by their numbers. Each through files and processes."""

from __future__ import annotations

import base64
import json
import os
import random
import signal
import subprocess
import sys
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from desktop.vault import kdf, keyslots, layout, throttle
from desktop.vault.database import Database
from desktop.vault.errors import DamagedVaultError, ThrottledError, VaultError, WrongPassphraseError
from desktop.vault.records import AccountQuery
from desktop.vault.vault import PreparedSlots, Reader, Vault, prepare_slots, unlock_key
from tests.vault.conftest import home, prepared, vault
from tests.vault.helpers import PASSPHRASE, account, child_environment, run_child, start_child

CHILD = [sys.executable, "-W", "error", "-m", "tests.vault.children"]
SECRET = "canary-7f3a/Zz+ü-never-in-the-clear"
__all__ = ["home", "prepared", "vault"]  # fixtures


def in_every_spelling(text: str) -> set[bytes]:
    """How a value may turn up in a file."""
    raw = text.encode()
    spellings = {raw, text.encode("utf-16-le"), text.encode("utf-16-be")}
    spellings |= {raw.hex().encode(), raw.hex().upper().encode()}
    spellings |= {urllib.parse.quote(text, safe="").encode(), urllib.parse.quote_plus(text).encode()}
    spellings.add(json.dumps(text)[1:-1].encode())
    for lead in range(3):  # base64 of a longer text in which the value starts at any of three places
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            inner = encode(b"\0" * lead + raw)
            spellings.add(inner[4 if lead else 0 : len(inner) // 4 * 4 - 4])
    return spellings


def hits(folder: Path, needles: dict[str, set[bytes]]) -> list[str]:
    """Which needle stands in which file, names of files included."""
    found = []
    for path in folder.rglob("*"):
        content = os.fsencode(path.name) + (path.read_bytes() if path.is_file() else b"")
        found += [
            f"{what} in {path.name}"
            for what, spellings in needles.items()
            if any(spelling in content for spelling in spellings)
        ]
    return found


def test_111_nothing_of_the_vault_is_in_the_clear(tmp_path: Path) -> None:
    outside, home, temporary = tmp_path / "person", tmp_path / "person" / "vault", tmp_path / "tmp"
    outside.mkdir(mode=0o700)
    temporary.mkdir()
    backup = outside / "backup.file"
    run_child("session", home, backup, PASSPHRASE, SECRET, TMPDIR=str(temporary), HOME=str(outside))
    crashed = subprocess.run(
        [*CHILD, "crash", str(home), PASSPHRASE, SECRET],
        env=child_environment(TMPDIR=str(temporary), HOME=str(outside)),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert crashed.returncode == -signal.SIGKILL
    assert (home / "vault.db-wal").stat().st_size > 0  # the crash left its last save in the WAL
    key = crashed.stdout.strip()
    needles = {
        "the token": in_every_spelling(SECRET),
        "the passphrase": in_every_spelling(PASSPHRASE),
        "the account's label": in_every_spelling("Person 00001"),
        "the account's e-mail": in_every_spelling("person1@practice.example"),
        "the connector": in_every_spelling("practice-oauth2"),
        "a field's name": in_every_spelling("access_token"),
        "a table's name": {b"CREATE TABLE", b"SQLite format"},
        "the key": in_every_spelling(key) | {bytes.fromhex(key), base64.b64encode(bytes.fromhex(key))},
    }
    assert hits(tmp_path, needles) == []
    # The search itself works: it finds what was put there on purpose.
    (temporary / "plain").write_bytes(base64.b64encode(b"x" + SECRET.encode() + b"tail"))
    assert hits(tmp_path, needles) == ["the token in plain"]


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o777])
def test_112_everything_is_private_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    home, backup = tmp_path / "deep" / "home", tmp_path / "backup.file"
    seen = json.loads(run_child("session", home, backup, PASSPHRASE, SECRET, umask=umask))
    folders = {name for name in seen if name in (".", "backups") or name.endswith("Z")}
    files = {name: mode for name, mode in seen.items() if name not in folders}
    assert files.keys() >= {*layout.STORE_FILES, layout.ATTEMPTS, "backup"}
    assert {seen[name] for name in folders} == {"0o700"}
    assert len(folders) == 3  # the home, its backups, and the vault that the restore replaced
    assert set(files.values()) == {"0o600"}
    assert (tmp_path / "deep").stat().st_mode & 0o777 == 0o700


def test_112_a_folder_that_others_may_write_is_refused(home: Path, vault: Vault, tmp_path: Path) -> None:
    vault.close()
    for mode in (0o770, 0o707, 0o720):
        home.chmod(mode)
        for attempt in (lambda: Vault.open_with_key(home, vault.key), lambda: unlock_key(home, PASSPHRASE)):
            with pytest.raises(VaultError, match="can be written by other users") as caught:
                attempt()
            assert caught.value.reason == "unsafe_folder"
            assert "chmod 700" in caught.value.hint
    home.chmod(0o755)  # reading is quietly taken back
    Vault.open_with_key(home, vault.key).close()
    assert home.stat().st_mode & 0o777 == 0o700
    link, link_elsewhere = tmp_path / "link", tmp_path / "new"
    link.symlink_to(home)
    link_elsewhere.symlink_to(tmp_path)
    with pytest.raises(VaultError, match="symbolic link"):
        Vault.open_with_key(link, vault.key)
    with pytest.raises(VaultError, match="symbolic link"):
        Vault.create(link_elsewhere, PASSPHRASE, cost=kdf.FLOOR_COST)


def test_112_files_that_are_links_or_writable_by_others_are_refused(home: Path, vault: Vault) -> None:
    vault.close()
    for name in ("vault.db", "keyslots.json"):
        (home / name).chmod(0o620)
        with pytest.raises(VaultError, match="can be written by other users"):
            Vault.open_with_key(home, vault.key)
        (home / name).chmod(0o644)
        Vault.open_with_key(home, vault.key).close()
        assert (home / name).stat().st_mode & 0o777 == 0o600
        real = (home / name).rename(home.parent / name)
        (home / name).symlink_to(real)
        with pytest.raises(VaultError, match="not a regular file"):
            Vault.open_with_key(home, vault.key)
        (home / name).unlink()
        real.rename(home / name)


def test_113_argon2id_with_its_parameters_beside_it(tmp_path: Path) -> None:
    first, second = (prepare_slots(PASSPHRASE).slots.need("passphrase").kdf for _ in range(2))
    assert first is not None
    assert second is not None
    assert first.algorithm == "argon2id"
    assert first.memory_kib >= 64 * 1024
    assert first.iterations >= 3
    assert 1 <= first.lanes <= 4
    assert len(base64.b64decode(first.salt)) >= 16
    assert first.salt != second.salt
    stored = json.loads(keyslots.encode(prepare_slots(PASSPHRASE, cost=kdf.FLOOR_COST).slots))
    assert stored["slots"][0]["kdf"] | {"salt": ""} == {
        "salt": "",
        "memory_kib": 65536,
        "iterations": 3,
        "lanes": 4,
        "algorithm": "argon2id",
        "version": 19,
    }


def test_114_a_new_passphrase_rewraps_the_key_and_leaves_the_database_alone(home: Path, vault: Vault) -> None:
    vault.add_account(account(1), b"{}", {})
    vault.close()
    database_before = (home / "vault.db").read_bytes()
    slots_before = (home / "keyslots.json").read_bytes()
    with Vault.open_with_key(home, vault.key) as opened:
        opened.change_passphrase(PASSPHRASE, "another one", cost=kdf.FLOOR_COST)
    assert (home / "vault.db").read_bytes() == database_before
    assert (home / "keyslots.json").read_bytes() != slots_before
    assert unlock_key(home, "another one") == vault.key
    with pytest.raises(WrongPassphraseError):
        unlock_key(home, PASSPHRASE)


@pytest.mark.parametrize("key", [b"", b"short", bytes(31), bytes(33), bytes(48)])
def test_114_a_malformed_raw_key_never_becomes_a_passphrase(home: Path, vault: Vault, key: bytes) -> None:
    vault.close()
    for attempt in (Vault.open_with_key, Reader):
        with pytest.raises(ValueError, match="32 bytes"):
            attempt(home, key)
    Vault.open_with_key(home, vault.key).close()


def test_114_whatever_is_changed_in_a_slot_is_noticed(home: Path, vault: Vault) -> None:
    slots = json.loads((home / "keyslots.json").read_bytes())
    slot = slots["slots"][0]
    for change in (
        slots | {"vault_id": "0" * 32},
        slots | {"slots": [slot | {"created_at": "2020-01-01T00:00:00Z"}]},
        slots | {"slots": [slot | {"backend": "other"}]},
        slots | {"slots": [slot | {"kdf": slot["kdf"] | {"iterations": 4}}]},
    ):
        (home / "keyslots.json").write_text(json.dumps(change))
        with pytest.raises(WrongPassphraseError):
            unlock_key(home, PASSPHRASE)
        (home / layout.ATTEMPTS).unlink()
    (home / "keyslots.json").write_text(json.dumps(slots))
    assert unlock_key(home, PASSPHRASE) == vault.key


def test_115_a_wrong_passphrase_is_one_neutral_sentence_and_no_noise(home: Path, vault: Vault) -> None:
    vault.close()
    name, sentence = json.loads(run_child("try_passphrase", home, "not it"))
    assert (name, sentence) == ("WrongPassphraseError", "The passphrase does not open this vault.")
    name, sentence = json.loads(run_child("open_raw", home, "00" * 32))  # run_child fails on any stderr
    assert name == "DamagedVaultError"
    assert "damaged" in sentence


def test_115_wrong_passphrases_cost_time_also_after_a_restart(home: Path, vault: Vault) -> None:
    assert [throttle.delay_after(failures) for failures in range(11)] == [0, 0, 0, 1, 2, 4, 8, 16, 30, 30, 30]
    for _ in range(3):
        with pytest.raises(WrongPassphraseError, match="does not open"):
            unlock_key(home, "not it")
    for failures in range(3, 10):  # as if the person had waited each time
        written = json.loads((home / layout.ATTEMPTS).read_bytes())
        assert written["failures"] == failures
        throttle.count_failure(home, written["last"] + throttle.delay_after(failures))
    name, sentence = json.loads(run_child("try_passphrase", home, PASSPHRASE))  # the right one, too early
    assert name == "ThrottledError"
    assert sentence.startswith("Too many wrong passphrases. Wait ")
    with pytest.raises(ThrottledError) as caught:
        vault.change_passphrase("not it", "new", cost=kdf.FLOOR_COST)
    assert 0 < caught.value.wait_seconds <= 90
    (home / layout.ATTEMPTS).unlink()
    assert unlock_key(home, PASSPHRASE) == vault.key
    assert not (home / layout.ATTEMPTS).exists()


def test_115_a_kill_in_the_middle_of_unlocking_counts_nothing(home: Path, vault: Vault) -> None:
    """Whoever is killed has learnt nothing; the owner, whose programs were killed, is not kept out."""
    for _ in range(5):
        with start_child("killed_while_unlocking", home, PASSPHRASE) as child:
            child.communicate(timeout=60)
        assert child.returncode == -signal.SIGKILL
    with pytest.raises(WrongPassphraseError):
        unlock_key(home, "not it")
    assert json.loads((home / layout.ATTEMPTS).read_bytes())["failures"] == 1
    assert unlock_key(home, PASSPHRASE) == vault.key


def test_115_right_passphrases_given_at_once_all_open(home: Path, vault: Vault) -> None:
    together = Barrier(8)

    def unlock(_: int) -> bytes:
        together.wait(60)
        return unlock_key(home, PASSPHRASE)

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(unlock, range(8))) == {vault.key}
    assert not (home / layout.ATTEMPTS).exists()


def test_117_a_flipped_bit_is_found_and_nothing_crashes(home: Path, vault: Vault) -> None:
    for number in range(60):
        vault.add_account(account(number), b"x" * 3000, {"number": number})
    vault.close()
    database = home / "vault.db"
    whole = database.read_bytes()
    chance = random.Random(117)
    on_opening = 0
    for place in [*range(0, 4096, 512), *(chance.randrange(len(whole)) for _ in range(192))]:
        damaged = bytearray(whole)
        damaged[place] ^= 1 << chance.randrange(8)
        database.write_bytes(damaged)
        try:
            with Vault.open_with_key(home, vault.key) as opened:
                assert opened.check() != [], f"byte {place}"
                with Reader(home, vault.key) as reader:
                    reader.page(AccountQuery(), 0, 100)
        except DamagedVaultError as error:
            on_opening += 1
            assert "damaged" in error.sentence
        for leftover in layout.side_files(database):
            leftover.unlink(missing_ok=True)
    assert on_opening >= 8  # the first page, at least
    database.write_bytes(whole)
    with Vault.open_with_key(home, vault.key) as opened:
        assert opened.check() == []


def test_119_kill_9_during_saves_loses_nothing_that_was_acknowledged(home: Path, vault: Vault) -> None:
    vault.close()
    result = json.loads(run_child("kill_rounds", home, vault.key.hex(), "200", "119"))
    assert result["saves"] >= 200
    assert result["lost"] == 0
    assert result["torn"] == 0
    assert result["problems"] == []


def test_120_kill_9_while_the_passphrase_changes_leaves_one_of_the_two(home: Path, vault: Vault) -> None:
    vault.close()
    other = home.parent / "other"
    other.mkdir()
    slots = keyslots.load(home)
    wrapping_key, parameters = kdf.derive_new("another one", kdf.FLOOR_COST)
    keyslots.save(
        other,
        slots.with_slot(keyslots.wrap(slots, "passphrase", vault.key, wrapping_key, parameters=parameters)),
    )
    kinds = run_child("kill_slot_changes", home, vault.key.hex(), other, "50")
    assert int(kinds) == 2  # both were seen, so the kills came at different moments
    opened = []
    for passphrase in (PASSPHRASE, "another one"):
        try:
            opened.append(unlock_key(home, passphrase))
        except WrongPassphraseError:
            continue
    assert opened == [vault.key]


def test_120_kill_9_at_any_step_of_a_restore_leaves_one_vault(
    tmp_path: Path, prepared: PreparedSlots
) -> None:
    backup = tmp_path / "old.backup"
    with Vault.create_prepared(tmp_path / "made", prepared) as vault:
        vault.add_account(account(1), b"{}", {})
        vault.backup(backup)
    new = prepare_slots("present", cost=kdf.FLOOR_COST)
    outcomes, step = [], 0
    while True:
        step += 1
        home = tmp_path / f"home{step}"
        with Vault.create_prepared(home, new) as vault:
            vault.add_account(account(2), b"{}", {})
        finished = subprocess.run(
            [
                *CHILD,
                "restore_and_die",
                home,
                backup,
                PASSPHRASE,
                str(step),
            ],
            env=child_environment(),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert finished.stderr == ""
        if finished.returncode == 0:
            break
        assert finished.returncode == -signal.SIGKILL
        assert Vault.exists(home)
        try:
            key = unlock_key(home, PASSPHRASE)
        except WrongPassphraseError:
            key = unlock_key(home, "present")
        with Vault.open_with_key(home, key) as vault:
            (row,) = vault.all_accounts()
            assert vault.check() == []
        assert row.id == ("acc-00001" if key == prepared.key else "acc-00002")
        outcomes.append(row.id)
    assert set(outcomes) == {"acc-00001", "acc-00002"}
    assert len(outcomes) >= 6


def test_122_a_backup_is_private_and_opens_elsewhere(home: Path, vault: Vault, tmp_path: Path) -> None:
    vault.add_account(account(1), SECRET.encode(), {"secret": SECRET})
    backup = tmp_path / "backup.file"
    vault.backup(backup)
    assert backup.stat().st_mode & 0o777 == 0o600
    assert not any(spelling in backup.read_bytes() for spelling in in_every_spelling(SECRET))
    elsewhere = tmp_path / "another computer"
    assert Vault.restore(elsewhere, backup, PASSPHRASE) is None
    with Vault.open(elsewhere, PASSPHRASE) as restored:
        assert restored.record("acc-00001") == SECRET.encode()
        assert restored.check() == []
    database = Database(elsewhere / "vault.db", vault.key)
    assert database.value("SELECT count(*) FROM accounts") == 1
    database.close()
