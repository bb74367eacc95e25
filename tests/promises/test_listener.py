"""SECURITY, part C: what the loopback listener withstands. Spoken to from bare sockets."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import socket
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import pytest

from connectors.definition import Redirect
from desktop.engine.callback_http import Limits
from desktop.engine.callback_page import Page
from desktop.engine.listener import open_listener
from tests.engine.callback_client import QUICK, SOON, STATE, Answer, Pending, pending, refused, with_pending

LISTENING = "0A"


def listening_on(port: int) -> set[str]:
    """The addresses on which somebody listens at this port, as the kernel writes them."""
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            _, local, _, state, *_ = line.split()
            address, _, own_port = local.partition(":")
            if state == LISTENING and int(own_port, 16) == port:
                found.add(address)
    return found


def open_files() -> int:
    """How many descriptors this process holds."""
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208


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
        "from desktop.engine.listener import open_listener\n"
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


# 41, 43

INJECTIONS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</title><script>1</script>",
    "javascript:alert(1)",
    "{{7*7}}",
    "\u202egnp.exe",
    "' onload='x",
]


class Suspicions(HTMLParser):
    """Collects everything in a page that could load or run something."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "iframe", "img", "object", "embed", "link", "base", "form", "a", "use", "image"}:
            self.found.append(tag)
        self.found += [name for name, _ in attrs if name.startswith("on") or name in {"href", "src", "style"}]


def assert_safe(answer: Answer) -> None:
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert {"frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"} <= set(policy.split("; "))
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-frame-options"] == "DENY"
    assert "set-cookie" not in answer.headers
    assert not [name for name in answer.headers if name.startswith("access-control-")]
    if answer.body:
        suspicions = Suspicions()
        suspicions.feed(answer.body)
        assert suspicions.found == []


@pytest.mark.parametrize(
    "name", ["error", "error_description", "error_uri", "code", "state", "iss", "path", "header"]
)
@pytest.mark.parametrize("value", INJECTIONS)
def test_41_nothing_that_comes_in_goes_out_again(name: str, value: str) -> None:
    async def work(attempt: Pending) -> None:
        hostile = quote(value, safe="")
        targets = {
            "path": f"/{hostile}",
            "state": f"/callback?code=c&state={hostile}",
            "header": "/callback?code=c&state=wrong",
        }
        target = targets.get(name, f"/callback?{name}={hostile}&state={STATE}")
        extra = [f"X-Name: {hostile}", f"Referer: http://x/{hostile}"] if name == "header" else []
        first = await attempt.get(target, *extra)
        answers = [first, await attempt.get("/done", *extra)]
        if first.status == 303:
            assert first.headers["location"] == "/done"
        for answer in answers:
            assert_safe(answer)
            shown = answer.body + repr(answer.headers)
            assert value not in shown
            assert hostile not in shown
            assert answer.body in {"", *(page.body.decode() for page in Page)}

    with_pending(work)


@pytest.mark.parametrize("page", list(Page))
def test_41_every_page_is_whole_and_static(page: Page) -> None:
    text = page.body.decode()
    suspicions = Suspicions()
    suspicions.feed(text)
    assert suspicions.found == []
    assert "{title}" not in text
    assert "Jackfield" in text
    assert "http" not in text.split("</style>")[1]


def test_43_the_code_does_not_stay_in_the_address_bar() -> None:
    async def run() -> None:
        async with pending() as attempt:
            moved = await attempt.get(f"/callback?code=c&state={STATE}")
            assert (moved.status, moved.headers["location"], moved.body) == (303, "/done", "")
            assert_safe(moved)
            page = await attempt.get("/done")
            assert page.status == 200
            assert_safe(page)

    asyncio.run(run())


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
        assert Answer.parse(reply).status in (0, 400, 405, 431)
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
            idle = [await asyncio.open_connection("127.0.0.1", attempt.listener.port) for _ in range(200)]
            for _, writer in idle[100:]:
                writer.write(b"GET /callback?code=")  # and nothing more
            descriptors = open_files()
            # 200 are ours; of the listener's own ends only 32 are left.
            assert descriptors < 200 + Limits().connections + 60
            assert (await attempt.finish())["code"] == "good"
            for _, writer in idle:
                writer.transport.abort()
            await attempt.listener.wait_closed()

    asyncio.run(asyncio.wait_for(run(), SOON))


@pytest.mark.parametrize("beginning", [b"", b"GET /callback?code=c HTTP/1.1\r\nX: "])
def test_47_a_slow_sender_is_cut_off(beginning: bytes) -> None:
    async def work(attempt: Pending) -> None:
        assert await attempt.send(beginning) == b""
        assert attempt.is_pending

    with_pending(work)


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
