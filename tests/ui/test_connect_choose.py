"""The connect card asks which site, tenant or workspace is meant."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QListWidget

from desktop.ui.bridge import Bridge
from tests.engine.support import define
from tests.sites import SITES, sites_service
from tests.standin import StandIn
from tests.ui.part import Part, account_names

OpenCard = Callable[..., Part]


@pytest.fixture
def service() -> Iterator[StandIn]:
    with sites_service() as running:
        yield running


@pytest.fixture
def asked(home: Path, service: StandIn, connected_bridge: Bridge, open_card: OpenCard) -> Part:
    """The card at the question."""
    define(home, SITES, url=service.url)
    connected_bridge.engine.run(connected_bridge.engine.reload_connectors())
    part = open_card("sites")
    part.type("API key", "key-of-amelia")
    part.press("Connect")
    part.until(lambda: part.all(QListWidget, "Choose one"))
    return part


def test_the_options_stand_in_a_list_that_has_the_focus(asked: Part) -> None:
    options = asked.find(QListWidget, "Choose one")
    assert [options.item(n).text() for n in range(options.count())] == ["Garden", "Greenhouse"]
    assert asked.says("Choose a site")
    assert options.hasFocus() and options.currentRow() == 0
    heard = [row.label.accessibleName() for row in asked.root.steps.rows.values()]
    assert "Choose a site: now" in heard
    asked.press("Cancel")


def test_the_mouse_chooses_and_goes_on(asked: Part, connected_bridge: Bridge) -> None:
    options = asked.find(QListWidget, "Choose one")
    middle = options.visualItemRect(options.item(1)).center()
    QTest.mouseClick(options.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    asked.press("Continue")
    asked.until(lambda: asked.root.state == "connected")
    assert account_names(connected_bridge) == ["Amelia at Greenhouse"]
    assert not asked.all(QListWidget, "Choose one") and not asked.all(QAbstractButton, "Continue")


def test_the_keyboard_alone_is_enough(asked: Part, connected_bridge: Bridge) -> None:
    options = asked.find(QListWidget, "Choose one")
    QTest.keyClick(options, Qt.Key.Key_Down)
    QTest.keyClick(options, Qt.Key.Key_Return)
    asked.until(lambda: asked.root.state == "connected")
    assert account_names(connected_bridge) == ["Amelia at Greenhouse"]


def test_the_button_may_have_the_services_own_words(
    home: Path, service: StandIn, connected_bridge: Bridge, open_card: OpenCard
) -> None:
    define(home, 'connect_button = "Open the gate"\n' + SITES, url=service.url)
    connected_bridge.engine.run(connected_bridge.engine.reload_connectors())
    part = open_card("sites")
    part.type("API key", "key-of-amelia")
    part.press("Open the gate")
    part.until(lambda: part.all(QListWidget, "Choose one"))
    part.press("Cancel")


def test_giving_up_leaves_no_account(asked: Part, connected_bridge: Bridge) -> None:
    asked.press("Cancel")
    assert account_names(connected_bridge) == []
