"""What definitions cost: loading the catalog and a thousand own ones, and opening every form in the window.

    python tests/bench/catalog_load.py [--runs N]

Loading is measured in processes of their own, imports and all, once the interpreter runs and msgspec is
loaded, which the window needs before it; then inside one process. Prints medians and the longest, and ends
with 1 if the catalog took more than 400 ms without the index or 50 ms from it, a thousand own definitions a
second, or a form 50 ms.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
if not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from connectors.reading.registry import CATALOG_FOLDER, load_catalog  # noqa: E402
from desktop.engine.definitions.index import definition_index  # noqa: E402

PASSPHRASE = "measured, not guessed"
OWN = 1000
PATIENCE = 60.0
LOAD = """
import sys, time
from pathlib import Path
import msgspec
started, busy = time.perf_counter(), time.process_time()
from connectors.reading.registry import load_catalog
from desktop.engine.definitions.index import definition_index
home = Path(sys.argv[1])
catalog = load_catalog(home / "connectors", index=definition_index(home))
passed, busy = time.perf_counter() - started, time.process_time() - busy
print(passed, busy, len(catalog), len(catalog.problems), "httpx" in sys.modules)
"""


class Took(NamedTuple):
    """Seconds: on the clock, and of the processor."""

    passed: float
    busy: float


@contextmanager
def timed(into: list[Took]) -> Iterator[None]:
    started, busy = time.perf_counter(), time.process_time()
    yield
    into.append(Took(time.perf_counter() - started, time.process_time() - busy))


def write_own(folder: Path) -> None:
    """As many own definitions, all of them like those of the catalog and with keys of their own."""
    folder.mkdir(parents=True)
    patterns = [file.read_text() for file in sorted(CATALOG_FOLDER.glob("*.toml"))]
    for number in range(OWN):
        lines = patterns[number % len(patterns)].splitlines(keepends=True)
        text = "".join(line for line in lines if not line.startswith("key ="))
        (folder / f"own-{number}.toml").write_text(text)


def forget(home: Path) -> None:
    for file in (home / "cache").glob("*"):
        file.unlink()


def in_a_process(home: Path) -> Took:
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", LOAD, str(home)]
    said = subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout.split()
    assert said[3:] == ["0", "False"], said
    return Took(float(said[0]), float(said[1]))


def here(home: Path) -> Took:
    took: list[Took] = []
    with timed(took):
        load_catalog(home / "connectors", index=definition_index(home))
    return took[0]


def loads(
    name: str, home: Path, runs: int, load: Callable[[Path], Took], limits: tuple[float, float]
) -> bool:
    """Both ways, one after the other in turn."""
    without, through = [], []
    for _ in range(runs):
        forget(home)
        without.append(load(home))
        through.append(load(home))
    one = told(f"{name}, without the index", without, limits[0])
    return told(f"{name}, from the index", through, limits[1]) and one


def told(name: str, took: list[Took], limit: float, *, worst: bool = False) -> bool:
    """Prints a line; whether the median, or the longest, is within the limit."""
    passed, busy = [one.passed for one in took], [one.busy for one in took]
    print(
        f"{name:<54} median {_ms(statistics.median(passed))}, longest {_ms(max(passed))}; "
        f"processor {_ms(statistics.median(busy))}, {_ms(max(busy))}; limit {_ms(limit)} ({len(took)} times)"
    )
    return (max(passed) if worst else statistics.median(passed)) <= limit


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"


def forms(home: Path) -> list[Took]:
    """Seconds from asking for each connector, by each of its methods, to its form on the screen."""
    from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QObject, QTimer

    from desktop.engine.engine import Engine
    from desktop.ui.app import Session, make_app
    from desktop.ui.connect.card import ConnectCard
    from desktop.ui.theme import apply_theme
    from desktop.ui.window import MainWindow

    with Engine(home, actor="command line") as engine:
        engine.run(engine.create_vault(PASSPHRASE))
    app = make_app()
    apply_theme(app, "light")
    window = MainWindow()
    window.resize(1280, 760)

    class Painted(QObject):
        """Whether the card that is watched was painted with its form in it."""

        def eventFilter(self, card: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint:
                self.form = card.state == "form"
            return False

    painted = Painted()
    awake = QTimer()  # so that waiting for an event ends
    awake.start(1000)

    def until(ready: Callable[[], object]) -> None:
        deadline = time.perf_counter() + PATIENCE
        while not ready():
            app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
            if time.perf_counter() > deadline:
                raise TimeoutError("the window did not get there")

    session = Session(home, window)
    window.show()
    session.begin()
    names: list[str] = []
    took: list[Took] = []
    try:
        until(lambda: window.attached)
        session.bridge.run(session.engine.unlock(PASSPHRASE))
        until(lambda: window.shell is not None)
        shell = window.shell
        for connector in session.engine.catalog:
            for method in connector.methods:
                painted.form = False
                names.append(f"{connector.key}, {method}")
                with timed(took):
                    shell.connect_service(connector.key, method=method)
                    window.findChild(ConnectCard).installEventFilter(painted)
                    until(lambda: painted.form)
                shell.close_card()
                QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
                app.processEvents()
    finally:
        window.close()
        session.end()
    for one, name in sorted(zip(took, names, strict=True))[-5:]:
        print(f"  {name:<52} {_ms(one.passed)}; processor {_ms(one.busy)}")
    return took


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=7)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        plain, full = Path(folder, "plain"), Path(folder, "full")
        plain.mkdir()
        write_own(full / "connectors")
        fits = [
            loads("catalog, whole process", plain, runs, in_a_process, (0.400, 0.050)),
            loads("catalog, in process", plain, runs, here, (0.400, 0.050)),
            loads(f"catalog and {OWN} own, whole process", full, runs, in_a_process, (1.0, 1.0)),
            told("opening a form", forms(plain), 0.050, worst=True),
        ]
    return 0 if all(fits) else 1


if __name__ == "__main__":
    sys.exit(main())
