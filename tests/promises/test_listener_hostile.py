"""SECURITY, part C: other sites, oversized and malformed requests, and who only connects."""

from __future__ import annotations

import asyncio
import logging
import os
from pathlib import Path

import pytest

from connectors.definition import Redirect
from desktop.engine.callback.http import Limits
from desktop.engine.callback.listener import open_listener
from tests.engine.callback_client import QUICK, SOON, STATE, Answer, Pending, pending, with_pending


def open_files() -> int:
    """How many descriptors this process holds."""
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208


# 44


def test_44_other_sites_cannot_end_the_attempt_or_fill_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    async def work(attempt: Pending) -> None:
        for n in range(500):
            answer = await attempt.get(
                f"/callback?code=x&state=guess{n}", "Origin: https://evil.example", "Sec-Fetch-Mode: no-cors"
            )
            assert answer.status == 400
            assert "access-control-allow-origin" not in answer.headers
        # Even with the right state, an <img> is not a person who comes back.
        assert (await attempt.get(f"/callback?code=x&state={STATE}", "Sec-Fetch-Mode: no-cors")).status == 400
        assert attempt.is_pending
        await attempt.finish()

    with_pending(work)
    assert (
        len([record for record in caplog.records if record.name.startswith("desktop")]) <= QUICK.log_lines + 1
    )


def test_44_a_browser_that_navigates_is_let_in() -> None:
    async def work(attempt: Pending) -> None:
        answer = await attempt.get(
            f"/callback?code=x&state={STATE}", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"
        )
        assert answer.status == 303

    with_pending(work)


# 47

HEAD = b"GET /callback?code=bad&state=" + STATE.encode() + b" HTTP/1.1\r\n"
RIGHT = HEAD + b"Host: %(host)s\r\n"
POST = b"POST" + RIGHT[3:]
# What comes first, and what follows how many times.
OVERSIZED = {
    "request line of 1 MB": (b"GET /callback?", b"a" * 1000, 1000),
    "10,000 headers": (RIGHT, b"X-Header: 1\r\n", 10_000),
    "header of 1 MB": (RIGHT + b"X: ", b"a" * 1000, 1000),
    "folded header": (RIGHT + b"X: 1\r\n", b" more\r\n", 10_000),
    "chunked body of 100 MB": (
        POST + b"Transfer-Encoding: chunked\r\n\r\n",
        b"10000\r\n" + b"a" * 65536 + b"\r\n",
        1600,
    ),
    "body of 100 MB": (POST + b"Content-Length: 104857600\r\n\r\n", b"a" * 65536, 1600),
    "body of a GET": (RIGHT + b"Content-Length: 104857600\r\n\r\n", b"a" * 65536, 1600),
}
MALFORMED = {
    "bare LF": RIGHT.replace(b"\r\n", b"\n") + b"\n",
    "one bare LF": HEAD + b"Host: %(host)s\nX: 1\r\n\r\n",
    "bare CR": HEAD + b"Host: %(host)s\rX: 1\r\n\r\n",
    "NUL in the path": b"GET /call\x00back HTTP/1.1\r\nHost: %(host)s\r\n\r\n",
    "NUL in a header": RIGHT + b"X: a\x00b\r\n\r\n",
    "TLS ClientHello": bytes.fromhex("16030102000100 01fc0303") + bytes(508),
    "HTTP/2 preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(9),
    "HTTP/0.9": b"GET /callback?code=bad&state=" + STATE.encode() + b"\r\n\r\n",
    "HTTP/3.0": HEAD.replace(b"1.1", b"3.0") + b"Host: %(host)s\r\n\r\n",
    "small letters": b"get" + RIGHT[3:] + b"\r\n",
    "two spaces": HEAD.replace(b" HTTP", b"  HTTP") + b"Host: %(host)s\r\n\r\n",
    "space before the colon": HEAD + b"Host : %(host)s\r\n\r\n",
    "two hosts": RIGHT + b"Host: %(host)s\r\n\r\n",
    "two lengths": RIGHT + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
    "empty lines first": b"\r\n\r\n" + RIGHT + b"\r\n",
    "rubbish": os.urandom(2000),
}


