"""A secret on the clipboard is marked, leaves it again, and nobody else's text is touched."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QClipboard, QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.ui.clipboard import SecretClipboard

SECRET = "gho_a-secret-on-the-way"


@pytest.fixture
def board(qapp: QApplication) -> QClipboard:
    return QGuiApplication.clipboard()


def test_a_secret_tells_clipboard_managers_to_leave_it(board: QClipboard) -> None:
    ours = SecretClipboard()
    ours.copy(SECRET, seconds=30)
    assert board.text() == SECRET
    assert bytes(board.mimeData().data("x-kde-passwordManagerHint").data()) == b"secret"
    ours.clear()
    assert board.text() == ""


def test_a_secret_leaves_by_itself(board: QClipboard, qtbot: QtBot) -> None:
    ours = SecretClipboard()
    ours.copy(SECRET, seconds=1)
    qtbot.waitUntil(lambda: board.text() == "", timeout=15_000)


def test_what_somebody_else_copied_meanwhile_stays(board: QClipboard) -> None:
    ours = SecretClipboard()
    ours.copy(SECRET, seconds=30)
    board.setText("a shopping list")
    ours.clear()
    assert board.text() == "a shopping list"


def test_a_plain_text_is_not_cleared(board: QClipboard) -> None:
    ours = SecretClipboard()
    ours.copy_plain("acc_1")
    ours.clear()
    assert board.text() == "acc_1"


def test_the_secret_itself_is_not_kept(board: QClipboard) -> None:
    ours = SecretClipboard()
    ours.copy(SECRET, seconds=30)
    assert SECRET not in repr(vars(ours))
    ours.clear()
