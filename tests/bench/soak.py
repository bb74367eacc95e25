"""Two hours of refreshing in ten minutes: many accounts, short tokens, a service that fails now and then.

    python tests/bench/soak.py [--minutes N] [--accounts N]

Time runs twelve times as fast: tokens live 5 seconds instead of a minute, and the pauses of schedule and
backoff are shorter by the same factor. 5 % of the refreshes are answered with 503, the connection of 2 % is
reset. The practice provider rotates refresh tokens and ends a grant whose token comes twice; it is a process
of its own. Prints what became of the grants, the number of requests against the ideal (one per account in
each four fifths of a token's life), and how memory and descriptors developed. Ends with 1 if a grant was
lost, the number of requests is off by more than 10 %, the memory grows by more than 1 MB in an accelerated
hour, or descriptors pile up.
"""

from __future__ import annotations

import argparse
import gc
import logging
import multiprocessing
import os
import statistics
import sys
import tempfile
import threading
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from desktop.engine.engine import Engine  # noqa: E402
from desktop.engine.refreshing.due import LATE_IN_LIFE  # noqa: E402
from desktop.practice import start  # noqa: E402
from desktop.practice.knobs import Knobs  # noqa: E402
from tests.engine.accelerated import accelerated, connected_home  # noqa: E402
from tests.engine.faulty_way import FaultyWay  # noqa: E402
from tests.engine.support import PASSPHRASE  # noqa: E402
from tests.practice.client import ClientApp  # noqa: E402

FACTOR = 12
LIFETIME = 5  # seconds
ERRORS, RESETS = 0.05, 0.02
OFF_BY, GROWTH = 0.10, 1.0  # of the ideal; MB in an accelerated hour
LOOK_EVERY = 5.0  # seconds
PAGE = os.sysconf("SC_PAGE_SIZE")


class Look(NamedTuple):
    """The process at one moment."""

    at: float  # seconds since the start
    memory: float  # MB, resident
    descriptors: int


def look(began: float) -> Look:
    """What it is now."""
    gc.collect()
    resident = int(Path("/proc/self/statm").read_text().split()[1]) * PAGE / 1e6
    return Look(time.perf_counter() - began, resident, len(list(Path("/proc/self/fd").iterdir())))


def serve(ends: Connection) -> None:
    """The provider and the way to it; answers each word with the counts, until the other side is gone."""
    with (
        start(0, Knobs(token_lifetime=LIFETIME)) as provider,
        FaultyWay(provider.url, errors=ERRORS, resets=RESETS) as way,
    ):
        ends.send((provider.url, way.url))
        while ends.poll(None) and ends.recv() == "counts":
            ends.send((way.counts["refresh"], way.counts["error"], way.counts["reset"], way.sent_twice()))


def soak(home: Path, seconds: float) -> list[Look]:
    """Lets the engine refresh by itself for so long."""
    began = time.perf_counter()
    looks: list[Look] = []
    pause = threading.Event()
    with Engine(home, scheduled=True) as engine:
        engine.run(engine.unlock(PASSPHRASE))
        while (left := seconds - (time.perf_counter() - began)) > 0:
            pause.wait(min(left, LOOK_EVERY))
            looks.append(look(began))
    return looks


def alive(home: Path, ids: list[str], provider_url: str) -> tuple[int, int]:
    """How many accounts still work after one more refresh, and in how many the sign-in is said to be over."""
    working = needing = 0
    with Engine(home, scheduled=False) as engine, ClientApp(provider_url) as person:
        engine.run(engine.unlock(PASSPHRASE))
        for account_id in ids:
            state = engine.run(engine.account(account_id)).row.state
            needing += state == "needs_sign_in"
            row = _refreshed(engine, account_id)
            working += row and person.userinfo(engine.run(engine.token(account_id))).status_code == 200
    return working, needing


def _refreshed(engine: Engine, account_id: str) -> bool:
    """One refresh through the faults that go on: a few tries, as a person would make."""
    for _ in range(20):
        outcome = engine.run(_try(engine, account_id))
        if outcome:
            return True
    return False


async def _try(engine: Engine, account_id: str) -> bool:
    from connectors.errors import InvalidTokenError, TemporaryError

    try:
        await engine.refresh(account_id)
    except TemporaryError:
        return False
    except InvalidTokenError as error:
        print(f"{account_id}: {error.sentence}")
        return False
    return True


def growth(looks: list[Look]) -> float:
    """MB in an accelerated hour, over the later half: the straight line through the looks."""
    settled = looks[len(looks) // 2 :]
    slope = statistics.linear_regression([one.at for one in settled], [one.memory for one in settled]).slope
    return slope * 3600 / FACTOR


def main() -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--accounts", type=int, default=50)
    wanted = parser.parse_args()
    logging.disable()
    seconds = wanted.minutes * 60
    spawn = multiprocessing.get_context("spawn")
    here, there = spawn.Pipe()
    service = spawn.Process(target=serve, args=(there,))
    service.start()
    provider_url, way = here.recv()
    with tempfile.TemporaryDirectory() as folder, accelerated(FACTOR):
        home = Path(folder) / "home"
        ids = connected_home(home, provider_url, way, wanted.accounts)
        looks = soak(home, seconds)
        here.send("counts")
        requests, errors, resets, twice = here.recv()
        working, needing = alive(home, ids, provider_url)
    here.send("end")
    service.join()
    ideal = wanted.accounts * seconds / (LIFETIME * LATE_IN_LIFE)
    descriptors = [one.descriptors for one in looks]
    print(
        f"{wanted.accounts} accounts, {wanted.minutes:g} minutes: "
        f"{working} grants alive, {needing} need sign-in"
    )
    print(
        f"{requests} refreshes ({requests / ideal:.1%} of the ideal {ideal:.0f}), {errors} answered "
        f"with 503, {resets} reset; {twice} refresh tokens sent twice"
    )
    print(
        f"memory {looks[0].memory:.1f} MB at first, {looks[-1].memory:.1f} MB at last, "
        f"{growth(looks):+.2f} MB in an accelerated hour; "
        f"descriptors {min(descriptors)} to {max(descriptors)}"
    )
    fine = (
        working == wanted.accounts
        and not needing
        and not twice
        and abs(requests / ideal - 1) <= OFF_BY
        and growth(looks) <= GROWTH
        and max(descriptors[len(descriptors) // 2 :]) <= max(descriptors[: len(descriptors) // 2]) + 5
    )
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
