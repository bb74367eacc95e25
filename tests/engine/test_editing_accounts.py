"""Edit, history and restore through the engine: every change can be undone."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.errors import InvalidInputError
from desktop.vault.errors import NotFoundError, SaveFailedError
from desktop.vault.vault import Vault
from tests.engine.support import Bench

AMELIA_KEY = "practice-key-amelia-4f1c"
PASTED = "a-token-pasted-by-hand-0123456789"


def history(at_work: Bench, account_id: str) -> list[Any]:
    return list(at_work.run(at_work.engine.history(account_id)))


def test_an_edit_is_a_generation_that_says_what_it_changed(at_work: Bench) -> None:
    row = at_work.connect()
    edited = at_work.run(at_work.engine.edit(row.id, {"access_token": PASTED, "expires_in": "60"}))
    assert edited.generation == 2
    newest, oldest = history(at_work, row.id)
    assert newest.current and not oldest.current and newest.generation.source == "edit"
    changes = {change.field: change for change in newest.changes}
    assert set(changes) == {"access_token", "expires_in", "expires_at"}
    assert changes["access_token"].secret and changes["access_token"].after == f"••••{PASTED[-4:]}"
    assert (changes["expires_in"].before, changes["expires_in"].after) == ("3600", "60")
    assert PASTED not in repr(newest.changes)


def test_restore_brings_the_old_record_back_as_a_new_generation(at_work: Bench) -> None:
    row = at_work.connect()
    before = at_work.run(at_work.engine.account(row.id)).credential
    at_work.run(at_work.engine.edit(row.id, {"access_token": PASTED}))
    restored = at_work.run(at_work.engine.restore(row.id, 1))
    assert restored.generation == 3 and restored.expires_at == before.expires_at
    assert at_work.run(at_work.engine.account(row.id)).credential == before
    assert [entry.generation.source for entry in history(at_work, row.id)] == ["restore", "edit", "connect"]
    assert history(at_work, row.id)[0].generation.note == "generation 1"


def test_a_mistake_saves_nothing(at_work: Bench) -> None:
    row = at_work.connect()
    with pytest.raises(InvalidInputError) as caught:
        at_work.run(at_work.engine.edit(row.id, {"access_token": PASTED, "expires_in": "-5"}))
    assert set(caught.value.fields) == {"expires_in"}
    assert at_work.run(at_work.engine.account(row.id)).row == row


def test_an_edit_that_changes_nothing_is_no_generation(at_work: Bench) -> None:
    row = at_work.connect()
    assert at_work.run(at_work.engine.edit(row.id, {"token_type": "Bearer"})) == row


def test_a_pasted_token_takes_the_mark_away(at_work: Bench) -> None:
    row = at_work.connect("demo-key", {"api_key": AMELIA_KEY})
    at_work.provider.knobs.fail_next(1, 401, path="/key/me")
    with pytest.raises(Exception, match="no longer accepts"):
        at_work.run(at_work.engine.test(row.id))
    edited = at_work.run(at_work.engine.edit(row.id, {"api_key": "practice-key-ben-9d27"}))
    assert (edited.state, edited.state_reason) == ("connected", "")
    assert '"u-1002"' in at_work.run(at_work.engine.request(row.id, "GET", "/key/me")).text


def test_a_full_disk_keeps_the_old_record(at_work: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    row = at_work.connect()
    before = at_work.run(at_work.engine.account(row.id))

    def full(*_: Any, **__: Any) -> None:
        raise SaveFailedError("The disk is full.")

    monkeypatch.setattr(Vault, "add_generation", full)
    with pytest.raises(SaveFailedError):
        at_work.run(at_work.engine.edit(row.id, {"access_token": PASTED}))
    assert at_work.run(at_work.engine.account(row.id)) == before


def test_an_unknown_generation_is_a_sentence(at_work: Bench) -> None:
    row = at_work.connect()
    with pytest.raises(NotFoundError, match="no generation 9"):
        at_work.run(at_work.engine.restore(row.id, 9))
    with pytest.raises(NotFoundError, match="no account"):
        at_work.run(at_work.engine.history("nobody"))


def test_rename_and_pin(at_work: Bench) -> None:
    row = at_work.connect()
    assert at_work.run(at_work.engine.rename(row.id, "  Work  ")).name == "Work"
    with pytest.raises(InvalidInputError):
        at_work.run(at_work.engine.rename(row.id, "   "))
    assert at_work.run(at_work.engine.set_pinned(row.id, True)).pinned


def test_looking_at_a_secret_is_written_down(at_work: Bench) -> None:
    row = at_work.connect()
    at_work.run(at_work.engine.note(row.id, "revealed", "access_token"))
    entry = at_work.run(at_work.engine.activity(row.id))[0]
    assert (entry.action, entry.detail["field"]) == ("revealed", "access_token")
