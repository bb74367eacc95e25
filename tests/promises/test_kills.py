"""120: kill -9 while the vault is copied, put back or brought up to date, fifty times each."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from desktop.vault import kdf, schema
from desktop.vault.vault import Vault, prepare_slots
from tests.vault.earlier_schemas import KEY, lay_out
from tests.vault.helpers import PASSPHRASE, account, child_environment

KILLS = 50

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")


@pytest.fixture
def key(tmp_path: Path) -> str:
    """A vault with one account in `home`, closed; its key."""
    (tmp_path / "outside").mkdir()
    prepared = prepare_slots(PASSPHRASE, cost=kdf.FLOOR_COST)
    with Vault.create_prepared(tmp_path / "home", prepared) as vault:
        vault.add_account(account(1), b"x" * 2000, {"n": 1})
    return prepared.key.hex()


def killed(what: str, folder: Path, key: str) -> Any:
    """What a process of its own saw. Anything but its one line would be a failure of it."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.vault.kills", what, str(folder), key, str(KILLS)],
        env=child_environment(),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert told["kills"] == KILLS
    return told


def test_120_kill_9_during_a_backup_leaves_the_older_one_or_the_new_one(tmp_path: Path, key: str) -> None:
    told = killed("backups", tmp_path, key)
    assert told["whole"] == "new"
    assert set(told["found"]) == {"old", "new"}


def test_120_kill_9_during_a_rolling_backup_leaves_three_good_ones(tmp_path: Path, key: str) -> None:
    told = killed("rolling_backups", tmp_path, key)
    assert told["whole"] == "3"
    assert set(told["found"]) <= {"3", "4"}  # the oldest goes only after the new one is there


def test_120_kill_9_during_a_restore_leaves_one_vault_of_the_two(tmp_path: Path, key: str) -> None:
    told = killed("restores", tmp_path, key)
    assert told["whole"] == account(1).id
    assert set(told["found"]) == {account(1).id, f"{account(1).id} {account(2).id}"}


def test_120_kill_9_during_a_migration_loses_nothing(tmp_path: Path) -> None:
    lay_out(1, tmp_path / "home")
    told = killed("migrations", tmp_path, KEY.hex())
    accounts = f"{account(1).id} {account(2).id}"
    assert told["whole"] == f"{len(schema.STEPS)} {accounts}"
    assert set(told["found"]) <= {f"{version} {accounts}" for version in range(1, len(schema.STEPS) + 1)}
    assert len(told["found"]) > 2  # they came at different moments
