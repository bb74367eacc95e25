"""117: flipped bits in the database and in its write-ahead log, and what a rescue makes of them."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from desktop.vault import kdf, layout, unlocking
from desktop.vault.errors import DamagedVaultError
from desktop.vault.rescue.rescue import rescue
from desktop.vault.vault import PreparedSlots, Vault, prepare_slots
from tests.vault.helpers import PASSPHRASE, account

ACCOUNTS = 40


@pytest.fixture(scope="module")
def prepared() -> PreparedSlots:
    return prepare_slots(PASSPHRASE, cost=kdf.FLOOR_COST)


@pytest.fixture
def crashed(tmp_path: Path, prepared: PreparedSlots) -> Path:
    """A home as a crash leaves it: half of the accounts in the database, the others in the log alone."""
    home = tmp_path / "home"
    with Vault.create_prepared(home, prepared) as vault:
        for number in range(ACCOUNTS // 2):
            vault.add_account(account(number), b"x" * 2000, {})
    with Vault.open_with_key(home, prepared.key) as vault:
        for number in range(ACCOUNTS // 2, ACCOUNTS):
            vault.add_account(account(number), b"x" * 2000, {})
        kept = {name: (home / name).read_bytes() for name in ("vault.db", "vault.db-wal")}
    for name, content in kept.items():
        (home / name).write_bytes(content)
        (home / name).chmod(0o600)
    return home


def flipped(content: bytes, place: int, bit: int) -> bytes:
    return content[:place] + bytes([content[place] ^ 1 << bit]) + content[place + 1 :]


def test_117_a_bit_flipped_in_the_log_costs_at_most_what_came_after_it(
    crashed: Path, prepared: PreparedSlots
) -> None:
    database, wal = crashed / "vault.db", crashed / "vault.db-wal"
    whole = {path: path.read_bytes() for path in (database, wal)}
    chance = random.Random(117)
    places = [*range(56), *(chance.randrange(len(whole[wal])) for _ in range(44))]
    counts = set()
    for place in places:
        for path, content in whole.items():
            path.write_bytes(content)
        wal.write_bytes(flipped(whole[wal], place, chance.randrange(8)))
        layout.side_files(database)[1].unlink(missing_ok=True)
        try:
            with Vault.open_with_key(crashed, prepared.key) as vault:
                assert vault.check() == []  # SQLite forgets what came after; what is there is sound
                ids = [row.id for row in vault.all_accounts()]
        except DamagedVaultError as error:
            assert "damaged" in error.sentence
            continue
        assert ids == [account(number).id for number in range(len(ids))]
        assert len(ids) >= ACCOUNTS // 2
        counts.add(len(ids))
    assert min(counts) < ACCOUNTS


def test_117_a_rescue_gets_everything_back_from_one_flipped_bit(
    crashed: Path, prepared: PreparedSlots, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unlocking, "open_passphrase_slot", lambda *_: prepared.key)  # derived once is enough
    chance = random.Random(711)
    for name in ("vault.db", "vault.db-wal"):
        path = crashed / name
        whole = path.read_bytes()
        for place in [0, 20, 24, 40, *(chance.randrange(len(whole)) for _ in range(16))]:
            path.write_bytes(flipped(whole, place, chance.randrange(8)))
            damaged = path.read_bytes()
            result = rescue(crashed, tmp_path / "rescued", PASSPHRASE)
            # Which page a frame of the log is, stands in its first bytes and nowhere else.
            if name == "vault.db" or place < 32 or (place - 32) % (24 + 4096) >= 16:
                assert (result.accounts, result.lost) == (ACCOUNTS, ()), (name, place)
            assert path.read_bytes() == damaged
        path.write_bytes(whole)
