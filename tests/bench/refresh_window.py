"""How long a refreshed token is in one process alone, and whether a crowd of processes stays one request.

    python tests/bench/refresh_window.py [--refreshes N] [--rounds N] [--kills N]

The window goes from the first byte of the service's answer to the commit of the new generation. A kill -9
inside it costs the sign-in: the service has put the old token out of use, and nobody has the new one. It
cannot be closed from one side. Prints its length, then runs rounds of 8 processes with 50 tasks on one
expired token, then kills. Ends with 1 if a round needed more than one request or a grant was lost that a
caller had, or if half of the windows are longer than 50 ms.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from desktop.practice import start  # noqa: E402
from tests.engine.refresh_rounds import Rounds, rounds  # noqa: E402

LONGEST_MEDIAN = 0.050  # seconds
PROCESSES, TASKS = 8, 50


def windows(going: Rounds, count: int) -> bool:
    """Prints the lengths."""
    measured = [going.act("window") for _ in range(count)]
    lengths = sorted(one["window"] * 1000 for one in measured)
    whole = statistics.median(one["whole"] * 1000 for one in measured)
    print(
        f"answer to commit: median {statistics.median(lengths):.1f} ms, "
        f"95 % below {lengths[int(0.95 * (count - 1))]:.1f} ms, longest {lengths[-1]:.1f} ms "
        f"({count} refreshes; a whole one takes {whole:.1f} ms)"
    )
    return statistics.median(lengths) <= LONGEST_MEDIAN * 1000


def crowds(going: Rounds, count: int) -> bool:
    """Prints how many requests so many processes and tasks sent."""
    before, good = going.refreshes(), 0
    for _ in range(count):
        going.act("expire")
        given = going.act("many", PROCESSES, TASKS)
        good += given["answers"] == PROCESSES * TASKS and len(given["tokens"]) == 1
    sent = going.refreshes() - before
    print(
        f"{count} rounds of {PROCESSES} processes with {TASKS} tasks: {sent} requests, {good} rounds served"
    )
    return sent == good == count


def kills(going: Rounds, count: int) -> bool:
    """Prints what became of the grant when the process was killed."""
    chance = random.Random()
    handed = lost = signed_in = 0
    for _ in range(count):
        killed = going.act("kill", chance.random() * 0.1)
        going.settle()
        again = going.act("start_again")
        alive = again["state"] == "connected" and going.is_alive(again["token"])
        if killed["handed"] is not None:
            handed += 1
            lost += killed["handed"]["token"] != killed["stored"] or not alive
        if not alive:
            signed_in += 1
            going.sign_in()
    print(
        f"{count} kills: {handed} after a caller had the token, {lost} of them lost; "
        f"{signed_in} while the answer was on its way"
    )
    return lost == 0


def main() -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--refreshes", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--kills", type=int, default=200)
    wanted = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        start() as provider,
        rounds(Path(folder) / "home", provider) as going,
    ):
        fine = [windows(going, wanted.refreshes), crowds(going, wanted.rounds), kills(going, wanted.kills)]
    return 0 if all(fine) else 1


if __name__ == "__main__":
    sys.exit(main())
