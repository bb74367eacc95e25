"""One's own definitions: checked before they are taken, and no program of theirs runs unasked."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.errors import DefinitionError
from desktop.engine.events import ConnectorsChanged
from tests.engine.support import KEY, PASSPHRASE, Bench
from tests.real.requirements import need_room

OWN = (
    KEY.replace("demo-key", "my-service")
    .replace("{url}", "https://my.example")
    .replace("{{", "{")
    .replace("}}", "}")
)
WITH_CODE = """
key = "coded"
name = "Coded"
type = "apiKey"

[auth.api_key]
name = "API key"
"""
CODE = """
from pathlib import Path

Path(__file__).with_name("it-ran").touch()

def validate(context):
    return True
"""


@pytest.fixture
def drawer(tmp_path: Path) -> Path:
    folder = tmp_path / "drawer"
    folder.mkdir()
    return folder


def add(at_work: Bench, path: Path, **options: bool) -> str:
    return str(at_work.run(at_work.engine.add_connector(path, **options)))


def test_a_good_definition_is_taken_and_used(at_work: Bench, drawer: Path, home: Path) -> None:
    path = drawer / "anything.toml"
    path.write_text(OWN)
    assert add(at_work, path) == "my-service"
    assert at_work.engine.catalog.get("my-service").origin == "own"
    kept = home / "connectors" / "my-service.toml"
    assert kept.read_text() == OWN and kept.stat().st_mode & 0o777 == 0o600
    assert ConnectorsChanged() in at_work.events.all


def test_the_same_key_again_replaces_it(at_work: Bench, drawer: Path) -> None:
    path = drawer / "x.toml"
    for name in ("First", "Second"):
        path.write_text(OWN.replace('name = "Demo key"', f'name = "{name}"'))
        add(at_work, path)
    assert at_work.engine.catalog.get("my-service").name == "Second"


def test_a_typo_is_told_and_nothing_is_taken(at_work: Bench, drawer: Path, home: Path) -> None:
    before = sorted((home / "connectors").iterdir())
    path = drawer / "bad.toml"
    path.write_text(OWN.replace("[validate]", "[validat]"))
    with pytest.raises(DefinitionError) as caught:
        add(at_work, path)
    assert "bad.toml" in caught.value.sentence and "validat" in caught.value.sentence
    assert sorted((home / "connectors").iterdir()) == before


def test_what_is_no_definition_is_a_sentence(at_work: Bench, drawer: Path) -> None:
    with pytest.raises(DefinitionError, match="is not a definition"):
        add(at_work, drawer / "missing.toml")


def test_a_program_beside_it_runs_only_when_allowed(at_work: Bench, drawer: Path, home: Path) -> None:
    (drawer / "coded.toml").write_text(WITH_CODE)
    (drawer / "coded.py").write_text(CODE)
    with pytest.raises(DefinitionError, match=r"coded\.py"):
        add(at_work, drawer / "coded.toml")
    assert not (drawer / "it-ran").exists() and "coded" not in at_work.engine.catalog

    assert add(at_work, drawer / "coded.toml", run_with_my_rights=True) == "coded"
    assert (home / "connectors" / "it-ran").exists()

    (home / "connectors" / "it-ran").unlink()
    (home / "connectors" / "coded.py").write_text(CODE + "# changed afterwards\n")
    at_work.run(at_work.engine.reload_connectors())
    assert not (home / "connectors" / "it-ran").exists()
    assert "coded" not in at_work.engine.catalog
    assert any("not been approved" in problem.reason for problem in at_work.engine.catalog.problems)


def test_an_approval_is_known_again_after_unlocking_and_not_before(
    at_work: Bench, drawer: Path, home: Path
) -> None:
    (drawer / "coded.toml").write_text(WITH_CODE)
    (drawer / "coded.py").write_text(CODE)
    add(at_work, drawer / "coded.toml", run_with_my_rights=True)
    at_work.run(at_work.engine.lock())
    at_work.run(at_work.engine.reload_connectors())
    assert "coded" not in at_work.engine.catalog
    at_work.run(at_work.engine.unlock(PASSPHRASE))
    assert "coded" in at_work.engine.catalog


MADE = """
try:
    open({marker!r}, "w").close()
except OSError:
    pass

def definition(context):
    def validate(context):
        return True

    return {{"type": "apiKey", "auth": {{"api_key": {{"name": "API key"}}}}, "validate": validate}}
"""


def test_a_program_runs_shut_in_until_somebody_says_with_my_rights(
    at_work: Bench, drawer: Path, home: Path, tmp_path: Path
) -> None:
    need_room()
    marker = tmp_path / "marker"
    (drawer / "coded.toml").write_text('key = "coded"\nname = "Coded"\n')
    (drawer / "coded.py").write_text(MADE.format(marker=str(marker)))
    assert add(at_work, drawer / "coded.toml", shut_in=True) == "coded"
    at_work.run(at_work.engine.lock())
    at_work.run(at_work.engine.unlock(PASSPHRASE))
    assert "coded" in at_work.engine.catalog and not marker.exists()

    add(at_work, drawer / "coded.toml", run_with_my_rights=True)
    assert marker.exists()
    marker.unlink()
    # Whoever thinks better of it takes the rights away again.
    add(at_work, drawer / "coded.toml", shut_in=True)
    assert "coded" in at_work.engine.catalog and not marker.exists()

    (home / "connectors" / "coded.py").write_text(MADE.format(marker=str(marker)) + "# edited\n")
    at_work.run(at_work.engine.reload_connectors())
    assert "coded" not in at_work.engine.catalog


@pytest.mark.parametrize("program", ["x =", "raise Exception('at once')", "import no_such_module"])
def test_a_program_that_cannot_be_loaded_is_not_taken(
    at_work: Bench, drawer: Path, home: Path, program: str
) -> None:
    need_room()
    before = sorted((home / "connectors").iterdir())
    (drawer / "coded.toml").write_text(WITH_CODE)
    (drawer / "coded.py").write_text(f"{program}\n{CODE}")
    with pytest.raises(DefinitionError, match=r"^coded\.py was not added\."):
        add(at_work, drawer / "coded.toml", shut_in=True)
    assert sorted((home / "connectors").iterdir()) == before
