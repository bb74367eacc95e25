"""Disconnecting (107, RFC 7009): what the service is told, and what the person is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.runner import Jackfield
from tests.engine.support import make_home
from tests.promises.door import command_line
from tests.standin import Reply, Seen, StandIn

TOKENS = {"access_token": "at-1", "refresh_token": "rt-1", "token_type": "Bearer", "expires_in": 3600}
REVOKE = "/oauth/revoke"


@pytest.fixture
def jackfield(tmp_path: Path, service: StandIn) -> Iterator[Jackfield]:
    service.answer("POST /oauth/token", TOKENS)
    with command_line(make_home(tmp_path / "home", service.url), tmp_path / "work") as door:
        yield door


def connected(jackfield: Jackfield) -> str:
    shown: dict[str, str] = jackfield("connect", "demo", "--json").json
    return shown["id"]


def forgotten(jackfield: Jackfield) -> bool:
    """Nothing is left of the account here."""
    return bool(jackfield("accounts", "list", "--json").json == [])


@pytest.mark.parametrize("answer", [Reply("", 200), Reply({}, 200), Reply("ok", 204)])
def test_107_the_refresh_token_first_and_nothing_in_an_address(
    jackfield: Jackfield, service: StandIn, answer: Reply
) -> None:
    """200 is also what a service says of a token that it does not know (2.2)."""
    account = connected(jackfield)
    service.answer(f"POST {REVOKE}", answer)
    done = jackfield("accounts", "disconnect", account, "--json").json
    assert done["revoked"] is True and "has revoked its access" in done["sentence"]
    sent = service.asked(REVOKE)
    assert [(one.form["token"], one.form["token_type_hint"]) for one in sent] == [
        ("rt-1", "refresh_token"),
        ("at-1", "access_token"),
    ]
    assert all(one.form["client_id"] == "jackfield-practice" for one in sent)
    for one in service.requests:
        assert "at-1" not in one.target and "rt-1" not in one.target
    assert forgotten(jackfield)


@pytest.mark.parametrize(
    "answer",
    [
        Reply({}, 503, {"Retry-After": "3600"}),
        Reply({}, 503),
        Reply({}, 500),
        Reply({"error": "invalid_client"}, 401),
        Reply("<html>", 404),
        Reply("", 302, {"Location": "https://evil.example/"}),
    ],
)
def test_107_what_was_not_revoked_is_said_to_be_still_valid(
    jackfield: Jackfield, service: StandIn, answer: Reply
) -> None:
    account = connected(jackfield)
    service.answer(f"POST {REVOKE}", answer)
    done = jackfield("accounts", "disconnect", account, "--json").json
    assert done["revoked"] is False
    assert "still valid at the service" in done["sentence"]
    assert "Remove it in the service's own settings." in done["sentence"]
    assert not [secret for secret in ("at-1", "rt-1") if secret in done["sentence"]]
    assert len(service.asked(REVOKE)) == 1, "it is not asked again within the hour that it wants"
    assert forgotten(jackfield), "who confirmed it wants it gone here, whatever the service says"


def test_107_a_service_that_is_back_in_a_moment_is_asked_again(
    jackfield: Jackfield, service: StandIn
) -> None:
    account = connected(jackfield)
    service.answer(f"POST {REVOKE}", Reply({}, 503, {"Retry-After": "0"}), Reply("", 200))
    assert jackfield("accounts", "disconnect", account, "--json").json["revoked"] is True
    assert [one.form["token"] for one in service.asked(REVOKE)] == ["rt-1", "rt-1", "at-1"]
    account = connected(jackfield)
    service.requests.clear()
    service.answer(f"POST {REVOKE}", Reply({}, 503, {"Retry-After": "0"}))
    done = jackfield("accounts", "disconnect", account, "--json").json
    assert done["revoked"] is False and "still valid at the service" in done["sentence"]
    assert len(service.asked(REVOKE)) == 2, "once more, and not forever"
    assert forgotten(jackfield)


def test_107_a_service_that_revokes_refresh_tokens_alone_has_revoked(
    jackfield: Jackfield, service: StandIn
) -> None:
    account = connected(jackfield)

    def answer(seen: Seen) -> Reply:
        if seen.form["token_type_hint"] == "access_token":
            return Reply({"error": "unsupported_token_type"}, 400)
        return Reply("", 200)

    service.answer(f"POST {REVOKE}", answer)
    assert jackfield("accounts", "disconnect", account, "--json").json["revoked"] is True
    assert forgotten(jackfield)


def test_107_a_service_that_is_away_does_not_keep_the_account(tmp_path: Path) -> None:
    with (
        StandIn({"POST /oauth/token": TOKENS, "GET /oauth/userinfo": {"sub": "1"}}) as service,
        command_line(make_home(tmp_path / "home", service.url), tmp_path / "work") as jackfield,
    ):
        account = connected(jackfield)
    with command_line(tmp_path / "home", tmp_path / "work") as jackfield:
        done = jackfield("accounts", "disconnect", account, "--json").json
        assert done["revoked"] is False and "refused the connection" in done["sentence"]
        assert forgotten(jackfield)
