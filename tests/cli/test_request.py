"""`jackfield request`: headers, saved requests, answers that are too long."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from desktop.engine.network.http import REQUEST_BODY_LIMIT
from desktop.practice import Provider
from tests.cli.runner import Jackfield
from tests.standin import StandIn

Account = dict[str, Any]
ME = "/oauth/userinfo"


@pytest.fixture
def standin() -> Iterator[StandIn]:
    with StandIn({"*": {"ok": True}}) as running:
        yield running


def shown(jackfield: Jackfield, account: Account) -> list[dict[str, str]]:
    found: list[dict[str, str]] = jackfield("accounts", "show", account["id"], "--json").json[
        "saved_requests"
    ]
    return found


def test_a_request_is_kept_and_sent_by_its_name(
    practised: Jackfield, account: Account, standin: StandIn
) -> None:
    url, identity = f"{standin.url}/things?page=2", account["id"]
    arguments = ("-H", "X-Tag: one", "-H", "X-Tag: two", "-d", '{"größe": 1}')
    practised("request", identity, "post", url, *arguments, "--save", "New thing")
    assert shown(practised, account) == [{"name": "New thing", "method": "POST", "url": url}]
    practised("request", identity, "--saved", "New thing")
    practised("request", "--saved", "New thing", identity)
    first, *others = standin.requests
    assert len(others) == 2 and all(other.body == first.body for other in others)
    for seen in standin.requests:
        assert (seen.method, seen.target, seen.json) == ("POST", "/things?page=2", {"größe": 1})
        assert seen.header("X-Tag") == "one\ntwo" and seen.header("Content-Type") == "application/json"
        assert seen.header("Authorization").startswith("Bearer ")


def test_what_is_given_beside_a_saved_request_takes_the_place_of_its_own(
    practised: Jackfield, account: Account, standin: StandIn
) -> None:
    identity = account["id"]
    practised(
        "request", identity, "POST", f"{standin.url}/x",
        "-H", "X-A: 1", "-H", "X-B: 2", "-d", "a=1", "--save", "Form",
    )  # fmt: skip
    practised("request", identity, "--saved", "Form", "-H", "x-a: 3", "-d", "a=2")
    seen = standin.requests[-1]
    assert (seen.header("X-A"), seen.header("X-B"), seen.form) == ("3", "2", {"a": "2"})
    assert seen.header("Content-Type") == "application/x-www-form-urlencoded"


def test_a_name_that_is_taken_sends_nothing(practised: Jackfield, account: Account, standin: StandIn) -> None:
    line = ("request", account["id"], "GET", f"{standin.url}/x", "--save", "Mine")
    practised(*line)
    done = practised(*line, code=1)
    assert "“Mine” already" in done.err and "another name" in done.err
    assert len(standin.requests) == 1 and len(shown(practised, account)) == 1


def test_a_name_that_is_not_there_names_those_that_are(practised: Jackfield, account: Account) -> None:
    done = practised("request", account["id"], "--saved", "Me", code=1)
    assert "no saved request “Me”" in done.err and "--save" in done.err
    practised("request", account["id"], "GET", ME, "--save", "Who am I")
    assert "It has: Who am I." in practised("request", account["id"], "--saved", "Me", code=1).err


@pytest.mark.parametrize(
    "arguments",
    [
        ("GET", "/x", "--saved", "Me"),
        ("--saved", "Me", "GET"),
        ("GET", "/x", "--saved", "Me", "--save", "Other"),
        ("GET",),
        (),
    ],
)
def test_a_saved_request_stands_for_method_and_address(bare: Jackfield, arguments: tuple[str, ...]) -> None:
    try:
        bare("request", "1", *arguments, code=2)
    except SystemExit as ended:
        assert ended.code == 2


def test_they_are_shown_with_the_account_without_secrets(practised: Jackfield, account: Account) -> None:
    secret = "sk_live_4eC39HqLyjWDarjtT1zdp7dc"
    practised(
        "request", account["id"], "GET", f"{ME}?api_key={secret}", "-H", f"X-Own: {secret}", "--save", "Me"
    )
    told = practised("accounts", "show", account["id"], "--json")
    assert secret not in told.out and told.json["saved_requests"][0]["name"] == "Me"
    told = practised("accounts", "show", account["id"])
    assert f"saved requests\n  Me  GET {ME}?api_key=••••" in told.out
    told = practised("accounts", "show", account["id"], "--reveal", "--json")
    assert told.json["saved_requests"][0]["url"] == f"{ME}?api_key={secret}"


def test_an_answer_that_is_too_long_is_told(practised: Jackfield, account: Account, standin: StandIn) -> None:
    standin.answer("GET /big", b"x" * (REQUEST_BODY_LIMIT + 5))
    done = practised("request", account["id"], "GET", f"{standin.url}/big", "--json")
    assert (done.json["truncated"], done.json["size"]) == (True, REQUEST_BODY_LIMIT + 5)
    assert len(done.json["body"]) == REQUEST_BODY_LIMIT
    assert f"the first {REQUEST_BODY_LIMIT} of {REQUEST_BODY_LIMIT + 5} bytes" in done.err


def test_a_token_that_never_lasts_that_long_is_printed_and_told(
    practised: Jackfield, provider: Provider
) -> None:
    provider.knobs.token_lifetime = 600
    account = practised("connect", "practice-oauth2", "--json").json
    done = practised("token", account["id"], "--min-valid", "3600", "--json")
    assert done.json["value"] and done.err.count("\n") == 1
    assert "lasts 9 minutes" in done.err or "lasts 10 minutes" in done.err
    assert practised("token", account["id"], "--min-valid", "60").err == ""
    assert practised("token", account["id"], "--min-valid", "3600", "--field", "scope").err == ""


def test_a_token_that_the_service_refused_is_not_printed(
    practised: Jackfield, provider: Provider, account: Account
) -> None:
    provider.end_all_tokens(grants=True)
    practised("request", account["id"], "GET", ME, code=3)
    done = practised("token", account["id"], code=3)
    assert done.out == "" and done.err.startswith("jackfield: ")


def test_a_token_whose_renewal_alone_was_refused_is_printed(practised: Jackfield, account: Account) -> None:
    practised("accounts", "edit", account["id"], "--set", "refresh_token=spoilt")
    practised("refresh", account["id"], code=3)
    assert practised("accounts", "show", account["id"], "--json").json["state"] == "needs_sign_in"
    token = practised("token", account["id"]).out.strip()
    assert (
        token
        == practised("accounts", "show", account["id"], "--reveal", "--json").json["credential"][
            "access_token"
        ]
    )
