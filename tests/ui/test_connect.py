"""The connect card, on the real engine and against the practice provider."""

from __future__ import annotations

import socket

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from desktop.practice import PASSWORD, PEOPLE, Provider
from desktop.ui.bridge import Bridge
from desktop.ui.connect.card import ConnectCard
from desktop.vault.records import AccountQuery
from tests.practice.person import sign_in
from tests.ui.part import Part, Visitor


@pytest.fixture
def open_card(connected_bridge: Bridge, qtbot: QtBot):
    """Opens a card and waits for its form."""

    def open_it(key: str, **more: str) -> Part:
        part = Part(qtbot, ConnectCard(connected_bridge, key, **more))
        part.until(lambda: part.root.state == "form")
        return part

    return open_it


def accounts(bridge: Bridge) -> list[str]:
    return [row.name for row in bridge.engine.run(bridge.engine.accounts(AccountQuery()))]


def test_signs_in_through_the_browser(open_card, connected_bridge: Bridge, qtbot: QtBot) -> None:
    part = open_card("practice-oauth2")
    part.press("Sign in with browser")
    part.until(lambda: part.root.state == "connected")
    assert part.says("Amelia Ortega") and part.says("amelia@practice.example")
    with qtbot.waitSignal(part.root.finished) as finished:
        part.press("Done")
    assert connected_bridge.reader.account(finished.args[0]).email == "amelia@practice.example"


def test_while_waiting_it_shows_link_steps_and_countdown(open_card, visitor: Visitor) -> None:
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


def test_a_pasted_address_finishes_the_sign_in(open_card, visitor: Visitor) -> None:
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


def test_the_browser_can_be_opened_once_more(open_card, visitor: Visitor) -> None:
    visitor.hold = True
    part = open_card("practice-oauth2")
    part.press("Sign in with browser")
    part.until(lambda: visitor.links and part.all(QLineEdit, "Sign-in link"))
    part.root.waiting.menu.aboutToShow.emit()
    visitor.hold = False
    part.root.waiting.menu.actions()[0].trigger()
    part.until(lambda: part.root.state == "connected")
    assert len(visitor.links) == 2 and visitor.links[0] == visitor.links[1]


def test_a_declined_consent_says_so_and_can_be_tried_again(
    open_card, visitor: Visitor, connected_bridge: Bridge
) -> None:
    visitor.press = "Decline"
    part = open_card("practice-oauth2")
    part.press("Sign in with browser")
    part.until(lambda: part.root.state == "failed")
    assert part.says("Access was declined") and part.says("was declined")
    assert accounts(connected_bridge) == []
    visitor.press = "Allow"
    part.press("Try again")
    part.until(lambda: part.root.state == "connected")


def test_cancel_ends_the_attempt_and_closes(open_card, visitor: Visitor, qtbot: QtBot) -> None:
    visitor.hold = True
    part = open_card("practice-oauth2")
    part.press("Sign in with browser")
    part.until(lambda: part.all(QLineEdit, "Sign-in link"))
    attempt = part.root._running.attempt
    with qtbot.waitSignal(part.root.cancelled):
        part.press("Cancel")
    part.until(lambda: attempt.last.ended)
    assert attempt.last.failure.reason == "cancelled"


def test_a_card_that_is_taken_away_leaves_nothing_running(open_card, visitor: Visitor) -> None:
    visitor.hold = True
    part = open_card("practice-oauth2")
    part.press("Sign in with browser")
    part.until(lambda: part.all(QLineEdit, "Sign-in link"))
    attempt = part.root._running.attempt
    part.root.deleteLater()
    part.until(lambda: attempt.last.ended)


def test_an_api_key_connects(open_card, connected_bridge: Bridge) -> None:
    part = open_card("practice-key")
    part.type("API key", PEOPLE["amelia"].api_key)
    part.press("Connect")
    part.until(lambda: part.root.state == "connected")
    assert accounts(connected_bridge) == [PEOPLE["amelia"].name]


def test_wrong_credentials_keep_what_was_typed(open_card, connected_bridge: Bridge) -> None:
    part = open_card("practice-password")
    part.type("User name", "amelia")
    part.type("Password", "not-her-password")
    QTest.keyClick(part.find(QLineEdit, "Password"), Qt.Key.Key_Return)
    part.until(lambda: part.root.state == "failed")
    assert part.says("The sign-in details were not accepted")
    part.press("Try again")
    assert part.find(QLineEdit, "User name").text() == "amelia"
    assert part.find(QLineEdit, "Password").text() == "not-her-password"
    part.type("Password", PASSWORD)
    part.press("Connect")
    part.until(lambda: part.root.state == "connected")
    assert accounts(connected_bridge) == ["Amelia Ortega"]


def test_a_missing_field_is_refused_in_place(open_card, practice: Provider) -> None:
    part = open_card("practice-password")
    part.type("User name", "amelia")
    part.press("Connect")
    assert part.root.state == "form" and part.says("Password is needed.")
    assert part.find(QLineEdit, "Password").hasFocus()
    assert practice.log == []


def test_a_missing_client_id_is_asked_for_right_there(open_card, connected_bridge: Bridge) -> None:
    part = open_card("github")
    assert part.find(QLineEdit, "Redirect URI to register").text() == "http://127.0.0.1/callback"
    part.press("Copy redirect URI")
    assert QGuiApplication.clipboard().text() == "http://127.0.0.1/callback"
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


