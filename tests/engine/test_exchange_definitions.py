"""Own definitions in exports: they come along, and no program of theirs runs by itself."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from connectors.errors import ConnectorError
from tests.engine.exchanging import WORDS, items
from tests.engine.support import PASSPHRASE, Bench, define

pytestmark = pytest.mark.usefixtures("derived_once")


PROGRAM = """
key = "mine"
name = "My service"
type = "apiKey"
base_url = "{url}"

[auth.api_key]
type = "password"
name = "API key"
"""


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


def test_a_definition_under_another_file_name_is_the_same_and_gives_way(
    at_work: Bench, tmp_path: Path
) -> None:
    engine = at_work.engine
    folder = engine.home / "connectors"
    (folder / "demo-key.toml").rename(folder / "by hand.toml")
    at_work.run(engine.reload_connectors())
    at_work.run(engine.export(tmp_path / "file", WORDS))
    plan = at_work.run(engine.read_export(tmp_path / "file", WORDS))
    assert items(plan)["definition:demo-key"].status == "same"
    (folder / "by hand.toml").write_text((folder / "by hand.toml").read_text() + "# changed\n")
    at_work.run(engine.reload_connectors())
    plan = at_work.run(engine.read_export(tmp_path / "file", WORDS))
    assert items(plan)["definition:demo-key"].status == "different"
    at_work.run(engine.import_export(plan.id, plan.chosen("replace")))
    names = {path.name for path in folder.iterdir()}
    assert names == {"demo.toml", "demo-key.toml", "by hand.toml.before-import"}
    assert not engine.catalog.problems
    assert "demo-key" in engine.catalog
