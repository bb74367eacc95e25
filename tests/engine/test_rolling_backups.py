"""Backups that are made by themselves: when, which stay, and that none is in anybody's way."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desktop.engine.backups import rolling as daily
from desktop.engine.engine import Engine
from desktop.engine.events import BackupsChanged, Event, VaultChanged
from desktop.vault import backup, kdf
from desktop.vault.errors import SaveFailedError
from desktop.vault.keeping import kept, rolling
from desktop.vault.vault import PreparedSlots, Vault, prepare_slots
from tests.vault.helpers import PASSPHRASE, account


@pytest.fixture(scope="module")
def prepared() -> PreparedSlots:
    return prepare_slots(PASSPHRASE, cost=kdf.FLOOR_COST)


@pytest.fixture
def home(tmp_path: Path, prepared: PreparedSlots) -> Path:
    """A vault with an account, closed, and no backup of it."""
    with Vault.create_prepared(tmp_path / "home", prepared) as vault:
        vault.add_account(account(1), b"one", {})
    return tmp_path / "home"


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(daily, "FIRST_LOOK", 0.0)


Opened = Callable[[str], tuple[Engine, threading.Event]]


@pytest.fixture
def opened(home: Path) -> Iterator[Opened]:
    """An engine with the vault open, and a flag that goes up when a backup was made or was not."""
    engines = []

    def open_one(actor: str) -> tuple[Engine, threading.Event]:
        engine, told = Engine(home, actor=actor), threading.Event()

        def heard(event: Event) -> None:
            if isinstance(event, BackupsChanged):
                told.set()

        engine.start()
        engines.append(engine)
        engine.subscribe(heard)
        engine.run(engine.unlock(PASSPHRASE))
        return engine, told

    yield open_one
    for engine in engines:
        engine.stop()


def in_folder(home: Path) -> list[kept.KeptBackup]:
    return kept.listed(rolling.folder_of(home))


def grow_old(home: Path, days: float) -> None:
    """As if each backup had been made that much earlier."""
    for one in in_folder(home):
        stamp = datetime.strptime(one.path.name[8:24], "%Y%m%dT%H%M%S%z") - timedelta(days=days)
        one.path.rename(one.path.with_name(f"rolling-{stamp:%Y%m%dT%H%M%SZ}{backup.SUFFIX}"))


def test_the_window_makes_one_beside_what_the_person_does(home: Path, at_once: None, opened: Opened) -> None:
    engine, told = opened("window")
    assert told.wait(60)
    report = engine.run(engine.backups())
    (made,) = report.kept
    assert (made.kind, made.problem, made.opens_with) == ("rolling", "", ("passphrase",))
    assert report.newest_good == made
    assert report.problem == ""
    engine.stop()
    assert in_folder(home) == [made]


def test_one_command_makes_one_a_day(home: Path, opened: Opened) -> None:
    for _ in range(2):
        opened("command line")[0].stop()
    assert len(in_folder(home)) == 1
    grow_old(home, 1.1)
    opened("command line")[0].stop()
    assert len(in_folder(home)) == 2


def test_a_command_leaves_a_large_vault_to_the_window(
    home: Path, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(daily, "SMALL", 1)
    opened("command line")[0].stop()
    assert in_folder(home) == []


def test_three_stay_and_a_damaged_one_takes_no_place(home: Path, prepared: PreparedSlots) -> None:
    with Vault.open_with_key(home, prepared.key) as vault:
        made = [vault.roll_backup() for _ in range(3)]
        assert [one.path for one in in_folder(home)] == [one.path for one in reversed(made) if one]
        assert made[1] is not None
        content = bytearray(made[1].path.read_bytes())
        content[len(content) // 2] ^= 1
        written = made[1].path.stat().st_mtime_ns
        made[1].path.write_bytes(content)
        os.utime(made[1].path, ns=(written, written))
        assert [bool(one.problem) for one in in_folder(home)] == [False, True, False]
        made.append(vault.roll_backup())
        assert len(in_folder(home)) == 4  # three good ones, and none of them was given up for the damaged one
        made += [vault.roll_backup(), vault.roll_backup()]
        assert [one.path for one in in_folder(home)] == [one.path for one in made[:2:-1] if one]


def test_no_older_one_goes_before_the_new_one_is_known_to_be_good(
    home: Path, prepared: PreparedSlots, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Vault.open_with_key(home, prepared.key) as vault:
        for _ in range(3):
            vault.roll_backup()
        before = in_folder(home)
        for break_it in ("verify", "problems"):
            with monkeypatch.context() as broken:
                broken.setattr(
                    backup.checking,
                    break_it,
                    lambda *_: (_ for _ in ()).throw(SaveFailedError("The disk is full.")),
                )
                with pytest.raises(SaveFailedError):
                    vault.roll_backup()
            assert in_folder(home) == before
    assert not [path for path in home.iterdir() if path.name.startswith(".")]


def test_nothing_is_copied_when_nothing_was_written(home: Path, prepared: PreparedSlots) -> None:
    later = datetime.now(UTC) + timedelta(days=2)
    assert rolling.due(home, datetime.now(UTC))
    with Vault.open_with_key(home, prepared.key) as vault:
        vault.roll_backup()
    written = time.time() - 60  # as if the last save had been a minute ago
    for name in ("vault.db", "keyslots.json"):
        os.utime(home / name, (written, written))
    assert not rolling.due(home, later)
    assert not rolling.changed(home)
    (home / "keyslots.json").touch()
    os.utime(home / "keyslots.json", (time.time() + 5, time.time() + 5))
    assert rolling.changed(home)
    assert rolling.due(home, later)
    assert not rolling.due(home, datetime.now(UTC))
    assert rolling.due(home, datetime.now(UTC) - timedelta(days=2))  # the clock was turned back


def test_an_empty_vault_is_not_copied(tmp_path: Path, prepared: PreparedSlots) -> None:
    with Vault.create_prepared(tmp_path / "empty", prepared) as vault:
        assert vault.roll_backup() is None
        vault.set_connector_settings("practice-oauth2", {"client_id": "x"})
        assert vault.roll_backup() is not None


def test_a_failure_is_told_and_stops_nothing(
    home: Path, at_once: None, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "backups").write_text("a file where the folder should be")
    (home / "backups").chmod(0o600)
    engine, told = opened("window")
    assert told.wait(60)
    assert "is not a folder" in engine.run(engine.backups()).problem
    engine.run(engine.change_passphrase(PASSPHRASE, "another one"))
    (home / "backups").unlink()
    engine.run(engine.change_passphrase("another one", PASSPHRASE))
    assert engine.run(engine.backups()).problem == ""
    assert len(in_folder(home)) == 1


def test_before_the_passphrase_changes_there_is_one_more(home: Path, opened: Opened) -> None:
    engine, _ = opened("window")
    engine.run(engine.change_passphrase(PASSPHRASE, "another one"))
    engine.stop()
    (made,) = in_folder(home)
    Vault.restore(home.parent / "again", made.path, PASSPHRASE)


def test_locking_gives_a_copy_up_and_leaves_nothing_of_it(
    home: Path, at_once: None, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    copying, go_on = threading.Event(), threading.Event()
    plain = backup.Database.copy_into

    def slowly(self: backup.Database, other: backup.Database, told: Callable[[], None]) -> None:
        copying.set()
        assert go_on.wait(60)
        plain(self, other, told)

    monkeypatch.setattr(backup.Database, "copy_into", slowly)
    engine, _ = opened("window")
    assert copying.wait(60)
    locked = threading.Event()
    engine.subscribe(lambda event: locked.set() if isinstance(event, VaultChanged) else None)
    locking = engine.submit(engine.lock())
    assert locked.wait(60)  # the window is locked at once; only closing waits for the copy
    assert not locking.done()
    go_on.set()
    locking.result(60)
    assert in_folder(home) == []
    assert not [path for path in home.iterdir() if path.name.startswith(".work")]
    monkeypatch.undo()
    with Vault.open(home, PASSPHRASE) as vault:
        assert vault.check() == []


def test_the_doctor_warns_when_none_was_made_for_a_week(home: Path, prepared: PreparedSlots) -> None:
    def finding() -> tuple[str, str]:
        with Engine(home, actor="command line") as engine:
            found = [one for one in engine.run(engine.examine()) if one.check == "vault"]
        return found[0].outcome, found[0].sentence

    with Vault.open_with_key(home, prepared.key) as vault:
        vault.roll_backup()
    assert finding()[0] == "ok"
    grow_old(home, 8)
    outcome, sentence = finding()
    assert outcome == "warning"
    assert "The last backup that the vault made of itself is of " in sentence
