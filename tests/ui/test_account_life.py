"""An account from its sign-in to its end, in the window, against the practice provider."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QTableView

from desktop.practice import Provider
from desktop.ui.connect.card import ConnectCard
from desktop.ui.details.disconnect import DisconnectCard
from desktop.vault.records import AccountRow
from tests.engine.support import PersonAtBrowser
from tests.ui.console import Console
from tests.ui.signed_in import KEY, amelia, console

__all__ = ["amelia", "console"]  # fixtures


def sources(console: Console, account_id: str) -> list[str]:
    entries = console.engine.run(console.engine.history(account_id))
    return [entry.generation.source for entry in entries]


def test_a_connected_account_stands_in_the_list_under_its_name(console: Console, amelia: AccountRow) -> None:
    table = console.find(QTableView, "Accounts")
    cells = [table.model().index(0, column).data() for column in range(3)]
    assert cells == ["Amelia Ortega", "Practice (OAuth 2)", "Connected"]
    assert console.shell.navigation.accounts.count == 1
    shown = console.texts()
    assert "amelia@practice.example" in shown
    assert "2 of 2 scopes asked for were granted." in shown


def test_refresh_now_renews_and_history_shows_both(console: Console, amelia: AccountRow) -> None:
    console.press("Refresh now")
    console.until(lambda: sources(console, amelia.id) == ["refresh", "connect"])
    console.until(lambda: console.window.toast.text == "The token was renewed.")
    console.show(amelia.id, "History")
    table = console.find(QTableView, "History")
    console.until(lambda: table.model().rowCount() == 2)
    rows = [[table.model().index(row, column).data() for column in (1, 2)] for row in range(2)]
    assert rows[0][0] == "Refreshed, current"
    assert rows[1][0] == "Connected"
    assert "access_token" in rows[0][1]


def test_restore_brings_an_earlier_record_back(console: Console, amelia: AccountRow) -> None:
    first = console.engine.run(console.engine.account(amelia.id)).credential
    console.engine.run(console.engine.edit(amelia.id, {"scope": "profile"}))
    console.show(amelia.id, "History")
    table = console.find(QTableView, "History")
    console.until(lambda: table.model().rowCount() == 2)
    table.setCurrentIndex(table.model().index(0, 0))
    assert not console.button("Restore").isEnabled()
    table.setCurrentIndex(table.model().index(1, 0))
    console.press("Restore")
    console.until(lambda: table.model().rowCount() == 3)
    assert sources(console, amelia.id) == ["restore", "edit", "connect"]
    assert console.engine.run(console.engine.account(amelia.id)).credential == first


def test_the_person_of_an_earlier_record_comes_back_with_it(console: Console, amelia: AccountRow) -> None:
    engine, person = console.engine, console._session._opener
    assert isinstance(person, PersonAtBrowser)
    person.user = "ben"

    async def replace() -> AccountRow:
        return await (await engine.begin_connect(KEY, reconnect=amelia.id, on_other="replace")).wait()

    assert engine.run(replace()).name == "Ben Carter"
    console.show(amelia.id, "History")
    console.until(lambda: console.shell.details.header.name.text() == "Ben Carter")
    table = console.find(QTableView, "History")
    console.until(lambda: table.model().rowCount() == 2)
    table.setCurrentIndex(table.model().index(1, 0))
    assert "The account was Amelia Ortega then, and is again when this is restored." in console.texts()
    console.press("Restore")
    console.until(lambda: console.shell.details.header.name.text() == "Amelia Ortega")
    assert engine.run(engine.account(amelia.id)).row.identity == "u-1001"


def test_the_differences_are_told_without_a_secret(console: Console, amelia: AccountRow) -> None:
    before = console.engine.run(console.engine.account(amelia.id)).credential
    console.engine.run(console.engine.edit(amelia.id, {"access_token": "a-new-token-by-hand-0001"}))
    console.show(amelia.id, "History")
    console.until(lambda: "••••0001" in console.texts())
    assert before.access_token not in console.texts()
    assert "a-new-token-by-hand-0001" not in console.texts()


def test_test_connection_says_that_it_works(console: Console, amelia: AccountRow) -> None:
    console.press("Test connection")
    console.until(lambda: bool(console.window.toast.text))
    console.until(lambda: console.button("Test connection").isEnabled())
    assert "not" not in console.window.toast.text


def test_a_dead_token_asks_to_sign_in_again(console: Console, practice: Provider, amelia: AccountRow) -> None:
    practice.end_all_tokens(grants=True)
    console.press("Refresh now")
    console.until(lambda: console.shell.details.banner.button.isVisible())
    assert console.window.toast.isVisible()
    table = console.find(QTableView, "Accounts")
    console.until(lambda: table.model().index(0, 2).data() == "Needs sign-in")
    console.until(lambda: console.shell.navigation.attention.count == 1)
    console.press("Sign in again")
    card = console.window.findChild(ConnectCard)
    assert card is not None
    assert card.isVisible()


def test_a_service_that_is_down_leaves_the_token_alone(
    console: Console, practice: Provider, amelia: AccountRow
) -> None:
    before = console.engine.run(console.engine.account(amelia.id)).credential
    practice.stop()
    console.press("Refresh now")
    console.until(lambda: console.window.toast.isVisible())
    assert console.engine.run(console.engine.account(amelia.id)).credential == before


def test_disconnect_asks_revokes_and_removes(
    console: Console, practice: Provider, amelia: AccountRow
) -> None:
    console.show(amelia.id)
    console.press("Disconnect…")
    card = console.window.findChild(DisconnectCard)
    assert "is asked to revoke its access first" in card.sentence.text()
    console.press("Cancel", card)
    assert console.shell.accounts.model.rowCount() == 1
    console.show(amelia.id)
    console.press("Disconnect…")
    card = next(c for c in console.window.findChildren(DisconnectCard) if c.isVisible())
    console.press("Disconnect", card)
    console.until(lambda: console.shell.accounts.model.rowCount() == 0)
    assert practice.count("/oauth/revoke") >= 1
    assert "has revoked its access" in console.window.toast.text
    console.until(lambda: not console.shell.details.isVisible())
    assert "No accounts yet" in console.texts()
    console.until(lambda: console.button("Add account").hasFocus())


def test_disconnect_can_leave_the_access_at_the_service(
    console: Console, practice: Provider, amelia: AccountRow
) -> None:
    console.show(amelia.id)
    console.press("Disconnect…")
    card = console.window.findChild(DisconnectCard)
    card.findChild(QCheckBox).setChecked(True)
    console.press("Disconnect", card)
    console.until(lambda: console.shell.accounts.model.rowCount() == 0)
    assert practice.count("/oauth/revoke") == 0


def test_the_activity_of_the_account_shows_the_exchange(console: Console, amelia: AccountRow) -> None:
    console.show(amelia.id, "Activity")
    activity = console.shell.details.activity
    console.until(lambda: activity.model.rowCount() > 0)
    activity.list.setCurrentIndex(activity.model.index(activity.model.rowCount() - 1, 0))
    console.until(lambda: "/oauth/token → 200" in console.texts())
    token = console.engine.run(console.engine.account(amelia.id)).credential
    assert token.access_token not in console.texts()
