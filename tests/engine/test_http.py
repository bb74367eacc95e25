"""The client factory, against servers on loopback that misbehave in the ways that servers do."""

from __future__ import annotations

import asyncio
import gzip
import os
import socket
import tracemalloc
import zlib
from typing import Any

import httpx
import pytest

from connectors.errors import ConnectorError, InvalidInputError, ServiceError, TemporaryError, UnsafeUrlError
from desktop import __version__
from desktop.engine.network.http import make_client
from tests.engine.raw_server import answer, raw_server


def get(script: Any, path: str = "/", **options: Any) -> httpx.Response:
    """What a client made with `options` gets from a server that follows `script`."""
    return asyncio.run(_get(script, path, options))


async def _get(script: Any, path: str, options: dict[str, Any]) -> httpx.Response:
    async with raw_server(script) as server, make_client(**options) as client:
        return await client.get(server.url(path))


def failure(script: Any, **options: Any) -> ConnectorError:
    with pytest.raises(ConnectorError) as caught:
        get(script, **options)
    return caught.value


def failure_of(url: str, **options: Any) -> ConnectorError:
    async def run() -> None:
        async with make_client(**options) as client:
            await client.get(url)

    with pytest.raises(ConnectorError) as caught:
        asyncio.run(run())
    return caught.value


def test_an_answer_comes_back_whole_and_says_who_asked() -> None:
    async def run() -> tuple[httpx.Response, bytes]:
        async with (
            raw_server(answer(b'{"a": 1}', "Content-Type: application/json")) as server,
            make_client() as client,
        ):
            return await client.post(server.url("/x"), data={"b": "2"}), server.heard

    response, heard = asyncio.run(run())
    assert response.json() == {"a": 1}
    assert response.elapsed.total_seconds() >= 0
    assert f"User-Agent: Jackfield/{__version__}\r\n".encode() in heard


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "raw deflate", "two members", "identity"])
def test_packed_answers_are_unpacked(encoding: str) -> None:
    body = b"the body " * 1000
    raw = zlib.compressobj(wbits=-15)
    packed = {
        "gzip": gzip.compress(body, mtime=0),
        "deflate": zlib.compress(body),
        "raw deflate": raw.compress(body) + raw.flush(),
        "two members": gzip.compress(body[:100], mtime=0) + gzip.compress(body[100:]),
        "identity": body,
    }[encoding]
    name = {"raw deflate": "deflate", "two members": "gzip"}.get(encoding, encoding)
    assert get(answer(packed, f"Content-Encoding: {name}")).content == body


def test_a_body_up_to_the_limit_is_taken_and_one_byte_more_is_not() -> None:
    assert len(get(answer(b"x" * 1000), body_limit=1000).content) == 1000
    assert "larger than 1000 bytes" in failure(answer(b"x" * 1001), body_limit=1000).sentence


def test_an_endless_answer_is_given_up_at_the_limit() -> None:
    sent = 0

    async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        while True:
            writer.write(b"x" * 65536)
            sent += 65536
            await writer.drain()

    error = failure(endless)
    assert isinstance(error, ServiceError)
    assert "larger than 1 MiB" in error.sentence
    assert sent < 32 * 1024 * 1024


@pytest.mark.parametrize(("encoding", "window"), [("gzip", 31), ("deflate", 15)])
def test_a_bomb_is_not_unpacked(encoding: str, window: int) -> None:
    pack = zlib.compressobj(9, wbits=window)
    first, *others = (pack.compress(bytes(1024 * 1024)) + pack.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    bomb = first + b"".join(others) * 499  # after a full flush each part stands for itself
    assert len(bomb) < 1024 * 1024
    tracemalloc.start()
    try:
        error = failure(answer(bomb, f"Content-Encoding: {encoding}"))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert "larger than 1 MiB" in error.sentence
    assert peak < 16 * 1024 * 1024


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "gzip, deflate"])
def test_an_encoding_that_was_not_asked_for_is_refused(encoding: str) -> None:
    assert "not asked for" in failure(answer(b"x", f"Content-Encoding: {encoding}")).sentence


