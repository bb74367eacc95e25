"""Settings show the backups that the vault made of itself, and the way back to one."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QAbstractButton, QFileDialog
from pytestqt.qtbot import QtBot

from desktop.ui.bridge import Bridge
from desktop.ui.settings.page import SettingsPage
from desktop.vault.vault import Vault
from tests.ui.part import Part
from tests.ui.seeding import PASSPHRASE
from tests.vault.helpers import account

RESTORE = "Restore the backup of "


@pytest.fixture
def part(connected_bridge: Bridge, qtbot: QtBot) -> Part:
    """Three backups; the vault then went on to another account."""
    home = connected_bridge.engine.home
    connected_bridge.engine.run(connected_bridge.engine.check_vault())  # the one of today is made
    with Vault.open(home, PASSPHRASE) as vault:
        vault.add_account(account(1), b"{}", {})
        for _ in range(3):
            vault.roll_backup()
        vault.add_account(account(2), b"{}", {})
    made = Part(qtbot, SettingsPage(connected_bridge))
    made.until(lambda: len(restore_buttons(made)) == 3)
    return made


def restore_buttons(part: Part) -> list[QAbstractButton]:
    found = part.root.findChildren(QAbstractButton)
    return [button for button in found if button.accessibleName().startswith(RESTORE) and button.isVisible()]


def test_each_is_told_with_its_date_its_size_and_that_it_is_whole(part: Part) -> None:
    assert part.says("KiB · verified") or part.says("kB · verified")
    assert not part.says("None yet.")


def test_one_takes_the_vaults_place_after_it_was_asked(part: Part, connected_bridge: Bridge) -> None:
    restore_buttons(part)[0].click()
    assert part.says("What was saved after it is then no longer in the vault.")
    part.press("Restore")
    assert part.says("Enter the passphrase that the vault had then.")
    part.type("Passphrase of the backup", "not it")
    part.press("Restore")
    part.until(lambda: part.says("The passphrase does not open this backup."))
    assert connected_bridge.unlocked
    home = connected_bridge.engine.home
    part.type("Passphrase of the backup", PASSPHRASE)
    part.press("Restore")
    part.until(lambda: list((home / "backups").glob("replaced-*")))
    part.until(lambda: part.root.vault.kept.form.isHidden())
    part.until(lambda: not connected_bridge.unlocked)
    with Vault.open(home, PASSPHRASE) as vault:
        assert [row.id for row in vault.all_accounts()] == [account(1).id]


def test_cancelling_forgets_what_was_typed(part: Part, connected_bridge: Bridge) -> None:
    restore_buttons(part)[1].click()
    part.type("Passphrase of the backup", PASSPHRASE)
    part.press("Cancel restoring")
    assert part.root.vault.kept.form.isHidden()
    assert part.root.vault.kept.form.passphrase.text() == ""


def test_a_damaged_one_is_said_to_be_and_cannot_be_chosen(part: Part, connected_bridge: Bridge) -> None:
    newest = connected_bridge.engine.run(connected_bridge.engine.backups()).kept[0].path
    content = bytearray(newest.read_bytes())
    content[len(content) // 2] ^= 1
    newest.write_bytes(content)
    part.root.vault.kept.load()
    part.until(lambda: part.says("· damaged"))
    assert len(restore_buttons(part)) == 2


def test_another_file_can_be_chosen(part: Part, connected_bridge: Bridge, tmp_path: Path) -> None:
    newest = connected_bridge.engine.run(connected_bridge.engine.backups()).kept[0].path
    part.press("Restore another file…")
    dialog = part.root.findChild(QFileDialog)
    assert dialog is not None
    dialog.fileSelected.emit(str(newest))
    dialog.reject()
    assert part.says(str(newest))
    part.type("Passphrase of the backup", PASSPHRASE)
    part.press("Restore")
    part.until(lambda: not connected_bridge.unlocked)


def test_a_backup_that_could_not_be_made_is_told(part: Part, connected_bridge: Bridge) -> None:
    folder = connected_bridge.engine.home / "backups"
    folder.rename(folder.with_name("elsewhere"))
    folder.write_text("in the way")
    folder.chmod(0o600)
    connected_bridge.engine.run(
        connected_bridge.engine.change_passphrase(PASSPHRASE, "four other words here")
    )
    part.until(lambda: part.says("is not a folder"))
    part.until(lambda: part.says("None yet."))
    part.press("Check vault")
    part.until(lambda: part.says("The daily backup could not be made."))
