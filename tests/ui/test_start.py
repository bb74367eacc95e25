"""First start and unlock, on the real engine and a real vault."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backends.fail import Keyring as NoKeyring
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QLineEdit
from pytestqt.qtbot import QtBot

from desktop.engine.engine import Engine
from desktop.ui.bridge import Bridge
from desktop.ui.start import FirstStartPage, UnlockPage
from desktop.ui.start.strength import strength
from desktop.vault.vault import Vault
from tests.ui.part import Part
from tests.ui.seeding import PASSPHRASE

LONG = "four unrelated words here"


@pytest.fixture(autouse=True)
def no_keychain() -> Iterator[None]:
    """A computer without a keychain, whatever the one is that the tests run on."""
    before = keyring.get_keyring()
    keyring.set_keyring(NoKeyring())
    yield
    keyring.set_keyring(before)


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Bridge]:
    """A bridge to an engine on a home where there is nothing yet."""
    with Engine(tmp_path / "new" / "home", scheduled=False) as running:
        bridge = Bridge(running)
        yield bridge
        bridge.close()


def test_first_start_makes_a_vault_that_the_passphrase_opens(fresh: Bridge, qtbot: QtBot) -> None:
    part = Part(qtbot, FirstStartPage(fresh))
    assert part.find(QLineEdit, "Passphrase").hasFocus()
    assert part.says(str(fresh.engine.home))
    part.type("Passphrase", LONG)
    part.type("Repeat passphrase", LONG)
    with qtbot.waitSignal(fresh.vault_changed, timeout=15_000) as changed:
        part.press("Create vault")
    assert changed.args[0].state == "open"
    part.until(lambda: part.find(QLineEdit, "Passphrase").text() == "")
    fresh.engine.run(fresh.engine.lock())
    Vault.open(fresh.engine.home, LONG).close()


def test_two_different_passphrases_make_nothing(fresh: Bridge, qtbot: QtBot) -> None:
    part = Part(qtbot, FirstStartPage(fresh))
    part.type("Passphrase", LONG)
    part.type("Repeat passphrase", LONG + "s")
    part.press("Create vault")
    assert part.says("The two passphrases are not the same.")
    assert part.find(QLineEdit, "Repeat passphrase").hasFocus()
    assert not Vault.exists(fresh.engine.home)
    part.type("Repeat passphrase", LONG)
    assert not part.says("The two passphrases are not the same.")


def test_what_assistive_technology_writes_is_an_edit_too(fresh: Bridge, qtbot: QtBot) -> None:
    part = Part(qtbot, FirstStartPage(fresh))
    part.press("Create vault")
    assert part.says("Choose a passphrase first.")
    part.find(QLineEdit, "Passphrase").setText(LONG)
    assert not part.says("Choose a passphrase first.")


def test_no_passphrase_is_refused_in_place(fresh: Bridge, qtbot: QtBot) -> None:
    part = Part(qtbot, FirstStartPage(fresh))
    part.press("Create vault")
    assert part.says("Choose a passphrase first.")
    assert not Vault.exists(fresh.engine.home)


def test_a_keychain_that_cannot_be_used_says_why(fresh: Bridge, qtbot: QtBot) -> None:
    part = Part(qtbot, FirstStartPage(fresh))
    part.until(lambda: part.says("The keychain cannot be used"))
    box = part.root.findChild(QCheckBox)
    assert not box.isEnabled()
    assert "no keychain that works" in box.accessibleDescription()


def test_a_folder_that_cannot_be_written_is_said_and_nothing_is_lost(tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "file").write_text("in the way")
    with Engine(tmp_path / "file" / "home", scheduled=False) as running:
        bridge = Bridge(running)
        part = Part(qtbot, FirstStartPage(bridge))
        part.type("Passphrase", LONG)
        part.type("Repeat passphrase", LONG)
        part.press("Create vault")
        part.until(lambda: part.root.problem.isVisible())
        assert part.find(QLineEdit, "Passphrase").text() == LONG
        assert part.find(QAbstractButton, "Create vault").isEnabled()
        bridge.close()


def test_the_passphrase_can_be_shown(fresh: Bridge, qtbot: QtBot) -> None:
    part = Part(qtbot, FirstStartPage(fresh))
    part.type("Passphrase", LONG)
    line = part.find(QLineEdit, "Passphrase")
    assert line.displayText() != LONG
    part.press("Show Passphrase")
    assert line.displayText() == LONG
    part.press("Hide Passphrase")
    assert line.displayText() != LONG


def test_tab_follows_the_page(fresh: Bridge, qtbot: QtBot) -> None:
    part = Part(qtbot, FirstStartPage(fresh))
    part.until(lambda: part.says("The keychain cannot be used"))
    names = [stop.accessibleName() for stop in part.tab_order()]
    wanted = ["Passphrase", "Show Passphrase", "Repeat passphrase", "Show Repeat passphrase", "Create vault"]
    assert names == wanted


@pytest.mark.parametrize(
    ("passphrase", "word"),
    [
        ("", ""),
        ("password", "Weak"),
        ("aaaaaaaaaaaaaaaa", "Weak"),
        ("12345678", "Weak"),
        ("correct horse", "Weak"),
        ("correct horse battery", "Fair"),
        ("correct horse battery staple", "Strong"),
        ("correct horse battery staple orbit cellar", "Very strong"),
        ("x7#Kq!9z$Lm2@Wp5", "Very strong"),
    ],
)
def test_the_hint_is_honest(passphrase: str, word: str) -> None:
    assert strength(passphrase).word == word


def test_unlock_opens_the_vault(bridge: Bridge, qtbot: QtBot) -> None:
    part = Part(qtbot, UnlockPage(bridge))
    assert part.find(QLineEdit, "Passphrase").hasFocus()
    part.type("Passphrase", PASSPHRASE)
    with qtbot.waitSignal(bridge.vault_changed, timeout=15_000) as changed:
        QTest.keyClick(part.find(QLineEdit, "Passphrase"), Qt.Key.Key_Return)
    assert changed.args[0].state == "open"
    part.until(lambda: part.find(QLineEdit, "Passphrase").text() == "")


def test_a_wrong_passphrase_is_said_and_stays_to_be_mended(bridge: Bridge, qtbot: QtBot) -> None:
    part = Part(qtbot, UnlockPage(bridge))
    part.type("Passphrase", "not the one")
    part.press("Unlock")
    part.until(lambda: part.says("does not open this vault"))
    line = part.find(QLineEdit, "Passphrase")
    assert line.text() == "not the one" and line.hasSelectedText() and line.hasFocus()
    assert bridge.engine.vault_state == "locked"


def test_after_several_wrong_ones_a_countdown_runs_and_then_it_is_tried(bridge: Bridge, qtbot: QtBot) -> None:
    part = Part(qtbot, UnlockPage(bridge))
    for number in range(3):
        part.type("Passphrase", f"wrong {number}")
        part.press("Unlock")
        part.until(lambda: part.says("does not open this vault"))
    part.type("Passphrase", PASSPHRASE)
    with qtbot.waitSignal(bridge.vault_changed, timeout=20_000):
        part.press("Unlock")
        part.until(lambda: part.says("After several wrong passphrases there is a pause."))
        assert not part.find(QAbstractButton, "Unlock").isEnabled()


def test_a_vault_without_key_slots_is_not_a_wrong_passphrase(home: Path, qtbot: QtBot) -> None:
    (home / "keyslots.json").unlink()
    with Engine(home, scheduled=False) as running:
        bridge = Bridge(running)
        part = Part(qtbot, UnlockPage(bridge))
        part.until(lambda: part.root.problem.isVisible())
        assert "keyslots" in part.root.problem.text or "slot" in part.root.problem.text
        assert not part.says("does not open this vault")
        bridge.close()


def test_the_keychain_is_offered_only_where_it_is_a_way_in(bridge: Bridge, qtbot: QtBot) -> None:
    part = Part(qtbot, UnlockPage(bridge))
    part.type("Passphrase", PASSPHRASE)
    assert not part.all(QAbstractButton, "Unlock with keychain")
