"""A session lives as long as the service lets it: renewed ahead of its end, and when it is refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from connectors.credential import utc_now
from connectors.errors import InvalidTokenError
from desktop.practice import Provider
from desktop.vault.records import AccountRow
from tests.engine.support import Bench, bench, define
from tests.standin import Reply, Seen, StandIn

SESSION = """
key = "session"
name = "Session"
type = "session"
base_url = "{url}"
request_profile_info = "{url}/me"
account_name_from_profile_info = "name"

[request_session]
url = "{url}/login"
json = {{ user = "{{{{username}}}}", password = "{{{{password}}}}" }}
keep = {{ access_token = {{ cookie = "sid" }}, route = {{ cookie = "route" }} }}

[token_answer]
default_expires_in = 600

[revoke_access_token]
method = "DELETE"
url = "{url}/session"

[apply]
cookies = {{ sid = "{{{{access_token}}}}" }}
"""
VALUES = {"username": "amelia", "password": "practice-2026"}


class Sessions(StandIn):
    """Keeps one session, as a server does, and forgets it when a test says so."""

    def __init__(self) -> None:
        self.number = 0
        self.open = ""
        self.password = "practice-2026"
        super().__init__(
            {
                "POST /login": self._login,
                "GET /me": self._inside({"name": "Amelia"}),
                "GET /things": self._inside(["a thing"]),
                "DELETE /session": self._inside({}),
            }
        )

    def _login(self, seen: Seen) -> Reply:
        if seen.json != {"user": "amelia", "password": self.password}:
            return Reply({"message": "wrong password"}, 401)
        self.number += 1
        self.open = f"sid={self.number}-of-amelia"
        return Reply({}, headers={"Set-Cookie": (f"{self.open}; Path=/; HttpOnly", "route=node-7-of-9")})

    def _inside(self, body: object) -> object:
        def answer(seen: Seen) -> Reply:
            fits = self.open != "" and seen.header("cookie") == self.open
            return Reply(body) if fits else Reply({"message": "no session"}, 401)

        return answer


@pytest.fixture
def service() -> Iterator[Sessions]:
    with Sessions() as running:
        yield running


@pytest.fixture
def desk(home: Path, provider: Provider, service: Sessions) -> Iterator[Bench]:
    define(home, SESSION, url=service.url)
    with bench(home, provider) as running:
        yield running


def test_it_is_kept_with_its_end_and_can_be_renewed(desk: Bench) -> None:
    row: AccountRow = desk.connect("session", VALUES)
    assert (row.name, row.renewable, row.has_token) == ("Amelia", True, True)
    assert row.expires_at is not None and 0 < (row.expires_at - utc_now()).total_seconds() <= 600
    view = desk.run(desk.engine.account(row.id))
    assert view.credential.extra["route"] == "node-7-of-9"
    assert {"access_token", "password", "route"} <= view.secret_fields


def test_a_refused_session_is_renewed_and_the_request_sent_again(desk: Bench, service: Sessions) -> None:
    row = desk.connect("session", VALUES)
    service.open = ""
    answer = desk.run(desk.engine.request(row.id, "GET", "/things"))
    assert (answer.status, answer.renewed, service.number) == (200, True, 2)
    assert desk.run(desk.engine.account(row.id)).row.generation == 2
    service.open = ""
    desk.run(desk.engine.test(row.id))
    assert service.number == 3


def test_a_session_that_has_ended_is_renewed_before_it_is_handed_out(desk: Bench, service: Sessions) -> None:
    row = desk.connect("session", VALUES)
    token = desk.run(desk.engine.token(row.id, "access_token", 60))
    assert (token, service.number) == ("1-of-amelia", 1)
    past = (utc_now() - timedelta(minutes=1)).isoformat()
    desk.run(desk.engine.edit(row.id, {"expires_at": past}))
    token = desk.run(desk.engine.token(row.id, "access_token", 60))
    assert (token, service.number) == ("2-of-amelia", 2)


def test_a_changed_password_needs_the_person(desk: Bench, service: Sessions) -> None:
    row = desk.connect("session", VALUES)
    service.open, service.password = "", "another"
    with pytest.raises(InvalidTokenError, match="wrong password"):
        desk.run(desk.engine.request(row.id, "GET", "/things"))
    assert desk.run(desk.engine.account(row.id)).row.state == "needs_sign_in"
    service.password = "practice-2026"
    again = desk.connect("session", VALUES, reconnect=row.id)
    assert (again.id, again.state) == (row.id, "connected")


def test_disconnecting_ends_the_session_at_the_service(desk: Bench, service: Sessions) -> None:
    row = desk.connect("session", VALUES)
    assert desk.run(desk.engine.disconnect(row.id)).revoked
    assert [seen.header("cookie") for seen in service.asked("/session")] == [service.open]
