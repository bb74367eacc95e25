"""The small parts: plain text, accessible names, wrapping."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from desktop.ui.widgets import (
    Banner,
    Button,
    Chips,
    Dim,
    ElidedLabel,
    EmptyState,
    ErrorText,
    Heading,
    Label,
    StatePill,
    Strong,
    TextButton,
)

MARKUP = "<img src=x onerror=alert(1)><b>Amelia</b>"


@pytest.mark.parametrize("kind", [Label, Dim, Strong, Heading, ErrorText, ElidedLabel])
def test_labels_never_render_markup(kind: type[QLabel], qtbot: QtBot) -> None:
    label = kind(MARKUP)
    qtbot.addWidget(label)
    assert label.textFormat() == Qt.TextFormat.PlainText
    assert label.text() == MARKUP


def test_composed_parts_hold_only_plain_labels(qtbot: QtBot) -> None:
    parts = (Banner("bad", MARKUP, "Act"), EmptyState(MARKUP, MARKUP, "Act"), Chips([MARKUP], removable=True))
    for part in parts:
        qtbot.addWidget(part)
        pictures = [label for label in part.findChildren(QLabel) if not label.text()]
        texts = [label for label in part.findChildren(QLabel) if label not in pictures]
        assert texts
        assert {label.textFormat() for label in texts} == {Qt.TextFormat.PlainText}


def test_an_ampersand_in_a_button_is_not_a_shortcut(qtbot: QtBot) -> None:
    button = Button("Sales & Support")
    qtbot.addWidget(button)
    assert button.shortcut().isEmpty()
    assert button.accessibleName() == "Sales & Support"


def test_names_for_those_who_hear_the_window(qtbot: QtBot) -> None:
    pill, icon_only = StatePill("needs_sign_in"), TextButton("", icon_name="cross", name="Dismiss")
    for part in (pill, icon_only):
        qtbot.addWidget(part)
    assert pill.accessibleName() == "Needs sign-in"
    assert icon_only.accessibleName() == "Dismiss"


def test_a_refusal_takes_no_room_until_there_is_one(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    error = ErrorText(parent=parent)
    parent.show()
    assert not error.isVisible()
    error.set_reason("This is not a date.")
    assert error.isVisible()
    assert error.accessibleName() == "This is not a date."


def test_chips_wrap_and_give_back_what_was_taken_away(qtbot: QtBot) -> None:
    chips = Chips(["repo", "read:user", "workflow"], removable=True)
    qtbot.addWidget(chips)
    assert chips.heightForWidth(90) > chips.heightForWidth(900)
    cross = next(b for b in chips.findChildren(TextButton) if b.accessibleName() == "Remove repo")
    with qtbot.waitSignal(chips.removed) as taken:
        cross.click()
    assert taken.args == ["repo"]


def test_a_banner_without_a_sentence_is_not_there(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    banner = Banner("soon", "Expires in 12 minutes.", parent=parent)
    parent.show()
    assert banner.isVisible() and not banner.button.isVisible()
    banner.show_message("bad", "Sign in again.", "Sign in again")
    assert banner.button.isVisible() and banner.accessibleName() == "Sign in again."
    banner.show_message("bad", "")
    assert not banner.isVisible()
