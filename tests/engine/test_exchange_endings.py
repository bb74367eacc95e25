"""Exports and imports that do not come to their end, and what others do meanwhile."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest

from connectors import methods
from connectors.credential import Credential
from connectors.errors import InvalidInputError
from desktop.vault.database import Database
from desktop.vault.errors import (
    BusyVaultError,
    NotFoundError,
    VaultError,
    WrongPassphraseError,
)
from desktop.vault.exchange.applying import ChangedSincePreviewError
from desktop.vault.vault import Vault
from tests.engine.exchanging import WORDS
from tests.engine.support import DEADLINE, PASSPHRASE, Bench

pytestmark = pytest.mark.usefixtures("derived_once")


class Held:
    """A progress that stops at the first account until somebody lets it go on."""

    def __init__(self) -> None:
        self.there, self.go_on = threading.Event(), threading.Event()

    def __call__(self, done: int, total: int) -> None:
        self.there.set()
        assert self.go_on.wait(DEADLINE)


def test_an_import_that_is_out_of_date_changes_nothing(at_work: Bench, tmp_path: Path) -> None:
    engine, row = at_work.engine, at_work.connect()
    at_work.run(engine.export(tmp_path / "file", WORDS))
    at_work.run(engine.refresh(row.id))
    plan = at_work.run(engine.read_export(tmp_path / "file", WORDS))
    at_work.run(engine.refresh(row.id))
    before = at_work.run(engine.history(row.id))
    with pytest.raises(ChangedSincePreviewError):
        at_work.run(engine.import_export(plan.id, plan.chosen("replace")))
    assert at_work.run(engine.history(row.id)) == before


def test_choices_that_are_not_offered_are_refused(at_work: Bench, tmp_path: Path) -> None:
    engine, row = at_work.engine, at_work.connect()
    at_work.run(engine.export(tmp_path / "file", WORDS))
    plan = at_work.run(engine.read_export(tmp_path / "file", WORDS))
    wrong: list[dict[str, Any]] = [{f"account:{row.id}": "add"}, {"account:other": "skip"}]
    for choices in wrong:
        with pytest.raises(InvalidInputError, match=r"cannot be chosen|holds no"):
            at_work.run(engine.import_export(plan.id, choices))
    at_work.run(engine.forget_import(plan.id))
    with pytest.raises(NotFoundError, match="preview"):
        at_work.run(engine.import_export(plan.id))


def test_locking_forgets_previews(at_work: Bench, tmp_path: Path) -> None:
    at_work.run(at_work.engine.export(tmp_path / "file", WORDS))
    with pytest.raises(WrongPassphraseError):
        at_work.run(at_work.engine.read_export(tmp_path / "file", "wrong"))
    plan = at_work.run(at_work.engine.read_export(tmp_path / "file", WORDS))
    at_work.run(at_work.engine.lock())
    at_work.run(at_work.engine.unlock(PASSPHRASE))
    with pytest.raises(NotFoundError):
        at_work.run(at_work.engine.import_export(plan.id))


def test_a_cancelled_export_leaves_no_file(at_work: Bench, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    for _ in range(2):
        at_work.connect("demo-key", {"api_key": "practice-key-amelia-4f1c"})
    held = Held()
    future = at_work.engine.submit(at_work.engine.export(folder / "file", WORDS, progress=held))
    assert held.there.wait(DEADLINE)
    future.cancel()
    at_work.engine.run(asyncio.sleep(0))  # the cancellation has reached the loop
    held.go_on.set()
    at_work.events.wait(lambda _: not list(folder.iterdir()) and _failed_export(at_work))
    assert list(folder.iterdir()) == []


def _failed_export(at_work: Bench) -> bool:
    with Vault.open_with_key(at_work.engine.home, at_work.engine._parts.core.vault.key) as vault:
        newest = vault.activity(limit=1)[0]
    return (newest.action, newest.outcome) == ("exported", "failed")


def test_a_lock_ends_an_import_and_undoes_it(at_work: Bench, second: Bench, tmp_path: Path) -> None:
    for _ in range(2):
        at_work.connect("demo-key", {"api_key": "practice-key-amelia-4f1c"})
    at_work.run(at_work.engine.export(tmp_path / "file", WORDS))
    plan = second.run(second.engine.read_export(tmp_path / "file", WORDS))
    held = Held()
    future = second.engine.submit(second.engine.import_export(plan.id, progress=held))
    assert held.there.wait(DEADLINE)
    locking = second.engine.submit(second.engine.lock())
    second.engine.run(asyncio.sleep(0))
    held.go_on.set()
    locking.result(DEADLINE)
    with pytest.raises(VaultError, match="stopped"):
        future.result(DEADLINE)
    second.run(second.engine.unlock(PASSPHRASE))
    assert second.run(second.engine.accounts()) == []
    assert "demo" not in second.engine.catalog


def test_a_token_that_comes_while_a_long_import_writes_is_not_lost(
    at_work: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, row = at_work.engine, at_work.connect()
    vault = engine._parts.core.vault
    held: list[Database] = []
    ask = methods.refresh

    async def and_then_somebody_writes(*given: Any) -> Credential:
        answer = await ask(*given)
        other = Database(engine.home / "vault.db", vault.key)
        other.execute("BEGIN IMMEDIATE")
        held.append(other)
        return answer

    async def impatient() -> None:
        vault._database.execute("PRAGMA busy_timeout = 20")

    async def let_go() -> None:
        held[0].execute("ROLLBACK")
        held[0].close()

    at_work.run(impatient())
    monkeypatch.setattr(methods, "refresh", and_then_somebody_writes)
    with pytest.raises(BusyVaultError):
        at_work.run(engine.refresh(row.id))
    at_work.run(let_go())
    monkeypatch.setattr(methods, "refresh", ask)
    asked = at_work.token_requests("refresh_token")
    assert at_work.run(engine.refresh(row.id)).generation == 2
    assert at_work.token_requests("refresh_token") == asked  # what the service had given was saved
