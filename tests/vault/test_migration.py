"""A vault that an earlier version wrote, byte for byte as it left it, is brought up to date."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

import pytest

from desktop.vault import schema
from desktop.vault.database import Database
from desktop.vault.vault import Vault
from tests.vault.helpers import NOW, PASSPHRASE, account
from tests.vault.test_saved_requests import saved

SCHEMA_1 = Path(__file__).parent / "schema1"
KEY_1 = bytes.fromhex("d44c09ed21f65f672892648140ead4d3539e054ae1d72352f726605aa872675f")


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """The files of schema 1, as the first version shipped it."""
    home = tmp_path / "old"
    home.mkdir(mode=0o700)
    for name in ("vault.db", "keyslots.json"):
        shutil.copyfile(SCHEMA_1 / name, home / name)
        (home / name).chmod(0o600)
    return home


def looks_whole(vault: Vault) -> bool:
    first = vault.account(account(1).id)
    return (
        vault.check() == []
        and [row.id for row in vault.all_accounts()] == [account(1).id, account(2).id]
        and (first.generation, first.expires_at, first.scope_granted) == (2, NOW, "profile")
        and vault.record(first.id) == b'{"access_token": "second-1", "refresh_token": "r-1"}'
        and [kept.record for kept in vault.generations(first.id)][-1] == b'{"access_token": "first-1"}'
        and vault.profile(first.id) == {"id": "1"}
        and vault.connector_settings("practice-oauth2") == {"client_id": "jackfield-practice"}
        and vault.meta("trusted") == "yes"
        and [row.summary for row in vault.activity()] == ["Person 00001"]
    )


def test_143_schema_1_is_brought_up_to_date_with_a_backup(old: Path, tmp_path: Path) -> None:
    assert version_of(old) == 1
    with Vault.open(old, PASSPHRASE) as vault:
        assert looks_whole(vault)
        assert vault.key == KEY_1
        vault.begin_refresh(account(1).id, 2)
        assert [mark.generation for mark in vault.pending_refreshes()] == [2]
        assert not vault.account(account(1).id).token_refused
        vault.add_saved_request(saved(1))
        assert vault.saved_requests(account(1).id) == [saved(1)]
    assert version_of(old) == len(schema.STEPS)
    backups = sorted((old / "backups").iterdir())
    assert len(backups) == len(schema.STEPS) - 1
    Vault.restore(tmp_path / "again", backups[0], PASSPHRASE)
    assert version_of(tmp_path / "again") == 1
    with Vault.open(tmp_path / "again", PASSPHRASE) as vault:
        assert looks_whole(vault)


def test_143_a_migration_that_was_killed_goes_on_at_the_next_start(old: Path) -> None:
    """Killed before each statement in turn: the vault is of the old schema or the new one, and whole."""
    statement = 0
    while killed_before(statement, old):
        assert version_of(old) in range(1, len(schema.STEPS) + 1)
        statement += 1
    assert statement >= 2  # the step itself and the number that says it was taken
    with Vault.open_with_key(old, KEY_1) as vault:
        assert looks_whole(vault)
    assert version_of(old) == len(schema.STEPS)


def version_of(home: Path) -> int:
    database = Database(home / "vault.db", KEY_1)
    try:
        return schema.version(database)
    finally:
        database.close()


def killed_before(number: int, home: Path) -> bool:
    """Opens the vault in a fork that dies before its `number`th statement of a step; whether it died."""
    child = os.fork()
    if child == 0:
        done = 0
        plain, taking = Database.execute, [False]

        def execute(self: Database, sql: str, values: tuple[object, ...] = ()) -> int:
            nonlocal done
            if sql == "BEGIN IMMEDIATE" and self.path.parent == home:
                taking[0] = True
            elif taking[0]:
                if done == number:
                    os.kill(os.getpid(), signal.SIGKILL)
                done += 1
            return plain(self, sql, values)

        Database.execute = execute  # type: ignore[method-assign]
        Vault.open_with_key(home, KEY_1).close()
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in (0, -signal.SIGKILL)
    return status != 0
