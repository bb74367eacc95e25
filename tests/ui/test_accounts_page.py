"""The page of accounts: search, empty pages, the one-click act, menu, renaming by keyboard."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QMenu

from connectors.credential import Credential
from desktop.ui.accounts.model import Column
from desktop.ui.connect.card import ConnectCard
from tests.ui.console import Console
from tests.ui.seeding import add, token


def names(console: Console) -> list[str]:
    model = console.shell.accounts.model
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def menu_texts(console: Console) -> dict[str, object]:
    menu = next(menu for menu in console.window.findChildren(QMenu) if menu.isVisible())
    return {action.text(): action for action in menu.actions() if action.text()}


@pytest.fixture
def three(home: Path, console: Console) -> Console:
    """Amelia, Boris (Slack) and Clara, who has to sign in again."""
    add(home, "amelia")
    add(home, "boris", connector="slack")
    add(home, "clara", state="needs_sign_in", reason="The token was revoked. Sign in again.")
    return console.open()


def test_an_empty_vault_says_what_to_do_next(console: Console) -> None:
    console.open()
    assert console.shell.accounts.empty.isVisible()
    assert "Press Add account, choose a service and sign in." in console.texts()
    assert not console.shell.details.isVisible()


def test_search_as_you_type(three: Console) -> None:
    box = three.find(QLineEdit, "Search accounts")
    three.qtbot.keyClicks(box, "bor")
    three.until(lambda: names(three) == ["Boris"])
    box.setText("nobody at all")
    three.until(lambda: three.shell.accounts.empty.isVisible())
    three.press("Clear search")
    three.until(lambda: len(names(three)) == 3)


@pytest.mark.parametrize(
    ("view", "said"),
    [("expiring", "Nothing expires soon"), ("pinned", "No pinned accounts"), ("attention", "All is well")],
)
def test_every_empty_view_has_its_sentence(home: Path, console: Console, view: str, said: str) -> None:
    add(home, "amelia")
    console.open()
    getattr(console.shell.navigation, view).click()
    assert console.shell.accounts.empty.isVisible()
    assert said in console.texts()


def test_an_account_without_a_token_is_named_by_its_kind(home: Path, console: Console) -> None:
    add(home, "amelia", Credential(fields={"api_key": "k" * 30}), connector="stripe", method="api_key")
    console.open()
    index = console.shell.accounts.model.index(0, Column.STATE)
    assert index.data(Qt.ItemDataRole.AccessibleDescriptionRole) == "API key"


def test_the_act_of_a_state_is_one_click(three: Console) -> None:
    table = three.shell.accounts.table
    rect = table.visualRect(three.shell.accounts.model.index(2, Column.STATE))
    point = QPoint(rect.right() - 60, rect.center().y() + 12)
    three.qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=point)
    three.until(lambda: three.window.findChild(ConnectCard) is not None)
    three.qtbot.keyClick(three.window.focusWidget(), Qt.Key.Key_Escape)
    three.until(lambda: not three.window.findChildren(ConnectCard))


def test_a_row_has_a_menu_by_keyboard(three: Console) -> None:
    three.show("amelia")
    table = three.shell.accounts.table
    three.qtbot.keyClick(table, Qt.Key.Key_Menu)
    actions = menu_texts(three)
    assert list(actions) == [
        "Sign in again", "Refresh now", "Test connection", "Send a request…", "Pin", "Rename", "Copy id",
        "Disconnect…",
    ]  # fmt: skip
    actions["Send a request…"].trigger()  # type: ignore[attr-defined]
    assert three.find(QLineEdit, "Address").isVisible()
    three.shell.show_page("accounts")
    actions["Copy id"].trigger()  # type: ignore[attr-defined]
    assert QGuiApplication.clipboard().text() == "amelia"
    actions["Pin"].trigger()  # type: ignore[attr-defined]
    three.until(lambda: three.shell.navigation.pinned.count == 1)


def test_rename_in_place_by_keyboard(three: Console) -> None:
    three.show("amelia")
    table = three.shell.accounts.table
    table.setFocus()
    three.qtbot.keyClick(table, Qt.Key.Key_F2)
    three.until(lambda: three.shell.details.header.name_box.isVisible())
    box = three.find(QLineEdit, "Account name")
    assert box.text() == "Amelia"
    box.setText("Zora")
    three.qtbot.keyClick(box, Qt.Key.Key_Return)
    three.until(lambda: names(three) == ["Boris", "Clara", "Zora"])
    assert table.current_id() == "amelia"
    three.until(lambda: three.shell.details.header.name.text() == "Zora")


def test_escape_leaves_the_name_as_it_is(three: Console) -> None:
    three.show("amelia")
    three.press("Rename")
    box = three.find(QLineEdit, "Account name")
    box.setText("Zora")
    three.qtbot.keyClick(box, Qt.Key.Key_Escape)
    assert three.shell.details.header.name.text() == "Amelia"
    assert not box.isVisible()


def test_the_order_of_the_list_can_be_chosen(three: Console) -> None:
    three.press("Sort")
    menu_texts(three)["Service"].trigger()  # type: ignore[attr-defined]
    assert names(three) == ["Amelia", "Clara", "Boris"]
    next(menu for menu in three.window.findChildren(QMenu) if menu.isVisible()).close()


def test_the_chosen_account_stays_chosen_while_the_list_changes(three: Console) -> None:
    three.show("clara")
    three.engine.run(three.engine.rename("boris", "Yuri"))
    three.until(lambda: names(three) == ["Amelia", "Clara", "Yuri"])
    assert three.shell.accounts.table.current_id() == "clara"
    three.engine.run(three.engine.disconnect("amelia", keep_remote=True))
    three.until(lambda: names(three) == ["Clara", "Yuri"])
    assert three.shell.accounts.table.current_id() == "clara"


def test_names_of_accounts_are_never_markup(home: Path, console: Console) -> None:
    add(home, "amelia", token(), name="<b>Amelia</b> & co", profile={"bio": "<img src=x>"})
    console.open()
    console.show("amelia")
    assert console.shell.details.header.name.text() == "<b>Amelia</b> & co"
    assert "<img src=x>" in console.texts()
