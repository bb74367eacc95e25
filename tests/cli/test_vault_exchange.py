"""`jackfield vault export` and `vault import`, on two homes."""

from __future__ import annotations

import json
import shutil
import stat
from pathlib import Path
from typing import Any

import pytest

from desktop.vault import kdf
from tests.cli.runner import Jackfield
from tests.cli.test_vault import Terminal

WORDS = "words of the export alone"
KEY = "practice-key-amelia-4f1c"


@pytest.fixture(autouse=True)
def cheap_derivation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kdf, "DEFAULT_COST", kdf.FLOOR_COST)
    monkeypatch.setattr(kdf, "WANTED_SECONDS", (0.0, 60.0))


@pytest.fixture
def words(tmp_path: Path) -> Path:
    """The passphrase file of the export."""
    path = tmp_path / "words"
    path.write_text(f"{WORDS}\n")
    return path


@pytest.fixture
def exported(practised: Jackfield, account: dict[str, Any], words: Path) -> Path:
    """Amelia's account in a file."""
    path = practised.folder / "out.jackfield-export"
    done = practised("vault", "export", path, "--export-passphrase-file", words)
    assert done.out == ""
    assert done.err == f"Wrote {path}: 1 account, encrypted. It opens with the passphrase you chose.\n"
    return path


@pytest.fixture
def other(practised: Jackfield, made_home: Path, tmp_path: Path) -> Jackfield:
    """Another computer."""
    folder = tmp_path / "other"
    folder.mkdir()
    shutil.copytree(made_home, folder / "home")
    (folder / "home").chmod(0o700)
    there = Jackfield(folder / "home", folder)
    there.env |= {"JACKFIELD_BROWSER": practised.env["JACKFIELD_BROWSER"]}
    return there


def test_an_account_moves_to_another_home(
    exported: Path, account: dict[str, Any], other: Jackfield, words: Path
) -> None:
    take = ("vault", "import", exported, "--export-passphrase-file", words)
    shown = other(*take, "--preview", "--json").json
    assert list(shown) == ["file", "created_at", "program", "with_history", "items"]
    item = next(one for one in shown["items"] if one["kind"] == "account")
    assert list(item) == [
        "item",
        "kind",
        "connector",
        "connector_name",
        "name",
        "new_name",
        "status",
        "newer",
        "choices",
        "default",
        "generations",
        "changes",
        "note",
    ]
    assert (item["item"], item["status"], item["default"]) == (f"account:{account['id']}", "new", "add")
    assert other("accounts", "list", "--json").json == []  # a preview changes nothing

    done = other(*take, "--json").json
    assert (done["added"], done["replaced"], done["kept_both"]) == (1, 0, 0)
    assert [one["id"] for one in done["accounts"]] == [account["id"]]
    assert (
        other("accounts", "show", account["id"], "--reveal", "--json").json["profile"] == account["profile"]
    )
    assert other("token", account["id"]).out.strip()
    assert other("accounts", "history", account["id"], "--json").json[0]["source"] == "import"
    again = other(*take)
    assert again.out == ""
    assert "skipped" in again.err


def test_what_differs_is_skipped_replaced_or_kept_beside(
    practised: Jackfield, exported: Path, account: dict[str, Any], words: Path
) -> None:
    take = ("vault", "import", exported, "--export-passphrase-file", words)
    old = practised("token", account["id"]).out
    practised("refresh", account["id"])
    new = practised("token", account["id"]).out
    assert old != new
    preview = practised(*take, "--preview")
    assert "this vault is newer" in preview.out
    assert f"\n\naccount:{account['id']}\n" in preview.out
    assert "  access_token: here ••••" in preview.out
    assert old.strip() not in preview.out
    skipped = practised(*take)
    assert "1 that differ were skipped" in skipped.out
    assert practised("token", account["id"]).out == new

    both = practised(*take, "--on-different", "keep-both")
    assert f"{account['name']} is called {account['name']} (2) here." in both.out
    assert len(practised("accounts", "list", "--json").json) == 2
    replaced = practised(*take, "--choose", f"account:{account['id']}=replace", "--json").json
    assert replaced["replaced"] == 1
    assert (
        practised("accounts", "show", account["id"], "--reveal", "--json").json["credential"]["access_token"]
        == old.strip()
    )
    practised("accounts", "restore", account["id"], "2")
    assert practised("token", account["id"]).out == new


