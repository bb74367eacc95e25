"""Every way in which a connect does not end well: its sentence, and what can be done next."""

from __future__ import annotations

import socket
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit
from pytestqt.qtbot import QtBot

from desktop.practice import PASSWORD, Provider
from desktop.ui.bridge import Bridge
from tests.ui.part import Part, Visitor, account_names

OpenCard = Callable[..., Part]


def test_a_declined_consent_says_so_and_can_be_tried_again(
    open_card: OpenCard, visitor: Visitor, connected_bridge: Bridge
) -> None:
    visitor.press = "Decline"
    part = open_card("practice-oauth2")
    part.press("Sign in with browser")
    part.until(lambda: part.root.state == "failed")
    assert part.says("Access was declined") and part.says("was declined")
    assert account_names(connected_bridge) == []
    visitor.press = "Allow"
    part.press("Try again")
    part.until(lambda: part.root.state == "connected")


def test_cancel_ends_the_attempt_and_closes(open_card: OpenCard, visitor: Visitor, qtbot: QtBot) -> None:
    visitor.hold = True
    part = open_card("practice-oauth2")
    part.press("Sign in with browser")
    part.until(lambda: part.all(QLineEdit, "Sign-in link"))
    attempt = part.root._running.attempt
    with qtbot.waitSignal(part.root.cancelled):
        part.press("Cancel")
    part.until(lambda: attempt.last.ended)
    assert attempt.last.failure.reason == "cancelled"


def test_a_card_that_is_taken_away_leaves_nothing_running(open_card: OpenCard, visitor: Visitor) -> None:
    visitor.hold = True
    part = open_card("practice-oauth2")
    part.press("Sign in with browser")
    part.until(lambda: part.all(QLineEdit, "Sign-in link"))
    attempt = part.root._running.attempt
    part.root.deleteLater()
    part.until(lambda: attempt.last.ended)


def test_wrong_credentials_keep_what_was_typed(open_card: OpenCard, connected_bridge: Bridge) -> None:
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
    assert account_names(connected_bridge) == ["Amelia Ortega"]


def test_a_missing_field_is_refused_in_place(open_card: OpenCard, practice: Provider) -> None:
    part = open_card("practice-password")
    part.type("User name", "amelia")
    part.press("Connect")
    assert part.root.state == "form" and part.says("Password is needed.")
    assert part.find(QLineEdit, "Password").hasFocus()
    assert practice.log == []


def test_a_lock_meanwhile_is_said(open_card: OpenCard, connected_bridge: Bridge) -> None:
    part = open_card("practice-password")
    part.type("User name", "amelia")
    part.type("Password", PASSWORD)
    connected_bridge.engine.run(connected_bridge.engine.lock())
    part.press("Connect")
    part.until(lambda: part.root.state == "failed")
    assert part.says("The vault is locked")


def test_a_taken_port_names_who_holds_it(open_card: OpenCard, connected_bridge: Bridge) -> None:
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


def test_nobody_comes_back(open_card: OpenCard, visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor.hold = True
    monkeypatch.setattr("desktop.ui.connect.begin.PATIENCE", 0.2)
    part = open_card("practice-oauth2")
    part.press("Sign in with browser")
    part.until(lambda: part.root.state == "failed")
    assert part.says("The sign-in took too long")


def test_a_browser_that_does_not_start_leaves_the_link(
    open_card: OpenCard, connected_bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connected_bridge.engine._parts.connecting, "_opener", None)
    monkeypatch.setenv("JACKFIELD_BROWSER", "no-such-browser-here")
    part = open_card("practice-oauth2")
    part.press("Sign in with browser")
    part.until(lambda: part.says("no-such-browser-here"))
    assert part.root.state == "running" and part.find(QLineEdit, "Sign-in link").text()
    part.press("Cancel")


def test_a_service_that_is_down_is_not_the_persons_mistake(open_card: OpenCard, practice: Provider) -> None:
    practice.knobs.fail_next(5, "html_502")
    part = open_card("practice-oauth2")
    part.press("Sign in with browser")
    part.until(lambda: part.root.state == "failed")
    assert part.says("The service is not available") or part.says("The service answered with an error")
    stopped = [row for row in part.root.steps.rows.values() if "stopped here" in row.label.accessibleName()]
    assert [row.label.text() for row in stopped] == ["Exchange the code"]


def test_details_are_shown_on_demand_and_hold_no_secret(open_card: OpenCard) -> None:
    part = open_card("practice-password")
    part.type("User name", "amelia")
    part.type("Password", "not-her-password")
    part.press("Connect")
    part.until(lambda: part.root.state == "failed")
    assert not part.all(QPlainTextEdit, "Details of the failure")
    part.press("Details")
    details = part.find(QPlainTextEdit, "Details of the failure").toPlainText()
    assert "401" in details and "not-her-password" not in details
