"""A window in which somebody has signed in: fixtures for whoever imports them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.practice import Provider
from desktop.vault.records import AccountRow
from tests.engine.support import PersonAtBrowser
from tests.ui.console import Console
from tests.ui.seeding import opened

KEY = "practice-oauth2"


@pytest.fixture
def console(home: Path, practice: Provider, qtbot: QtBot) -> Iterator[Console]:
    """The window, unlocked, with the system browser's place taken by somebody who signs in."""
    with opened(home) as vault:
        vault.set_connector_settings(KEY, {"practice_url": practice.url})
    person = PersonAtBrowser()
    made = Console(home, qtbot, person)
    yield made.open()
    made.close()
    person.leave()


@pytest.fixture
def amelia(console: Console) -> AccountRow:
    """Her account, connected, with its token before us."""
    engine = console.engine

    async def connect() -> AccountRow:
        return await (await engine.begin_connect(KEY)).wait()

    row: AccountRow = engine.run(connect())
    console.until(lambda: console.shell.accounts.model.rowCount() == 1)
    console.show(row.id, "Token")
    return row
