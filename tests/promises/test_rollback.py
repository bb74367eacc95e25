"""What is not promised (124): an older copy of the whole folder is an older state, and nobody can tell."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.engine.support import make_home
from tests.promises.door import command_line
from tests.standin import StandIn

DOCUMENT = Path(__file__).parents[2] / "docs" / "security.md"


def test_124_an_older_copy_of_the_folder_is_an_older_state(tmp_path: Path, service: StandIn) -> None:
    home, copy = make_home(tmp_path / "home", service.url), tmp_path / "copy"
    with command_line(home, tmp_path / "work") as jackfield:
        account = jackfield("connect", "demo", "--account-name", "Before", "--json").json["id"]
        shutil.copytree(home, copy, copy_function=shutil.copy2)
        jackfield("accounts", "rename", account, "After")
        assert [one["name"] for one in jackfield("accounts", "list", "--json").json] == ["After"]
        shutil.rmtree(home)
        shutil.copytree(copy, home, copy_function=shutil.copy2)
        home.chmod(0o700)
        assert [one["name"] for one in jackfield("accounts", "list", "--json").json] == ["Before"]
        assert jackfield("vault", "check", "--json").json["ok"] is True


def test_124_it_is_said_so() -> None:
    (line,) = [line for line in DOCUMENT.read_text().splitlines() if line.startswith("| 124 |")]
    assert "not detected" in line
