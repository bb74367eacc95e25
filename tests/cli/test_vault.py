"""`jackfield vault …` and what every command does when the vault does not open."""

from __future__ import annotations

import json
import os
import pty
import shutil
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backends import fail

from tests.cli.runner import DEADLINE, PASSPHRASE, Jackfield
from tests.vault.helpers import MemoryKeyring


def test_init_makes_a_private_vault_and_never_another_one_over_it(bare: Jackfield) -> None:
    assert bare.process("vault", "init").out == ""
    assert stat.S_IMODE(bare.home.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in bare.home.iterdir() if path.is_file()} == {0o600}
    before = (bare.home / "keyslots.json").read_bytes()

    again = bare("vault", "init", code=1)
    assert "already" in again.err
    assert (bare.home / "keyslots.json").read_bytes() == before
    assert bare.process("vault", "check", "--json").json == {
        "ok": True,
        "problems": [],
        "slots": ["passphrase"],
        "notices": [],
        "backup": None,
    }


def test_the_variables_stand_in_for_the_options(bare: Jackfield) -> None:
    bare("vault", "init")
    bare.env |= {"JACKFIELD_PASSPHRASE_FILE": str(bare.passphrase_file)}
    assert bare("vault", "check", unlocked=False).out.startswith("The vault is sound.")
    bare.env |= {"JACKFIELD_HOME": str(bare.folder / "elsewhere")}
    there = subprocess.run(
        [*bare.command()[:3], "accounts", "list"],
        env=bare.env,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
    )
    assert there.returncode == 1
    assert "elsewhere" in there.stderr


def test_without_a_vault_the_sentence_says_how_to_make_one(bare: Jackfield) -> None:
    done = bare("accounts", "list", "--json", code=1)
    assert done.out == ""
    assert "There is no vault" in done.err
    assert "jackfield vault init" in done.err


@pytest.mark.parametrize(
    "line",
    [
        "vault check",
        "vault passphrase",
        "vault backup there",
        "vault export there",
        "vault import there",
        "connectors configure github",
        "connect practice-key",
        "accounts list",
        "accounts show 1",
        "accounts edit 1 --set scope=x",
        "accounts history 1",
        "accounts restore 1 1",
        "accounts rename 1 x",
        "accounts disconnect 1",
        "refresh --all",
        "test 1",
        "token 1",
        "request 1 GET /",
    ],
)
def test_a_locked_vault_with_nobody_to_ask_ends_with_4(line: str, jackfield: Jackfield) -> None:
    done = jackfield(*line.split(), code=4, unlocked=False)
    assert done.out == ""
    assert "--passphrase-file" in done.err


def test_a_wrong_passphrase_ends_with_4(jackfield: Jackfield) -> None:
    jackfield.passphrase_file.write_text("wrong\n")
    done = jackfield("accounts", "list", "--json", code=4)
    assert done.out == ""
    assert "passphrase" in done.err
    assert "wrong\n" not in done.err


@pytest.mark.parametrize("content", ["", "\n", None])
def test_a_passphrase_file_that_holds_none_is_a_usage_error(
    content: str | None, jackfield: Jackfield
) -> None:
    if content is None:
        jackfield.passphrase_file.unlink()
    else:
        jackfield.passphrase_file.write_text(content)
    assert str(jackfield.passphrase_file) in jackfield("accounts", "list", code=2).err


@pytest.fixture
def keychain() -> Iterator[MemoryKeyring]:
    """The system's keychain for this test."""
    before = keyring.get_keyring()
    backend = MemoryKeyring()
    keyring.set_keyring(backend)
    yield backend
    keyring.set_keyring(before)


def test_the_keychain_opens_a_vault_that_has_its_slot(bare: Jackfield, keychain: MemoryKeyring) -> None:
    bare("vault", "init", "--keychain")
    told = bare("vault", "check", "--json", unlocked=False).json
    assert sorted(told["slots"]) == ["keychain", "passphrase"]
    keyring.set_keyring(fail.Keyring())
    refused = bare("vault", "check", code=4, unlocked=False)
    assert "keychain" in refused.err
    bare("vault", "check")


