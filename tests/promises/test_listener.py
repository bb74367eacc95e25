"""SECURITY, part C: what the loopback listener withstands. Spoken to from bare sockets."""

from __future__ import annotations

import asyncio
import errno
import socket
import subprocess
import sys

import pytest

from connectors.definition import Redirect
from desktop.engine.callback.http import Limits
from tests.engine.callback_client import (
    SOON,
    STATE,
    Answer,
    Pending,
    listening_on,
    pending,
    refused,
    with_pending,
)

# 24


@pytest.mark.parametrize(
    ("host", "addresses"),
    [
        ("127.0.0.1", {"0100007F"}),
        ("[::1]", {"00000000000000000000000001000000"}),
        ("localhost", {"0100007F", "00000000000000000000000001000000"}),
    ],
)
def test_24_it_binds_loopback_literals_alone(host: str, addresses: set[str]) -> None:
    async def run() -> None:
        async with pending(Redirect(host=host)) as attempt:  # type: ignore[arg-type]
            assert listening_on(attempt.listener.port) == addresses
            assert attempt.listener.redirect_uri.startswith(f"http://{host}:")

    asyncio.run(run())


# 25


@pytest.mark.parametrize("query", [f"code=c&state={STATE}", f"error=access_denied&state={STATE}"])
def test_25_the_port_is_closed_within_a_second_of_the_answer(query: str) -> None:
    async def run() -> None:
        assert Limits().linger < 1
        async with pending(limits=Limits()) as attempt:
            assert (await attempt.get(f"/callback?{query}")).status == 303
            async with asyncio.timeout(SOON):
                while listening_on(attempt.listener.port):  # noqa: ASYNC110 - the kernel has no event for it
                    await asyncio.sleep(0.01)
            assert await refused(attempt.listener.port)

    asyncio.run(run())


def test_25_the_port_is_closed_after_kill_9() -> None:
    program = (
        "import asyncio\n"
        "from connectors.definition import Redirect\n"
        "from desktop.engine.callback.listener import open_listener\n"
        "async def run():\n"
        "    listener = await open_listener(Redirect())\n"
        f"    waiting = listener.expect({STATE!r})\n"
        "    print(listener.port, flush=True)\n"
        "    await waiting\n"
        "asyncio.run(run())\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        assert not asyncio.run(refused(port))
        process.kill()
    assert asyncio.run(refused(port))


# 26, 28


def test_26_fifty_attempts_use_many_ports() -> None:
    async def run() -> set[int]:
        ports = set()
        for _ in range(50):
            async with pending() as attempt:
                ports.add(attempt.listener.port)
        return ports

    assert len(asyncio.run(run())) > 10


@pytest.mark.parametrize(
    "options", [(), ("SO_REUSEADDR",), ("SO_REUSEPORT",), ("SO_REUSEADDR", "SO_REUSEPORT")]
)
@pytest.mark.parametrize("fixed", [False, True])
@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "0.0.0.0", "::"])
def test_28_a_second_listener_on_our_port_fails(options: tuple[str, ...], fixed: bool, address: str) -> None:
    async def work(attempt: Pending) -> None:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with socket.socket(family) as thief:
            for option in options:
                thief.setsockopt(socket.SOL_SOCKET, getattr(socket, option), 1)
            with pytest.raises(OSError, match="in use") as caught:
                thief.bind((address, attempt.listener.port))
                thief.listen()
            assert caught.value.errno == errno.EADDRINUSE

    ports: tuple[int, ...] = ()
    if fixed:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            ports = (probe.getsockname()[1],)
    with_pending(work, Redirect(host="localhost", ports=ports))


# 29, 30


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/callback/",
        "/CALLBACK",
        "/callback/../callback",
        "//callback",
        "/callback%2f",
        "/%63allback",
        "/callback;x",
        "/favicon.ico",
        "/robots.txt",
        "/.well-known/x",
        "/done",
        "http://127.0.0.1/callback",
        "*",
    ],
)
def test_29_another_path_is_not_found_and_the_attempt_goes_on(path: str) -> None:
    async def work(attempt: Pending) -> None:
        assert (await attempt.get(f"{path}?code=bad&state={STATE}")).status == 404
        assert attempt.is_pending
        assert (await attempt.finish())["code"] == "good"

    with_pending(work)


@pytest.mark.parametrize(
    "method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "HEAD", "PATCH", "PROPFIND", "GETT"]
)
def test_30_another_method_is_not_allowed_and_the_attempt_goes_on(method: str) -> None:
    async def work(attempt: Pending) -> None:
        target = attempt.host if method == "CONNECT" else f"/callback?code=bad&state={STATE}"
        answer = await attempt.get(target, "Content-Length: 3", method=method)
        assert answer.status == 405
        assert answer.headers["allow"] == "GET"
        if method == "HEAD":
            assert answer.body == ""
        assert attempt.is_pending
        await attempt.finish()

    with_pending(work)


