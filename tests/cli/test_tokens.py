"""`jackfield refresh`, `test`, `token` and `request`: an account put to use."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from desktop.practice import Provider
from tests.cli.runner import Jackfield

Account = dict[str, Any]


def revealed(jackfield: Jackfield, identity: str) -> dict[str, Any]:
    credential: dict[str, Any] = jackfield("accounts", "show", identity, "--reveal", "--json").json[
        "credential"
    ]
    return credential


def ends_in(jackfield: Jackfield, account: Account, *, seconds: int) -> None:
    """Makes the token one that was good for an hour and has so many seconds left."""
    end = datetime.now(UTC) + timedelta(seconds=seconds)
    moments = {"created_at": end - timedelta(hours=1), "expires_at": end}
    for name, moment in moments.items():
        jackfield("accounts", "edit", account["id"], "--set", f"{name}={moment.isoformat()}")


def test_refresh_renews_and_rotates(practised: Jackfield, account: Account) -> None:
    before = revealed(practised, account["id"])
    (line,) = practised("refresh", account["id"]).out.splitlines()
    assert line.startswith(f"{account['id']}  Amelia Ortega  refreshed, expires ")
    after = revealed(practised, account["id"])
    assert after["access_token"] != before["access_token"]
    assert after["refresh_token"] != before["refresh_token"]


def test_refresh_due_takes_only_what_is_due(
    practised: Jackfield, provider: Provider, account: Account
) -> None:
    assert practised("refresh", "--due", "--json").json == []
    assert "Nothing is due" in practised("refresh", "--due").err
    ends_in(practised, account, seconds=120)
    (outcome,) = practised("refresh", "--due", "--json").json
    assert outcome["id"] == account["id"]
    assert (outcome["refreshed"], outcome["reason"], outcome["sentence"]) == (True, "", "")
    assert provider.count("/oauth/token", grant_type="refresh_token") == 1


def test_refresh_all_takes_every_account_that_can_be_renewed(practised: Jackfield, account: Account) -> None:
    practised("connect", "practice-key", "--set", "api_key=practice-key-ben-9d27")
    assert [outcome["id"] for outcome in practised("refresh", "--all", "--json").json] == [account["id"]]


def test_a_refused_refresh_ends_with_3_and_keeps_the_record(
    practised: Jackfield, provider: Provider, account: Account
) -> None:
    provider.end_all_tokens(grants=True)
    before = revealed(practised, account["id"])
    done = practised("refresh", account["id"], code=3)
    assert done.err.startswith("jackfield: ")
    shown = practised("accounts", "show", account["id"], "--json").json
    assert shown["state"] == "needs_sign_in"
    assert shown["state_reason"]
    assert revealed(practised, account["id"]) == before
    (outcome,) = practised("refresh", "--all", "--json", code=3).json
    assert (outcome["refreshed"], outcome["reason"]) == (False, "needs_sign_in")


def test_a_service_that_is_down_ends_with_1_and_marks_nothing(
    practised: Jackfield, provider: Provider, account: Account
) -> None:
    provider.stop()
    before = revealed(practised, account["id"])
    practised("refresh", account["id"], code=1)
    assert revealed(practised, account["id"]) == before
    assert practised("accounts", "show", account["id"], "--json").json["state"] == "connected"


def test_a_key_has_nothing_to_renew(practised: Jackfield) -> None:
    identity = practised("connect", "practice-key", "--set", "api_key=practice-key-ben-9d27", "--json").json[
        "id"
    ]
    assert "nothing to renew" in practised("refresh", identity, code=1).err


def test_test_asks_the_service(practised: Jackfield, provider: Provider, account: Account) -> None:
    done = practised("test", account["id"])
    assert done.out.strip()
    told = practised("test", account["id"], "--json").json
    assert (told["id"], told["ok"]) == (account["id"], True)
    provider.end_all_tokens(grants=True)
    practised("test", account["id"], code=3)


def test_token_prints_the_value_alone(practised: Jackfield, provider: Provider, account: Account) -> None:
    credential = revealed(practised, account["id"])
    done = practised.process("token", account["id"])
    assert (done.out, done.err) == (f"{credential['access_token']}\n", "")
    assert (
        practised("token", account["id"], "--field", "refresh_token").out.strip()
        == credential["refresh_token"]
    )
    ends = practised("token", account["id"], "--field", "expires_at").out.strip()
    assert ends == credential["expires_at"], "as everywhere else"
    told = practised("token", account["id"], "--json").json
    assert told == {
        "id": account["id"],
        "field": "access_token",
        "value": credential["access_token"],
        "expires_at": credential["expires_at"],
    }
    assert provider.count("/oauth/token", grant_type="refresh_token") == 0


def test_token_renews_what_ends_too_soon(practised: Jackfield, provider: Provider, account: Account) -> None:
    before = revealed(practised, account["id"])["access_token"]
    ends_in(practised, account, seconds=30)
    assert practised("token", account["id"], "--min-valid", "10").out.strip() == before
    assert practised("token", account["id"]).out.strip() != before
    assert provider.count("/oauth/token", grant_type="refresh_token") == 1


def test_token_of_a_field_that_is_not_there_names_those_that_are(
    practised: Jackfield, account: Account
) -> None:
    done = practised("token", account["id"], "--field", "acces_token", code=1)
    assert done.out == ""
    assert "access_token" in done.err


def test_token_that_cannot_be_renewed_ends_with_3(practised: Jackfield, account: Account) -> None:
    practised("accounts", "edit", account["id"], "--set", "refresh_token=", "--set", "expires_in=0")
    practised("token", account["id"], code=3)


def test_request_sends_the_credential_and_hands_out_the_answer(
    practised: Jackfield, provider: Provider, account: Account
) -> None:
    done = practised.process("request", account["id"], "get", f"{provider.url}/oauth/userinfo")
    assert json.loads(done.out)["email"] == "amelia@practice.example"
    assert done.err == "200 OK\n"
    told = practised("request", account["id"], "GET", "/oauth/userinfo", "--json").json
    assert (told["status"], told["renewed"]) == (200, False)
    assert json.loads(told["body"])["sub"] == "u-1001"
    assert {"name", "value"} == set(told["headers"][0])


def test_request_renews_once_when_the_token_is_refused(
    practised: Jackfield, provider: Provider, account: Account
) -> None:
    provider.end_all_tokens()
    done = practised("request", account["id"], "GET", "/oauth/userinfo")
    assert "after a refresh" in done.err
    assert provider.count("/oauth/token", grant_type="refresh_token") == 1
    provider.end_all_tokens(grants=True)
    practised("request", account["id"], "GET", "/oauth/userinfo", code=3)


def test_request_of_what_is_not_there_ends_with_1(practised: Jackfield, account: Account) -> None:
    done = practised("request", account["id"], "GET", "/nothing/here", code=1)
    assert done.err.startswith("404")


@pytest.mark.parametrize(
    "arguments",
    [
        ("G/ET", "/"),
        ("GET", "/", "-H", "no colon"),
        ("POST", "/", "-H", "A: -", "-d", "-"),
        ("POST", "/", "-d", "@absent"),
    ],
)
def test_request_that_cannot_be_read_is_a_usage_error(
    arguments: tuple[str, ...], practised: Jackfield
) -> None:
    practised("request", "1", *arguments, code=2)


def test_request_never_sends_the_credential_in_clear(practised: Jackfield, account: Account) -> None:
    done = practised("request", account["id"], "GET", "http://api.example/x", code=1)
    assert "https" in done.err


def test_a_key_is_sent_where_the_definition_says(practised: Jackfield, provider: Provider) -> None:
    account = practised("connect", "practice-key", "--set", "api_key=practice-key-ben-9d27", "--json").json
    assert practised("test", account["id"], "--json").json["ok"] is True
    field = practised("token", account["id"], "--field", "api_key").out
    assert field == "practice-key-ben-9d27\n"


def test_a_body_that_is_not_text_is_base64(monkeypatch: pytest.MonkeyPatch) -> None:
    from desktop.cli.request import _shape
    from desktop.engine.results import Answer

    answer = Answer(
        status=200, reason="OK", headers=(), body=b"\xff\x00", elapsed=0.01, url="https://x.example/"
    )
    shape = _shape(answer)
    assert base64.b64decode(shape["body_base64"]) == b"\xff\x00"
    assert "body" not in shape
