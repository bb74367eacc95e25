"""The longest stall of the window's event loop while somebody types into the search of many operations.

    python tests/bench/operations_filter.py [--operations N]

The whole window, an account of a service with 15,000 operations (as many as Microsoft Graph has), and a
search typed key by key, as fast as the loop takes the keys. A timer on the window's thread ticks every
5 ms; a stall is what a tick is late by. Ends with 1 if one was over 100 ms.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from PySide6.QtCore import QSize, Qt  # noqa: E402
from PySide6.QtTest import QTest  # noqa: E402

from connectors.operations import Operation  # noqa: E402
from desktop.ui.app import Session, make_app  # noqa: E402
from desktop.ui.requests.page import RequestsPage  # noqa: E402
from desktop.ui.theme import apply_theme  # noqa: E402
from desktop.ui.window import MainWindow  # noqa: E402
from desktop.vault.kdf import FLOOR_COST  # noqa: E402
from desktop.vault.vault import Vault  # noqa: E402
from tests.bench.loop_stall import LIMIT, Heartbeat  # noqa: E402
from tests.ui import seeding  # noqa: E402
from tests.ui.requests_support import define  # noqa: E402

TYPED = ("user message reply", "delete", "post /groups calendar view")
METHODS = ("GET", "GET", "POST", "PATCH", "DELETE")
OWNERS = ("users", "groups", "sites", "drives", "teams", "applications", "devices", "communications")
THINGS = (
    "messages",
    "events",
    "calendar",
    "attachments",
    "lists",
    "items",
    "permissions",
    "members",
    "channels",
)
ACTS = ("copy", "move", "reply", "forward", "delta", "count", "restore", "assign", "calendarView")


def operations(number: int) -> tuple[Operation, ...]:
    """So many different ones, as long as those of a large service."""
    made = []
    for place in range(number):
        owner, thing = OWNERS[place % len(OWNERS)], THINGS[place // 8 % len(THINGS)]
        act, way = ACTS[place // 72 % len(ACTS)], METHODS[place % len(METHODS)]
        path = f"/{owner}/{{{owner}-id}}/{thing}/{{{thing}-id}}/microsoft.graph.{act}{place}"
        made.append(Operation(way, path, f"{way.title()} the {act} of {thing} in {owner}, number {place}"))
    return tuple(made)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--operations", type=int, default=15_000)
    number = parser.parse_args().operations
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder, "home")
        Vault.create(home, seeding.PASSPHRASE, cost=FLOOR_COST).close()
        define(home, "https://api.practice.example", operations(number))
        seeding.add(home, "amelia", connector="northwind", name="Amelia Ortega")
        app = make_app()
        apply_theme(app, "light")
        window = MainWindow()
        window.resize(QSize(1280, 760))
        session = Session(home, window)
        window.painted.connect(session.begin, Qt.ConnectionType.QueuedConnection)
        heartbeat = Heartbeat()
        window.show()
        try:
            _walk(window, session, heartbeat, number)
        finally:
            window.close()
            session.end()
    for step, late in heartbeat.worst.items():
        print(f"{late * 1000:6.1f} ms  {step}")
    longest = max(late for step, late in heartbeat.worst.items() if step.startswith(("load", "type")))
    print(f"longest with {number:,} operations: {longest * 1000:.1f} ms (limit {LIMIT * 1000:.0f} ms)")
    return 0 if longest <= LIMIT else 1


def _walk(window: MainWindow, session: Session, heartbeat: Heartbeat, number: int) -> None:
    heartbeat.step("start", lambda: None, lambda: window.attached)
    unlock = lambda: session.bridge.run(session.engine.unlock(seeding.PASSPHRASE))  # noqa: E731
    heartbeat.step("unlock", unlock, lambda: window.shell is not None)
    shell = window.shell
    heartbeat.step("open the page", lambda: shell.show_page("requests"), lambda: "requests" in shell._pages)
    page = shell._pages["requests"]
    assert isinstance(page, RequestsPage)
    picker = page.sources.operations
    heartbeat.step(
        "load the operations", lambda: page.show_account("amelia"), lambda: picker.model.total == number
    )
    heartbeat.step("load the list", lambda: page.sources.tabs.setCurrentIndex(1), picker.isVisible)
    for text in TYPED:
        for end in range(1, len(text) + 1):
            key = text[end - 1]
            heartbeat.step(
                f"type “{text}”", lambda key=key: QTest.keyClicks(picker.search, key), lambda: True
            )
        heartbeat.step(f"type “{text}”", lambda: None, lambda text=text: _found(page, text))
        heartbeat.step("type nothing", picker.search.clear, lambda: picker.model.rowCount() == number)


def _found(page: RequestsPage, text: str) -> bool:
    picker = page.sources.operations
    return picker.search.text() == text and 0 < picker.model.rowCount() < picker.model.total


if __name__ == "__main__":
    sys.exit(main())
