"""How long an export and an import of many accounts take, and how much memory.

    python tests/bench/exchange.py [ACCOUNTS] [GENERATIONS]

Makes a vault with so many accounts of so many generations each, then exports, previews and imports them
through the engine, into an empty vault and once more into the full one.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from desktop.engine.engine import Engine  # noqa: E402
from desktop.vault import accounts, generations  # noqa: E402
from desktop.vault.records import Generation  # noqa: E402
from desktop.vault.vault import Vault  # noqa: E402
from tests.vault.helpers import NOW, PASSPHRASE, account  # noqa: E402

WORDS = "words of the export alone"
T = TypeVar("T")


def main() -> None:
    """Prints a line for each step."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    kept = int(sys.argv[2]) if len(sys.argv) > 2 else 50
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        Vault.create(folder / "empty", PASSPHRASE).close()
        with Vault.create(folder / "full", PASSPHRASE) as vault:
            fill(vault, count, kept)
        path = folder / "all.jackfield-export"
        with engine_on(folder / "full") as engine:
            timed("export", lambda: engine.run(engine.export(path, WORDS)))
        print(f"  {path.stat().st_size / (1 << 20):.0f} MiB for {count} accounts, {count * kept} generations")
        with engine_on(folder / "empty") as engine:
            plan = timed("preview", lambda: engine.run(engine.read_export(path, WORDS)))
            result = timed("import", lambda: engine.run(engine.import_export(plan.id)))
            assert result.count("add") == count
            again = timed("preview of the same", lambda: engine.run(engine.read_export(path, WORDS)))
            assert again.count("account", "same") == count


def fill(vault: Vault, count: int, kept: int) -> None:
    """Accounts with tokens of a usual size, in one transaction: this is not what is measured."""
    database = vault._database
    with database.transaction():
        for number in range(count):
            row = account(number, generation=kept, identity=f"person-{number}")
            accounts.insert(database, row)
            generations.set_profile(database, row.id, {"name": row.name, "picture": "x" * 200})
            for one in range(1, kept + 1):
                tokens = {"access_token": os.urandom(300).hex(), "refresh_token": os.urandom(40).hex()}
                record = json.dumps(tokens).encode()
                generations.insert(
                    database,
                    Generation(account_id=row.id, number=one, source="refresh", at=NOW, record=record),
                )


def engine_on(home: Path) -> Engine:
    """A running engine with its vault open."""
    engine = Engine(home, scheduled=False)
    engine.start()
    engine.run(engine.unlock(PASSPHRASE))
    return engine


def timed(name: str, act: Callable[[], T]) -> T:
    """Runs it, and prints how long it took and by how much the most memory ever used grew."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()
    result = act()
    took = time.perf_counter() - began
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"{name}: {took:.1f} s, memory +{grown:.0f} MiB")
    return result


if __name__ == "__main__":
    main()
