"""Locking when nobody is there, on a clock that the test turns."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.ui.idle import IdleLock


class Hands:
    """A clock with hands."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_it_says_how_long_and_then_that_it_is_time(qtbot: QtBot) -> None:
    clock, heard = Hands(), []
    idle = IdleLock(lambda: 10, clock=clock)
    idle.remaining.connect(heard.append)
    idle.start()
    clock.now += 65
    idle.look()
    assert heard == [600, 535]
    clock.now += 600
    with qtbot.waitSignal(idle.expired):
        idle.look()
    idle.look()
    assert len(heard) == 2


def test_a_key_begins_the_time_anew(qapp: QApplication) -> None:
    clock, heard, window = Hands(), [], QObject()
    idle = IdleLock(lambda: 10, clock=clock)
    idle.watch(window)
    idle.start()
    clock.now += 599
    key = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(window, key)
    idle.remaining.connect(heard.append)
    clock.now += 599
    idle.look()
    assert heard == [1]


def test_a_changed_preference_counts_at_once_and_zero_is_never(qtbot: QtBot) -> None:
    clock, minutes, heard = Hands(), [0], []
    idle = IdleLock(lambda: minutes[0], clock=clock)
    idle.remaining.connect(heard.append)
    idle.start()
    clock.now += 86_400
    idle.look()
    assert heard == [0, 0]
    minutes[0] = 5
    with qtbot.waitSignal(idle.expired):
        idle.look()
