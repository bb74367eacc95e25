"""A damaged vault: what can be read of it becomes a backup, and its own files are not touched."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop.vault import schema
from desktop.vault.errors import DamagedVaultError, NoVaultError, VaultError, WrongPassphraseError
from desktop.vault.records import ActivityRow
from desktop.vault.rescue.pages import SIZE, PageReader
from desktop.vault.rescue.rescue import Rescued, rescue
from desktop.vault.vault import Vault
from tests.vault.helpers import NOW, PASSPHRASE, MemoryKeyring, account

ACCOUNTS = 60
Damage = Callable[[bytearray], None]


@pytest.fixture
def full(home: Path, vault: Vault) -> Path:
    """A closed vault with sixty accounts; the record of each fills most of a page."""
    for number in range(ACCOUNTS):
        row = account(number)
        vault.add_account(row, record(number), {"number": number})
        vault.add_activity(ActivityRow(at=NOW, account_id=row.id, action="connected", summary=row.name))
    vault.set_connector_settings("practice-oauth2", {"client_id": "jackfield-practice"})
    vault.close()
    return home


def record(number: int) -> bytes:
    return f"record {number} ".encode() * 200


def damage(home: Path, act: Damage) -> dict[str, bytes]:
    """Changes the database; all files of the vault as they then are."""
    content = bytearray((home / "vault.db").read_bytes())
    act(content)
    (home / "vault.db").write_bytes(content)
    return files(home)


def files(home: Path) -> dict[str, bytes]:
    return {
        path.name: path.read_bytes() for path in home.iterdir() if path.is_file() and path.suffix != ".lock"
    }


def spoil(page: int) -> Damage:
    """Makes a page unreadable as a whole."""

    def act(content: bytearray) -> None:
        content[(page - 1) * SIZE : page * SIZE] = os.urandom(SIZE)

    return act


def restored(tmp_path: Path, result: Rescued) -> Vault:
    """The backup that was made, opened like any other."""
    again = tmp_path / "again"
    Vault.restore(again, result.path, PASSPHRASE)
    return Vault.open(again, PASSPHRASE)


def test_a_page_that_is_lost_costs_what_stood_on_it(full: Path, tmp_path: Path) -> None:
    pages = (full / "vault.db").stat().st_size // SIZE
    assert pages > 60
    some_lost = 0
    with Vault.open(full, PASSPHRASE) as vault:
        key = vault.key
        vault.roll_backup()  # for the pages that say what is where
    whole = (full / "vault.db").read_bytes()
    assert page_of_schema(full, key) == 18
    with pytest.raises(DamagedVaultError, match="No account in the vault file can be read"):
        damage(full, spoil(2))  # where the table of accounts begins
        rescue(full, tmp_path / "rescued", PASSPHRASE)
    (full / "vault.db").write_bytes(whole)
    for page in range(3, pages + 1, 5):
        before = damage(full, spoil(page))
        result = rescue(full, tmp_path / "rescued", PASSPHRASE)
        assert files(full) == before
        assert (result.lost_pages, result.repaired_pages) == (1, 0)
        Vault.restore(tmp_path / f"again{page}", result.path, PASSPHRASE)
        with Vault.open_with_key(tmp_path / f"again{page}", key) as vault:
            assert vault.check() == []
            rows = vault.all_accounts()
            assert len(rows) == result.accounts
            assert all(vault.record(row.id) == record(int(row.id[-5:])) for row in rows)
            missing = {account(number).name.casefold() for number in range(ACCOUNTS)} - {
                row.name.casefold() for row in rows
            }
        # A page of an index costs nothing; what is lost is named.
        assert all(any(name in line.casefold() for line in result.lost) for name in missing), page
        some_lost += bool(missing)
        assert len(missing) < ACCOUNTS // 2, page
        (full / "vault.db").write_bytes(whole)
    assert some_lost


def page_of_schema(home: Path, key: bytes) -> int:
    """A page below the first one, on which names and places of tables stand."""
    content = PageReader(key, (home / "vault.db").read_bytes()[:16]).open(
        1, (home / "vault.db").read_bytes()[:SIZE]
    )
    assert content is not None
    return int.from_bytes(content[108:112], "big") - 1


def test_without_a_backup_a_lost_page_of_the_schema_is_said_to_be_the_end(full: Path, tmp_path: Path) -> None:
    with Vault.open(full, PASSPHRASE) as vault:
        damage(full, spoil(page_of_schema(full, vault.key)))
    with pytest.raises(DamagedVaultError, match="says what is where"):
        rescue(full, tmp_path / "rescued", PASSPHRASE)


def test_a_single_flipped_bit_costs_nothing(full: Path, tmp_path: Path) -> None:
    whole = (full / "vault.db").read_bytes()
    for place in (0, 9, 16, 40, 2000, SIZE - 80, SIZE - 70, SIZE - 1, 5 * SIZE + 700, len(whole) - 3):

        def flip(content: bytearray, place: int = place) -> None:
            content[place] ^= 0x10

        damage(full, flip)
        result = rescue(full, tmp_path / "rescued", PASSPHRASE)
        assert (result.accounts, result.lost, result.lost_pages) == (ACCOUNTS, (), 0), place
        (full / "vault.db").write_bytes(whole)
    with restored(tmp_path, result) as vault:
        assert len(vault.activity(limit=1000)) == ACCOUNTS
        assert vault.connector_settings("practice-oauth2") == {"client_id": "jackfield-practice"}


def test_what_was_committed_but_only_stands_in_the_log_is_rescued_too(
    home: Path, vault: Vault, tmp_path: Path
) -> None:
    for number in range(20):
        vault.add_account(account(number), record(number), {})
    wal = home / "vault.db-wal"
    held = bytearray(wal.read_bytes())  # as a crash would leave it
    held[24] ^= 1  # a checksum of its head: SQLite would drop all that stands in it
    database = (home / "vault.db").read_bytes()
    vault.close()
    (home / "vault.db").write_bytes(database)
    wal.write_bytes(held)
    result = rescue(home, tmp_path / "rescued", PASSPHRASE)
    assert (result.accounts, result.lost) == (20, ())
    assert wal.read_bytes() == held


def test_an_account_whose_last_record_is_gone_goes_back_to_the_one_before(
    home: Path, vault: Vault, tmp_path: Path
) -> None:
    for number in range(20):
        vault.add_account(account(number), record(number), {})
    for number in range(20):
        vault.add_generation(
            account(number).id,
            record(number + 100),
            "refresh",
            expires_at=None,
            renewable=True,
            has_token=True,
            scope_granted="",
        )
    vault.close()
    size = (home / "vault.db").stat().st_size // SIZE
    whole = (home / "vault.db").read_bytes()
    said = set()
    for page in range(size, 2, -1):
        damage(home, spoil(page))
        result = rescue(home, tmp_path / "rescued", PASSPHRASE)
        said |= {line for line in result.lost if "earlier record" in line}
        (home / "vault.db").write_bytes(whole)
        if said:
            break
    with restored(tmp_path, result) as vault:
        (line, *_) = said
        name = line.split("“")[1].split("”")[0]
        (row,) = [row for row in vault.all_accounts() if row.name == name]
        assert row.generation == 1
        assert vault.record(row.id) == record(int(row.id[-5:]))
        assert vault.check() == []


def test_the_first_page_of_a_backup_stands_in_for_the_one_that_is_lost(full: Path, tmp_path: Path) -> None:
    with Vault.open(full, PASSPHRASE) as vault:
        vault.roll_backup()
        for number in range(ACCOUNTS, ACCOUNTS + 30):
            vault.add_account(account(number), record(number), {})

    def spoil_all_but_the_salt(content: bytearray) -> None:
        content[16:SIZE] = os.urandom(SIZE - 16)

    damage(full, spoil_all_but_the_salt)
    result = rescue(full, tmp_path / "rescued", PASSPHRASE)
    assert (result.accounts, result.lost, result.lost_pages) == (ACCOUNTS + 30, (), 1)


def test_key_slots_of_a_backup_open_a_vault_that_lost_its_own(full: Path, tmp_path: Path) -> None:
    with Vault.open(full, PASSPHRASE) as vault:
        vault.roll_backup()
    for act in (lambda path: path.write_bytes(b"{"), Path.unlink):
        act(full / "keyslots.json")
        result = rescue(full, tmp_path / "rescued", PASSPHRASE)
        assert (result.accounts, result.lost) == (ACCOUNTS, ())
    for kept in (full / "backups").iterdir():
        kept.unlink()
    with pytest.raises(VaultError, match="no backup beside them"):
        rescue(full, tmp_path / "rescued", PASSPHRASE)


def test_a_vault_of_the_keychain_is_rescued_by_the_keychain(
    home: Path, tmp_path: Path, memory_keyring: MemoryKeyring
) -> None:
    with Vault.create(home, None, keychain=True) as vault:
        vault.add_account(account(1), record(1), {})
    assert rescue(home, tmp_path / "rescued", None).accounts == 1


def test_where_nothing_can_be_read_that_is_said(full: Path, tmp_path: Path) -> None:
    target = tmp_path / "rescued"
    with pytest.raises(WrongPassphraseError):
        rescue(full, target, "not it")
    with pytest.raises(NoVaultError):
        rescue(tmp_path / "nowhere", target, PASSPHRASE)
    for act in (
        spoil(1),
        lambda content: content.clear(),
        lambda content: content.__delitem__(slice(2000, None)),
    ):
        whole = (full / "vault.db").read_bytes()
        damage(full, act)
        with pytest.raises(DamagedVaultError, match="Nothing of"):
            rescue(full, target, PASSPHRASE)
        (full / "vault.db").write_bytes(whole)
    assert not target.exists()
    assert not [path for path in full.iterdir() if path.name.startswith(".")]


def test_a_file_that_was_cut_off_gives_what_stood_before_the_cut(full: Path, tmp_path: Path) -> None:
    damage(full, lambda content: content.__delitem__(slice(len(content) * 3 // 4, None)))
    result = rescue(full, tmp_path / "rescued", PASSPHRASE)
    assert 0 < result.accounts < ACCOUNTS
    assert len(result.lost) >= ACCOUNTS - result.accounts
    with restored(tmp_path, result) as vault:
        assert vault.check() == []
        assert len(vault.all_accounts()) == result.accounts
        assert schema.version(vault._database) == len(schema.STEPS)
