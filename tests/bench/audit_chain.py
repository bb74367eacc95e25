"""What the chain of the activity costs: for each entry that is written, and for following all of it.

    python tests/bench/audit_chain.py [--entries 100000]

Prints microseconds for an entry with and without the disk's acknowledgement, seconds for following the
chain, and the room that an entry takes.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from desktop.vault import activity, chain, kdf  # noqa: E402
from desktop.vault.database import Database  # noqa: E402
from desktop.vault.reader import Reader  # noqa: E402
from desktop.vault.records import ActivityRow, Who  # noqa: E402
from desktop.vault.values import utc_now  # noqa: E402
from desktop.vault.vault import Vault  # noqa: E402

WHO = Who(user="amelia", host="workbench", version="0.1.0", command="token", program="deploy.sh", pid=4711)
STEP = {"method": "POST", "url": "https://service.example/oauth/token", "status": 200, "ms": 142}


def entry(number: int) -> ActivityRow:
    """As a refresh writes it."""
    return ActivityRow(
        at=utc_now(),
        account_id=f"{number % 500:010x}",
        connector="practice-oauth2",
        actor="command line",
        action="refreshed",
        summary=f"The token of Amelia Ortega was refreshed ({number}).",
        detail={"steps": [STEP]},
        who=WHO,
    )


def main() -> None:
    """Measures in a vault that is thrown away."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--entries", type=int, default=100_000)
    count: int = parser.parse_args().entries
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder, "home")
        with Vault.create(home, "a passphrase for measuring", cost=kdf.FLOOR_COST) as vault:
            _written_singly(vault)
            _written_at_once(vault, count)
            with Reader(home, vault.key) as reader:
                began = time.perf_counter()
                report = reader.verify_activity()
                took = time.perf_counter() - began
            assert report.broken is None
            print(f"follow {report.count:,} entries: {took:.2f} s, {took / report.count * 1e6:.1f} µs each")
        size = (home / "vault.db").stat().st_size
        print(f"room: {size / report.count:.0f} bytes an entry, {size / 1e6:.0f} MB in all")


def _written_singly(vault: Vault) -> None:
    times = []
    for number in range(500):
        row = entry(number)
        began = time.perf_counter()
        vault.add_activity(row)
        times.append(time.perf_counter() - began)
    print(f"write one entry, on the disk: median {statistics.median(times) * 1e6:.0f} µs")


def _written_at_once(vault: Vault, count: int) -> None:
    rows = [entry(number) for number in range(count - 500)]
    database = Database(vault.home / "vault.db", vault.key)
    try:
        with database.transaction():
            began = time.perf_counter()
            for row in rows:
                activity.insert(database, row)
            took = time.perf_counter() - began
            began = time.perf_counter()
            for _ in range(10_000):
                _, before = chain.next_place(database)
                chain.link(before, (1, 2, "a" * 10, "b", "c", "d", "ok", "e" * 50, "f" * 120, "g" * 100))
            of_it = (time.perf_counter() - began) / 10_000
    finally:
        database.close()
    each, chained = took / len(rows) * 1e6, of_it * 1e6
    print(f"write one entry, without the disk: {each:.0f} µs, {chained:.0f} µs of it the chain")


if __name__ == "__main__":
    main()
