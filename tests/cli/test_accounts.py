"""`jackfield accounts …`: look, edit, undo, disconnect."""

from __future__ import annotations

from typing import Any

import pytest

from desktop.practice import Provider
from tests.cli.runner import Jackfield

Account = dict[str, Any]


def test_list_is_a_table_or_the_same_accounts_as_json(practised: Jackfield, account: Account) -> None:
    assert practised("accounts", "list", "--json").json == [account]
    head, row = practised("accounts", "list").out.splitlines()
    assert head.split() == ["ID", "NAME", "EMAIL", "CONNECTOR", "STATE", "EXPIRES"]
    assert row.startswith(account["id"])
    assert "Amelia Ortega  amelia@practice.example  practice-oauth2  Connected" in row
    assert practised("accounts", "list", "--search", "nobody", "--json").json == []
    assert practised("accounts", "list", "--connector", "practice-key", "--json").json == []
    assert len(practised("accounts", "list", "--search", "ortega", "--json").json) == 1


def test_an_empty_list_is_an_empty_document(jackfield: Jackfield) -> None:
    assert jackfield("accounts", "list", "--json").json == []
    done = jackfield("accounts", "list")
    assert (done.out, done.err) == ("", "No account is connected yet.\n")


def test_secrets_are_shown_only_when_revealed(practised: Jackfield, account: Account) -> None:
    revealed = practised("accounts", "show", account["id"], "--reveal", "--json").json
    token = practised("token", account["id"]).out.strip()
    assert revealed["credential"]["access_token"] == token
    for shown in (
        practised("accounts", "show", account["id"], "--json"),
        practised("accounts", "show", account["id"]),
    ):
        assert token not in shown.out
        assert f"••••{token[-4:]}" in shown.out
    assert token in practised("accounts", "show", account["id"], "--reveal").out


def test_an_edit_is_a_generation_that_can_be_undone(practised: Jackfield, account: Account) -> None:
    identity = account["id"]
    before = practised("accounts", "show", identity, "--reveal", "--json").json["credential"]
    pasted = practised.file("pasted", "canary-pasted-by-hand-0042\n")
    edited = practised(
        "accounts",
        "edit",
        identity,
        "--set",
        f"access_token=@{pasted}",
        "--set",
        "expires_in=60",
        "--reveal",
        "--json",
    )
    assert edited.json["credential"]["access_token"] == "canary-pasted-by-hand-0042"
    assert edited.json["credential"]["expires_in"] == 60
    assert edited.json["credential"]["expires_at"] < before["expires_at"]
    assert "generation 2" in edited.err

    newest, first = practised("accounts", "history", identity, "--json").json
    assert (newest["generation"], newest["source"], newest["current"]) == (2, "edit", True)
    assert (first["generation"], first["source"], first["current"]) == (1, "connect", False)
    changes = {change["field"]: change for change in newest["changes"]}
    assert set(changes) == {"access_token", "expires_in", "expires_at"}
    assert changes["access_token"]["after"] == "••••0042"
    assert changes["expires_at"]["before"] == before["expires_at"], "times are written in one way"
    assert changes["expires_in"] == {"field": "expires_in", "before": "3600", "after": "60"}
    table = practised("accounts", "history", identity).out
    assert "2 (current)" in table
    assert "canary" not in table

    back = practised("accounts", "restore", identity, "1", "--reveal", "--json").json
    assert back["credential"] == before
    sources = [entry["source"] for entry in practised("accounts", "history", identity, "--json").json]
    assert sources == ["restore", "edit", "connect"]


def test_a_field_can_be_cleared(practised: Jackfield, account: Account) -> None:
    cleared = practised("accounts", "edit", account["id"], "--set", "refresh_token=", "--json").json
    assert cleared["credential"]["refresh_token"] is None


@pytest.mark.parametrize(
    ("assignment", "says"),
    [
        ("expires_in=-5", "expires_in"),
        ("expires_in=soon", "expires_in"),
        ("expires_at=yesterday", "expires_at"),
        ("acces_token=x", "access_token"),
    ],
)
def test_a_value_that_cannot_be_is_refused_and_nothing_is_lost(
    assignment: str, says: str, practised: Jackfield, account: Account
) -> None:
    done = practised("accounts", "edit", account["id"], "--set", "scope=other", "--set", assignment, code=1)
    assert says in done.err
    assert "Nothing was saved" in done.err
    assert practised("accounts", "show", account["id"], "--json").json == account


def test_edit_without_a_change_is_a_usage_error(practised: Jackfield) -> None:
    assert "--set" in practised("accounts", "edit", "1", code=2).err


def test_a_name_of_ones_own(practised: Jackfield, account: Account) -> None:
    assert practised("accounts", "rename", account["id"], "Work", "--json").json["name"] == "Work"
    assert practised("accounts", "show", account["id"], "--json").json["name"] == "Work"
    family = "Zoë’s 👨‍👩‍👧 and می‌خواهم"
    assert practised("accounts", "rename", account["id"], family, "--json").json["name"] == family
    assert "1 to 200" in practised("accounts", "rename", account["id"], " ", code=1).err
    for hidden in ("two\nlines", "turned \u202e round"):
        assert "cannot be seen" in practised("accounts", "rename", account["id"], hidden, code=1).err


def test_disconnect_revokes_and_removes(practised: Jackfield, provider: Provider, account: Account) -> None:
    done = practised("accounts", "disconnect", account["id"], "--json").json
    assert (done["id"], done["revoked"]) == (account["id"], True)
    assert provider.count("/oauth/revoke") >= 1
    assert practised("accounts", "list", "--json").json == []


def test_disconnect_can_leave_the_grant_alone(
    practised: Jackfield, provider: Provider, account: Account
) -> None:
    done = practised("accounts", "disconnect", account["id"], "--keep-remote")
    assert "still valid" in done.err
    assert provider.count("/oauth/revoke") == 0


def test_disconnect_says_when_the_service_could_not_be_told(
    practised: Jackfield, provider: Provider, account: Account
) -> None:
    provider.stop()
    done = practised("accounts", "disconnect", account["id"])
    assert "still valid" in done.err
    assert practised("accounts", "list", "--json").json == []


@pytest.mark.parametrize(
    "line", ["show X", "edit X --set scope=x", "history X", "restore X 1", "rename X y", "disconnect X"]
)
def test_an_unknown_account_is_a_sentence(line: str, jackfield: Jackfield) -> None:
    done = jackfield("accounts", *line.replace("X", "ffffffffff").split(), code=1)
    assert done.out == ""
    assert "account" in done.err


def test_an_unknown_generation_is_a_sentence(practised: Jackfield, account: Account) -> None:
    assert "7" in practised("accounts", "restore", account["id"], "7", code=1).err


def test_a_hostile_name_cannot_steer_the_terminal(practised: Jackfield, provider: Provider) -> None:
    provider.knobs.profile = {"sub": "x", "name": "evil\x1b[2J\u202e\nname", "email": "e@practice.example"}
    practised("connect", "practice-oauth2")
    shown = practised("accounts", "list").out
    assert len(shown.splitlines()) == 2
    assert "\x1b" not in shown
    assert "\u202e" not in shown
