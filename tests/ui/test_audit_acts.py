"""Every act in the window is written down: once, with the account and the field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from desktop.ui.bridge import Bridge
from desktop.ui.connectors.page import ConnectorsPage
from desktop.ui.details.disconnect import DisconnectCard
from desktop.vault.records import AccountRow, ActivityRow
from tests.ui.console import Console
from tests.ui.part import Part
from tests.ui.signed_in import KEY, amelia, console

__all__ = ["amelia", "console"]  # fixtures


def entries(console: Console) -> list[ActivityRow]:
    """All of them, the oldest first."""
    return console.engine.run(console.engine.activity(limit=1000))[::-1]


def sign_in_again(console: Console, row: AccountRow) -> None:
    engine = console.engine

    async def again() -> None:
        await (await engine.begin_connect(KEY, reconnect=row.id)).wait()

    engine.run(again())


def disconnect(console: Console, row: AccountRow) -> None:
    console.show(row.id)
    console.press("Disconnect…")
    console.press("Disconnect", console.window.findChild(DisconnectCard))


def type_over(console: Console, _row: AccountRow) -> None:
    console.find(QLineEdit, "scope").setText("profile")
    console.press("Save")


ACTS: list[tuple[str, dict[str, Any], Callable[[Console, AccountRow], None]]] = [
    ("refreshed", {}, lambda console, _row: console.press("Refresh now")),
    ("tested", {}, lambda console, _row: console.press("Test connection")),
    ("revealed", {"field": "access_token"}, lambda console, _row: console.press("Reveal access_token")),
    ("copied", {"field": "refresh_token"}, lambda console, _row: console.press("Copy refresh_token")),
    ("edited", {"fields": ["scope"]}, type_over),
    ("edited", {}, lambda console, row: console.shell._acts.rehearse(row.id, "expire")),
    ("restored", {"generation": 1}, lambda console, row: console.shell._acts.restore(row.id, 1)),
    ("renamed", {}, lambda console, row: console.shell._acts.rename(row.id, "Work")),
    ("pinned", {}, lambda console, row: console.shell._acts.pin(row.id, True)),
    ("reconnected", {"method": "oauth2"}, sign_in_again),
    ("disconnected", {}, disconnect),
]


@pytest.mark.parametrize(
    ("action", "detail", "act"), ACTS, ids=[f"{act[0]}-{n}" for n, act in enumerate(ACTS)]
)
def test_an_act_leaves_its_entry(
    console: Console, amelia: AccountRow, action: str, detail: dict[str, Any], act: Any
) -> None:
    before = len(entries(console))
    act(console, amelia)
    console.until(lambda: len(entries(console)) > before)
    (entry,) = entries(console)[before:]
    assert (entry.action, entry.outcome, entry.actor) == (action, "ok", "window")
    assert entry.account_id == amelia.id and entry.connector == KEY and entry.summary
    assert detail == {name: entry.detail.get(name) for name in detail}


def test_locking_is_written_down(console: Console, amelia: AccountRow) -> None:
    console.press("Lock now")
    console.until(lambda: console.window.shell is None)
    console.unlock()
    assert [entry.action for entry in entries(console)][-2:] == ["locked", "unlocked"]


def test_a_kept_secret_of_an_app_that_is_looked_at(connected_bridge: Bridge, qtbot: QtBot) -> None:
    engine = connected_bridge.engine
    engine.run(engine.configure("github", {"client_secret": "the-secret-of-my-app"}))
    part = Part(qtbot, ConnectorsPage(connected_bridge))
    part.root.select("github")
    part.until(lambda: part.root.panel.settings is not None)

    def last() -> ActivityRow:
        return engine.run(engine.activity(limit=1))[0]

    part.press("Show Client secret")
    part.until(lambda: last().action == "revealed")
    assert (last().connector, last().detail) == ("github", {"field": "client_secret"})
    part.press("Hide Client secret")
    number = last().id
    part.type("Client secret", "typed-just-now")
    part.press("Show Client secret")
    part.press("Save")
    part.until(lambda: last().id > number)
    assert (last().id, last().action) == (number + 1, "configured"), "what was typed is known to who typed it"
    assert last().detail == {"settings": ["client_secret"]}
