"""Every act at the command line is written down: once, with the account and the field, and never a secret."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from desktop.practice import Provider
from tests.cli.runner import Jackfield

DEFINITION = """
name = "Acme Tracker"
type = "apiKey"
base_url = "https://acme.example/api/"

[auth.api_key]
name = "API key"
type = "password"

[apply]
headers = { Authorization = "Token {{api_key}}" }
"""
SECRET = "s3cret-of-the-app-77"
OTHER = "another passphrase for this"
GROUPS = ("accounts", "connectors", "vault", "audit")


class Act(NamedTuple):
    """A command (`ID` is the account's), and the one entry that it leaves besides the unlocking."""

    line: tuple[str, ...]
    action: str
    detail: dict[str, Any] = {}
    about: str = "account"  # or "connector", or "vault"
    code: int = 0
    failed: bool = False


ACTS = [
    Act(("refresh", "ID"), "refreshed"),
    Act(("refresh", "--all"), "refreshed"),
    Act(("test", "ID"), "tested"),
    Act(("token", "ID"), "handed_out", {"field": "access_token"}),
    Act(("token", "ID", "--field", "refresh_token"), "handed_out", {"field": "refresh_token"}),
    Act(("request", "ID", "GET", "/oauth/userinfo"), "used"),
    Act(("accounts", "show", "ID", "--reveal"), "revealed", {"field": "The token record"}),
    Act(("accounts", "edit", "ID", "--set", "scope=profile"), "edited", {"fields": ["scope"]}),
    Act(("accounts", "restore", "ID", "1"), "restored", {"generation": 1}),
    Act(("accounts", "rename", "ID", "Work"), "renamed"),
    Act(("accounts", "disconnect", "ID"), "disconnected"),
    Act(
        ("connect", "practice-key", "--set", "api_key=practice-key-ben-9d27"),
        "connected",
        {"method": "api_key"},
    ),
    Act(
        ("connect", "practice-key", "--set", "api_key=wrong-key-0000"), "connected", {}, "connector", 1, True
    ),
    Act(
        (
            "connectors",
            "configure",
            "practice-oauth2",
            "--set",
            "client_id=x",
            "--set",
            f"client_secret={SECRET}",
        ),
        "configured",
        {"settings": ["client_id", "client_secret"]},
        "connector",
    ),
    Act(("connectors", "add", "acme.toml"), "definition_added", {}, "connector"),
    Act(
        ("connectors", "add", "coded/acme.toml", "--run-with-my-rights"),
        "definition_added",
        {"program": "my_rights"},
        "connector",
    ),
    Act(("connectors", "configure", "practice-key", "--log-secrets", "on"), "secrets_on", {}, "connector"),
    Act(("vault", "passphrase", "--new-passphrase-file", "other"), "passphrase_changed", {}, "vault"),
    Act(("vault", "backup", "copy.jackfield-backup"), "backed_up", {}, "vault"),
    Act(
        ("vault", "export", "out.jackfield", "--export-passphrase-file", "other", "--account", "ID"),
        "exported",
    ),
    Act(("accounts", "show", "ID"), ""),
    Act(("accounts", "list"), ""),
    Act(("accounts", "history", "ID"), ""),
    Act(("connectors", "configure", "practice-key"), ""),
    Act(("vault", "check"), ""),
    Act(("audit", "verify"), ""),
]


def entries(jackfield: Jackfield) -> list[dict[str, Any]]:
    """All of them, the oldest first; without the unlocking by this very question."""
    listed: list[dict[str, Any]] = jackfield("audit", "list", "--json").json[1:]
    return listed[::-1]


def fill(jackfield: Jackfield) -> None:
    """Files for the commands."""
    jackfield.file("acme.toml", DEFINITION)
    jackfield.file("other", OTHER)
    (jackfield.folder / "coded").mkdir()
    jackfield.file("coded/acme.toml", DEFINITION)
    jackfield.file("coded/acme.py", "def validate(context):\n    return True\n")


@pytest.mark.parametrize("act", ACTS, ids=lambda act: " ".join(act.line[:2]) + f" {act.action}")
def test_an_act_leaves_its_entry(practised: Jackfield, account: dict[str, Any], act: Act) -> None:
    fill(practised)
    before = len(entries(practised)) + 1
    practised(*(account["id"] if word == "ID" else word for word in act.line), code=act.code)
    if act.action == "passphrase_changed":
        practised.passphrase_file.write_text(OTHER)
    unlocked, *written = entries(practised)[before:]
    assert (unlocked["action"], unlocked["detail"]) == ("unlocked", {"way": "passphrase"})
    assert unlocked["who"]["command"] == " ".join(act.line[: 2 if act.line[0] in GROUPS else 1])
    if not act.action:
        assert written == [], "to look at what is no secret is no act"
        return
    (entry,) = written
    assert (entry["action"], entry["outcome"]) == (act.action, "failed" if act.failed else "ok")
    assert act.detail == {name: entry["detail"].get(name) for name in act.detail}
    if act.action == "connected":
        assert entry["connector"] == "practice-key" and bool(entry["account"]) != act.failed
    else:
        assert entry["account"] == (account["id"] if act.about == "account" else "")
        assert bool(entry["connector"]) == (act.about != "vault")
    assert entry["summary"] and entry["who"]["command"] == unlocked["who"]["command"]
    listed = practised("audit", "list", "--json").out
    for secret in (SECRET, OTHER, "practice-key-ben-9d27", "wrong-key-0000"):
        assert secret not in listed


def actions(jackfield: Jackfield) -> list[str]:
    return [entry["action"] for entry in entries(jackfield)]


def test_making_the_vault(bare: Jackfield) -> None:
    bare("vault", "init")
    assert actions(bare) == ["created"]


def test_wrong_passphrases_are_written_down_when_the_right_one_comes(jackfield: Jackfield) -> None:
    wrong = jackfield.file("wrong", "not the passphrase")
    for _ in range(2):
        jackfield("vault", "check", "--passphrase-file", wrong, code=4, unlocked=False)
    assert jackfield("audit", "list", "--json").json[-1]["action"] == "unlock_failed"
    failed, unlocked = entries(jackfield)[:2]
    assert (failed["action"], failed["outcome"], failed["detail"]["attempts"]) == (
        "unlock_failed",
        "failed",
        2,
    )
    assert failed["who"]["actor"] == "unknown" and failed["who"]["user"] == ""
    assert unlocked["action"] == "unlocked"
    assert actions(jackfield).count("unlock_failed") == 1, "and once"


def test_secrets_of_an_app_that_are_printed(practised: Jackfield) -> None:
    practised("connectors", "configure", "practice-oauth2", "--set", f"client_secret={SECRET}")
    assert SECRET in practised("connectors", "configure", "practice-oauth2", "--reveal").out
    entry = entries(practised)[-1]
    assert (entry["action"], entry["detail"]) == ("revealed", {"field": "client_secret"})
    assert entry["connector"] == "practice-oauth2"


@pytest.mark.parametrize(
    "line", [("accounts", "edit", "ID", "--set", "scope=x"), ("accounts", "restore", "ID", "1")]
)
def test_what_is_changed_and_shown_is_written_down_as_both(
    practised: Jackfield, account: dict[str, Any], line: tuple[str, ...]
) -> None:
    practised(*(account["id"] if word == "ID" else word for word in line), "--reveal")
    changed, shown = actions(practised)[-2:]
    assert changed in ("edited", "restored") and shown == "revealed"


def test_a_backup_that_was_put_back_says_so_itself(practised: Jackfield, account: dict[str, Any]) -> None:
    practised("vault", "backup", "copy.jackfield-backup")
    head = practised("audit", "verify", "--json").json["head"]
    practised("vault", "restore", "copy.jackfield-backup")
    assert actions(practised)[-1] == "vault_restored"
    assert practised("audit", "verify", "--json").json["ok"]
    assert practised("audit", "verify", "--head", head, code=1).out.startswith("The head"), "an older state"


@pytest.mark.parametrize(
    ("line", "code", "action"), [(("refresh", "ID"), 3, "refreshed"), (("test", "ID"), 3, "tested")]
)
def test_what_failed_is_written_down_as_failed(
    practised: Jackfield,
    provider: Provider,
    account: dict[str, Any],
    line: tuple[str, ...],
    code: int,
    action: str,
) -> None:
    provider.end_all_tokens(grants=True)
    practised(*(account["id"] if word == "ID" else word for word in line), code=code)
    failed = [entry for entry in entries(practised) if entry["outcome"] == "failed"]
    assert failed[-1]["action"] == action and failed[-1]["detail"]["reason"] == "needs_sign_in"