def test_a_part_may_be_exported(
    practised: Jackfield, account: dict[str, Any], other: Jackfield, words: Path
) -> None:
    key = practised.file("key", KEY)
    practised("connect", "practice-key", "--set", f"api_key=@{key}")
    practised("refresh", account["id"])
    path = practised.folder / "part"
    line = ("--account", account["id"], "--without-history", "--export-passphrase-file", words)
    practised("vault", "export", path, *line)
    shown = other("vault", "import", path, "--export-passphrase-file", words, "--preview", "--json").json
    assert [(one["name"], one["generations"]) for one in shown["items"] if one["kind"] == "account"] == [
        (account["name"], 1)
    ]
    assert shown["with_history"] is False
    assert (
        "There is no account" in practised("vault", "export", path, "--account", "1", *line[3:], code=1).err
    )


def test_the_metadata_is_plain_and_without_secrets(practised: Jackfield, account: dict[str, Any]) -> None:
    path = practised.folder / "accounts.json"
    done = practised("vault", "export", path, "--metadata-only")
    assert "without secrets" in done.err
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    text = path.read_text()
    assert practised("token", account["id"]).out.strip() not in text
    assert json.loads(text)["accounts"][0]["name"] == account["name"]


def test_passphrases_and_files_that_do_not_fit_have_their_codes(
    practised: Jackfield, exported: Path, words: Path
) -> None:
    before = exported.read_bytes()
    wrong = practised.file("wrong", "another\n")
    assert (
        "does not open this export"
        in practised("vault", "import", exported, "--export-passphrase-file", wrong, code=4).err
    )
    for command in ("export", "import"):
        nobody = practised("vault", command, practised.folder / "new", code=4)
        assert "--export-passphrase-file" in nobody.err
    take = ("--export-passphrase-file", words)
    broken = practised.folder / "broken"
    broken.write_bytes(before[:-20])
    assert "damaged or incomplete" in practised("vault", "import", broken, *take, code=1).err
    assert "is not an export" in practised("vault", "import", wrong, *take, code=1).err
    assert "cannot be read" in practised("vault", "import", practised.folder / "absent", *take, code=1).err
    assert "left alone" in practised("vault", "export", wrong, *take, code=1).err
    assert wrong.read_text() == "another\n"
    practised("vault", "export", exported, "--metadata-only", *take, code=2)
    practised("vault", "import", exported, *take, "--choose", "account:1", code=2)
    assert (
        "holds no" in practised("vault", "import", exported, *take, "--choose", "account:1=skip", code=1).err
    )
    assert exported.read_bytes() == before


def test_a_person_at_a_terminal_types_the_new_passphrase_twice(jackfield: Jackfield) -> None:
    jackfield.env["JACKFIELD_PASSPHRASE_FILE"] = str(jackfield.passphrase_file)
    path = jackfield.folder / "file"
    terminal = Terminal(jackfield, "vault", "export", str(path))
    terminal.answer("Passphrase for the export: ", WORDS)
    terminal.answer("The same again: ", "something else")
    assert terminal.end() == 2
    assert not path.exists()
    terminal = Terminal(jackfield, "vault", "export", str(path))
    terminal.answer("Passphrase for the export: ", WORDS)
    terminal.answer("The same again: ", WORDS)
    assert terminal.end() == 0
    terminal = Terminal(jackfield, "vault", "import", str(path))
    terminal.answer("Passphrase of the export: ", WORDS)
    assert terminal.end() == 0
    assert WORDS not in terminal.shown
