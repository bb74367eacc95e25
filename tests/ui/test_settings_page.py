"""The page Settings: each choice is saved where it belongs, each refusal stands where it was caused."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QApplication, QCheckBox, QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from desktop.engine.preferences import load_preferences
from desktop.ui.bridge import Bridge
from desktop.ui.settings.page import SettingsPage
from desktop.ui.theme import DARK, LIGHT
from desktop.vault.vault import Vault
from tests.engine.holder import port_held
from tests.ui.part import Part
from tests.ui.seeding import PASSPHRASE

NEW = "another passphrase of four words"


class MemoryKeyring(KeyringBackend):
    """A keychain that works, for as long as the test runs."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.held[service, username]


@pytest.fixture
def keychain() -> Iterator[MemoryKeyring]:
    before = keyring.get_keyring()
    working = MemoryKeyring()
    keyring.set_keyring(working)
    yield working
    keyring.set_keyring(before)


@pytest.fixture(autouse=True)
def no_keychain() -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(NoKeyring())
    yield
    keyring.set_keyring(before)


@pytest.fixture
def part(connected_bridge: Bridge, qtbot: QtBot) -> Part:
    return Part(qtbot, SettingsPage(connected_bridge))


def choose(part: Part, name: str, value: object) -> None:
    box = part.find(QComboBox, name)
    box.setCurrentIndex(box.findData(value))
    box.activated.emit(box.currentIndex())


def saved(home: Path, name: str) -> object:
    return getattr(load_preferences(home)[0], name)


def test_the_theme_counts_at_once_and_is_kept(part: Part, home: Path, qapp: QApplication) -> None:
    assert qapp.palette().window().color() == QColor(LIGHT.window)
    choose(part, "Theme", "dark")
    assert qapp.palette().window().color() == QColor(DARK.window)
    part.until(lambda: saved(home, "theme") == "dark")
    choose(part, "Theme", "light")
    part.until(lambda: saved(home, "theme") == "light")


@pytest.mark.parametrize(
    ("name", "preference", "value"),
    [
        ("Lock by itself after", "auto_lock_minutes", 0),
        ("Lock by itself after", "auto_lock_minutes", 5),
        ("Hide a revealed secret after", "reveal_seconds", 60),
        ("Empty the clipboard after", "clipboard_seconds", 10),
        ("History keeps", "history_count", 20),
        ("History keeps", "history_count", 0),
        ("History goes back", "history_days", 90),
    ],
)
def test_times_are_kept(part: Part, home: Path, name: str, preference: str, value: int) -> None:
    choose(part, name, value)
    part.until(lambda: saved(home, preference) == value)


def test_the_passphrase_is_changed(part: Part, connected_bridge: Bridge, home: Path) -> None:
    part.press("Change passphrase…")
    part.type("Current passphrase", PASSPHRASE)
    part.type("New passphrase", NEW)
    part.type("Repeat new passphrase", NEW)
    part.press("Change passphrase")
    part.until(lambda: part.says("The new passphrase opens the vault from now on."))
    assert not part.all(QLineEdit, "Current passphrase")
    connected_bridge.engine.run(connected_bridge.engine.lock())
    Vault.open(home, NEW).close()


@pytest.mark.parametrize(
    ("current", "new", "repeat", "sentence"),
    [
        ("", NEW, NEW, "Enter the passphrase that opens the vault now."),
        (PASSPHRASE, "", "", "Choose a new passphrase first."),
        (PASSPHRASE, NEW, NEW + "x", "The two new passphrases are not the same."),
        ("not the one", NEW, NEW, "does not open this vault"),
    ],
)
def test_a_change_that_is_refused_changes_nothing(
    part: Part, connected_bridge: Bridge, home: Path, current: str, new: str, repeat: str, sentence: str
) -> None:
    part.press("Change passphrase…")
    part.type("Current passphrase", current)
    part.type("New passphrase", new)
    part.type("Repeat new passphrase", repeat)
    part.press("Change passphrase")
    part.until(lambda: part.says(sentence))
    assert part.find(QLineEdit, "New passphrase").text() == new
    connected_bridge.engine.run(connected_bridge.engine.lock())
    Vault.open(home, PASSPHRASE).close()


def test_discarding_a_change_forgets_what_was_typed(part: Part) -> None:
    part.press("Change passphrase…")
    part.type("Current passphrase", PASSPHRASE)
    part.press("Discard passphrase change")
    part.press("Change passphrase…")
    assert part.find(QLineEdit, "Current passphrase").text() == ""


def test_the_keychain_can_be_added_and_taken_away(
    keychain: MemoryKeyring, connected_bridge: Bridge, qtbot: QtBot
) -> None:
    part = Part(qtbot, SettingsPage(connected_bridge))
    box = part.root.findChild(QCheckBox)
    part.until(box.isEnabled)
    box.click()
    part.until(lambda: len(keychain.held) == 1 and box.isEnabled() and box.isChecked())
    box.click()
    part.until(lambda: not keychain.held and box.isEnabled() and not box.isChecked())


