"""What the engine writes down about the vault itself, by whom, and that it stays one chain."""

from __future__ import annotations

import getpass
import io
import socket
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest

from connectors.credential import utc_now
from desktop import __version__
from desktop.engine.engine import Engine
from desktop.engine.errors import LockedError
from desktop.engine.events import ActivityAdded
from desktop.practice import Provider
from desktop.vault.errors import VaultError
from desktop.vault.records import ActivityRow
from tests.engine.support import DEADLINE, PASSPHRASE, Bench, bench, define
from tests.vault.helpers import MemoryKeyring

OWN = """
key = "own"
name = "Own service"
type = "apiKey"

[auth.api_key]
type = "password"
"""


@pytest.fixture
def keychain() -> Iterator[MemoryKeyring]:
    """A keychain that works, for as long as the test runs."""
    before = keyring.get_keyring()
    working = MemoryKeyring()
    keyring.set_keyring(working)
    yield working
    keyring.set_keyring(before)


def entries(desk: Bench) -> list[ActivityRow]:
    """All of them, the oldest first."""
    return desk.run(desk.engine.activity(limit=1000))[::-1]


def actions(desk: Bench) -> list[str]:
    return [entry.action for entry in entries(desk)]


def test_the_window_says_who_and_its_version_and_no_program(at_work: Bench) -> None:
    (unlocked,) = entries(at_work)
    assert (unlocked.action, unlocked.actor, unlocked.detail) == ("unlocked", "window", {"way": "passphrase"})
    who = unlocked.who
    assert (who.user, who.host, who.version) == (getpass.getuser(), socket.gethostname(), __version__)
    assert (who.command, who.program, who.pid) == ("", "", 0)


def test_opening_and_closing_is_written_down_once_each(home: Path, provider: Provider) -> None:
    with bench(home, provider) as desk:
        desk.run(desk.engine.unlock(PASSPHRASE))
        desk.run(desk.engine.lock())
        desk.run(desk.engine.lock())
        desk.run(desk.engine.unlock(PASSPHRASE))
    with bench(home, provider, actor="command line") as desk:
        assert actions(desk) == ["unlocked", "locked", "unlocked", "locked", "unlocked"]
    with bench(home, provider) as desk:
        assert actions(desk)[-2:] == ["unlocked", "unlocked"], "a command's end says nothing"


def test_a_wrong_passphrase_is_written_down_when_the_right_one_comes(home: Path, provider: Provider) -> None:
    with Engine(home, scheduled=False) as engine, pytest.raises(VaultError):
        engine.run(engine.unlock("not the passphrase"), DEADLINE)
    with bench(home, provider) as desk:
        failed, unlocked = entries(desk)
        assert (failed.action, failed.outcome, failed.actor) == ("unlock_failed", "failed", "unknown")
        assert failed.detail["attempts"] == 1 and failed.who.user == ""
        assert failed.summary.startswith("A wrong passphrase was given before, last on 20")
        assert unlocked.action == "unlocked"


def test_the_keychain_and_the_passphrase(at_work: Bench, keychain: MemoryKeyring) -> None:
    engine = at_work.engine
    at_work.run(engine.set_keychain(True))
    at_work.run(engine.lock())
    at_work.run(engine.unlock(None))
    at_work.run(engine.set_keychain(False))
    with pytest.raises(VaultError):
        at_work.run(engine.change_passphrase("not the passphrase", "another one, long enough"))
    at_work.run(engine.change_passphrase(PASSPHRASE, "another one, long enough"))
    told = [(entry.action, entry.outcome) for entry in entries(at_work)[1:]]
    assert told == [
        ("keychain_added", "ok"),
        ("locked", "ok"),
        ("unlocked", "ok"),
        ("keychain_removed", "ok"),
        ("passphrase_changed", "failed"),
        ("passphrase_changed", "ok"),
    ]
    assert entries(at_work)[3].detail == {"way": "keychain"}
    assert "another one, long enough" not in repr(entries(at_work))


def test_pins_and_names_only_when_they_change(at_work: Bench) -> None:
    row, engine = at_work.connect(), at_work.engine
    for pinned in (True, True, False):
        at_work.run(engine.set_pinned(row.id, pinned))
    at_work.run(engine.rename(row.id, row.name))
    at_work.run(engine.rename(row.id, "Work"))
    assert actions(at_work)[-3:] == ["pinned", "unpinned", "renamed"]
    assert entries(at_work)[-1].summary == f"{row.name} is now called Work."


def test_a_definition_that_comes_in_while_the_vault_is_locked_is_no_warning(
    home: Path, tmp_path: Path, log: io.StringIO
) -> None:
    define(tmp_path / "elsewhere", OWN)
    with Engine(home, scheduled=False) as engine:
        assert engine.run(engine.add_connector(tmp_path / "elsewhere/connectors/own.toml"), DEADLINE) == "own"
    assert "not written" not in log.getvalue()


def test_a_secret_in_a_name_or_a_path_does_not_get_into_an_entry(at_work: Bench) -> None:
    row = at_work.connect()
    token = at_work.run(at_work.engine.token(row.id))
    at_work.run(at_work.engine.rename(row.id, f"my {token} here"))
    assert token not in repr(entries(at_work)) and "••••" in entries(at_work)[-1].summary


def test_the_chain_is_whole_after_all_of_it(at_work: Bench) -> None:
    row = at_work.connect()
    at_work.run(at_work.engine.refresh(row.id))
    at_work.run(at_work.engine.disconnect(row.id))
    told: list[tuple[int, int]] = []
    report = at_work.run(at_work.engine.verify_activity("", lambda done, of: told.append((done, of))))
    assert report.broken is None and report.count == len(entries(at_work)) == told[-1][0]
    assert report.head == entries(at_work)[-1].hash


def test_what_is_locked_cannot_be_verified(at_work: Bench) -> None:
    at_work.run(at_work.engine.lock())
    with pytest.raises(LockedError):
        at_work.run(at_work.engine.verify_activity())


def test_pruning_tells_the_window(at_work: Bench) -> None:
    at_work.connect()
    before = len(at_work.events.of(ActivityAdded))
    assert at_work.run(at_work.engine.prune_activity(utc_now())) == 2
    assert actions(at_work) == ["pruned"] and len(at_work.events.of(ActivityAdded)) == before + 1
    assert at_work.run(at_work.engine.verify_activity()).broken is None
