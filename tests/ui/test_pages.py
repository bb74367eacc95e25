"""What holds for every page and card alike: names, no stray windows, both themes, the order of Tab."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QObject, QTranslator
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QScrollBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop.ui.activity.page import ActivityPage
from desktop.ui.add.page import AddAccountPage
from desktop.ui.bridge import Bridge
from desktop.ui.connect.card import ConnectCard
from desktop.ui.connectors.page import ConnectorsPage
from desktop.ui.requests.page import RequestsPage
from desktop.ui.settings.page import SettingsPage
from desktop.ui.start import FirstStartPage, UnlockPage
from desktop.ui.theme import apply_theme
from tests.ui.part import Part
from tests.ui.windows import windows_shown

Make = Callable[[Bridge], QWidget]
CONTROLS = (QAbstractButton, QLineEdit, QComboBox, QPlainTextEdit, QAbstractItemView)


def connectors_with_github(bridge: Bridge) -> QWidget:
    page = ConnectorsPage(bridge)
    page.select("github")
    return page


def add_with_github(bridge: Bridge) -> QWidget:
    page = AddAccountPage(bridge)
    page.select("github")
    return page


def requests_of_an_account(bridge: Bridge) -> QWidget:
    engine = bridge.engine

    async def connect() -> str:
        attempt = await engine.begin_connect("practice-key", None, {"api_key": "practice-key-amelia-4f1c"})
        return (await attempt.wait()).id

    page = RequestsPage(bridge, Alone())
    page.show_account(engine.run(connect()))
    page.editor.line.url.setText("/users/{id}?a=1")
    return page


class Alone:
    """A host for a page that stands alone: whatever is asked of the window is noted."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *_given, **_more: self.asked.append(name)


PAGES: dict[str, Make] = {
    "first start": FirstStartPage,
    "unlock": UnlockPage,
    "add": add_with_github,
    "connectors": connectors_with_github,
    "activity": ActivityPage,
    "requests": requests_of_an_account,
    "settings": SettingsPage,
    "card with a form": lambda bridge: ConnectCard(bridge, "freshdesk"),
    "card with an app to register": lambda bridge: ConnectCard(bridge, "github"),
    "card with everything": lambda bridge: ConnectCard(bridge, "generic-oauth2"),
}


@pytest.fixture(params=PAGES)
def make(request: pytest.FixtureRequest) -> Make:
    return PAGES[request.param]


def ready(part: Part) -> None:
    """Lets everything that the page asked the engine for arrive."""
    root = part.root
    if isinstance(root, ConnectCard):
        part.until(lambda: root.state == "form")
    if isinstance(root, RequestsPage):
        part.until(lambda: root.editor.line.where.text())
    if isinstance(root, ConnectorsPage):
        part.until(lambda: root.panel.settings is not None)
    if isinstance(root, FirstStartPage | SettingsPage):
        part.until(lambda: part.says("keychain") or part.says("Kept by"))


def test_every_control_has_a_name(make: Make, connected_bridge: Bridge, qtbot: QtBot) -> None:
    part = Part(qtbot, make(connected_bridge))
    ready(part)
    nameless = [
        f"{type(control).__name__} {control.property('text') or ''}"
        for kind in CONTROLS
        for control in part.root.findChildren(kind)
        if control.isVisible() and not control.accessibleName() and not is_part_of_another(control)
    ]
    assert nameless == []


def is_part_of_another(control: QWidget) -> bool:
    """Qt's own: the scroll bars, the cross in a search box."""
    parent = control.parentWidget()
    return isinstance(control, QScrollBar) or isinstance(parent, QLineEdit | QComboBox | QAbstractItemView)


def test_nothing_opens_as_a_window_of_its_own(
    make: Make, connected_bridge: Bridge, qtbot: QtBot, qapp: QApplication
) -> None:
    with windows_shown(qapp) as names:
        part = Part(qtbot, make(connected_bridge))
        ready(part)
    assert names == [type(part.root).__name__]


def test_it_takes_the_other_theme_while_it_is_shown(
    make: Make, connected_bridge: Bridge, qtbot: QtBot, qapp: QApplication
) -> None:
    part = Part(qtbot, make(connected_bridge))
    ready(part)
    before = part.root.grab().toImage()
    apply_theme(qapp, "dark")
    part.until(lambda: part.root.grab().toImage() != before)
    assert part.root.grab().toImage().pixelColor(2, 300).lightness() < 80


def test_tab_goes_from_top_to_bottom(make: Make, connected_bridge: Bridge, qtbot: QtBot) -> None:
    part = Part(qtbot, make(connected_bridge))
    part.root.resize(1000, 2400)  # nothing scrolls: every stop has its place on the page
    ready(part)
    columns: dict[bool, list[int]] = {False: [], True: []}
    left = 280 if isinstance(part.root, RequestsPage) else 520
    for stop in part.tab_order():
        place = stop.mapTo(part.root, stop.rect().center())
        columns[not isinstance(part.root, ConnectCard) and place.x() > left].append(place.y() // 24)
    for heights in columns.values():
        assert heights == sorted(heights)


class Longer(QTranslator):
    """A language whose every text is half as long again."""

    def translate(self, _context: str, source: str, _more: str = "", _n: int = -1) -> str:
        return f"{source} {('äääää ' * len(source))[: len(source) // 2]}".strip()

    def isEmpty(self) -> bool:
        return False


@pytest.fixture
def long_language(qapp: QApplication) -> QObject:
    translator = Longer()
    qapp.installTranslator(translator)
    yield translator
    qapp.removeTranslator(translator)


def test_no_button_is_cut_in_a_longer_language(
    make: Make, long_language: QObject, connected_bridge: Bridge, qtbot: QtBot
) -> None:
    part = Part(qtbot, make(connected_bridge))
    part.root.resize(490 if isinstance(part.root, ConnectCard) else 1000, 1200)
    part.until(lambda: not isinstance(part.root, ConnectCard) or part.root.state == "form")

    def cut() -> list[str]:
        return [
            button.text()
            for button in part.root.findChildren(QAbstractButton)
            if button.isVisible()
            and button.text()
            and (
                button.width() < button.sizeHint().width()
                or button.mapTo(part.root, button.rect().topRight()).x() >= part.root.width()
            )
        ]

    part.until(lambda: cut() == [])  # a text that came last has its room after the next layout
