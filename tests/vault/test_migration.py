"""A vault that an earlier version wrote is brought up to date: every version, with a backup before."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from desktop.vault import schema
from desktop.vault.database import Database
from desktop.vault.errors import NewerSchemaError
from desktop.vault.keeping import kept
from desktop.vault.vault import Reader, Vault
from tests.vault import earlier_schemas
from tests.vault.earlier_schemas import KEY, lay_out
from tests.vault.helpers import NOW, PASSPHRASE, account

SCHEMA_1 = earlier_schemas.path_of(1)
KEY_1 = KEY


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """The files of schema 1, as the first version shipped it."""
    lay_out(1, tmp_path / "old")
    return tmp_path / "old"


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


def test_143_every_earlier_version_has_a_vault_to_try() -> None:
    missing = [
        number for number in earlier_schemas.versions() if not earlier_schemas.path_of(number).exists()
    ]
    assert missing == [], "python -m tests.vault.earlier_schemas writes it"


@pytest.mark.parametrize("number", earlier_schemas.versions())
def test_143_a_vault_of_any_earlier_version_is_brought_up_to_date_with_a_backup(
    number: int, tmp_path: Path
) -> None:
    old = tmp_path / "old"
    lay_out(number, old)
    assert version_of(old) == number
    with Vault.open_with_key(old, KEY) as vault:
        assert looks_whole(vault)
        held = [request.name for request in vault.saved_requests(account(1).id)]
        assert held == (["Who am I"] if number >= 3 else [])
        assert len(vault.pending_refreshes()) == (number >= 2)
    assert version_of(old) == len(schema.STEPS)
    (backup,) = kept.listed(old / "backups")
    assert (backup.kind, backup.problem) == ("before_migration", "")
    again = tmp_path / "again"
    Vault.restore(again, backup.path, PASSPHRASE)
    assert version_of(again) == number
    with Vault.open_with_key(again, KEY) as vault:
        assert looks_whole(vault)


def test_143_an_earlier_vault_is_opened_by_its_passphrase(old: Path) -> None:
    with Vault.open(old, PASSPHRASE) as vault:
        assert looks_whole(vault)
        assert vault.key == KEY
        vault.begin_refresh(account(1).id, 2)
        assert [mark.generation for mark in vault.pending_refreshes()] == [2]


def test_143_where_the_backup_cannot_be_made_nothing_is_changed(old: Path) -> None:
    (old / "backups").write_text("a file where the folder should be")
    (old / "backups").chmod(0o600)
    before = (old / "vault.db").read_bytes()
    for _ in range(2):
        with pytest.raises(Exception, match="is not a folder"):
            Vault.open_with_key(old, KEY)
    assert (version_of(old), (old / "vault.db").read_bytes()) == (1, before)
    (old / "backups").unlink()
    with Vault.open_with_key(old, KEY) as vault:
        assert looks_whole(vault)


def test_143_a_newer_vault_is_refused_and_not_written_to(old: Path) -> None:
    with Vault.open_with_key(old, KEY) as vault:
        vault._database.execute(f"PRAGMA user_version = {len(schema.STEPS) + 1}")
    before = [(old / name).read_bytes() for name in ("vault.db", "keyslots.json")]
    for attempt in (Vault.open_with_key, Reader):
        with pytest.raises(NewerSchemaError, match="newer version of Jackfield"):
            attempt(old, KEY)
    assert [(old / name).read_bytes() for name in ("vault.db", "keyslots.json")] == before
    assert not (old / "vault.db-wal").exists() or (old / "vault.db-wal").stat().st_size == 0


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