@pytest.mark.parametrize("body", [b"not gzip at all", gzip.compress(b"cut short" * 100, mtime=0)[:-12]])
def test_a_damaged_packed_answer_is_a_sentence(body: bytes) -> None:
    error = failure(answer(body, "Content-Encoding: gzip"))
    assert isinstance(error, ServiceError)
    assert "could not be unpacked" in error.sentence


def test_too_many_headers_are_refused() -> None:
    assert "headers" in failure(answer(b"", "X-Long: " + "x" * 17_000)).sentence
    assert isinstance(failure(answer(b"", *(f"X-{n}: {'x' * 100}" for n in range(5000)))), ConnectorError)


def test_an_answer_that_trickles_is_bounded_as_a_whole() -> None:
    async def trickle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        # Each byte comes well within any time-out of a single read.
        while not writer.transport.is_closing():
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.02)

    error = failure(trickle, deadline=1.5)
    assert isinstance(error, TemporaryError)
    assert "127.0.0.1 did not answer in full within 1.5 seconds" in error.sentence


def test_a_silent_server_is_bounded() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    assert "did not answer" in failure(silent, deadline=0.2).sentence


@pytest.mark.parametrize(
    "status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"]
)
def test_no_redirect_is_followed(status: str) -> None:
    async def run() -> tuple[int, int]:
        async with raw_server(answer(b"")) as other:
            moved = answer(b"", f"Location: {other.url('/elsewhere')}", status=status)
            async with raw_server(moved) as server, make_client() as client:
                response = await client.post(
                    server.url(), headers={"Authorization": "Bearer t"}, data={"secret": "s"}
                )
                with pytest.raises(httpx.TooManyRedirects):
                    await client.post(server.url(), follow_redirects=True)
                return response.status_code, other.connections

    assert asyncio.run(run()) == (int(status[:3]), 0)


def test_cookies_are_not_kept_but_may_be_sent() -> None:
    async def run() -> bytes:
        async with raw_server(answer(b"", "Set-Cookie: sid=abc; Path=/")) as server, make_client() as client:
            first = await client.get(server.url())
            assert first.cookies["sid"] == "abc"
            server.heard = b""
            await client.get(server.url())
            assert b"ookie" not in server.heard
            server.heard = b""
            await client.send(client.build_request("GET", server.url(), cookies={"own": "1"}))
            return server.heard

    assert b"Cookie: own=1\r\n" in asyncio.run(run())


def test_a_refused_connection_names_host_and_port() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        port = holder.getsockname()[1]
        error = failure_of(f"http://127.0.0.1:{port}/")
    assert isinstance(error, TemporaryError)
    assert error.sentence == f"127.0.0.1 refused the connection on port {port}."


@pytest.mark.parametrize("reply", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"])
def test_an_answer_that_breaks_off_is_passing(reply: bytes) -> None:
    error = failure(reply)
    assert isinstance(error, TemporaryError)
    assert "127.0.0.1" in error.sentence


def test_what_is_not_http_is_said_to_be_not_http() -> None:
    assert "not HTTP" in failure(b"SSH-2.0-OpenSSH_9.9\r\n\r\n").sentence


def test_a_line_break_in_a_header_sends_nothing_and_shows_nothing() -> None:
    async def run() -> tuple[BaseException, int]:
        async with raw_server(answer(b"")) as server, make_client() as client:
            with pytest.raises(InvalidInputError) as caught:
                await client.get(server.url(), headers={"X-Key": "s3cr3t\r\nX-Admin: 1"})
            return caught.value, server.heard.count(b"X-Admin")

    error, injected = asyncio.run(run())
    assert injected == 0
    assert "s3cr3t" not in str(error)


def test_any_transport_can_be_put_in_and_is_guarded_alike() -> None:
    async def run() -> str:
        stand_in = httpx.MockTransport(lambda request: httpx.Response(200, text=request.url.path))
        async with make_client(transport=stand_in) as client:
            with pytest.raises(UnsafeUrlError):
                await client.get("http://service.example/")
            return (await client.get("https://service.example/path")).text

    assert asyncio.run(run()) == "/path"


def test_nothing_stays_open() -> None:
    async def run() -> None:
        async with raw_server(answer(b"x")) as server, make_client() as client:
            await client.get(server.url())

    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    asyncio.run(run())
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208
