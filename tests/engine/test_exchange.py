"""Exports and imports through the engine: previews, choices, definitions, what is written down."""

from __future__ import annotations

import asyncio
import json
import stat
import threading
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from connectors import methods
from connectors.credential import Credential
from connectors.errors import ConnectorError, InvalidInputError
from desktop.engine.engine import Engine
from desktop.engine.events import AccountChanged, ConnectorsChanged
from desktop.engine.exchange.plan import ImportPlan, PlanItem
from desktop.practice import Provider
from desktop.vault import kdf
from desktop.vault.database import Database
from desktop.vault.errors import (
    BusyVaultError,
    NotFoundError,
    SaveFailedError,
    VaultError,
    WrongPassphraseError,
)
from desktop.vault.exchange.applying import ChangedSincePreviewError
from desktop.vault.vault import Vault
from tests.engine.support import DEADLINE, PASSPHRASE, Bench, bench, define, make_home

WORDS = "words of the export alone"
PROGRAM = """
key = "mine"
name = "My service"
type = "apiKey"
base_url = "{url}"

[auth.api_key]
type = "password"
name = "API key"
"""


@pytest.fixture(autouse=True)
def each_key_derived_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kdf, "derive", lru_cache(kdf.derive))


@pytest.fixture
def second(tmp_path: Path, provider: Provider) -> Iterator[Bench]:
    """Another computer: the same program, another vault, none of one's own definitions or settings."""
    home = make_home(tmp_path / "second", provider.url)
    for path in (home / "connectors").iterdir():
        path.unlink()
    with bench(home, provider) as running:
        running.engine.run(_forget_settings(running.engine))
        yield running


async def _forget_settings(engine: Engine) -> None:
    engine._parts.core.vault.set_connector_settings("demo", {})


def items(plan: ImportPlan) -> dict[str, PlanItem]:
    return {item.id: item for item in plan.items}


def statuses(plan: ImportPlan) -> list[str]:
    return sorted(item.status for item in plan.items if item.kind == "account")


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


def test_a_program_that_comes_along_does_not_run(at_work: Bench, second: Bench, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    define(at_work.engine.home, PROGRAM, url=at_work.provider.url)
    folder = at_work.engine.home / "connectors"
    (folder / "mine.py").write_text(
        f"import pathlib; pathlib.Path({str(ran)!r}).touch()\ndef validate(context): pass\n"
    )
    at_work.run(at_work.engine.add_connector(folder / "mine.toml", run_with_my_rights=True))
    ran.unlink()
    at_work.run(at_work.engine.export(tmp_path / "file", WORDS))
    plan = second.run(second.engine.read_export(tmp_path / "file", WORDS))
    assert "approved" in items(plan)["definition:mine"].note
    second.run(second.engine.import_export(plan.id))
    assert (second.engine.home / "connectors" / "mine.py").is_file()
    assert not ran.exists()
    with pytest.raises(ConnectorError, match="has not been approved"):
        second.engine.catalog.get("mine")
    assert "mine" not in second.engine.catalog
    # The same on the computer that had approved it once: the approval is about the file, not about a name.
    again = second.run(second.engine.read_export(tmp_path / "file", WORDS))
    assert items(again)["definition:mine"].status == "same"


def test_an_own_definition_does_not_take_the_place_of_a_built_in_one_unasked(
    at_work: Bench, second: Bench, tmp_path: Path
) -> None:
    define(at_work.engine.home, PROGRAM.replace('"mine"', '"github"'), url=at_work.provider.url)
    at_work.run(at_work.engine.reload_connectors())
    at_work.run(at_work.engine.export(tmp_path / "file", WORDS))
    plan = second.run(second.engine.read_export(tmp_path / "file", WORDS))
    item = items(plan)["definition:github"]
    assert (item.status, item.default) == ("different", "skip")
    assert "built-in" in item.note
    second.run(second.engine.import_export(plan.id))
    assert second.engine.catalog.get("github").origin == "catalog"


def test_of_some_accounts_only_their_own_definitions_go_along(
    at_work: Bench, second: Bench, tmp_path: Path
) -> None:
    define(at_work.engine.home, 'key = "child"\nbase = "demo-key"\nname = "Child"\n')
    at_work.run(at_work.engine.reload_connectors())
    row = at_work.connect("child", {"api_key": "practice-key-amelia-4f1c"})
    at_work.connect()
    at_work.run(at_work.engine.export(tmp_path / "file", WORDS, account_ids=[row.id], history=False))
    plan = second.run(second.engine.read_export(tmp_path / "file", WORDS))
    assert set(items(plan)) == {f"account:{row.id}", "definition:child", "definition:demo-key"}
    second.run(second.engine.import_export(plan.id))
    assert second.engine.catalog.get("child").name == "Child"


def test_an_account_without_a_definition_comes_in_all_the_same(
    at_work: Bench, second: Bench, tmp_path: Path
) -> None:
    row = at_work.connect()
    at_work.run(at_work.engine.export(tmp_path / "file", WORDS))
    plan = second.run(second.engine.read_export(tmp_path / "file", WORDS))
    second.run(second.engine.import_export(plan.id, {"definition:demo": "skip"}))
    view = second.run(second.engine.account(row.id))
    assert view.connector is None
    assert view.credential == at_work.run(at_work.engine.account(row.id)).credential


def test_a_definition_that_could_not_be_written_is_written_with_the_next_unlock(
    at_work: Bench, second: Bench, tmp_path: Path
) -> None:
    at_work.run(at_work.engine.export(tmp_path / "file", WORDS))
    folder = second.engine.home / "connectors"
    folder.rmdir()
    folder.write_text("in the way")
    plan = second.run(second.engine.read_export(tmp_path / "file", WORDS))
    done = second.run(second.engine.import_export(plan.id))
    assert "next unlock" in done.problem
    folder.unlink()
    second.run(second.engine.lock())
    second.run(second.engine.unlock(PASSPHRASE))
    assert second.engine.catalog.get("demo").name == "Demo"
    assert stat.S_IMODE((folder / "demo.toml").stat().st_mode) == 0o600


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


class Held:
    """A progress that stops at the first account until somebody lets it go on."""

    def __init__(self) -> None:
        self.there, self.go_on = threading.Event(), threading.Event()

    def __call__(self, done: int, total: int) -> None:
        self.there.set()
        assert self.go_on.wait(DEADLINE)


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


KEY_OTHER = """
key = "demo-key"
name = "Another demo key"
type = "apiKey"
base_url = "{url}"

[auth.api_key]
type = "password"
name = "API key"

[validate]
url = "{url}/key/me"
headers = {{ "X-Api-Key" = "{{{{api_key}}}}" }}
"""


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