@pytest.mark.parametrize(
    "host",
    ["evil.example", "localhost:{port}", "127.0.0.1", "127.0.0.1:1", "[::1]:{port}", "127.0.0.1.:{port}", ""],
)
def test_30_another_host_is_not_answered(host: str) -> None:
    async def work(attempt: Pending) -> None:
        named = host.format(port=attempt.listener.port)
        answer = await attempt.get(f"/callback?code=bad&state={STATE}", host=named)
        assert answer.status in (400, 421)
        assert attempt.is_pending
        await attempt.finish()

    with_pending(work)


@pytest.mark.parametrize("version", ["HTTP/1.0", "HTTP/1.1"])
def test_30_a_request_without_a_host_is_not_answered(version: str) -> None:
    async def work(attempt: Pending) -> None:
        reply = Answer.parse(
            await attempt.send(f"GET /callback?code=x&state={STATE} {version}\r\n\r\n".encode())
        )
        assert reply.status in (400, 421)
        assert attempt.is_pending

    with_pending(work)


# 32, 40


@pytest.mark.parametrize("kind", ["code=bad", "error=access_denied"])
@pytest.mark.parametrize(
    "state",
    [
        "",
        "&state=",
        "&state=wrong",
        f"&state={STATE[:-1]}",
        f"&state={STATE}x",
        f"&state={STATE.upper()}",
        f"&state={STATE}&state={STATE}",
        f"&state=wrong&state={STATE}",
        f"&state={STATE}&state=wrong",
        f"&state={STATE}%00",
        f"&state={STATE}%20",
        "&state=%ff%fe",
        "&state=%ED%A0%80",
        f"&State={STATE}",
        f"&state[]={STATE}",
        f"&code=a&code=b&state={STATE}",
        f"&error=a&error=b&state={STATE}",
        f"&iss=a&iss=b&state={STATE}",
        "&a=1" * 100 + f"&state={STATE}",
    ],
)
def test_32_40_without_the_right_state_the_attempt_goes_on(kind: str, state: str) -> None:
    async def work(attempt: Pending) -> None:
        answer = await attempt.get(f"/callback?{kind}{state}")
        assert answer.status == 400
        assert "could not be verified" in answer.body
        assert attempt.is_pending
        assert (await attempt.finish())["code"] == "good"

    with_pending(work)


def test_32_the_right_state_of_a_finished_attempt_is_wrong() -> None:
    async def run() -> None:
        other = "the-right-state-of-an-earlier-attempt"
        async with pending(state=other) as earlier:
            assert (await earlier.get(f"/callback?code=c&state={other}")).status == 303
        async with pending() as attempt:
            assert (await attempt.get(f"/callback?code=c&state={other}")).status == 400
            assert attempt.is_pending

    asyncio.run(run())


# 33, 35


def test_33_a_second_callback_is_harmless_and_delivers_nothing() -> None:
    async def run() -> None:
        async with pending() as attempt:
            first = await asyncio.gather(
                *(attempt.get(f"/callback?code=c{n}&state={STATE}") for n in range(10))
            )
            assert sorted(answer.status for answer in first) == [303] + [410] * 9
            winner = next(n for n, answer in enumerate(first) if answer.status == 303)
            assert (await attempt.answer)["code"] == f"c{winner}"
            again = await attempt.get(f"/callback?code=other&state={STATE}")
            assert again.status == 410
            assert "already used" in again.body

    asyncio.run(run())


def test_35_after_cancel_a_callback_is_refused() -> None:
    async def run() -> None:
        async with pending() as attempt:
            _, early = await asyncio.open_connection("127.0.0.1", attempt.listener.port)
            await attempt.listener.close()
            assert await refused(attempt.listener.port)
            early.transport.abort()
            assert not attempt.listener.answered

    asyncio.run(run())


def test_35_a_callback_to_an_attempt_that_was_given_up_is_gone() -> None:
    async def work(attempt: Pending) -> None:
        attempt.answer.cancel()
        assert (await attempt.get(f"/callback?code=c&state={STATE}")).status == 410
        assert not attempt.listener.answered

    with_pending(work)


# 38, 39


@pytest.mark.parametrize(
    "query", ["code=c&error=access_denied", "error=access_denied&code=c", "error=&code=c&x=y"]
)
def test_38_code_and_error_together_are_an_error(query: str) -> None:
    async def work(attempt: Pending) -> None:
        assert (await attempt.get(f"/callback?{query}&state={STATE}")).status == 303
        answer = await attempt.answer
        assert "error" in answer
        assert "code" not in answer

    with_pending(work)


def test_39_declining_arrives_as_declining() -> None:
    async def work(attempt: Pending) -> None:
        await attempt.get(f"/callback?error=access_denied&error_description=No&state={STATE}")
        assert await attempt.answer == {"error": "access_denied", "error_description": "No", "state": STATE}

    with_pending(work)
