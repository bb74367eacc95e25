"""The window's tests run without a screen, on the real engine and a real vault in a temporary home."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # before anything imports Qt

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.engine.engine import Engine
from desktop.practice import Provider, start
from desktop.ui.app import make_app
from desktop.ui.bridge import Bridge
from desktop.ui.collecting import Collector
from desktop.ui.connect.card import ConnectCard
from desktop.ui.theme import apply_theme
from desktop.vault.kdf import FLOOR_COST
from desktop.vault.vault import Vault
from tests.ui.console import Console
from tests.ui.part import Part, Visitor
from tests.ui.seeding import PASSPHRASE


@pytest.fixture(scope="session")
def qapp_cls() -> type[QApplication]:
    return QApplication


@pytest.fixture(scope="package", autouse=True)
def collector(qapp: QApplication) -> Iterator[Collector]:
    """As in the program: no widget is taken apart on the engine's thread."""
    collecting = Collector(qapp)
    yield collecting
    collecting.release()


@pytest.fixture(autouse=True)
def light_theme(qapp: QApplication) -> None:
    make_app()
    apply_theme(qapp, "light")


@pytest.fixture(scope="session")
def empty_vault(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a vault in which nothing is yet; copied, because making one derives a key."""
    home = tmp_path_factory.mktemp("template") / "home"
    Vault.create(home, PASSPHRASE, cost=FLOOR_COST).close()
    return home


@pytest.fixture
def home(empty_vault: Path, tmp_path: Path) -> Path:
    """A home of one's own with an empty vault."""
    target = tmp_path / "home"
    shutil.copytree(empty_vault, target, copy_function=shutil.copy2)
    target.chmod(0o700)
    return target


@pytest.fixture
def engine(home: Path) -> Iterator[Engine]:
    """The real engine, its vault locked, nothing renewed by itself."""
    with Engine(home, scheduled=False) as running:
        yield running


@pytest.fixture
def bridge(engine: Engine, qapp: QApplication) -> Iterator[Bridge]:
    made = Bridge(engine)
    yield made
    made.close()


@pytest.fixture
def console(home: Path, qtbot: QtBot) -> Iterator[Console]:
    """The whole window; a test seeds `home` first, then opens it."""
    made = Console(home, qtbot)
    yield made
    made.close()


@pytest.fixture
def practice() -> Iterator[Provider]:
    """The practice provider on a free port."""
    with start() as provider:
        yield provider


@pytest.fixture
def visitor() -> Visitor:
    """The person at the browser of `connected_bridge`."""
    return Visitor()


@pytest.fixture
def connected_bridge(
    home: Path, practice: Provider, visitor: Visitor, qapp: QApplication
) -> Iterator[Bridge]:
    """A bridge to an engine whose vault is open, with the practice connectors set to `practice`."""
    with Engine(home, opener=visitor, scheduled=False) as running:
        running.run(running.unlock(PASSPHRASE))
        for key in ("practice-oauth2", "practice-key", "practice-password"):
            running.run(running.configure(key, {"practice_url": practice.url}))
        made = Bridge(running)
        yield made
        made.close()


@pytest.fixture
def open_card(connected_bridge: Bridge, qtbot: QtBot) -> Callable[..., Part]:
    """Opens a connect card and waits for its form."""

    def open_it(key: str, **more: str) -> Part:
        part = Part(qtbot, ConnectCard(connected_bridge, key, **more))
        part.until(lambda: part.root.state == "form")
        return part

    return open_it