def test_the_passphrase_changes_and_the_old_one_opens_no_more(jackfield: Jackfield) -> None:
    new = jackfield.file("new", "an entirely different one\r\n")
    jackfield("vault", "passphrase", "--new-passphrase-file", new)
    assert "passphrase" in jackfield("vault", "check", code=4).err
    jackfield.passphrase_file = new
    jackfield("vault", "check")


def test_a_backup_restores_what_was_there(practised: Jackfield) -> None:
    key = practised.file("key", "practice-key-amelia-4f1c")
    shown = practised("connect", "practice-key", "--set", f"api_key=@{key}", "--json").json
    backup = practised.folder / "backup.jackfield"
    practised("vault", "backup", backup)
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert b"practice-key-amelia" not in backup.read_bytes()

    practised("accounts", "rename", shown["id"], "Renamed since")
    practised("vault", "restore", backup)
    assert practised("accounts", "show", shown["id"], "--json").json["name"] == shown["name"]


def test_a_backup_restores_into_an_empty_home(jackfield: Jackfield) -> None:
    backup = jackfield.folder / "backup.jackfield"
    jackfield("vault", "backup", backup)
    shutil.rmtree(jackfield.home)
    jackfield("vault", "restore", backup)
    assert jackfield("vault", "check", "--json").json["ok"] is True


def test_a_backup_that_is_none_replaces_nothing(jackfield: Jackfield) -> None:
    before = (jackfield.home / "keyslots.json").read_bytes()
    junk = jackfield.file("junk", "this is no backup" * 1000)
    done = jackfield("vault", "restore", junk, code=1)
    assert done.err.startswith("jackfield: ")
    assert (jackfield.home / "keyslots.json").read_bytes() == before
    jackfield("vault", "check")
    jackfield("vault", "restore", jackfield.folder / "absent", code=1)


def test_damage_is_a_sentence_and_1(jackfield: Jackfield) -> None:
    database = jackfield.home / "vault.db"
    content = bytearray(database.read_bytes())
    for offset in range(4096 + 100, len(content), 4096):
        content[offset] ^= 0xFF
    database.write_bytes(content)
    done = jackfield("vault", "check", "--json", code=1)
    if done.out:
        assert json.loads(done.out)["ok"] is False
    else:
        assert "damaged" in done.err


class Terminal:
    """A person at a terminal: what is asked is read from it, answers are typed into it."""

    def __init__(self, jackfield: Jackfield, *args: str) -> None:
        self._ours, theirs = pty.openpty()
        self._process = subprocess.Popen(
            jackfield.command(*args, unlocked=False),
            env=jackfield.env,
            cwd=jackfield.folder,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            preexec_fn=lambda: os.close(os.open(os.ttyname(0), os.O_RDWR)),  # makes it the controlling one
        )
        os.close(theirs)
        self.shown = ""

    def answer(self, question: str, text: str) -> None:
        """Waits for the question, then types."""
        while not self.shown.endswith(question):
            self.shown += os.read(self._ours, 1024).decode()
        os.write(self._ours, f"{text}\n".encode())

    def end(self) -> int:
        """Reads to the end; returns the exit code."""
        try:
            while chunk := os.read(self._ours, 1024):
                self.shown += chunk.decode()
        except OSError:  # EIO: the other side is closed
            self._process.wait(DEADLINE)
        os.close(self._ours)
        return self._process.wait(DEADLINE)


def test_at_a_terminal_the_passphrase_is_asked_for_without_echo(bare: Jackfield) -> None:
    making = Terminal(bare, "vault", "init")
    making.answer("New passphrase: ", PASSPHRASE)
    making.answer("The same again: ", PASSPHRASE)
    assert making.end() == 0, making.shown

    asking = Terminal(bare, "vault", "check")
    asking.answer("Passphrase: ", PASSPHRASE)
    assert asking.end() == 0, asking.shown
    assert "sound" in asking.shown

    for terminal in (making, asking):
        assert PASSPHRASE not in terminal.shown


def test_two_passphrases_that_differ_make_no_vault(bare: Jackfield) -> None:
    making = Terminal(bare, "vault", "init")
    making.answer("New passphrase: ", PASSPHRASE)
    making.answer("The same again: ", "something else")
    assert making.end() == 2
    assert "differ" in making.shown
    assert not Path(bare.home, "vault.db").exists()
