"""The longest stall of the window's and of the engine's event loop while large documents are imported.

    python tests/bench/import_stall.py

A document of 20 MB is imported as JSON and as YAML. A timer on a Qt thread and a task on the engine's loop
tick every 5 ms; a stall is what a tick is late by. Ends with 1 if one was over 100 ms.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from concurrent.futures import Future
from pathlib import Path
from time import perf_counter
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication  # noqa: E402

from desktop.engine.engine import Engine  # noqa: E402
from tests.bench.loop_stall import LIMIT, TICK, Heartbeat  # noqa: E402
from tests.bench.openapi_size import SIZE, things  # noqa: E402


class EngineBeat:
    """Ticks on the engine's loop and remembers the longest gap."""

    def __init__(self) -> None:
        self.worst = 0.0

    async def tick(self) -> None:
        last = perf_counter()
        while True:
            await asyncio.sleep(TICK)
            now = perf_counter()
            self.worst = max(self.worst, now - last - TICK)
            last = perf_counter()


def documents(folder: Path) -> list[Path]:
    """The same document in both spellings."""
    document = things(int(SIZE / (len(json.dumps(things(100))) / 100)))
    big_json, big_yaml = folder / "big.json", folder / "big.yaml"
    big_json.write_text(json.dumps(document))
    big_yaml.write_text(yaml.dump(document, Dumper=yaml.CSafeDumper, sort_keys=False, width=1000))
    return [big_json, big_yaml]


def main() -> int:
    QCoreApplication(sys.argv)
    longest = 0.0
    with tempfile.TemporaryDirectory() as folder:
        paths = documents(Path(folder))
        with Engine(Path(folder, "home"), scheduled=False) as engine:
            engine.run(engine.create_vault("measured, not guessed"))
            heart = Heartbeat()
            for path in paths:
                beat = EngineBeat()
                ticking = engine.submit(beat.tick())
                under_way: list[Future[Any]] = []

                def begin(source: Path = path, started: list[Future[Any]] = under_way) -> None:
                    started.append(engine.submit(engine.import_document(str(source))))

                def done(started: list[Future[Any]] = under_way) -> bool:
                    return bool(started) and started[0].done()

                started_at = perf_counter()
                heart.step(path.name, begin, done)
                took = perf_counter() - started_at
                under_way[0].result()
                ticking.cancel()
                size, window = path.stat().st_size / 1024 / 1024, heart.worst[path.name]
                print(
                    f"{path.name}: {size:.1f} MB in {took:.2f} s; longest stall of the window "
                    f"{window * 1000:.0f} ms, of the engine {beat.worst * 1000:.0f} ms"
                )
                longest = max(longest, window, beat.worst)
    print(f"longest: {longest * 1000:.0f} ms (limit {LIMIT * 1000:.0f} ms)")
    return 0 if longest <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
