"""The promises about what a screen shows (128), and what is left of it when the vault locks (126)."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtDBus import QDBusMessage
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit

from connectors.credential import Credential
from desktop.ui.away.clock import ClockWatcher
from desktop.ui.connect.card import ConnectCard
from tests.ui.conftest import collector, console, empty_vault, home, light_theme, qapp_cls
from tests.ui.console import Console
from tests.ui.screens import draggable, told, undo_steps
from tests.ui.seeding import ACCESS, REFRESH, add, opened

__all__ = ["collector", "console", "empty_vault", "home", "light_theme", "qapp_cls"]  # fixtures

KEY = "cAnary-api-key-of-amelia-7731"
SECRET = "cAnary-client-secret-of-the-app-7732"
TYPED = "cAnary-typed-and-never-saved-7733"
ALL = (ACCESS, REFRESH, KEY, SECRET, TYPED)
PAGES = ("add", "connectors", "requests", "activity", "settings", "accounts")


@pytest.fixture
def seeded(home: Path, console: Console) -> Iterator[Console]:
    """Amelia with a token, Boris with a key, an app with a secret."""
    add(home, "amelia", pinned=True)
    add(home, "boris", Credential(fields={"api_key": KEY}), connector="practice-key", method="apiKey")
    with opened(home) as vault:
        vault.set_connector_settings("github", {"client_id": "Iv1.0123456789abd2f1", "client_secret": SECRET})
    yield console.open()


def found(*allowed: str) -> list[str]:
    """Where a secret stands that is not allowed to."""
    forbidden = [secret for secret in ALL if secret not in allowed]
    return [where for where, text in told() if any(secret in text for secret in forbidden)]


def every_screen(console: Console) -> Iterator[str]:
    """Goes through all of them."""
    tabs = console.shell.details.tabs
    for account in ("amelia", "boris"):
        for number in range(tabs.count()):
            console.show(account, tabs.tabText(number))
            yield f"{account}, {tabs.tabText(number)}"
    for page in PAGES:
        console.shell.show_page(page)
        yield page
    console.shell.show_page("connectors")
    console.shell._pages["connectors"].select("github")
    console.until(lambda: any(box.accessibleName() == "Client secret" for box in _boxes(console)))
    yield "the app's settings"
    for connector, account in (("practice-key", "boris"), ("github", "amelia")):
        console.shell.connect_service(connector, reconnect=account)
        card = console.window._overlay.card
        assert isinstance(card, ConnectCard)
        console.until(lambda card=card: card.state == "form")
        yield f"signing in again to {connector}"
        card.cancel()


def _boxes(console: Console) -> list[QLineEdit]:
    return [box for box in console.window.findChildren(QLineEdit) if box.isVisible()]


def test_128_no_screen_shows_a_secret_unasked(seeded: Console) -> None:
    seen = []
    for screen in every_screen(seeded):
        assert found() == [], screen
        seen.append(screen)
    assert len(seen) == 8 + len(PAGES) + 3
    assert [where for where, text in undo_steps() if any(secret in text for secret in ALL)] == []
    assert [draggable(secret) for secret in ALL] == [[]] * len(ALL)


def test_128_revealing_is_for_one_field_and_for_a_time(seeded: Console) -> None:
    seeded.show("amelia", "Token")
    seeded.press("Reveal access_token")
    row: Any = seeded.shell.details.token.rows["access_token"]
    assert row.box.text() == ACCESS
    assert found(ACCESS) == []
    names = ("accessibleName", "accessibleDescription", "toolTip", "whatsThis", "statusTip", "title")
    assert [where for where, text in told(spoken=False) if where.startswith(names) and ACCESS in text] == []
    assert draggable(ACCESS) == []
    assert row._timer.isActive()
    assert row._timer.interval() == seeded.engine.preferences.reveal_seconds * 1000
    row._timer.timeout.emit()
    assert found() == []
    assert [where for where, text in undo_steps() if ACCESS in text] == []
    seeded.press("Reveal access_token")
    seeded.show("boris", "Token")  # whoever looks at another account has done looking
    seeded.until(lambda: found() == [])


def test_128_what_is_kept_for_the_next_start_holds_no_secret(home: Path, seeded: Console) -> None:
    seeded.show("amelia", "Token")
    seeded.press("Reveal access_token")
    seeded.close()
    kept = [file for file in home.rglob("*") if file.is_file()]
    assert home / "preferences.json" in kept
    for file in kept:
        content = file.read_bytes()
        for secret in ALL:
            for spelling in (secret.encode(), secret.encode("utf-16-le"), secret.encode("utf-16-be")):
                assert spelling not in content, file


def by_hand(console: Console) -> None:
    console.press("Lock now")


def nobody_there(console: Console) -> None:
    console.window.idle._clock = lambda: time.time() + 3600
    console.window.idle.look()


def slept(console: Console) -> None:
    (watcher,) = console.window.away.findChildren(ClockWatcher)
    watcher.wall = lambda: time.time() + 3600
    watcher.look()


def said(name: str, *arguments: object) -> Callable[[Console], None]:
    """What the desktop says; that it is heard on a real bus is tests/ui/test_away.py's business."""

    def say(console: Console) -> None:
        from desktop.ui.away.dbus import DBusWatcher

        (watcher,) = console.window.away.findChildren(DBusWatcher)
        message = QDBusMessage.createSignal("/x", "org.example.x", "Said")
        message.setArguments(list(arguments))
        getattr(watcher, name)(message)

    return say


