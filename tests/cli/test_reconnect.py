"""Signing in again on the command line, and what happens when somebody else comes back."""

from __future__ import annotations

from typing import Any

import pytest

from desktop.practice import Provider
from tests.cli.runner import Jackfield, browser

REVOKE = "/oauth/revoke"


@pytest.fixture
def ben_at_the_browser(practised: Jackfield, account: dict[str, Any]) -> dict[str, Any]:
    """Amelia's account; from here on Ben sits at the browser."""
    practised.env["JACKFIELD_BROWSER"] = str(browser(practised.folder, "--user", "ben"))
    return account


def test_the_same_person_keeps_the_account(practised: Jackfield, account: dict[str, Any]) -> None:
    again = practised("connect", "--reconnect", account["id"], "--json").json
    assert (again["id"], again["name"]) == (account["id"], "Amelia Ortega")
    history = practised("accounts", "history", account["id"], "--json").json
    assert [entry["generation"] for entry in history] == [2, 1]


def test_somebody_else_is_refused_by_default(
    practised: Jackfield, provider: Provider, ben_at_the_browser: dict[str, Any]
) -> None:
    before = practised("accounts", "list", "--json").json
    done = practised("connect", "--reconnect", ben_at_the_browser["id"], "--json", code=1)
    assert done.out == ""
    assert "You signed in as Ben Carter, but this account is Amelia Ortega. Nothing was changed." in done.err
    assert "has revoked the access that it gave" in done.err and provider.count(REVOKE) > 0
    assert practised("accounts", "list", "--json").json == before


def test_both_can_be_kept(practised: Jackfield, ben_at_the_browser: dict[str, Any]) -> None:
    done = practised(
        "connect", "--reconnect", ben_at_the_browser["id"], "--on-other-account", "keep-both", "--json"
    )
    assert done.json["name"] == "Ben Carter" and done.json["id"] != ben_at_the_browser["id"]
    assert f"Amelia Ortega ({ben_at_the_browser['id']}) stays as it was." in done.err
    assert len(practised("accounts", "list", "--json").json) == 2


def test_one_can_take_the_place_of_the_other_and_go_again(
    practised: Jackfield, ben_at_the_browser: dict[str, Any]
) -> None:
    account_id = ben_at_the_browser["id"]
    done = practised("connect", "--reconnect", account_id, "--on-other-account", "replace", "--json")
    assert (done.json["id"], done.json["email"]) == (account_id, "ben@practice.example")
    assert f"jackfield accounts restore {account_id}" in done.err
    back = practised("accounts", "restore", account_id, "1", "--json").json
    assert (back["name"], back["email"]) == ("Amelia Ortega", "amelia@practice.example")
    assert back["profile"]["sub"] == "u-1001"


def test_a_second_account_of_the_same_person_is_said(practised: Jackfield, account: dict[str, Any]) -> None:
    done = practised("connect", "practice-oauth2", "--json")
    assert done.json["id"] != account["id"]
    assert f"Amelia Ortega is connected already ({account['id']}); this is a second account." in done.err
    again = practised("connect", "practice-oauth2", "--on-same-account", "update", "--json")
    assert again.json["id"] == done.json["id"], "the one that was changed last"
    assert "was there already and was updated" in again.err


def test_wrong_usage_is_a_sentence(practised: Jackfield, account: dict[str, Any]) -> None:
    assert "Name the connector" in practised("connect", code=2).err
    wrong = practised("connect", "practice-key", "--reconnect", account["id"], code=2)
    assert "Amelia Ortega is an account of practice-oauth2, not of practice-key." in wrong.err
    assert "There is no account" in practised("connect", "--reconnect", "nobody", code=1).err
