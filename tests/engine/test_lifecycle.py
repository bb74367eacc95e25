"""The engine's life: start, lock, unlock, stop; nothing is left behind and nothing stalls."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import Any

import msgspec
import pytest

from connectors.errors import CancelledAttemptError
from desktop.engine.engine import Engine
from desktop.engine.errors import LockedError
from desktop.engine.events import AttemptChanged, VaultChanged
from desktop.engine.preferences import Preferences, load_preferences
from desktop.engine.privacy.redaction import redactor
from desktop.practice import Provider
from desktop.vault import kdf
from desktop.vault.errors import NoVaultError, VaultExistsError, WrongPassphraseError
from desktop.vault.records import AccountQuery
from tests.engine.support import DEADLINE, PASSPHRASE, Bench, Events, PersonAtBrowser, bench


def test_a_vault_is_created_locked_and_unlocked(tmp_path: Path) -> None:
    events = Events()
    with Engine(tmp_path / "home", scheduled=False) as engine:
        engine.subscribe(events)
        assert engine.vault_state == "missing"
        with pytest.raises(NoVaultError):
            engine.run(engine.accounts(), DEADLINE)
        engine.run(engine.create_vault(PASSPHRASE), DEADLINE)
        assert engine.vault_state == "open"
        with pytest.raises(VaultExistsError):
            engine.run(engine.create_vault("another one, long enough"), DEADLINE)
        engine.run(engine.lock(), DEADLINE)
        assert engine.vault_state == "locked"
        engine.run(engine.lock(), DEADLINE)
        with pytest.raises(WrongPassphraseError):
            engine.run(engine.unlock("not this one"), DEADLINE)
        engine.run(engine.unlock(PASSPHRASE), DEADLINE)
        engine.run(engine.unlock(PASSPHRASE), DEADLINE)
    assert [event.state for event in events.of(VaultChanged)] == ["open", "locked", "open", "locked"]


def test_while_locked_nothing_is_read(at_work: Bench) -> None:
    row = at_work.connect()
    secret = at_work.run(at_work.engine.token(row.id))
    assert secret not in redactor.redact(f"-{secret}-")
    at_work.run(at_work.engine.lock())
    assert secret in redactor.redact(f"-{secret}-")
    for ask in (at_work.engine.account(row.id), at_work.engine.token(row.id), at_work.engine.activity()):
        with pytest.raises(LockedError):
            at_work.run(ask)
    with pytest.raises(LockedError):
        at_work.engine.reader()
    at_work.run(at_work.engine.unlock(PASSPHRASE))
    assert at_work.run(at_work.engine.token(row.id)) == secret


def test_locking_ends_an_attempt(home: Path, provider: Provider) -> None:
    with bench(home, provider, PersonAtBrowser(alter=lambda callback: "")) as at_work:
        attempt = at_work.run(at_work.engine.begin_connect("demo"))
        at_work.person.callback()
        at_work.run(at_work.engine.lock())
        with pytest.raises(CancelledAttemptError):
            at_work.run(attempt.wait())


def test_stopping_leaves_no_thread_and_no_port(home: Path, provider: Provider) -> None:
    with bench(home, provider, PersonAtBrowser(alter=lambda callback: "")) as at_work:
        at_work.run(at_work.engine.begin_connect("demo"))
        at_work.person.callback()
        at_work.engine.stop()
        assert not [thread for thread in threading.enumerate() if thread.name.startswith("jackfield")]
        ended = at_work.events.of(AttemptChanged)[-1]
        assert ended.failure is not None and ended.failure.reason == "cancelled"
        with pytest.raises(RuntimeError, match="not running"):
            at_work.engine.submit(at_work.engine.lock())


def test_it_can_be_started_again(home: Path) -> None:
    engine = Engine(home, scheduled=False)
    for _ in range(2):
        engine.start()
        engine.start()
        engine.run(engine.unlock(PASSPHRASE), DEADLINE)
        assert engine.run(engine.accounts(), DEADLINE) == []
        engine.stop()
        engine.stop()


def test_a_reader_on_another_thread_sees_what_was_saved(at_work: Bench) -> None:
    row = at_work.connect()
    with at_work.engine.reader() as reader:
        assert reader.page(AccountQuery(), 0, 10) == [row]
        second = at_work.connect()
        assert {one.id for one in reader.page(AccountQuery(), 0, 10)} == {row.id, second.id}


def test_a_listener_that_fails_harms_nobody(at_work: Bench, caplog: pytest.LogCaptureFixture) -> None:
    def broken(_: object) -> None:
        raise RuntimeError("a mistake in the window")

    stop = at_work.engine.subscribe(broken)
    with caplog.at_level(logging.ERROR):
        assert at_work.connect().name == "Amelia Ortega"
    assert "a listener failed" in caplog.text
    stop()
    caplog.clear()
    at_work.connect()
    assert "a listener failed" not in caplog.text


def test_cancelling_the_future_cancels_the_work(home: Path, provider: Provider) -> None:
    with bench(home, provider, PersonAtBrowser(alter=lambda callback: "")) as at_work:
        attempt = at_work.run(at_work.engine.begin_connect("demo"))
        waiting = at_work.engine.submit(attempt.wait())
        waiting.cancel()
        attempt.cancel()
        with pytest.raises(CancelledAttemptError):
            at_work.run(attempt.wait())


def test_the_slow_key_derivation_runs_beside_the_loop(
    at_work: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_work.run(at_work.engine.lock())
    threads: list[str] = []
    derive = kdf.derive

    def watched(*args: Any) -> bytes:
        threads.append(threading.current_thread().name)
        return derive(*args)

    monkeypatch.setattr(kdf, "derive", watched)
    at_work.run(at_work.engine.unlock(PASSPHRASE))
    at_work.run(at_work.engine.change_passphrase(PASSPHRASE, "a new passphrase for trying"))
    assert len(threads) >= 2
    assert not [name for name in threads if name.startswith("jackfield")]


def test_the_passphrase_can_be_changed_and_backups_restored(at_work: Bench, tmp_path: Path) -> None:
    engine = at_work.engine
    row = at_work.connect()
    copy = tmp_path / "copy.jackfield"
    at_work.run(engine.backup(copy))
    assert at_work.run(engine.check_vault()).problems == ()
    with pytest.raises(WrongPassphraseError):
        at_work.run(engine.change_passphrase("wrong one, surely", "a new passphrase for trying"))
    at_work.run(engine.change_passphrase(PASSPHRASE, "a new passphrase for trying"))
    assert [slot.kind for slot in at_work.run(engine.slots())] == ["passphrase"]
    at_work.run(engine.disconnect(row.id, keep_remote=True))
    at_work.run(engine.restore_backup(copy, PASSPHRASE))
    assert engine.vault_state == "locked"
    at_work.run(engine.unlock(PASSPHRASE))
    assert at_work.run(engine.account(row.id)).row.name == row.name


def test_preferences_are_saved_and_used(at_work: Bench, home: Path) -> None:
    changed = msgspec.structs.replace(at_work.engine.preferences, theme="dark", ca_file="/nowhere.pem")
    at_work.engine.save_preferences(changed)
    assert at_work.engine.preferences == changed
    assert load_preferences(home) == (changed, "")
    with pytest.raises(Exception, match="certificate authorities"):
        at_work.connect()
    at_work.engine.save_preferences(Preferences())
    assert at_work.connect().name == "Amelia Ortega"
