"""Sessions in a Redis of its own: several consoles, one sign-in, and nothing in it that tells."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from connectors.errors import ConnectorError
from desktop.practice import Provider
from tests.engine.support import DEADLINE, PASSPHRASE, Bench, bench, define, make_home
from tests.engine.test_held_sessions import SESSION, VALUES, Service

redis_py = pytest.importorskip("redis", reason="the extra “redis” is not installed")
SECRET = "the same on every console"
pytestmark = pytest.mark.skipif(shutil.which("redis-server") is None, reason="redis-server is not installed")

# What another process does: it opens the same home and sends one request.
REQUEST = """
import sys
from pathlib import Path
from desktop.engine.engine import Engine
with Engine(Path(sys.argv[1]), scheduled=False) as engine:
    engine.run(engine.unlock(sys.argv[2]))
    print(engine.run(engine.request(sys.argv[3], "GET", "/things", {}, None)).status)
"""


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server on a socket of its own, so that no port can be taken."""
    socket = tmp_path_factory.mktemp("redis") / "s"
    command = ["redis-server", "--port", "0", "--unixsocket", str(socket), "--save", "", "--appendonly", "no"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        patience = redis_py.retry.Retry(
            redis_py.backoff.ConstantBackoff(0.05), 600, (redis_py.exceptions.ConnectionError,)
        )
        with redis_py.Redis(unix_socket_path=str(socket), retry=patience) as client:
            client.ping()
        yield f"unix://{socket}"
        process.terminate()


@pytest.fixture
def service() -> Iterator[Service]:
    with Service() as running:
        yield running


@pytest.fixture
def store(redis: str) -> Iterator[Any]:
    with redis_py.Redis.from_url(redis) as client:
        client.flushall()
        yield client


@pytest.fixture
def consoles(tmp_path: Path, provider: Provider, service: Service, redis: str) -> Iterator[list[Bench]]:
    """Two consoles with vaults of their own."""
    with ExitStack() as stack:
        found = []
        for name in ("one", "two"):
            home = make_home(tmp_path / name)
            define(home, SESSION, url=service.url, kept="redis")
            desk = stack.enter_context(bench(home, provider))
            desk.run(desk.engine.configure("held", {"redis_url": redis, "redis_secret": SECRET}))
            found.append(desk)
        yield found


def test_one_console_signs_in_for_all(consoles: list[Bench], service: Service, store: Any) -> None:
    one, two = consoles
    rows = [desk.connect("held", VALUES) for desk in consoles]
    for desk in consoles:
        noted = [entry.action for entry in desk.run(desk.engine.activity())]
        assert noted.count("session_shared") == 1, "that it went to Redis is written down"
    store.flushall()
    for desk in consoles:
        desk.run(desk.engine.lock())
        desk.run(desk.engine.unlock(PASSPHRASE))
    service.requests.clear()

    async def several(desk: Bench, account: str) -> list[int]:
        answers = await asyncio.gather(*(desk.engine.request(account, "GET", "/things") for _ in range(4)))
        return [answer.status for answer in answers]

    under_way = [desk.engine.submit(several(desk, row.id)) for desk, row in zip(consoles, rows, strict=True)]
    assert [future.result(DEADLINE) for future in under_way] == [[200] * 4, [200] * 4]
    assert service.paths.count("/login") == 1
    assert len({seen.header("authorization") for seen in service.asked("/things")}) == 1
    # What one renews after a refusal, the other takes over after its own.
    service.ended = {seen.header("authorization") for seen in service.asked("/things")}
    assert one.run(one.engine.request(rows[0].id, "GET", "/things")).renewed
    assert two.run(two.engine.request(rows[1].id, "GET", "/things")).renewed
    assert service.paths.count("/login") + service.paths.count("/refresh") == 2


def test_two_processes_ask_for_one_token(consoles: list[Bench], service: Service, store: Any) -> None:
    desk = consoles[0]
    row = desk.connect("held", VALUES)
    desk.run(desk.engine.lock())
    store.flushall()
    service.requests.clear()
    command = [sys.executable, "-c", REQUEST, str(desk.engine.home), PASSPHRASE, row.id]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert [process.communicate(timeout=DEADLINE * 4)[0].strip() for process in processes] == ["200", "200"]
    assert sorted(service.paths) == ["/login", "/things", "/things"]


def test_what_lies_in_redis_tells_nothing_and_ends(consoles: list[Bench], store: Any) -> None:
    consoles[0].connect("held", VALUES)
    (name,) = store.keys()
    sealed = store.get(name)
    told = bytes(name) + bytes(sealed)
    for secret in (b"token-number-1", b"again-1", b"amelia", b"practice-2026", b"held", SECRET.encode()):
        assert secret not in told
    assert 0 < int(store.ttl(name)) <= 600


@pytest.mark.parametrize("spoil", ["another secret", "broken", "moved"])
def test_what_cannot_be_opened_is_not_taken(
    consoles: list[Bench], service: Service, store: Any, spoil: str
) -> None:
    desk = consoles[0]
    row = desk.connect("held", VALUES)
    (name,) = store.keys()
    if spoil == "another secret":
        desk.run(desk.engine.configure("held", {"redis_secret": "another one"}))
    elif spoil == "broken":
        store.set(name, b"\0" * 80)
    else:
        desk.run(desk.engine.edit(row.id, {"username": "benno"}))
        store.set(name, b"short")
    desk.run(desk.engine.lock())
    desk.run(desk.engine.unlock(PASSPHRASE))
    assert desk.run(desk.engine.request(row.id, "GET", "/things")).status == 200
    assert service.paths.count("/login") == 2


def test_without_redis_each_console_goes_on_by_itself(
    consoles: list[Bench], service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    desk = consoles[0]
    desk.run(desk.engine.configure("held", {"redis_url": "redis://127.0.0.1:1/0"}))
    row = desk.connect("held", VALUES)
    for _ in range(2):
        assert desk.run(desk.engine.request(row.id, "GET", "/things")).status == 200
    assert service.paths.count("/login") == 1
    assert "Redis did not keep a shared session" in caplog.text


def test_it_is_not_connected_without_the_shared_secret(
    tmp_path: Path, provider: Provider, service: Service
) -> None:
    home = make_home(tmp_path / "home")
    define(home, SESSION, url=service.url, kept="redis")
    with bench(home, provider) as desk, pytest.raises(ConnectorError, match="Shared secret"):
        desk.connect("held", VALUES)
    assert service.paths == []
