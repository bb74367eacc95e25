"""Work goes to the engine's thread; results, failures and events come back on the window's."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from connectors.errors import DeclinedError
from desktop.engine.engine import Engine
from desktop.engine.events import AccountChanged, Failure, VaultChanged
from desktop.ui.bridge import Bridge
from desktop.vault.errors import VaultError
from tests.ui.seeding import PASSPHRASE

DEADLINE = 15_000


async def where() -> int:
    return threading.get_ident()


async def declined() -> None:
    raise DeclinedError("You declined.", "Try again if that was not meant.")


async def broken() -> None:
    raise ZeroDivisionError("a mistake")


def test_a_result_comes_back_on_the_gui_thread(bridge: Bridge, qtbot: QtBot) -> None:
    heard: list[tuple[int, int]] = []
    bridge.run(where(), lambda ident: heard.append((ident, threading.get_ident())))
    qtbot.waitUntil(lambda: bool(heard), timeout=DEADLINE)
    there, here = heard[0]
    assert here == threading.get_ident()
    assert there != here


def test_a_failure_comes_back_as_a_sentence(bridge: Bridge, qtbot: QtBot) -> None:
    heard: list[Failure] = []
    bridge.run(declined(), failed=heard.append)
    qtbot.waitUntil(lambda: bool(heard), timeout=DEADLINE)
    assert (heard[0].reason, heard[0].sentence) == ("declined", "You declined.")


def test_a_failure_that_nobody_takes_is_still_told(bridge: Bridge, qtbot: QtBot) -> None:
    with qtbot.waitSignal(bridge.failed_unheard, timeout=DEADLINE) as told:
        bridge.run(declined())
    assert told.args[0].reason == "declined"


def test_a_mistake_in_the_program_is_a_sentence_too(
    bridge: Bridge, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    with qtbot.waitSignal(bridge.failed_unheard, timeout=DEADLINE) as told:
        bridge.run(broken())
    assert told.args[0].reason == "unexpected"
    assert "Traceback" not in told.args[0].sentence
    assert "unexpected ZeroDivisionError" in caplog.text


def test_nothing_reaches_an_owner_that_is_gone(bridge: Bridge, qtbot: QtBot) -> None:
    owner, heard = QObject(), []
    bridge.run(where(), heard.append, owner=owner)
    delete(owner)
    with qtbot.waitSignal(bridge.failed_unheard, timeout=DEADLINE):  # comes after it, in order
        bridge.run(declined())
    assert heard == []


def test_events_arrive_on_the_gui_thread(bridge: Bridge, engine: Engine, qtbot: QtBot) -> None:
    heard: list[int] = []
    bridge.vault_changed.connect(lambda _event: heard.append(threading.get_ident()))
    bridge.run(engine.unlock(PASSPHRASE))
    qtbot.waitUntil(lambda: bool(heard), timeout=DEADLINE)
    assert heard == [threading.get_ident()]


def test_the_reader_goes_with_the_lock(bridge: Bridge, engine: Engine, qtbot: QtBot) -> None:
    with pytest.raises(VaultError):
        _ = bridge.reader
    with qtbot.waitSignal(bridge.vault_changed, timeout=DEADLINE):
        bridge.run(engine.unlock(PASSPHRASE))
    first = bridge.reader
    assert first is bridge.reader
    closed: list[bool] = []
    bridge.vault_changed.connect(lambda event: closed.append(event == VaultChanged("locked")))
    with qtbot.waitSignal(bridge.vault_changed, timeout=DEADLINE):
        bridge.run(engine.lock())
    assert closed == [True]
    with pytest.raises(VaultError):
        _ = bridge.reader


def test_a_closed_bridge_hears_nothing(bridge: Bridge, engine: Engine, qtbot: QtBot) -> None:
    heard: list[object] = []
    bridge.account_changed.connect(heard.append)
    bridge._happened.emit(AccountChanged("a"))
    qtbot.waitUntil(lambda: len(heard) == 1, timeout=DEADLINE)
    bridge.close()
    engine.run(engine.unlock(PASSPHRASE))
    assert len(heard) == 1
