"""Sessions that stay out of the vault: shared while they last, gone at the end, or one for each request."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.errors import InvalidTokenError
from desktop.practice import Provider
from desktop.vault.vault import Vault
from tests.engine.support import PASSPHRASE, Bench, bench, define
from tests.standin import Reply, Seen, StandIn

SESSION = """
key = "held"
name = "Held"
type = "session"
base_url = "{url}"
keep_session = "{kept}"
invalid_token_status = [418]
request_headers = {{ Accept = "application/json", X-Team = "{{{{username}}}}" }}

[request_session]
url = "{url}/login"
json = {{ user = "{{{{username}}}}", password = "{{{{password}}}}" }}
keep = {{ access_token = "token", node = "node", refresh_token = "again" }}

[refresh_session]
url = "{url}/refresh"
json = {{ again = "{{{{refresh_token}}}}" }}
keep = {{ access_token = "token" }}

[token_answer]
default_expires_in = 600
"""
VALUES = {"username": "amelia", "password": "practice-2026"}


class Service(StandIn):
    """Gives numbered tokens, and takes only those that were not ended."""

    def __init__(self) -> None:
        self.number = 0
        self.ended: set[str] = set()
        self.password = "practice-2026"
        self.refreshes = True
        self.lock = threading.Lock()
        super().__init__(
            {"POST /login": self._login, "POST /refresh": self._refresh, "GET /things": self._things}
        )

    def _login(self, seen: Seen) -> Reply:
        if seen.json["password"] != self.password:
            return Reply({"message": "wrong password"}, 401)
        return self._next(again=f"again-{self.number + 1}")

    def _refresh(self, _: Seen) -> Reply:
        return self._next() if self.refreshes else Reply({"message": "too old"}, 400)

    def _next(self, **more: str) -> Reply:
        with self.lock:
            self.number += 1
            return Reply({"token": f"token-number-{self.number}", "node": "n7", **more})

    def _things(self, seen: Seen) -> Reply:
        return Reply({}, 418 if seen.header("authorization") in self.ended else 200)

    @property
    def paths(self) -> list[str]:
        """Where it was asked, in order."""
        return [seen.path for seen in self.requests]


@pytest.fixture
def service() -> Iterator[Service]:
    with Service() as running:
        yield running


@pytest.fixture
def desk(home: Path, provider: Provider, service: Service, request: pytest.FixtureRequest) -> Iterator[Bench]:
    define(home, SESSION, url=service.url, kept=request.param)
    with bench(home, provider) as running:
        yield running


in_memory = pytest.mark.parametrize("desk", ["memory"], indirect=True)
for_one_request = pytest.mark.parametrize("desk", ["none"], indirect=True)


@in_memory
def test_it_is_shared_while_it_lasts_and_never_written(desk: Bench, service: Service, home: Path) -> None:
    row = desk.connect("held", VALUES)
    assert (row.has_token, row.renewable, row.expires_at) == (False, True, None)
    for _ in range(2):
        answer = desk.run(desk.engine.request(row.id, "GET", "/things"))
        assert (answer.status, answer.renewed) == (200, False)
    assert service.paths == ["/login", "/things", "/things"]
    assert desk.run(desk.engine.token(row.id)) == "token-number-1"
    with Vault.open(home, PASSPHRASE) as vault:
        record = vault.record(row.id)
        assert b"token-number-1" not in record and b"again-1" not in record and b"n7" not in record
        assert b"practice-2026" in record


@in_memory
def test_it_is_gone_when_the_vault_was_locked(desk: Bench, service: Service) -> None:
    row = desk.connect("held", VALUES)
    desk.run(desk.engine.lock())
    desk.run(desk.engine.unlock(PASSPHRASE))
    assert desk.run(desk.engine.account(row.id)).credential.access_token == ""
    desk.run(desk.engine.request(row.id, "GET", "/things"))
    assert service.paths == ["/login", "/login", "/things"]


@in_memory
def test_requests_at_once_sign_in_once(desk: Bench, service: Service) -> None:
    row = desk.connect("held", VALUES)
    desk.run(desk.engine.lock())
    desk.run(desk.engine.unlock(PASSPHRASE))

    async def several() -> list[int]:
        answers = await asyncio.gather(*(desk.engine.request(row.id, "GET", "/things") for _ in range(5)))
        return [answer.status for answer in answers]

    assert desk.run(several()) == [200] * 5
    assert service.paths.count("/login") == 2


@in_memory
def test_the_connectors_own_status_renews_and_sends_again_once(desk: Bench, service: Service) -> None:
    row = desk.connect("held", VALUES)
    service.ended = {"Bearer token-number-1"}
    answer = desk.run(desk.engine.request(row.id, "GET", "/things"))
    assert (answer.status, answer.renewed) == (200, True)
    assert service.paths == ["/login", "/things", "/refresh", "/things"]
    service.ended = {f"Bearer token-number-{number}" for number in range(9)}
    service.refreshes = False
    answer = desk.run(desk.engine.request(row.id, "GET", "/things"))
    assert (answer.status, answer.renewed) == (418, True)
    # The refresh is refused, so what was filled in is used again; then the answer is handed back as it is.
    assert service.paths[4:] == ["/things", "/refresh", "/login", "/things"]


@in_memory
def test_a_changed_password_is_asked_for_and_not_tried_again(desk: Bench, service: Service) -> None:
    row = desk.connect("held", VALUES)
    service.ended, service.refreshes, service.password = {"Bearer token-number-1"}, False, "another"
    for _ in range(2):
        with pytest.raises(InvalidTokenError, match="wrong password"):
            desk.run(desk.engine.request(row.id, "GET", "/things"))
    assert service.paths.count("/login") == 2
    assert desk.run(desk.engine.account(row.id)).row.state == "needs_sign_in"
    service.password = "practice-2026"
    desk.connect("held", VALUES, reconnect=row.id)
    assert desk.run(desk.engine.request(row.id, "GET", "/things")).status == 200


@in_memory
def test_other_values_end_it(desk: Bench, service: Service) -> None:
    row = desk.connect("held", VALUES)
    service.password = "another-2026"
    desk.run(desk.engine.edit(row.id, {"password": "another-2026"}))
    desk.run(desk.engine.request(row.id, "GET", "/things"))
    assert service.paths == ["/login", "/login", "/things"]
    assert service.requests[-1].header("authorization") == "Bearer token-number-2"
    # Asked for by a person it is renewed all the same, and still not written.
    desk.run(desk.engine.refresh(row.id))
    desk.run(desk.engine.request(row.id, "GET", "/things"))
    assert service.requests[-1].header("authorization") == "Bearer token-number-3"
    assert desk.run(desk.engine.account(row.id)).row.has_token is False


@for_one_request
def test_each_request_has_a_token_of_its_own(desk: Bench, service: Service) -> None:
    row = desk.connect("held", VALUES)
    for _ in range(3):
        desk.run(desk.engine.request(row.id, "GET", "/things"))
    used = [seen.header("authorization") for seen in service.asked("/things")]
    assert used == ["Bearer token-number-1", "Bearer token-number-2", "Bearer token-number-3"]
    assert service.paths.count("/login") == 3


@in_memory
def test_headers_of_every_request_give_way_to_its_own(desk: Bench, service: Service) -> None:
    row = desk.connect("held", VALUES)
    desk.run(desk.engine.request(row.id, "GET", "/things", {"accept": "text/plain"}))
    seen = service.requests[-1]
    assert (seen.header("accept"), seen.header("x-team")) == ("text/plain", "amelia")