def resident() -> int:
    """Bytes of memory that this process occupies."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.parametrize("kind", OVERSIZED)
def test_47_oversized_requests_are_cut_off_without_being_kept(kind: str) -> None:
    async def work(attempt: Pending) -> None:
        first, piece, times = OVERSIZED[kind]
        first = first.replace(b"bad", b"").replace(b"%(host)s", attempt.host.encode())
        reader, writer = await asyncio.open_connection("127.0.0.1", attempt.listener.port)
        before = peak = resident()
        try:
            writer.write(first)
            for _ in range(times):
                writer.write(piece)
                await writer.drain()
                peak = max(peak, resident())
            writer.write(b"\r\n\r\n")
            reply = await reader.read()
        except ConnectionError:
            reply = b""  # cut off in the middle
        finally:
            writer.transport.abort()
        # Cut off while it is sent, the page may be lost; what was announced as a body is not looked at.
        assert Answer.parse(reply).status in ((0, 400, 405) if "body" in kind else (0, 431))
        assert peak - before < 20 * 1024 * 1024
        assert attempt.is_pending
        await attempt.finish()

    with_pending(work)


@pytest.mark.parametrize("kind", MALFORMED)
def test_47_malformed_requests_are_refused(kind: str) -> None:
    async def work(attempt: Pending) -> None:
        reply = await attempt.send(MALFORMED[kind].replace(b"%(host)s", attempt.host.encode()))
        assert Answer.parse(reply).status in (0, 400, 404, 421, 431)
        assert attempt.is_pending
        await attempt.finish()

    with_pending(work)


@pytest.mark.parametrize("body", ["Content-Length: 3", "Transfer-Encoding: chunked"])
def test_47_a_callback_with_a_body_is_not_a_browsers(body: str) -> None:
    async def work(attempt: Pending) -> None:
        assert (await attempt.get(f"/callback?code=c&state={STATE}", body)).status == 400
        assert attempt.is_pending
        await attempt.finish()

    with_pending(work)


def test_47_a_head_in_single_bytes_is_understood_and_the_line_breaks_still_checked() -> None:
    async def work(attempt: Pending) -> None:
        for broken in (False, True):
            reader, writer = await asyncio.open_connection("127.0.0.1", attempt.listener.port)
            host = attempt.host.encode()
            data = b"GET / HTTP/1.1\r\nHost: " + host + (b"\n\n" if broken else b"\r\n\r\n")
            for byte in data:
                writer.write(bytes([byte]))
                await writer.drain()
            assert Answer.parse(await reader.read()).status == (400 if broken else 404)
            writer.close()

    with_pending(work)


def test_47_of_a_hundred_pipelined_requests_one_is_answered() -> None:
    async def work(attempt: Pending) -> None:
        one = f"GET /callback?code=c&state=wrong HTTP/1.1\r\nHost: {attempt.host}\r\n\r\n".encode()
        reply = await attempt.send(one * 100)
        assert reply.count(b"HTTP/1.1 ") == 1
        assert attempt.is_pending
        await attempt.finish()

    with_pending(work)


def test_47_idle_connections_neither_block_nor_pile_up() -> None:
    async def run() -> None:
        async with pending(limits=Limits(linger=0.05)) as attempt:
            before = open_files()
            idle = [await asyncio.open_connection("127.0.0.1", attempt.listener.port) for _ in range(200)]
            for _, writer in idle[100:]:
                writer.write(b"GET /callback?code=")  # and nothing more
            # 200 are ours; of the listener's own ends only 32 are left, and what was accepted just now.
            assert open_files() - before <= 200 + Limits().connections + 5
            assert (await attempt.finish())["code"] == "good"
            for _, writer in idle:
                writer.transport.abort()
            await attempt.listener.wait_closed()

    asyncio.run(asyncio.wait_for(run(), SOON))


@pytest.mark.parametrize("beginning", [b"", b"GET /callback?code=c HTTP/1.1\r\nX: "])
def test_47_a_slow_sender_is_cut_off(beginning: bytes) -> None:
    async def run() -> None:
        async with pending(limits=Limits(idle=0.2)) as attempt:
            assert await attempt.send(beginning) == b""
            assert attempt.is_pending

    asyncio.run(run())


# 48


@pytest.mark.parametrize(
    "target", ["/callback", "/callback?", f"/callback?state={STATE}", f"/callback?code=&state={STATE}"]
)
def test_48_a_callback_without_an_answer_says_so_and_the_attempt_goes_on(target: str) -> None:
    async def work(attempt: Pending) -> None:
        answer = await attempt.get(target)
        assert answer.status == 400
        assert "No answer came with this page" in answer.body
        assert attempt.is_pending
        await attempt.finish()

    with_pending(work)


def test_nothing_of_an_attempt_stays_open() -> None:
    async def run() -> None:
        listener = await open_listener(Redirect(host="localhost"), limits=Limits(linger=0.05))
        waiting = listener.expect(STATE)
        idle = [await asyncio.open_connection("127.0.0.1", listener.port) for _ in range(5)]
        await Pending(listener, waiting).finish()
        await listener.wait_closed()
        for _, writer in idle:
            writer.close()
            await writer.wait_closed()

    before = open_files()
    asyncio.run(run())
    assert open_files() == before
