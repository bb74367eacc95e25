"""The connect card, from the form to a connected account, against the practice provider."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from desktop.practice import PASSWORD, PEOPLE
from desktop.ui.bridge import Bridge
from tests.practice.person import sign_in
from tests.ui.part import Part, Visitor, account_names

OpenCard = Callable[..., Part]


def test_signs_in_through_the_browser(open_card: OpenCard, connected_bridge: Bridge, qtbot: QtBot) -> None:
    part = open_card("practice-oauth2")
    part.press("Sign in with browser")
    part.until(lambda: part.root.state == "connected")
    assert part.says("Amelia Ortega") and part.says("amelia@practice.example")
    with qtbot.waitSignal(part.root.finished) as finished:
        part.press("Done")
    assert connected_bridge.reader.account(finished.args[0]).email == "amelia@practice.example"


def test_while_waiting_it_shows_link_steps_and_countdown(open_card: OpenCard, visitor: Visitor) -> None:
    visitor.hold = True
    part = open_card("practice-oauth2")
    part.press("Sign in with browser")
    part.until(lambda: part.all(QLineEdit, "Sign-in link"))
    part.until(lambda: visitor.links)
    link = part.find(QLineEdit, "Sign-in link")
    assert link.isReadOnly() and link.text() == visitor.links[0]
    part.press("Copy link")
    assert QGuiApplication.clipboard().text() == link.text()
    assert part.root.head.time_left.text() in ("5:00", "4:59")
    heard = [row.label.accessibleName() for row in part.root.steps.rows.values()]
    assert heard[0] == "Your app: client id jack••••tice: done"
    assert heard[1] == "Sign in with browser: now"
    assert heard[2] == "Exchange the code: to come"
    part.press("Show QR code")
    assert part.root.waiting.qr.isVisible()
    part.press("Cancel")


def test_a_pasted_address_finishes_the_sign_in(open_card: OpenCard, visitor: Visitor) -> None:
    visitor.hold = True
    part = open_card("practice-oauth2")
    part.press("Sign in with browser")
    part.until(lambda: part.all(QLineEdit, "Sign-in link"))
    part.press("Paste address")
    part.type("Address the browser ended on", "http://127.0.0.1/elsewhere")
    part.press("Use address")
    part.until(lambda: part.says("That is another address"))
    assert part.root.state == "running"
    part.type("Address the browser ended on", sign_in(visitor.links[0]))
    part.press("Use address")
    part.until(lambda: part.root.state == "connected")


def test_the_browser_can_be_opened_once_more(open_card: OpenCard, visitor: Visitor) -> None:
    visitor.hold = True
    part = open_card("practice-oauth2")
    part.press("Sign in with browser")
    part.until(lambda: visitor.links and part.all(QLineEdit, "Sign-in link"))
    part.root.waiting.menu.aboutToShow.emit()
    visitor.hold = False
    part.root.waiting.menu.actions()[0].trigger()
    part.until(lambda: part.root.state == "connected")
    assert len(visitor.links) == 2 and visitor.links[0] == visitor.links[1]


def test_an_api_key_connects(open_card: OpenCard, connected_bridge: Bridge) -> None:
    part = open_card("practice-key")
    part.type("API key", PEOPLE["amelia"].api_key)
    part.press("Connect")
    part.until(lambda: part.root.state == "connected")
    assert account_names(connected_bridge) == [PEOPLE["amelia"].name]


def test_a_missing_client_id_is_asked_for_right_there(open_card: OpenCard, connected_bridge: Bridge) -> None:
    part = open_card("github")
    assert part.find(QLineEdit, "Redirect URI to register").text() == "http://127.0.0.1/callback/github"
    part.press("Copy redirect URI")
    assert QGuiApplication.clipboard().text() == "http://127.0.0.1/callback/github"
    part.press("Sign in with browser")
    assert part.root.state == "form" and part.says("Client ID is needed.")
    part.type("Client ID", "Iv1.0123456789abd2f1")
    part.type("Client secret", "a-secret-of-the-app")
    connected_bridge.engine._opener.hold = True
    part.press("Sign in with browser")
    part.until(lambda: part.all(QLineEdit, "Sign-in link"))
    assert part.says("Your app: client id Iv1.••••d2f1")
    kept = connected_bridge.engine.run(connected_bridge.engine.connector_settings("github"))
    assert kept == {"client_id": "Iv1.0123456789abd2f1", "client_secret": "a-secret-of-the-app"}
    part.press("Cancel")


def test_a_service_with_several_ways_offers_them(open_card: OpenCard) -> None:
    part = open_card("github")
    assert part.all(QLineEdit, "Client ID")
    choice = part.root.entry.methods
    choice.setCurrentIndex(1)
    choice.activated.emit(1)
    assert not part.all(QLineEdit, "Client ID")
    assert part.root.primary.text() == "Connect"


def test_signing_in_again_asks_for_nothing_twice(open_card: OpenCard, connected_bridge: Bridge) -> None:
    part = open_card("practice-password")
    part.type("User name", "amelia")
    part.type("Password", PASSWORD)
    part.press("Connect")
    part.until(lambda: part.root.state == "connected")
    again = open_card("practice-password", reconnect=part.root._account_id)
    assert again.find(QLineEdit, "User name").text() == "amelia"
    assert again.find(QLineEdit, "Password").displayText() != PASSWORD
    again.press("Connect")
    again.until(lambda: again.root.state == "connected")
    assert account_names(connected_bridge) == ["Amelia Ortega"]


def test_no_secret_is_part_of_a_name_or_a_hint(open_card: OpenCard) -> None:
    part = open_card("practice-password")
    part.type("Password", "not-her-password")
    line = part.find(QLineEdit, "Password")
    assert line.echoMode() is QLineEdit.EchoMode.Password
    for widget in (part.root, *part.root.findChildren(QWidget)):
        heard = (
            widget.accessibleName() + widget.accessibleDescription() + widget.toolTip() + widget.windowTitle()
        )
        assert "not-her-password" not in heard


def test_tab_goes_in_the_order_of_reading(open_card: OpenCard) -> None:
    part = open_card("practice-password")
    names = [stop.accessibleName() for stop in part.tab_order()]
    assert names == ["User name", "Password", "Show Password", "Cancel", "Connect"]


def test_the_card_never_jumps_and_never_grows_out_of_the_window(open_card: OpenCard) -> None:
    part = open_card("practice-oauth2")
    lowest = part.root.sizeHint().height()
    assert part.root.sizeHint().width() == 490
    big = open_card("generic-oauth2")
    assert big.root.sizeHint().height() > lowest
    big.root.resize(490, 400)
    assert big.root.primary.isVisible() and big.root.minimumSizeHint().height() < 400
