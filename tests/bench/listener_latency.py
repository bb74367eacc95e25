"""How long the engine's loop is held up while its callback listener is attacked.

    python tests/bench/listener_latency.py [--seconds N]

A sign-in waits, and processes of their own do to its listener, one kind after the other, what
`tests/promises/test_listener_hostile.py` does. Meanwhile the loop is asked every five milliseconds whether it
is there. Prints for each kind the requests that got through, the longest delay and the 99th percentile, and
ends with 1 if one was above 100 ms, or if the sign-in did not survive.
"""

from __future__ import annotations

import argparse
import asyncio
import errno
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from desktop.engine.engine import Engine  # noqa: E402
from desktop.engine.events import AttemptChanged  # noqa: E402
from tests.engine.support import DEADLINE, PASSPHRASE, Events, make_home  # noqa: E402

ALLOWED = 0.100  # seconds
STEP = 0.005
ATTACKERS = 2
HEAD = b"GET /callback?code=x&state=wrong HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
# What is sent first, and then how often what else.
ATTACKS: dict[str, tuple[bytes, bytes, int]] = {
    "nothing": (b"", b"", 0),
    "requests with a wrong state": (HEAD + b"\r\n", b"", 0),
    "requests of another site": (HEAD + b"Origin: https://evil.example\r\n\r\n", b"", 0),
    "request line of 1 MB": (b"GET /callback?", b"a" * 1000, 1000),
    "header of 1 MB": (HEAD + b"X: ", b"a" * 1000, 1000),
    "10,000 headers": (HEAD, b"X-Header: 1\r\n", 10_000),
    "body of 100 MB": (b"POST" + HEAD[3:] + b"Content-Length: 104857600\r\n\r\n", b"a" * 65536, 1600),
    "100 pipelined requests": ((HEAD + b"\r\n") * 100, b"", 0),
    "64 long parameters": (HEAD.replace(b"code=x", b"&".join([b"a=" + b"b" * 98] * 64)), b"\r\n", 1),
    "TLS, and bytes without sense": (b"\x16\x03\x01\x02\x00\x01" + bytes(500), b"\xff\x00\r\n", 100),
    "line breaks": (b"\r\n" * 1000, b"\n" * 100, 10),
    "connections that are left open": (b"GET /call", b"", -1),
}  # fmt: skip


def attack(kind: str, port: int) -> None:
    """Goes on until it is killed; a dot for every round."""
    first, piece, times = ATTACKS[kind]
    first = first.replace(b"%d", str(port).encode())
    kept: list[socket.socket] = []
    while True:
        try:
            hostile = socket.create_connection(("127.0.0.1", port), 10)
            hostile.sendall(first)
            for _ in range(times):
                hostile.sendall(piece)
            if times < 0:
                kept = [*kept[-200:], hostile]
            elif first:
                hostile.recv(100)
                hostile.close()
        except OSError as cut_off:  # which is what should happen
            assert cut_off.errno != errno.EMFILE, "the attacker itself has run out of descriptors"
        sys.stdout.write(".")
        sys.stdout.flush()


async def delays(seconds: float) -> list[float]:
    """By how much each short sleep on the loop was longer than meant."""
    found, until = [], time.perf_counter() + seconds
    while (begun := time.perf_counter()) < until:
        await asyncio.sleep(STEP)
        found.append(time.perf_counter() - begun - STEP)
    return found


def measure(engine: Engine, kind: str, port: int, seconds: float) -> tuple[int, list[float]]:
    """The rounds that the attackers made meanwhile, and the delays."""
    command = [sys.executable, str(Path(__file__).resolve()), "--attack", kind, "--port", str(port)]
    attackers = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        for _ in range(ATTACKERS if kind != "nothing" else 0)
    ]
    for one in attackers:
        assert one.stdout is not None
        one.stdout.read(1)  # it has begun
    found = engine.run(delays(seconds), seconds + DEADLINE)
    rounds = 0
    for one in attackers:
        one.kill()
        rounds += len(one.communicate()[0])
    return rounds, found


def main() -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=3.0, help="for each kind (3)")
    parser.add_argument("--attack", choices=ATTACKS, help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.attack:
        attack(wanted.attack, wanted.port)
    events, worst = Events(), 0.0
    with (
        tempfile.TemporaryDirectory() as folder,
        Engine(make_home(Path(folder, "home")), scheduled=False) as engine,
    ):
        engine.subscribe(events)
        engine.run(engine.unlock(PASSPHRASE), DEADLINE)
        attempt = engine.run(engine.begin_connect("demo", open_browser=False), DEADLINE)
        events.wait(lambda event: isinstance(event, AttemptChanged) and event.link)
        assert attempt.browser is not None
        port = urlsplit(attempt.browser.redirect_uri).port or 0
        for kind in ATTACKS:
            rounds, found = measure(engine, kind, port, wanted.seconds)
            longest, most = max(found), statistics.quantiles(found, n=100)[-1]
            worst = max(worst, longest)
            print(
                f"{kind:32} {rounds:7} rounds   longest {longest * 1000:6.1f} ms   99% {most * 1000:6.1f} ms",
                flush=True,
            )
        alive = not attempt.last.ended
        attempt.cancel()
        engine.run(attempt.ended(), DEADLINE)
    ending = "waits on" if alive else "HAS ENDED"
    print(f"longest delay {worst * 1000:.1f} ms of {ALLOWED * 1000:.0f}; the sign-in {ending}")
    return 0 if worst < ALLOWED and alive else 1


if __name__ == "__main__":
    sys.exit(main())
