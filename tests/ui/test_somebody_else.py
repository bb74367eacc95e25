"""The card when a sign-in comes back as somebody unexpected: both people, and what can be done."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFrame, QPushButton

from desktop.practice import Provider
from desktop.ui.bridge import Bridge
from tests.ui.part import Part, Visitor, account_names

OpenCard = Callable[..., Part]
REVOKE = "/oauth/revoke"


def signed_in(open_card: OpenCard, until: str = "connected", **more: str) -> Part:
    part = open_card("practice-oauth2", **more)
    part.press("Sign in with browser")
    part.until(lambda: part.root.state == until)
    return part


@pytest.fixture
def asked(open_card: OpenCard, visitor: Visitor) -> Part:
    """Amelia's account was signed in to again, and Ben came back."""
    first = signed_in(open_card).root._account_id
    visitor.user = "ben"
    return signed_in(open_card, "deciding", reconnect=first)


def test_both_people_are_shown_and_nothing_is_kept_yet(asked: Part, connected_bridge: Bridge) -> None:
    assert asked.says("You signed in as somebody else")
    names = [box.accessibleName() for box in asked.root.findChildren(QFrame) if box.isVisible()]
    assert "This account: Amelia Ortega, amelia@practice.example, u-1001" in names
    assert "You signed in as: Ben Carter, ben@practice.example, u-1002" in names
    assert asked.root.head.time_left.text()
    assert account_names(connected_bridge) == ["Amelia Ortega"]


def test_every_act_is_reached_by_keyboard_and_says_what_it_does(asked: Part) -> None:
    assert asked.find(QPushButton, "Keep both").hasFocus()
    stops = [stop.accessibleName() for stop in asked.tab_order()]
    assert stops == ["Keep both", "Replace", "Cancel"]
    described = [asked.find(QPushButton, name).accessibleDescription() for name in stops[:2]]
    assert described == [
        "Ben Carter becomes an account of its own. Amelia Ortega stays as it is.",
        "This account becomes Ben Carter. Restoring from its history brings Amelia Ortega back.",
    ]


def test_enter_keeps_both(asked: Part, connected_bridge: Bridge) -> None:
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    asked.until(lambda: asked.root.state == "connected")
    assert sorted(account_names(connected_bridge)) == ["Amelia Ortega", "Ben Carter"]


def test_replace_makes_the_account_the_others(asked: Part, connected_bridge: Bridge) -> None:
    asked.press("Replace")
    asked.until(lambda: asked.root.state == "connected")
    assert asked.says("ben@practice.example") and account_names(connected_bridge) == ["Ben Carter"]
    engine = connected_bridge.engine
    account_id = asked.root._account_id
    assert engine.run(engine.restore(account_id, 1)).name == "Amelia Ortega"


@pytest.mark.parametrize("by_key", [True, False])
def test_cancel_says_what_became_of_the_new_access(
    asked: Part, by_key: bool, connected_bridge: Bridge, practice: Provider
) -> None:
    if by_key:
        asked.root.cancel()  # what the overlay does on Escape
    else:
        asked.press("Cancel")
    asked.until(lambda: asked.root.state == "failed")
    assert asked.says("That was a different account") and asked.says("has revoked the access that it gave")
    assert account_names(connected_bridge) == ["Amelia Ortega"] and practice.count(REVOKE) > 0
    marks = [row.label.accessibleName() for row in asked.root.steps.rows.values()]
    assert marks[-1] == "Read the profile: stopped here"
    with asked.qtbot.waitSignal(asked.root.cancelled):
        asked.press("Cancel")


def test_a_lock_drops_the_question(asked: Part, connected_bridge: Bridge) -> None:
    attempt = asked.root._running.attempt
    connected_bridge.engine.run(connected_bridge.engine.lock())
    asked.until(lambda: asked.root.state == "failed")
    assert attempt.last.ended and not asked.root.clash.isVisible()


def test_a_closed_card_keeps_nothing(open_card: OpenCard, visitor: Visitor, connected_bridge: Bridge) -> None:
    first = signed_in(open_card).root._account_id
    visitor.user = "ben"
    part = signed_in(open_card, "deciding", reconnect=first)
    attempt = part.root._running.attempt
    part.root.deleteLater()
    part.until(lambda: attempt.last.ended)
    assert account_names(connected_bridge) == ["Amelia Ortega"]


def test_somebody_who_is_connected_already_is_updated(open_card: OpenCard, connected_bridge: Bridge) -> None:
    first = signed_in(open_card).root._account_id
    part = signed_in(open_card, "deciding")
    assert part.says("Amelia Ortega is connected already")
    part.press("Update that account")
    part.until(lambda: part.root.state == "connected")
    assert part.root._account_id == first and account_names(connected_bridge) == ["Amelia Ortega"]


def test_a_second_account_of_the_same_person_or_none(
    open_card: OpenCard, connected_bridge: Bridge, practice: Provider
) -> None:
    signed_in(open_card)
    part = signed_in(open_card, "deciding")
    part.press("Keep both")
    part.until(lambda: part.root.state == "connected")
    assert account_names(connected_bridge) == ["Amelia Ortega", "Amelia Ortega"]
    again = signed_in(open_card, "deciding")
    again.press("Cancel")
    again.until(lambda: again.root.state == "failed")
    assert again.says("Nothing was changed") and practice.count(REVOKE) == 0
    assert len(account_names(connected_bridge)) == 2


def test_hostile_names_are_shown_and_not_drawn(open_card: OpenCard, visitor: Visitor) -> None:
    first = signed_in(open_card).root._account_id
    visitor.user = "mallory"
    part = signed_in(open_card, "deciding", reconnect=first)
    assert part.says("<b>Mallory</b>") and "\u202e" not in part.root.clash.came.name.text()
    part.root.close()
