"""What goes out with `request`, what comes back, and what Activity says of it."""

from __future__ import annotations

import gzip
import socket
import threading
import tracemalloc
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from connectors.errors import InvalidInputError, UnsafeUrlError
from desktop.engine.network.http import REQUEST_BODY_LIMIT
from desktop.engine.results import Answer
from desktop.practice import Provider
from tests.engine.support import DEADLINE, Bench, bench, define
from tests.standin import Reply, Seen, StandIn

OWN_KEY = "own-key-of-amelia-19"
DEFINITION = """
key = "things"
name = "Things"
type = "apiKey"
base_url = "{url}/v1/"
request_headers = {{ Accept = "application/vnd.things+json", X-Version = "7" }}

[auth.api_key]
type = "password"

[apply]
headers = {{ "X-Api-Key" = "{{{{api_key}}}}" }}
query = {{ key = "{{{{api_key}}}}" }}
"""

CHALLENGED = """
key = "challenged"
name = "Challenged"
type = "apiKey"
base_url = "{url}"

[auth.user]

[auth.password]
type = "password"

[apply]
auth = {{ user = "{{{{user}}}}", password = "{{{{password}}}}", digest = true }}
"""


class Desk(NamedTuple):
    bench: Bench
    standin: StandIn
    account_id: str

    def send(self, method: str = "GET", url: str = "/things", *more: Any) -> Answer:
        """One request with the account."""
        answer: Answer = self.bench.run(self.bench.engine.request(self.account_id, method, url, *more))
        return answer

    def arrived(self) -> Seen:
        """The last request at the service."""
        return self.standin.requests[-1]

    def noted(self) -> dict[str, Any]:
        """What Activity holds of the last request."""
        entry = self.bench.run(self.bench.engine.activity(self.account_id))[0]
        assert entry.action == "used"
        step: dict[str, Any] = entry.detail["steps"][-1]
        return step


@pytest.fixture
def desk(home: Path, provider: Provider) -> Iterator[Desk]:
    with StandIn({"*": {"things": []}}) as standin:
        define(home, DEFINITION, url=standin.url)
        with bench(home, provider) as running:
            yield Desk(running, standin, running.connect("things", {"api_key": OWN_KEY}).id)


def lines(seen: Seen, *names: str) -> list[tuple[str, str]]:
    return [(name, value) for name, value in seen.headers if name.lower() in names]


def test_a_header_may_come_twice(desk: Desk) -> None:
    desk.send("GET", "/things", [("X-Tag", "one"), ("X-Other", "o"), ("x-tag", "two")])
    assert lines(desk.arrived(), "x-tag") == [("X-Tag", "one"), ("x-tag", "two")]
    desk.send("GET", "/things", {"X-Tag": "three"})
    assert lines(desk.arrived(), "x-tag") == [("X-Tag", "three")]


