"""The tab Overview of an account: what can be done there, also where there is little room."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QMenu

from tests.ui.console import Console
from tests.ui.seeding import add


def test_with_little_height_the_buttons_of_an_account_share_one_row(console: Console, home: Path) -> None:
    add(home, "amelia")
    console.open()
    console.show("amelia")
    overview = console.shell.details.overview
    assert overview.pin_button.isVisible() and not overview.more_button.isVisible()
    console.window.resize(1280, 400)
    console.until(overview.more_button.isVisible)
    assert not overview.pin_button.isVisible()
    console.until(
        lambda: overview.request_button.geometry().top() == overview.disconnect_button.geometry().top()
    )
    overview.more_button.click()
    (menu,) = overview.findChildren(QMenu)
    assert [action.text() for action in menu.actions()] == ["Test connection", "Rename", "Pin"]
    menu.actions()[2].trigger()
    console.until(lambda: overview.pin_button.text() == "Unpin")
    menu.close()
