"""Exports and imports through the engine: previews, choices, what is written down."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from desktop.engine.events import AccountChanged, ConnectorsChanged
from desktop.vault.errors import (
    SaveFailedError,
)
from tests.engine.exchanging import KEY_OTHER, WORDS, items, statuses
from tests.engine.support import Bench, define

pytestmark = pytest.mark.usefixtures("derived_once")


def test_an_account_moves_to_another_computer_with_all_that_it_needs(
    at_work: Bench, second: Bench, tmp_path: Path
) -> None:
    path = tmp_path / "all.jackfield-export"
    row = at_work.connect()
    at_work.run(at_work.engine.refresh(row.id))
    at_work.connect("demo-key", {"api_key": "practice-key-amelia-4f1c"})
    told: list[tuple[int, int]] = []
    result = at_work.run(at_work.engine.export(path, WORDS, progress=lambda *how_far: told.append(how_far)))
    assert (result.accounts, result.generations, result.definitions, result.settings) == (2, 3, 2, 1)
    assert told[-1] == (2, 2)

    plan = second.run(second.engine.read_export(path, WORDS))
    assert {item.id: (item.status, item.default) for item in plan.items if item.kind != "account"} == {
        "definition:demo": ("new", "add"),
        "definition:demo-key": ("new", "add"),
        "settings:demo": ("new", "add"),
    }
    moved = items(plan)[f"account:{row.id}"]
    assert (moved.status, moved.connector_name, moved.generations) == ("new", "Demo", 2)
    assert moved.note == "Its definition comes with the export."
    done = second.run(second.engine.import_export(plan.id))
    assert done.count("add") == 2
    assert done.sentence.startswith("Imported: 2 accounts added, 1 connector’s settings taken, 2 definitions")
    assert {event.account_id for event in second.events.of(AccountChanged) if event.added} == {
        one.account_id for one in done.taken
    }
    assert second.events.of(ConnectorsChanged)
    # It works there: the token is renewed with the client that came along.
    renewed = second.run(second.engine.refresh(row.id))
    assert renewed.generation == 4
    sources = [entry.generation.source for entry in second.run(second.engine.history(row.id))]
    assert sources == ["refresh", "import", "refresh", "connect"]
    assert statuses(second.run(second.engine.read_export(path, WORDS))) == ["different", "same"]


def test_restore_brings_an_earlier_person_back_on_another_computer_too(
    at_work: Bench, second: Bench, tmp_path: Path
) -> None:
    row = at_work.connect()
    at_work.person.user = "ben"
    at_work.connect("demo", reconnect=row.id, on_other="replace")
    at_work.run(at_work.engine.export(tmp_path / "file", WORDS))
    plan = second.run(second.engine.read_export(tmp_path / "file", WORDS))
    second.run(second.engine.import_export(plan.id))
    people = [entry.person for entry in second.run(second.engine.history(row.id))]
    assert people == ["", "", row.name]
    back = second.run(second.engine.restore(row.id, 1))
    assert (back.name, back.email, back.identity) == (row.name, row.email, row.identity)
    assert second.run(second.engine.check_vault()).problems == ()


def test_what_was_done_stands_in_the_activity_list(at_work: Bench, second: Bench, tmp_path: Path) -> None:
    path = tmp_path / "file"
    row = at_work.connect()
    at_work.run(at_work.engine.export(path, WORDS, account_ids=[row.id]))
    newest = at_work.run(at_work.engine.activity(limit=1))[0]
    assert (newest.action, newest.outcome, newest.account_id) == ("exported", "ok", row.id)
    assert newest.summary == "1 account to file, encrypted."
    plan = second.run(second.engine.read_export(path, WORDS))
    second.run(second.engine.import_export(plan.id))
    acts = [one for one in second.run(second.engine.activity()) if one.action == "imported"]
    assert [one.account_id for one in acts] == ["", row.id]
    with pytest.raises(SaveFailedError):
        at_work.run(at_work.engine.export(tmp_path / "absent" / "file", WORDS))
    newest = at_work.run(at_work.engine.activity(limit=1))[0]
    assert (newest.action, newest.outcome) == ("exported", "failed")


def test_the_preview_says_which_side_is_newer_and_masks_what_is_secret(
    at_work: Bench, tmp_path: Path
) -> None:
    row = at_work.connect()
    at_work.run(at_work.engine.export(tmp_path / "old", WORDS))
    at_work.run(at_work.engine.rename(row.id, "Renamed since"))
    token = at_work.run(at_work.engine.token(row.id))
    at_work.run(at_work.engine.refresh(row.id))
    at_work.run(
        at_work.engine.configure("demo", {"client_id": "another-client", "client_secret": "hush-hush"})
    )
    plan = at_work.run(at_work.engine.read_export(tmp_path / "old", WORDS))
    account, settings = items(plan)[f"account:{row.id}"], items(plan)["settings:demo"]
    assert (account.status, account.newer, account.default) == ("different", "vault", "skip")
    assert account.choices == ("skip", "replace", "keep_both")
    changes = {change.field: change for change in account.changes}
    assert (changes["name"].before, changes["name"].after) == ("Renamed since", row.name)
    assert changes["access_token"].secret
    assert changes["access_token"].after == f"••••{token[-4:]}"
    assert token not in repr(plan)
    assert settings.status == "different"
    assert "made with" in settings.note
    assert "hush-hush" not in repr(plan)
    assert {change.field for change in settings.changes} == {"client_id", "client_secret"}
    # Taken the other way round, the export is the newer one.
    at_work.run(at_work.engine.export(tmp_path / "new", WORDS))
    at_work.run(at_work.engine.edit(row.id, {"created_at": "2020-01-01T00:00:00Z"}))
    plan = at_work.run(at_work.engine.read_export(tmp_path / "new", WORDS))
    assert items(plan)[f"account:{row.id}"].newer == "export"


def test_nothing_that_is_here_is_written_over_unless_it_is_chosen(at_work: Bench, tmp_path: Path) -> None:
    engine, row = at_work.engine, at_work.connect()
    at_work.run(engine.export(tmp_path / "file", WORDS))
    at_work.run(engine.refresh(row.id))
    at_work.run(engine.configure("demo", {"scope": "profile"}))
    define(engine.home, KEY_OTHER, url=at_work.provider.url)
    at_work.run(engine.reload_connectors())
    token, settings = at_work.run(engine.token(row.id)), at_work.run(engine.connector_settings("demo"))
    definition = (engine.home / "connectors" / "demo-key.toml").read_bytes()

    plan = at_work.run(engine.read_export(tmp_path / "file", WORDS))
    assert {item.status for item in plan.items} == {"different", "same"}
    done = at_work.run(engine.import_export(plan.id))
    assert (done.taken, done.settings, done.definitions) == ((), (), ())
    assert at_work.run(engine.token(row.id)) == token
    assert at_work.run(engine.connector_settings("demo")) == settings
    assert (engine.home / "connectors" / "demo-key.toml").read_bytes() == definition

    plan = at_work.run(engine.read_export(tmp_path / "file", WORDS))
    done = at_work.run(engine.import_export(plan.id, plan.chosen("replace")))
    assert done.count("replace") == 1
    assert (done.settings, done.definitions) == (("demo",), ("demo-key",))
    assert at_work.run(engine.connector_settings("demo")) == {"client_id": "jackfield-practice"}
    assert (engine.home / "connectors" / "demo-key.toml").read_bytes() != definition
    assert (engine.home / "connectors" / "demo-key.toml.before-import").read_bytes() == definition
    # And it can be undone.
    assert at_work.run(engine.restore(row.id, 2)).generation == 4
    assert at_work.run(engine.token(row.id)) == token


def test_keeping_both_is_told_under_its_new_name(at_work: Bench, tmp_path: Path) -> None:
    engine, row = at_work.engine, at_work.connect()
    at_work.run(engine.export(tmp_path / "file", WORDS))
    at_work.run(engine.refresh(row.id))
    plan = at_work.run(engine.read_export(tmp_path / "file", WORDS))
    done = at_work.run(engine.import_export(plan.id, {f"account:{row.id}": "keep_both"}))
    (taken,) = done.taken
    assert taken.name == f"{row.name} (2)"
    assert done.renamed == {taken.account_id: row.name}
    assert {one.name for one in at_work.run(engine.accounts())} == {row.name, f"{row.name} (2)"}


def test_a_name_that_is_taken_shows_in_the_preview(at_work: Bench, second: Bench, tmp_path: Path) -> None:
    path = tmp_path / "file"
    for _ in range(2):
        at_work.connect("demo-key", {"api_key": "practice-key-amelia-4f1c"}, account_name="Mine")
    at_work.run(at_work.engine.export(path, WORDS))
    define(second.engine.home, KEY_OTHER, url=at_work.provider.url)
    second.run(second.engine.reload_connectors())
    second.connect("demo-key", {"api_key": "practice-key-amelia-4f1c"}, account_name="MINE")
    plan = second.run(second.engine.read_export(path, WORDS))
    accounts = [item for item in plan.items if item.kind == "account"]
    shown = [item.new_name for item in accounts if item.status == "new"]
    assert shown == [f"Mine ({number})" for number in range(2, 2 + len(shown))]
    done = second.run(second.engine.import_export(plan.id))
    assert [one.name for one in done.taken] == shown


def test_the_metadata_is_readable_and_holds_no_secret(at_work: Bench, tmp_path: Path) -> None:
    engine, row = at_work.engine, at_work.connect()
    at_work.run(engine.configure("demo", {"client_secret": "canary-client-secret"}))
    token = at_work.run(engine.token(row.id))
    refresh_token = at_work.run(engine.token(row.id, field="refresh_token"))
    at_work.run(engine.rename(row.id, f"Says {token}"))
    path = tmp_path / "accounts.json"
    for _ in range(2):  # an older one of its kind is replaced
        result = at_work.run(engine.export_metadata(path))
    assert result.accounts == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    text = path.read_text()
    for secret in (token, refresh_token, "canary-client-secret"):
        assert secret not in text
    held = json.loads(text)
    assert list(held) == ["format", "version", "created_at", "program", "accounts", "connectors"]
    account = held["accounts"][0]
    assert account["name"] == "Says ••••"
    assert account["connector_name"] == "Demo"
    assert account["scopes"]["granted"]
    assert account["profile"]["email"] == row.email
    assert account["generations"] == 1
    assert "credential" not in account
    assert held["connectors"] == [
        {"key": "demo", "name": "Demo", "origin": "own", "settings": {"client_id": "jackfield-practice"}}
    ]
    with pytest.raises(SaveFailedError, match="left alone"):
        at_work.run(engine.export(path, WORDS))
