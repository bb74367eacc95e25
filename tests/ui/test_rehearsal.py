"""The menu Rehearse of the Token tab."""

from __future__ import annotations

from pathlib import Path

from desktop.engine.rehearsing import BROKEN
from desktop.ui.details.disconnect import DisconnectCard
from tests.ui.console import Console
from tests.ui.seeding import add, token


def test_a_failure_is_rehearsed_and_told(home: Path, console: Console) -> None:
    add(home, "amelia", token())
    console.open()
    console.show("amelia", "Token")
    button = console.shell.details.token.rehearse_button
    assert button.isVisible()
    button.actions_by_name["break_refresh_token"].trigger()

    def broken() -> bool:
        view = console.engine.run(console.engine.account("amelia"))
        return bool(view.credential.refresh_token == BROKEN)

    console.until(broken)
    entries = console.engine.run(console.engine.history("amelia"))
    assert [entry.generation.source for entry in entries] == ["edit", "connect"]
    console.until(lambda: "stays in History" in console.texts())


def test_the_menu_outlives_a_card_over_the_window(home: Path, console: Console) -> None:
    add(home, "amelia", token())
    add(home, "ben", token())
    console.open()
    console.show("amelia")
    console.press("Disconnect…", console.shell.details.overview)
    console.until(lambda: console.window.findChild(DisconnectCard) is not None)
    card = console.window.findChild(DisconnectCard)
    console.press("Cancel", card)
    with console.qtbot.waitSignal(card.destroyed):
        pass
    console.show("ben", "Token")
    assert all(
        action.isEnabled() for action in console.shell.details.token.rehearse_button.actions_by_name.values()
    )


def test_there_is_no_menu_while_fields_are_edited(home: Path, console: Console) -> None:
    add(home, "amelia", token())
    console.open()
    console.show("amelia", "Token")
    button = console.shell.details.token.rehearse_button
    console.press("Edit", console.shell.details.token)
    assert not button.isVisible()
    console.press("Discard", console.shell.details.token)
    assert button.isVisible()
