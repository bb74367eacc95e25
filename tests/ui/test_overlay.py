"""A card over the window: the focus stays inside, Escape cancels, the window below lives on."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop.ui.overlay import Overlay
from desktop.ui.widgets.buttons import PrimaryButton


class Card(QWidget):
    cancelled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.field, self.button = QLineEdit(), QPushButton("Connect")
        column = QVBoxLayout(self)
        column.addWidget(self.field)
        column.addWidget(self.button)

    def cancel(self) -> None:
        self.cancelled.emit()


class Below(QWidget):
    """A window with one field and an overlay."""

    def __init__(self) -> None:
        super().__init__()
        self.field = QLineEdit(self)
        self.primary = PrimaryButton("Connect")
        self.primary.setParent(self)
        self.resize(900, 600)
        self.overlay = Overlay(self)


def shown(qtbot: QtBot) -> Below:
    window = Below()
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    window.field.setFocus()
    qtbot.waitUntil(window.field.hasFocus)
    return window


def test_the_card_takes_the_focus_and_keeps_it(qtbot: QtBot) -> None:
    window, card = shown(qtbot), Card()
    window.overlay.show_card(card)
    qtbot.waitUntil(card.field.hasFocus)
    for _ in range(2):
        qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
    assert card.field.hasFocus()
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert card.button.hasFocus()


def test_the_card_has_the_only_button_of_its_name(qtbot: QtBot) -> None:
    window, card = shown(qtbot), Card()
    window.primary.setFocus()
    window.overlay.show_card(card)
    assert [b.text() for b in window.findChildren(QPushButton) if b.isVisible()] == ["Connect"]
    assert not window.primary.isVisible()
    window.overlay.close_card()
    assert window.primary.isVisible()
    qtbot.waitUntil(window.primary.hasFocus)


def test_escape_cancels_and_the_focus_goes_back(qtbot: QtBot) -> None:
    window, card = shown(qtbot), Card()
    window.overlay.show_card(card)
    card.cancelled.connect(window.overlay.close_card)
    qtbot.waitUntil(card.field.hasFocus)
    with qtbot.waitSignal(card.cancelled):
        qtbot.keyClick(card.field, Qt.Key.Key_Escape)
    assert window.overlay.card is None
    assert not window.overlay.isVisible()
    assert window.field.hasFocus()


def test_a_card_that_is_replaced_is_deleted(qtbot: QtBot) -> None:
    window, first = shown(qtbot), Card()
    window.overlay.show_card(first)
    with qtbot.waitSignal(first.destroyed):
        window.overlay.show_card(Card())
    assert isinstance(window.overlay.card, Card)


def test_a_high_card_scrolls_in_a_low_window(qtbot: QtBot) -> None:
    window, card = shown(qtbot), Card()
    window.resize(500, 300)
    card.setMinimumHeight(900)
    window.overlay.show_card(card)
    frame = window.overlay._frame.geometry()
    assert window.rect().contains(frame)
    assert card.height() == 900
