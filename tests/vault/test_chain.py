"""The activity is a chain: written in one go, by several programs at once, and never changed."""

from __future__ import annotations

import os
import random
import signal
from pathlib import Path

import msgspec
import pytest

from desktop.vault.database import Database
from desktop.vault.errors import VaultError
from desktop.vault.reader import Reader
from desktop.vault.vault import Vault
from tests.vault.chains import entry, fill, fill_at_once, verified, with_the_key
from tests.vault.helpers import start_child
from tests.vault.test_migration import KEY_1, SCHEMA_1


def test_an_empty_chain_is_unbroken(vault: Vault) -> None:
    report = verified(vault)
    assert (report.count, report.head, report.broken) == (0, "", None)


def test_each_entry_follows_the_one_before(vault: Vault) -> None:
    rows = fill(vault, 30)
    report = verified(vault)
    assert (report.first, report.last, report.count, report.broken) == (1, 30, 30, None)
    assert report.head == rows[-1].hash and len({row.hash for row in rows}) == 30
    assert report.at == rows[-1].at and report.older == 0
    assert vault.activity(limit=30) == rows[::-1]


def test_the_same_entry_hashes_differently_in_another_place(vault: Vault) -> None:
    first, second = vault.add_activity(entry(1)), vault.add_activity(entry(1))
    assert first.hash != second.hash


def test_a_head_that_was_written_down_is_found_again(vault: Vault) -> None:
    rows = fill(vault, 12)
    for known in (rows[3].hash, rows[11].hash, rows[3].hash[:16], rows[3].hash.upper()):
        assert verified(vault, known).broken is None
    broken = verified(vault, "0" * 64).broken
    assert broken is not None and broken.kind == "unknown_head"


@pytest.mark.parametrize("statement", ["UPDATE activity SET summary = ''", "DELETE FROM activity"])
def test_the_vault_itself_refuses_to_change_or_remove_entries(vault: Vault, statement: str) -> None:
    fill(vault, 3)
    database = Database(vault.home / "vault.db", vault.key)
    try:
        for where in ("", " WHERE id = 3"):
            with pytest.raises(VaultError, match=r"is never (changed|removed)"):
                database.execute(statement + where)
    finally:
        database.close()
    assert verified(vault).count == 3


def test_a_program_that_knows_of_no_chain_cannot_break_it(vault: Vault) -> None:
    fill(vault, 1)
    database = Database(vault.home / "vault.db", vault.key)
    try:
        with pytest.raises(VaultError, match="needs its hash"):
            database.execute(
                "INSERT INTO activity (at, account_id, connector, actor, action, outcome, summary, detail) "
                "VALUES (0, '', '', '', '', 'ok', '', '{}')"
            )
    finally:
        database.close()
    assert verified(vault).count == 1


def test_a_failed_transaction_takes_no_number(vault: Vault) -> None:
    fill(vault, 2)
    with pytest.raises(VaultError):
        vault.add_activity(msgspec.structs.replace(entry(3), outcome="unheard of"))  # type: ignore[arg-type]
    assert vault.add_activity(entry(3)).id == 3
    assert verified(vault).count == 3


def test_eight_programs_write_one_chain(vault: Vault) -> None:
    children = [start_child("append_activity", vault.home, vault.key.hex(), "25") for _ in range(8)]
    for child in children:
        out, _ = child.communicate(timeout=300)
        assert child.returncode == 0 and out.split() == ["25"]
    report = verified(vault)
    assert (report.count, report.broken) == (200, None)


def test_kill_9_while_entries_are_written_leaves_a_whole_chain(vault: Vault) -> None:
    """50 deaths, each somewhere in the writing of up to ten entries."""
    chance = random.Random(132)
    acknowledged = 0
    for _ in range(50):
        acknowledged += killed_after(chance.randrange(1, 40), vault.home, vault.key)
        report = verified(vault)
        assert report.broken is None
        assert acknowledged <= report.count
        acknowledged = report.count
    assert acknowledged > 50


def killed_after(statements: int, home: Path, key: bytes) -> int:
    """Appends ten entries in a fork that dies before its n-th statement; how many were acknowledged."""
    listening, telling = os.pipe()
    child = os.fork()
    if child == 0:
        left = [statements]
        plain = Database.execute

        def execute(self: Database, sql: str, values: tuple[object, ...] = ()) -> int:
            left[0] -= 1
            if left[0] < 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return plain(self, sql, values)

        writing = Vault.open_with_key(home, key)
        Database.execute = execute  # type: ignore[method-assign]
        for number in range(10):
            writing.add_activity(entry(number))
            os.write(telling, b".")
        os.kill(os.getpid(), signal.SIGKILL)
    os.close(telling)
    with os.fdopen(listening, "rb") as pipe:
        told = pipe.read()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    return len(told)


def test_entries_that_are_older_than_the_chain_are_linked_as_they_were(tmp_path: Path) -> None:
    """A vault of the first schema, which has one entry."""
    old = tmp_path / "old"
    old.mkdir(mode=0o700)
    for name in ("vault.db", "keyslots.json"):
        (old / name).touch(mode=0o600)
        (old / name).write_bytes((SCHEMA_1 / name).read_bytes())
    with Vault.open_with_key(old, KEY_1) as vault:
        report = verified(vault)
        assert (report.count, report.older, report.broken) == (1, 1, None)
        assert [row.summary for row in vault.activity()] == ["Person 00001"]
        vault.add_activity(entry(2))
        report = verified(vault)
        assert (report.count, report.older, report.broken) == (2, 1, None)
        with with_the_key(vault) as database:
            database.execute("UPDATE activity SET summary = 'Somebody else' WHERE id = 1")
        broken = verified(vault).broken
        assert broken is not None and (broken.number, broken.kind) == (1, "changed")


def test_progress_is_told_to_the_end(vault: Vault) -> None:
    fill_at_once(vault, 2500)
    told: list[tuple[int, int]] = []
    with Reader(vault.home, vault.key) as reader:
        assert reader.verify_activity("", lambda done, of: told.append((done, of))).count == 2500
    assert told == [(1000, 2500), (2000, 2500), (2500, 2500)]
