"""`jackfield audit`: what happened, for people and scripts, and whether it is still what was written."""

from __future__ import annotations

import getpass
import os
import socket
from pathlib import Path
from typing import Any

import pytest

from desktop import __version__
from desktop.vault.database import Database
from desktop.vault.vault import Vault
from tests.cli.runner import PASSPHRASE, Jackfield
from tests.vault.chains import GUARDS


def tampered(jackfield: Jackfield, statement: str) -> None:
    """Changes the vault with its key, past the triggers."""
    database = Database(jackfield.home / "vault.db", Vault.unlock_key(jackfield.home, PASSPHRASE))
    try:
        for guard in GUARDS:
            database.execute(f"DROP TRIGGER {guard}")
        database.execute(statement)
    finally:
        database.close()


def test_an_entry_says_who_when_and_what(practised: Jackfield, account: dict[str, Any]) -> None:
    practised("token", account["id"])
    handed, unlocked, connected, *_ = practised("audit", "list", "--json").json[1:]
    assert list(handed) == [
        "number", "at", "who", "action", "outcome", "account", "connector", "summary", "detail", "hash",
    ]  # fmt: skip
    assert (handed["action"], handed["outcome"], handed["account"]) == ("handed_out", "ok", account["id"])
    assert handed["detail"] == {"field": "access_token"} and handed["connector"] == "practice-oauth2"
    assert handed["number"] == unlocked["number"] + 1 and len(handed["hash"]) == 64
    assert (unlocked["action"], connected["action"]) == ("unlocked", "connected")
    assert handed["who"] == {
        "actor": "command line",
        "user": getpass.getuser(),
        "host": socket.gethostname(),
        "program": handed["who"]["program"],
        "pid": os.getppid(),
        "command": "token",
        "version": __version__,
    }


@pytest.mark.skipif(not Path("/proc/self/comm").exists(), reason="only Linux says a program's name here")
def test_the_program_is_the_one_that_started_the_command_and_never_its_arguments(
    jackfield: Jackfield,
) -> None:
    from tests.cli.programs import started_by

    started_by(jackfield, "backup-robot", "s3cret-argument", "vault", "check")
    entry = jackfield("audit", "list", "--json").json[1]
    assert (entry["who"]["program"], entry["who"]["command"]) == ("backup-robot", "vault check")
    assert "s3cret-argument" not in jackfield("audit", "list", "--json").out


def test_the_list_can_be_narrowed(practised: Jackfield, account: dict[str, Any]) -> None:
    practised("accounts", "rename", account["id"], "Work")
    practised("vault", "check")
    of_account = practised("audit", "list", "--account", account["id"], "--json").json
    assert [entry["action"] for entry in of_account] == ["renamed", "connected"]
    newest = practised("audit", "list", "--limit", "2", "--json").json
    assert len(newest) == 2 and newest[0]["number"] == newest[1]["number"] + 1
    assert len(practised("audit", "list", "--since", "1h", "--json").json) > 4
    assert practised("audit", "list", "--since", "2999-01-01", "--json").json == []
    assert "Nothing" in practised("audit", "list", "--since", "2999-01-01").err


def test_the_list_for_people(practised: Jackfield, account: dict[str, Any]) -> None:
    head, newest, connected = practised("audit", "list", "--limit", "2").out.splitlines()
    assert head.split() == ["NUMBER", "WHEN", "BY", "WHAT", "ACCOUNT", "SUMMARY"]
    assert "unlocked" in newest and "command line" in newest
    assert account["id"] in connected and "Amelia Ortega was connected" in connected


@pytest.mark.parametrize("wrong", [("--since", "soon"), ("--limit", "0"), ("--limit", "x")])
def test_what_cannot_be_meant_is_refused(jackfield: Jackfield, wrong: tuple[str, str]) -> None:
    with pytest.raises(SystemExit) as ended:
        jackfield("audit", "list", *wrong)
    assert ended.value.code == 2


def test_an_unbroken_chain(jackfield: Jackfield) -> None:
    told = jackfield("audit", "verify").out.splitlines()
    assert told[0] == "Entry 1 is unbroken."
    head = told[1].removeprefix("Head: ")
    again = jackfield("audit", "verify", "--head", head)
    assert "Entries 1 to 2 are unbroken." in again.out and "is in the chain" in again.out
    report = jackfield("audit", "verify", "--head", head[:16], "--json").json
    assert report == {
        "ok": True, "count": 3, "first": 1, "last": 3, "head": report["head"], "older": 0, "broken": None,
    }  # fmt: skip


def test_a_head_of_another_chain(jackfield: Jackfield) -> None:
    done = jackfield("audit", "verify", "--head", "0" * 64, code=1)
    assert "is not in this chain" in done.out
    assert (
        jackfield("audit", "verify", "--head", "0" * 64, "--json", code=1).json["broken"]["kind"]
        == "unknown_head"
    )


def test_a_broken_chain_says_where_when_and_how(practised: Jackfield, account: dict[str, Any]) -> None:
    practised("vault", "check")
    tampered(practised, "UPDATE activity SET summary = 'Nothing happened' WHERE action = 'connected'")
    done = practised("audit", "verify", code=1)
    assert "broken at entry 2 (changed, 20" in done.out and "Entry 1 is unbroken." in done.out
    report = practised("audit", "verify", "--json", code=1).json
    assert (report["ok"], report["count"]) == (False, 1)
    assert (report["broken"]["number"], report["broken"]["kind"]) == (2, "changed")


def test_the_oldest_entries_can_go_and_the_rest_is_still_a_chain(jackfield: Jackfield) -> None:
    heads = [jackfield("audit", "verify", "--json").json["head"] for _ in range(3)]
    assert jackfield("audit", "prune", "--before", "2000-01-01", "--json").json == {"removed": 0}
    assert jackfield("audit", "prune", "--before", "0m", "--json").json == {"removed": 4}
    listed = jackfield("audit", "list", "--json").json
    assert [entry["action"] for entry in listed] == ["unlocked", "pruned", "unlocked"]
    assert listed[1]["detail"]["up_to"] == 4 and listed[1]["detail"]["removed"] == 4
    report = jackfield("audit", "verify", "--json").json
    assert (report["ok"], report["first"], report["count"]) == (True, 5, 4)
    assert jackfield("audit", "prune", "--before", "0m", "--json").json == {"removed": 4}
    assert jackfield("audit", "verify", "--json").json["ok"]
    gone = jackfield("audit", "verify", "--head", heads[0], code=1)
    assert "were pruned" in gone.out


def test_a_broken_chain_is_not_pruned(jackfield: Jackfield) -> None:
    jackfield("vault", "check")
    tampered(jackfield, "UPDATE activity SET summary = 'Nothing happened' WHERE id = 1")
    done = jackfield("audit", "prune", "--before", "0m", code=1)
    assert "nothing was removed" in done.err and "Entry 1 was changed" in done.err
    assert len(jackfield("audit", "list", "--json").json) == 3


def test_entries_removed_in_the_name_of_a_pruning_that_never_was(jackfield: Jackfield) -> None:
    for _ in range(3):
        jackfield("vault", "check")
    tampered(jackfield, "DELETE FROM activity WHERE id < 3")
    report = jackfield("audit", "verify", "--json", code=1).json
    assert (report["broken"]["number"], report["broken"]["kind"]) == (1, "missing")