def test_given_headers_win_over_the_connectors_and_lose_to_the_credentials(desk: Desk) -> None:
    desk.send("GET", "/things?key=mine&page=2", [("accept", "text/plain"), ("x-api-key", "mine")])
    seen = desk.arrived()
    assert lines(seen, "accept") == [("accept", "text/plain")]
    assert seen.header("X-Version") == "7"
    assert seen.header("X-Api-Key") == OWN_KEY
    assert (seen.path, seen.query) == ("/v1/things", {"key": OWN_KEY, "page": "2"})


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (("GE T", "/x", ()), "method"),
        (("", "/x", ()), "method"),
        (("GET", " ", ()), "url"),
        (("GET", "/x\r\ny", ()), "url"),
        (("GET", "/x", (("X-A", "1\r\nX-B: 2"),)), "headers"),
        (("GET", "/x", (("X A", "1"),)), "headers"),
        (("GET", "/x", (("", "1"),)), "headers"),
        (("POST", "/x", (("content-length", "3"),), "body"), "headers"),
    ],
)
def test_what_cannot_be_sent_is_named(desk: Desk, wrong: tuple[Any, ...], field: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        desk.send(*wrong)
    assert list(caught.value.fields) == [field] and "\n" not in caught.value.sentence
    assert desk.standin.requests == []


@pytest.mark.parametrize(
    "url", ["ftp://files.example/x", "http://service.example/x", "https://u:p@a.example"]
)
def test_what_is_said_of_an_address_fits_that_a_person_typed_it(desk: Desk, url: str) -> None:
    with pytest.raises(UnsafeUrlError) as caught:
        desk.send("GET", url)
    assert "definition" not in caught.value.hint and "https://" in caught.value.hint


def test_a_body_up_to_the_cap_is_whole(desk: Desk) -> None:
    desk.standin.answer("GET /v1/things", b"x" * REQUEST_BODY_LIMIT)
    answer = desk.send()
    assert (len(answer.body), answer.size, answer.truncated) == (
        REQUEST_BODY_LIMIT,
        REQUEST_BODY_LIMIT,
        False,
    )


def test_beyond_the_cap_the_beginning_is_handed_back_and_the_rest_told(desk: Desk) -> None:
    whole = b"begin" + b"x" * REQUEST_BODY_LIMIT
    desk.standin.answer("GET /v1/things", whole)
    answer = desk.send()
    assert (answer.status, answer.truncated, answer.size) == (200, True, len(whole))
    assert answer.body == whole[:REQUEST_BODY_LIMIT]
    assert "content-length" not in {name.lower() for name, _ in answer.headers}


@pytest.mark.parametrize(("encoding", "window"), [("gzip", 31), ("deflate", 15)])
def test_a_bomb_is_unpacked_up_to_the_cap(desk: Desk, encoding: str, window: int) -> None:
    pack = zlib.compressobj(9, wbits=window)
    first, other = (pack.compress(bytes(1024 * 1024)) + pack.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    bomb = first + other * 999  # a gigabyte
    desk.standin.answer("GET /v1/things", bomb, headers={"Content-Encoding": encoding})
    tracemalloc.start()
    try:
        answer = desk.send()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (len(answer.body), answer.truncated, answer.size) == (REQUEST_BODY_LIMIT, True, None)
    assert peak < 5 * REQUEST_BODY_LIMIT


def test_packed_answers_are_unpacked(desk: Desk) -> None:
    packed = gzip.compress(b'{"a": 1}')
    desk.standin.answer("GET /v1/things", packed, headers={"Content-Encoding": "gzip"})
    answer = desk.send()
    assert (answer.text, answer.size, answer.truncated) == ('{"a": 1}', 8, False)


class HangingServer:
    """Takes one request, answers with a beginning, and waits for the other side to hang up."""

    def __init__(self, beginning: bytes) -> None:
        self.arrived, self.hung_up = threading.Event(), threading.Event()
        self._beginning = beginning
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}/slow"
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> HangingServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join(DEADLINE)
        self._listening.close()

    def _serve(self) -> None:
        connection, _ = self._listening.accept()
        with connection:
            connection.settimeout(DEADLINE)
            connection.recv(65536)
            connection.sendall(self._beginning)
            self.arrived.set()
            try:
                left = connection.recv(1)
            except ConnectionResetError:  # it hung up with bytes that it had not read yet
                left = b""
            if left == b"":
                self.hung_up.set()


@pytest.mark.parametrize(
    "beginning", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegin"], ids=["silent", "midway"]
)
def test_cancelling_closes_the_connection(desk: Desk, beginning: bytes) -> None:
    with HangingServer(beginning) as server:
        future = desk.bench.engine.submit(desk.bench.engine.request(desk.account_id, "GET", server.url))
        assert server.arrived.wait(DEADLINE)
        assert future.cancel()
        assert server.hung_up.wait(DEADLINE)
    assert desk.send().status == 200  # the next one is not touched by it


def test_activity_holds_the_exchange_with_its_secrets_masked(desk: Desk) -> None:
    reply = Reply({"secret": "in-the-body"}, 201, {"Set-Cookie": "sid=cookie-value", "X-Made": "made-value"})
    desk.standin.answer("POST /v1/things", reply)
    desk.send("POST", "/things?page=2", [("X-Own", "own-value"), ("Accept", "text/plain")], "a body")
    step = desk.noted()
    assert (step["method"], step["status"]) == ("POST", 201) and step["ms"] >= 0
    assert step["url"] == f"127.0.0.1:{desk.standin.port}/v1/things"
    assert sorted(step["sent"]["query"]) == ["key=••••", "page=••••"]
    sent, answered = step["sent"]["headers"], step["answered"]["headers"]
    assert {"x-own: ••••", "x-api-key: ••••", "accept: text/plain"} <= set(sent)
    assert {"set-cookie: ••••", "x-made: ••••", "content-type: application/json"} <= set(answered)
    told = str(step)
    for secret in (OWN_KEY, "own-value", "cookie-value", "made-value", "a body", "in-the-body", "body'"):
        assert secret not in told


def test_a_renewal_in_between_leaves_no_headers_behind(at_work: Bench) -> None:
    row = at_work.connect()
    at_work.provider.end_all_tokens()
    answer = at_work.run(at_work.engine.request(row.id, "GET", "/oauth/userinfo"))
    assert answer.renewed
    entry = next(e for e in at_work.run(at_work.engine.activity(row.id)) if e.action == "used")
    steps = {step["url"].partition("/")[2]: step for step in entry.detail["steps"]}
    assert "sent" in steps["oauth/userinfo"] and "sent" not in steps.get("oauth/token", {})


def test_a_challenge_is_answered_within_one_request(home: Path, provider: Provider) -> None:
    def things(seen: Seen) -> Reply:
        if seen.header("Authorization").startswith("Digest "):
            return Reply({"things": []})
        challenge = 'Digest realm="acme", nonce="n-1", qop="auth", algorithm=SHA-256'
        return Reply({"message": "who?"}, 401, {"WWW-Authenticate": challenge})

    with StandIn({"*": things}) as standin:
        define(home, CHALLENGED, url=standin.url)
        with bench(home, provider) as running:
            account = running.connect("challenged", {"user": "amelia", "password": "pw"})
            answer = running.run(running.engine.request(account.id, "GET", "/things", [], None))
            assert (answer.status, answer.renewed) == (200, False)
        assert len(standin.requests) == 2
