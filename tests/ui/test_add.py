"""The page Add account: search, grid, panel, keyboard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QListView
from pytestqt.qtbot import QtBot

from desktop.ui.add.model import ServiceModel, services
from desktop.ui.add.page import AddAccountPage
from desktop.ui.add.panel import needed
from desktop.ui.bridge import Bridge
from tests.ui.part import Part


@pytest.fixture
def part(bridge: Bridge, qtbot: QtBot) -> Part:
    return Part(qtbot, AddAccountPage(bridge))


def names(part: Part) -> list[str]:
    return [part.root.model.index(row, 0).data() for row in range(part.root.model.rowCount())]


def place(part: Part, name: str) -> QModelIndex:
    return part.root.model.index(names(part).index(name), 0)


def test_the_model_is_a_proper_model(bridge: Bridge, qtbot: QtBot) -> None:
    model = ServiceModel(lambda text: services(bridge.engine.catalog, text))
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.find("prac")
    model.find("no such service")
    model.find("")
    assert model.rowCount() == len(bridge.engine.catalog)
    del tester


def test_services_known_by_name_come_before_the_generic_ones(bridge: Bridge) -> None:
    kinds = [connector.category == "Generic" for connector in services(bridge.engine.catalog, "")]
    assert kinds == sorted(kinds) and any(kinds)


def test_the_cursor_stands_in_the_search_box(part: Part) -> None:
    part.until(lambda: part.find(QLineEdit, "Search services").hasFocus())


def test_typing_finds_and_chooses_the_nearest(part: Part) -> None:
    part.type("Search services", "prac")
    assert names(part) == ["Practice (API key)", "Practice (OAuth 2)", "Practice (password)"]
    assert part.root.panel.name.text() == "Practice (API key)"


def test_choose_with_the_mouse_and_connect(part: Part, qtbot: QtBot) -> None:
    part.type("Search services", "prac")
    where = part.root.grid.visualRect(place(part, "Practice (OAuth 2)")).center()
    QTest.mouseClick(part.root.grid.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert part.root.panel.name.text() == "Practice (OAuth 2)"
    assert part.says("Your browser, to sign in there.")
    with qtbot.waitSignal(part.root.chosen) as chosen:
        part.press("Connect")
    assert chosen.args == ["practice-oauth2"]


def test_the_keyboard_alone_is_enough(part: Part, qtbot: QtBot) -> None:
    part.type("Search services", "prac")
    search = part.find(QLineEdit, "Search services")
    QTest.keyClick(search, Qt.Key.Key_Down)
    grid = part.find(QListView, "Services")
    assert grid.hasFocus()
    QTest.keyClick(grid, Qt.Key.Key_Right)
    assert part.root.panel.name.text() == "Practice (OAuth 2)"
    with qtbot.waitSignal(part.root.chosen) as chosen:
        QTest.keyClick(grid, Qt.Key.Key_Return)
    assert chosen.args == ["practice-oauth2"]


def test_enter_in_the_box_takes_the_nearest(part: Part, qtbot: QtBot) -> None:
    part.type("Search services", "freshd")
    with qtbot.waitSignal(part.root.chosen) as chosen:
        QTest.keyClick(part.find(QLineEdit, "Search services"), Qt.Key.Key_Return)
    assert chosen.args == ["freshdesk"]


def test_a_double_click_connects(part: Part, qtbot: QtBot) -> None:
    where = part.root.grid.visualRect(place(part, "GitHub")).center()
    with qtbot.waitSignal(part.root.chosen) as chosen:
        QTest.mouseClick(part.root.grid.viewport(), Qt.MouseButton.LeftButton, pos=where)
        QTest.mouseDClick(part.root.grid.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert chosen.args == ["github"]


def test_what_is_not_found_says_what_to_do(part: Part) -> None:
    part.type("Search services", "<b>zzz</b>")
    assert part.says("Nothing is called “<b>zzz</b>”.") and part.says("generic")
    assert not part.all(QAbstractButton, "Connect")
    part.type("Search services", "")
    assert part.all(QListView, "Services")


def test_escape_clears_then_goes_back(part: Part, qtbot: QtBot) -> None:
    part.type("Search services", "prac")
    search = part.find(QLineEdit, "Search services")
    QTest.keyClick(search, Qt.Key.Key_Escape)
    assert search.text() == ""
    with qtbot.waitSignal(part.root.cancelled):
        QTest.keyClick(search, Qt.Key.Key_Escape)


def test_a_service_says_what_is_needed(bridge: Bridge) -> None:
    catalog = bridge.engine.catalog
    assert needed(catalog.get("practice-password")) == ["You will be asked for: User name and Password."]
    assert "client id" in " ".join(needed(catalog.get("github")))
    assert len(needed(catalog.get("github"))) == 2


def test_in_a_narrow_page_the_chosen_service_takes_the_place_of_the_grid(part: Part) -> None:
    part.root.resize(440, 400)
    part.until(lambda: part.root.panes.narrow)
    part.type("Search services", "prac")
    assert part.all(QListView, "Services") and not part.all(QAbstractButton, "Connect")
    where = part.root.grid.visualRect(place(part, "Practice (OAuth 2)")).center()
    QTest.mouseClick(part.root.grid.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert part.all(QAbstractButton, "Connect") and not part.all(QListView, "Services")
    part.press("Back to the list")
    assert part.all(QListView, "Services")
