"""The callback listener as a browser meets it: ports, the answer, the last page, the end."""

from __future__ import annotations

import asyncio
import logging
import os
import socket

import httpx
import pytest

from connectors.definition import Redirect
from connectors.errors import PortTakenError
from desktop.engine.callback.binding import port_holder
from desktop.engine.callback.http import Limits
from desktop.engine.callback.listener import open_listener
from tests.engine.callback_client import (
    QUICK,
    SOON,
    STATE,
    Pending,
    listening_on,
    pending,
    refused,
    with_pending,
)
from tests.practice.person import TLS


@pytest.fixture
def held_port() -> object:
    """A port of 127.0.0.1 that another program, here this test, listens on."""
    with socket.create_server(("127.0.0.1", 0)) as holder:
        yield holder.getsockname()[1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize(
    ("redirect", "start", "end"),
    [
        (Redirect(), "http://127.0.0.1:", "/callback"),
        (Redirect(host="localhost", path="/oauth/return"), "http://localhost:", "/oauth/return"),
        (Redirect(host="[::1]", path="/"), "http://[::1]:", "/"),
    ],
)
def test_a_browser_brings_the_answer_and_sees_the_page(redirect: Redirect, start: str, end: str) -> None:
    async def run() -> None:
        async with pending(redirect) as attempt, httpx.AsyncClient(trust_env=False, verify=TLS) as client:
            uri = attempt.listener.redirect_uri
            assert uri.startswith(start)
            assert uri.endswith(end)
            page = await client.get(f"{uri}?code=c%2B1&state={STATE}&scope=a+b", follow_redirects=True)
            assert await attempt.answer == {"code": "c+1", "state": STATE, "scope": "a b"}
            assert page.status_code == 200
            assert page.url == httpx.URL(uri).copy_with(path="/done")
            assert "You can return to Jackfield" in page.text

    asyncio.run(run())


def test_a_path_called_done_has_its_last_page_elsewhere() -> None:
    async def work(attempt: Pending) -> None:
        answer = await attempt.get(f"/done?code=c&state={STATE}")
        assert answer.headers["location"] == "/finished"

    with_pending(work, Redirect(path="/done"))


@pytest.mark.parametrize(
    ("error", "heading"),
    [("access_denied", "You declined"), ("server_error", "The service reported a problem")],
)
def test_an_error_has_its_own_page(error: str, heading: str) -> None:
    async def run() -> None:
        async with (
            pending() as attempt,
            httpx.AsyncClient(trust_env=False, follow_redirects=True, verify=TLS) as client,
        ):
            page = await client.get(f"{attempt.listener.redirect_uri}?error={error}&state={STATE}")
            assert heading in page.text
            assert (await attempt.answer)["error"] == error

    asyncio.run(run())


def test_the_last_page_is_not_there_before_the_answer() -> None:
    async def work(attempt: Pending) -> None:
        assert (await attempt.get("/done")).status == 404

    with_pending(work)


def test_the_browsers_connection_gets_its_page_after_the_port_is_closed() -> None:
    async def run() -> None:
        limits = Limits(linger=0.05, page_wait=SOON)
        async with pending(limits=limits) as attempt:
            reader, writer = await asyncio.open_connection("127.0.0.1", attempt.listener.port)
            host = f"Host: {attempt.host}\r\n\r\n".encode()
            writer.write(f"GET /callback?code=c&state={STATE} HTTP/1.1\r\n".encode() + host)
            assert b" 303 " in await reader.readuntil(b"\r\n\r\n")
            while listening_on(attempt.listener.port):  # noqa: ASYNC110 - the kernel has no event for it
                await asyncio.sleep(0.01)
            writer.write(b"GET /done HTTP/1.1\r\n" + host)
            assert b"You can return" in await reader.read()
            writer.close()
            await attempt.listener.wait_closed()

    asyncio.run(asyncio.wait_for(run(), SOON))


def test_no_port_is_open_after_cancel() -> None:
    async def run() -> None:
        async with pending(Redirect(host="localhost")) as attempt:
            port = attempt.listener.port
        assert await refused(port)
        assert await refused(port, "::1")

    asyncio.run(run())


def test_a_fixed_port_is_taken_and_can_be_taken_again_at_once() -> None:
    redirect = Redirect(ports=(free_port(),))

    async def once() -> None:
        async with pending(redirect) as attempt:
            assert attempt.listener.port == redirect.ports[0]
            # The listener's side closes first, so that the port is left in TIME_WAIT.
            await attempt.finish()

    asyncio.run(once())
    asyncio.run(once())


def test_the_next_registered_port_is_used_when_one_is_taken(held_port: int) -> None:
    other = free_port()

    async def run() -> int:
        async with pending(Redirect(ports=(held_port, other))) as attempt:
            return attempt.listener.port

    assert asyncio.run(run()) == other


def test_a_taken_port_is_told_with_the_program_that_holds_it(held_port: int) -> None:
    with pytest.raises(PortTakenError) as caught:
        asyncio.run(open_listener(Redirect(ports=(held_port,))))
    assert f"Port {held_port} on 127.0.0.1 is in use by " in caught.value.sentence
    assert f"(process {os.getpid()})" in caught.value.sentence
    assert caught.value.hint


def test_localhost_needs_the_port_on_both_addresses() -> None:
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as holder:
        port = holder.getsockname()[1]
        with pytest.raises(PortTakenError, match=f"Port {port} on localhost"):
            asyncio.run(open_listener(Redirect(host="localhost", ports=(port,))))
    assert asyncio.run(refused(port))


def test_nobody_holds_a_free_port() -> None:
    assert port_holder(free_port()) == ""


def test_a_state_that_can_be_guessed_and_a_second_one_are_refused() -> None:
    async def run() -> None:
        listener = await open_listener(Redirect(), limits=QUICK)
        for state in ("", "short"):
            with pytest.raises(ValueError, match="guessed"):
                listener.expect(state)
        listener.expect(STATE)
        with pytest.raises(ValueError, match="one state"):
            listener.expect(STATE + "2")
        await listener.close()
        await listener.close()

    asyncio.run(run())


def test_a_callback_before_anybody_waits_is_not_verified() -> None:
    async def run() -> None:
        listener = await open_listener(Redirect(), limits=QUICK)
        async with httpx.AsyncClient(trust_env=False, verify=TLS) as client:
            for state in ("", STATE):
                answer = await client.get(f"{listener.redirect_uri}?code=c&state={state}")
                assert answer.status_code == 400
        await listener.close()

    asyncio.run(run())


def test_an_engine_that_ends_while_the_page_waits_leaves_nothing() -> None:
    async def run() -> int:
        listener = await open_listener(Redirect())
        waiting = asyncio.ensure_future(listener.wait(STATE))
        await asyncio.sleep(0)
        assert listener.deliver({"code": "c", "state": STATE})
        await waiting
        return listener.port  # the loop ends here, 0.8 seconds before the listener would

    port = asyncio.run(run())
    assert asyncio.run(refused(port))


def test_the_log_says_what_was_refused_without_saying_what_came(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "desktop.engine.callback.listener")

    async def work(attempt: Pending) -> None:
        await attempt.get("/callback?code=c0de-secret&state=wr0ng-secret")

    with_pending(work)
    assert "UNVERIFIED" in caplog.text
    assert "secret" not in caplog.text