def test_a_keychain_that_cannot_be_used_says_why(part: Part) -> None:
    part.until(lambda: part.says("The keychain cannot be used"))
    assert not part.root.findChild(QCheckBox).isEnabled()


def test_a_backup_is_written_and_can_only_be_read_by_its_owner(part: Part, tmp_path: Path) -> None:
    target = tmp_path / "kept.backup"
    part.root.vault.back_up(target)
    part.until(lambda: part.says("The backup was written to"))
    assert target.exists() and stat.S_IMODE(target.stat().st_mode) & 0o077 == 0


def test_a_backup_that_cannot_be_written_says_why(part: Part, tmp_path: Path) -> None:
    part.root.vault.back_up(tmp_path / "no such folder" / "kept.backup")
    part.until(lambda: part.root.vault.outcome.isVisible() and "Writing" not in part.root.vault.outcome.text)
    assert part.root.vault.outcome.text.endswith(".")
    assert not part.says("The backup was written to")


def test_the_vault_is_checked(part: Part) -> None:
    part.press("Check vault")
    part.until(lambda: part.says("The vault is sound."))


def test_a_browser_command_that_does_not_exist_is_refused_in_place(part: Part, home: Path) -> None:
    part.type("Browser command", "no-such-browser --private")
    part.press("Save")
    part.until(lambda: part.says("There is no program no-such-browser on this computer."))
    assert saved(home, "browser_command") == ""
    assert part.find(QLineEdit, "Browser command").text() == "no-such-browser --private"
    part.type("Browser command", "sh -c true")
    part.press("Save")
    part.until(lambda: saved(home, "browser_command") == "sh -c true")
    part.until(lambda: part.says("Saved"))


@pytest.mark.parametrize("name", ["Browser command", "Own certificate file"])
def test_what_assistive_technology_writes_can_be_saved(part: Part, name: str) -> None:
    part.find(QLineEdit, name).setText("something")  # as it comes from there: no key is pressed
    assert part.find(QAbstractButton, "Save").isEnabled()
    part.press("Discard")
    assert not part.find(QAbstractButton, "Save").isEnabled()


def test_a_certificate_file_that_holds_none_is_refused_in_place(
    part: Part, home: Path, tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong.pem"
    wrong.write_text("nothing")
    part.type("Own certificate file", str(wrong))
    part.press("Save")
    part.until(lambda: part.says("no certificate in it"))
    assert saved(home, "ca_file") == ""
    part.press("Discard")
    assert part.find(QLineEdit, "Own certificate file").text() == ""
    assert not part.says("no certificate in it")


def test_it_says_where_the_data_lies_and_which_version_this_is(part: Part, home: Path) -> None:
    assert part.says(str(home)) and part.says("Jackfield 0.")
    part.press("Copy data folder")
    assert QGuiApplication.clipboard().text() == str(home)


def test_a_lock_forgets_a_half_typed_passphrase(part: Part, connected_bridge: Bridge) -> None:
    part.press("Change passphrase…")
    part.type("Current passphrase", PASSPHRASE)
    connected_bridge.run(connected_bridge.engine.lock())
    part.until(lambda: not part.all(QLineEdit, "Current passphrase"))
    assert PASSPHRASE not in [line.text() for line in part.root.findChildren(QLineEdit)]


def test_tab_goes_from_top_to_bottom(part: Part) -> None:
    stops = part.tab_order()
    heights = [stop.mapTo(part.root, stop.rect().topLeft()).y() // 40 for stop in stops]
    assert heights == sorted(heights)
    assert all(isinstance(stop, QAbstractButton | QComboBox | QLineEdit) for stop in stops)


def test_the_computer_is_checked_when_somebody_asks(part: Part) -> None:
    section = part.root.doctor  # type: ignore[attr-defined]
    assert section.banners == []
    part.press("Check this computer")
    part.until(lambda: len(section.banners) == 7)
    part.until(lambda: part.says("Certificates: The system's certificate authorities are trusted."))
    part.press("Check this computer")
    part.until(lambda: section.examine_button.isEnabled())
    assert len(section.banners) == 7


def test_a_port_that_somebody_holds_is_told_with_the_program(part: Part, connected_bridge: Bridge) -> None:
    engine = connected_bridge.engine
    with port_held() as (port, holder):
        uri = f"http://127.0.0.1:{port}/callback"
        engine.run(engine.configure("practice-oauth2", {"redirect_uri": uri}))
        part.press("Check this computer")
        told = f"Port {port}, which Practice (OAuth 2) needs, is in use by {holder}."
        part.until(lambda: part.says(told))
        assert part.says("End that program before you sign in there")
