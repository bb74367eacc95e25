"""The window as a whole: unlocking, the panes, the lock that forgets everything."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QTableView, QTabWidget, QWidget

from desktop.ui.navigation import NavItem
from tests.ui.console import Console
from tests.ui.seeding import ACCESS, PASSPHRASE, REFRESH, add, token
from tests.ui.windows import windows_shown


def test_a_locked_vault_asks_for_its_passphrase_and_opens(home: Path, console: Console) -> None:
    add(home, "amelia")
    console.open(unlock=False)
    console.find(QLineEdit, "Passphrase").setText(PASSPHRASE)
    console.press("Unlock")
    console.until(lambda: console.window.shell is not None)
    assert console.shell.accounts.model.rowCount() == 1


def test_whoever_starts_can_type_at_once(home: Path, console: Console) -> None:
    add(home, "amelia")
    console.open(unlock=False)
    console.until(lambda: console.find(QLineEdit, "Passphrase").hasFocus())
    QTest.keyClicks(QApplication.focusWidget(), PASSPHRASE)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    console.until(lambda: console.window.shell is not None)
    console.until(lambda: console.find(QLineEdit, "Search accounts").hasFocus())
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Down)
    assert console.shell.accounts.table.hasFocus() and console.shell.accounts.table.current_id() == "amelia"


def test_enter_presses_the_button_that_has_the_focus(console: Console) -> None:
    console.open()
    console.until(lambda: console.button("Add account").hasFocus())
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    console.until(lambda: console.find(QLineEdit, "Search services").hasFocus())
    settings = console.find(NavItem, "Settings")
    settings.setFocus()
    QTest.keyClick(settings, Qt.Key.Key_Return)
    assert settings.current


def test_a_new_home_begins_with_setting_a_passphrase(tmp_path: Path, qtbot: object) -> None:
    made = Console(tmp_path / "new", qtbot)  # type: ignore[arg-type]
    try:
        made.open(unlock=False)
        assert made.engine.vault_state == "missing"
        assert made.find(QLineEdit, "Passphrase")
    finally:
        made.close()


def test_the_names_that_assistive_technology_finds(home: Path, console: Console) -> None:
    add(home, "amelia", state="needs_sign_in", reason="Sign in again.")
    console.open()
    console.show("amelia", "Token")
    for name in ("Accounts", "Connectors", "Activity", "Settings", "Needs attention", "Expiring", "Pinned"):
        assert console.find(NavItem, name)
    for name in ("Add account", "Refresh now", "Test connection", "Sign in again", "Edit", "Lock now"):
        assert console.button(name)
    for field in ("access_token", "refresh_token"):
        assert console.find(QLineEdit, field)
        assert console.button(f"Reveal {field}")
        assert console.button(f"Copy {field}")
    for field in ("token_type", "expires_in", "expires_at", "created_at", "scope"):
        assert console.find(QLineEdit, field)
        assert console.button(f"Copy {field}")
    assert console.find(QLineEdit, "Search accounts")
    assert console.find(QTableView, "Accounts")
    tabs = console.window.findChild(QTabWidget)
    assert [tabs.tabText(n) for n in range(tabs.count())] == ["Overview", "Token", "History", "Activity"]
    console.show("amelia", "Overview")
    assert console.button("Disconnect…")
    console.show("amelia", "History")
    assert console.find(QTableView, "History")
    assert console.button("Restore")


def test_every_button_and_field_has_a_name(home: Path, console: Console) -> None:
    add(home, "amelia")
    console.open()
    for tab in ("Overview", "Token", "History", "Activity"):
        console.show("amelia", tab)
        for kind in (QAbstractButton, QLineEdit, QTableView):
            nameless = [
                widget
                for widget in console.window.findChildren(kind)
                if widget.isVisible()
                and widget.focusPolicy() != Qt.FocusPolicy.NoFocus
                and not widget.accessibleName()
            ]
            assert nameless == []


def test_tab_goes_through_the_window_in_the_order_of_reading(home: Path, console: Console) -> None:
    add(home, "amelia")
    console.open()
    console.show("amelia", "Token")
    stops, widget = [], console.shell.navigation.accounts
    for _ in range(200):
        if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isEnabled():
            stops.append(widget.accessibleName() or type(widget).__name__)
        widget = widget.nextInFocusChain()
        if widget is console.shell.navigation.accounts:
            break
    wanted = ["Accounts", "Needs attention", "Connectors", "Settings", "Lock now", "Search accounts"]
    wanted += ["Sort", "Add account", "Accounts", "Refresh now", "Account", "access_token"]
    wanted += ["Reveal access_token", "Copy access_token", "refresh_token", "scope", "Remove repo"]
    wanted += ["Test connection", "Edit"]
    places, start = [], 0
    for name in wanted:
        start = stops.index(name, start)
        places.append(start)
    assert places == sorted(places)


def test_locking_forgets_everything(home: Path, console: Console) -> None:
    add(home, "amelia", profile={"city": "Ljubljana"})
    console.open()
    console.show("amelia", "Token")
    console.press("Reveal access_token")
    assert ACCESS in console.texts()
    console.press("Copy refresh_token")
    assert QGuiApplication.clipboard().text() == REFRESH
    model, token_tab = console.shell.accounts.model, console.shell.details.token
    console.press("Lock now")
    console.until(lambda: console.window.shell is None)
    assert QGuiApplication.clipboard().text() == ""
    assert (model.rowCount(), model.rows_held, token_tab.rows) == (0, 0, {})
    left = console.texts()
    for secret in (ACCESS, REFRESH, "amelia@practice.example", "Ljubljana"):
        assert secret not in left
    assert console.find(QLineEdit, "Passphrase")


def test_nobody_there_for_long_enough_locks(home: Path, console: Console) -> None:
    add(home, "amelia")
    console.open()
    assert console.shell.navigation.lock_text.text() == "Locks in 10 min"
    console.window.idle.expired.emit()
    console.until(lambda: console.window.shell is None)
    assert console.engine.vault_state == "locked"


def test_a_secret_stands_in_no_name_title_or_tooltip(home: Path, console: Console) -> None:
    add(home, "amelia")
    console.open()
    console.show("amelia", "Token")
    assert ACCESS not in console.texts()
    console.press("Reveal access_token")
    for widget in console.window.findChildren(QWidget):
        assert ACCESS not in widget.accessibleName() + widget.accessibleDescription() + widget.toolTip()
    assert ACCESS not in console.window.windowTitle()


def test_the_numbers_beside_the_views(home: Path, console: Console) -> None:
    add(home, "amelia", pinned=True)
    add(home, "boris", token(minutes=5))
    add(home, "clara", token(None), connector="slack", state="needs_sign_in", reason="Sign in again.")
    console.open()
    navigation = console.shell.navigation
    wanted = {
        "Accounts": 3,
        "Needs attention": 1,
        "Expiring": 1,
        "Pinned": 1,
        "GitHub": 2,
        "Slack": 1,
        "Connectors": len(console.engine.catalog),
    }

    def counted() -> dict[str, int]:
        items = console.window.findChildren(NavItem)
        return {item.text(): item.count for item in items if item.isVisible() and item.count}

    console.qtbot.waitUntil(lambda: counted() == wanted)
    navigation.attention.click()
    assert console.shell.accounts.model.rowCount() == 1
    navigation.expiring.click()
    assert console.shell.accounts.table.model().index(0, 0).data() == "Boris"


@pytest.mark.parametrize(("width", "list_beside"), [(1280, True), (700, False)])
def test_a_narrow_window_shows_the_account_in_the_place_of_the_list(
    home: Path, console: Console, width: int, list_beside: bool
) -> None:
    add(home, "amelia")
    console.open()
    console.window.resize(width, 600)
    table = console.shell.accounts.table
    cell = table.visualRect(console.shell.accounts.model.index(0, 0))
    console.qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=cell.center())
    console.until(lambda: console.shell.details.isVisible() and console.shell.details.shown_id == "amelia")
    assert console.shell.accounts.isVisible() is list_beside
    assert console.window.width() == width
    if not list_beside:
        console.press("Back to accounts")
        assert console.shell.accounts.isVisible()


def test_moments_are_told_as_they_pass(home: Path, console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    from desktop.ui import times

    add(home, "amelia", token(minutes=12.5))
    console.open()
    console.show("amelia", "Token")
    row = console.shell.details.token.rows["expires_at"]
    assert row.hint.text().endswith("in 12 min")
    present = times.now()
    monkeypatch.setattr(times, "now", lambda: present + timedelta(minutes=5))
    console.until(lambda: row.hint.text().endswith("in 7 min"))
    console.until(lambda: "in 7 minutes" in console.shell.details.banner.text)


def test_nothing_ever_appears_as_a_window_of_its_own(
    home: Path, console: Console, qapp: QApplication
) -> None:
    add(home, "amelia")
    with windows_shown(qapp) as windows:
        console.open()
        for tab in ("Overview", "Token", "History", "Activity"):
            console.show("amelia", tab)
        for page in ("add", "connectors", "requests", "activity", "settings"):
            console.shell.show_page(page)
        console.shell.show_page("accounts")
        console.shell.connect_service("github")
        console.window.close_card()
        console.press("Lock now")
        console.until(lambda: console.window.shell is None)
    assert windows == ["MainWindow"]


def test_a_token_that_comes_near_its_end_says_so_without_being_read_again(
    home: Path, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    from desktop.ui import times

    add(home, "amelia", token(minutes=30))
    console.open()
    console.show("amelia")
    assert console.shell.details.banner.isHidden()
    present = times.now()
    monkeypatch.setattr(times, "now", lambda: present + timedelta(minutes=20))
    console.until(lambda: "Expires in 9 minutes" in console.shell.details.banner.text)
    assert console.shell.accounts.model.index(0, 2).data() == "Expires soon"