def another_user(console: Console) -> None:
    from desktop.ui.away import dbus

    (watcher,) = console.window.away.findChildren(dbus.DBusWatcher)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dbus, "_answer", lambda _call: [False])
        watcher._active_known(None)  # type: ignore[arg-type]


CAUSES: dict[str, Callable[[Console], None]] = {
    "by hand": by_hand,
    "nobody there": nobody_there,
    "the computer slept": slept,
    "suspend": said("_sleep", True),
    "screen lock": said("_screen", True),
    "session lock": said("_asked_to_lock"),
    "another user": another_user,
}


@pytest.mark.parametrize("cause", CAUSES)
def test_126_a_lock_leaves_nothing(cause: str, home: Path, seeded: Console) -> None:
    seeded.show("amelia", "History")
    seeded.show("amelia", "Activity")
    seeded.show("amelia", "Token")
    seeded.press("Reveal access_token")
    seeded.press("Edit")
    seeded.find(QLineEdit, "refresh_token").setText(TYPED)
    seeded.press("Copy access_token")
    assert QGuiApplication.clipboard().text() == ACCESS
    assert any(TYPED in text for _, text in told())
    shell = seeded.shell
    models = (shell.accounts.model, shell.details.history.model, shell.details.activity.model)
    assert shell.accounts.model.rowCount() == 2
    if sys.platform == "linux":
        assert files_open(home), "as long as it is open"
    CAUSES[cause](seeded)
    seeded.until(lambda: seeded.window.shell is None)
    seeded.until(lambda: seeded.engine.vault_state == "locked" and files_open(home) == [])
    assert [model.rowCount() for model in models] == [0, 0, 0]
    assert shell.details.token.rows == {}
    assert QGuiApplication.clipboard().text() == ""
    people = ("amelia@practice.example", "boris@practice.example")
    left = [where for where, text in told() if any(word in text for word in (*ALL, *people))]
    assert left == []
    assert [where for where, text in undo_steps() if any(secret in text for secret in ALL)] == []


def files_open(home: Path) -> list[str]:
    """The database's files that this process has open, by this or another thread."""
    if sys.platform != "linux":
        return []
    links = []
    for entry in Path("/proc/self/fd").iterdir():
        try:
            links.append(os.readlink(entry))  # noqa: PTH115
        except OSError:
            continue  # it was the listing's own
    return [link for link in links if link.startswith(str(home / "vault.db"))]