def test_a_service_with_several_ways_offers_them(open_card) -> None:
    part = open_card("github")
    assert part.all(QLineEdit, "Client ID")
    choice = part.root.entry.methods
    choice.setCurrentIndex(1)
    choice.activated.emit(1)
    assert not part.all(QLineEdit, "Client ID")
    assert part.root.primary.text() == "Connect"


def test_another_person_is_not_taken_for_the_account(
    open_card, visitor: Visitor, connected_bridge: Bridge
) -> None:
    part = open_card("practice-oauth2")
    part.press("Sign in with browser")
    part.until(lambda: part.root.state == "connected")
    first = part.root._account_id
    visitor.user = "ben"
    again = open_card("practice-oauth2", reconnect=first)
    assert again.says("Sign in again to Practice (OAuth 2)")
    again.press("Sign in with browser")
    again.until(lambda: again.root.state == "failed")
    assert again.says("That was a different account")
    marks = [row.label.accessibleName() for row in again.root.steps.rows.values()]
    assert marks[-1] == "Read the profile: stopped here"
    again.press("Add as a new account")
    again.until(lambda: again.root.state == "connected")
    assert len(accounts(connected_bridge)) == 2


def test_signing_in_again_asks_for_nothing_twice(open_card, connected_bridge: Bridge) -> None:
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
    assert accounts(connected_bridge) == ["Amelia Ortega"]


def test_a_lock_meanwhile_is_said(open_card, connected_bridge: Bridge) -> None:
    part = open_card("practice-password")
    part.type("User name", "amelia")
    part.type("Password", PASSWORD)
    connected_bridge.engine.run(connected_bridge.engine.lock())
    part.press("Connect")
    part.until(lambda: part.root.state == "failed")
    assert part.says("The vault is locked")


def test_a_taken_port_names_who_holds_it(open_card, connected_bridge: Bridge) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        uri = f"http://127.0.0.1:{port}/callback"
        engine = connected_bridge.engine
        engine.run(engine.configure("practice-oauth2", {"redirect_uri": uri}))
        part = open_card("practice-oauth2")
        part.press("Sign in with browser")
        part.until(lambda: part.root.state == "failed")
        assert part.says("The callback port is in use") and part.says(str(port))


def test_nobody_comes_back(open_card, visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor.hold = True
    monkeypatch.setattr("desktop.ui.connect.begin.PATIENCE", 0.2)
    part = open_card("practice-oauth2")
    part.press("Sign in with browser")
    part.until(lambda: part.root.state == "failed")
    assert part.says("The sign-in took too long")


def test_a_browser_that_does_not_start_leaves_the_link(
    open_card, connected_bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connected_bridge.engine._parts.connecting, "_opener", None)
    monkeypatch.setenv("JACKFIELD_BROWSER", "no-such-browser-here")
    part = open_card("practice-oauth2")
    part.press("Sign in with browser")
    part.until(lambda: part.says("no-such-browser-here"))
    assert part.root.state == "running" and part.find(QLineEdit, "Sign-in link").text()
    part.press("Cancel")


def test_a_service_that_is_down_is_not_the_persons_mistake(open_card, practice: Provider) -> None:
    practice.knobs.fail_next(5, "html_502")
    part = open_card("practice-oauth2")
    part.press("Sign in with browser")
    part.until(lambda: part.root.state == "failed")
    assert part.says("The service cannot be reached") or part.says("The service answered with an error")
    stopped = [row for row in part.root.steps.rows.values() if "stopped here" in row.label.accessibleName()]
    assert [row.label.text() for row in stopped] == ["Exchange the code"]


def test_details_are_shown_on_demand_and_hold_no_secret(open_card) -> None:
    part = open_card("practice-password")
    part.type("User name", "amelia")
    part.type("Password", "not-her-password")
    part.press("Connect")
    part.until(lambda: part.root.state == "failed")
    assert not part.all(QPlainTextEdit, "Details of the failure")
    part.press("Details")
    details = part.find(QPlainTextEdit, "Details of the failure").toPlainText()
    assert "401" in details and "not-her-password" not in details


def test_no_secret_is_part_of_a_name_or_a_hint(open_card) -> None:
    part = open_card("practice-password")
    part.type("Password", "not-her-password")
    line = part.find(QLineEdit, "Password")
    assert line.echoMode() is QLineEdit.EchoMode.Password
    for widget in (part.root, *part.root.findChildren(QWidget)):
        heard = (
            widget.accessibleName() + widget.accessibleDescription() + widget.toolTip() + widget.windowTitle()
        )
        assert "not-her-password" not in heard


def test_tab_goes_in_the_order_of_reading(open_card) -> None:
    part = open_card("practice-password")
    names = [stop.accessibleName() for stop in part.tab_order()]
    assert names == ["User name", "Password", "Show Password", "Cancel", "Connect"]


def test_the_card_never_jumps_and_never_grows_out_of_the_window(open_card) -> None:
    part = open_card("practice-oauth2")
    lowest = part.root.sizeHint().height()
    assert part.root.sizeHint().width() == 490
    big = open_card("generic-oauth2")
    assert big.root.sizeHint().height() > lowest
    big.root.resize(490, 400)
    assert big.root.primary.isVisible() and big.root.minimumSizeHint().height() < 400
