"""The switch for readable exchanges: on the connector's page, its warnings, what it brings into Activity."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QListView
from pytestqt.qtbot import QtBot

from desktop.practice import PASSWORD
from desktop.ui.activity.page import ActivityPage
from desktop.ui.bridge import Bridge
from desktop.ui.connectors.page import ConnectorsPage
from tests.ui.part import Part

KEY = "practice-password"
CONNECTED = "Amelia"


@pytest.fixture
def page(connected_bridge: Bridge, qtbot: QtBot) -> Part:
    part = Part(qtbot, ConnectorsPage(connected_bridge))
    part.root.select(KEY)
    part.until(lambda: part.all(QAbstractButton, "Log secrets for an hour…"))
    return part


def on(bridge: Bridge) -> bool:
    return KEY in bridge.engine.run(bridge.engine.secrets_logged())


def choose(part: Part, words: str) -> None:
    """Chooses the entry whose line holds these words, as soon as it is there."""
    entries = part.find(QListView, "Activity")

    def rows() -> list[int]:
        lines = [entries.model().index(row, 0).data() for row in range(entries.model().rowCount())]
        return [row for row, line in enumerate(lines) if words in line]

    part.until(rows)
    entries.setCurrentIndex(entries.model().index(rows()[0], 0))


def sign_in(bridge: Bridge) -> None:
    async def connect() -> None:
        attempt = await bridge.engine.begin_connect(KEY, None, {"username": "amelia", "password": PASSWORD})
        await attempt.wait()

    bridge.engine.run(connect())


def test_the_risk_is_said_before_it_is_turned_on(page: Part, connected_bridge: Bridge) -> None:
    assert not page.says("can read and use them")
    page.press("Log secrets for an hour…")
    assert page.says("can read and use them") and page.says("to no log and no other file")
    assert not on(connected_bridge)
    page.press("Leave it off")
    assert not page.says("can read and use them") and not on(connected_bridge)


def test_on_it_warns_and_can_be_turned_off(page: Part, connected_bridge: Bridge) -> None:
    page.press("Log secrets for an hour…")
    page.press("Log secrets for an hour")
    page.until(lambda: page.says("are written readable into Activity"))
    assert on(connected_bridge)
    page.root.select("github")
    page.until(lambda: not page.says("are written readable into Activity"))
    page.root.select(KEY)
    page.until(lambda: page.says("are written readable into Activity"))
    page.press("Turn off")
    page.until(lambda: page.all(QAbstractButton, "Log secrets for an hour…"))
    assert not on(connected_bridge) and not page.says("are written readable into Activity")


def test_the_exchange_is_shown_when_asked_for(connected_bridge: Bridge, qtbot: QtBot) -> None:
    connected_bridge.engine.run(connected_bridge.engine.log_secrets(KEY, True))
    sign_in(connected_bridge)
    part = Part(qtbot, ActivityPage(connected_bridge))
    part.until(lambda: part.says("are written readable into Activity: Practice"))
    choose(part, CONNECTED)
    assert part.says("were written down") and not part.says(PASSWORD)
    part.press("Show it with its secrets")
    part.until(lambda: part.says(PASSWORD))
    part.press("Copy as text")
    assert PASSWORD not in QGuiApplication.clipboard().text()
    part.press("Hide the secrets")
    assert not part.says(PASSWORD)
    part.press("Show it with its secrets")
    part.until(lambda: part.says(PASSWORD))
    choose(part, "stand readable")
    assert not part.says(PASSWORD) and part.says("stand readable in Activity for an hour")
    choose(part, CONNECTED)
    part.press("Turn off")
    part.until(lambda: not part.says("are written readable into Activity: Practice"))
    part.press("Show it with its secrets")
    assert part.says("It was taken out meanwhile") and not part.says(PASSWORD)


def test_locked_nothing_of_it_stays_on_the_page(connected_bridge: Bridge, qtbot: QtBot) -> None:
    connected_bridge.engine.run(connected_bridge.engine.log_secrets(KEY, True))
    sign_in(connected_bridge)
    part = Part(qtbot, ActivityPage(connected_bridge))
    part.until(lambda: part.says("are written readable into Activity: Practice"))
    choose(part, CONNECTED)
    part.press("Show it with its secrets")
    part.until(lambda: part.says(PASSWORD))
    connected_bridge.engine.run(connected_bridge.engine.lock())
    part.until(lambda: not part.says("were written down"))
    assert not part.says(PASSWORD) and not part.says("are written readable")
