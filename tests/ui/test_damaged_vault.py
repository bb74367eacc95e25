"""A damaged vault in the window: never a dead end."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QAbstractButton, QFileDialog
from pytestqt.qtbot import QtBot

from desktop.engine.engine import Engine
from desktop.ui.bridge import Bridge
from desktop.ui.start import UnlockPage
from desktop.vault.vault import Vault
from tests.ui.part import Part, account_names
from tests.ui.seeding import PASSPHRASE
from tests.vault.helpers import account


@pytest.fixture
def filled(home: Path) -> Path:
    """Forty accounts, a backup of them, and one account that is younger; nothing open."""
    with Vault.open(home, PASSPHRASE) as vault:
        for number in range(40):
            vault.add_account(account(number), b"{}" + b" " * 3000, {})
        vault.roll_backup()
        vault.add_account(account(40), b"{}", {})
    return home


@pytest.fixture
def damaged(filled: Path, qtbot: QtBot) -> Iterator[Bridge]:
    """Its first page is spoiled, so that it does not open."""
    content = bytearray((filled / "vault.db").read_bytes())
    content[16:4096] = os.urandom(4080)
    (filled / "vault.db").write_bytes(content)
    with Engine(filled, scheduled=False) as running:
        bridge = Bridge(running)
        yield bridge
        bridge.close()


@pytest.fixture
def part(damaged: Bridge, qtbot: QtBot) -> Part:
    """The page after the passphrase was given."""
    made = Part(qtbot, UnlockPage(damaged))
    made.type("Passphrase", PASSPHRASE)
    made.press("Unlock")
    made.until(lambda: made.says("What you can do"))
    return made


def test_the_page_says_what_is_wrong_and_what_can_be_done(part: Part) -> None:
    assert "damaged" in part.root.problem.text
    assert "jackfield vault" not in part.root.problem.text  # that is for the command line
    part.until(lambda: part.says("What was saved after that is not in it."))
    assert [
        part.find(QAbstractButton, name).isEnabled()
        for name in ("Restore this backup", "Save what can be read")
    ]


def test_the_newest_backup_takes_its_place_and_is_opened(part: Part, damaged: Bridge, qtbot: QtBot) -> None:
    before = (damaged.engine.home / "vault.db").read_bytes()
    part.press("Restore this backup")
    part.until(lambda: damaged.unlocked)
    part.until(lambda: part.root.ways_back.isHidden())
    names = account_names(damaged)
    assert len(names) == 40
    assert "Person 00040" not in names
    (kept,) = (damaged.engine.home / "backups").glob("replaced-*/vault.db")
    assert kept.read_bytes() == before


def test_what_can_be_read_is_saved_and_can_be_restored(part: Part, damaged: Bridge) -> None:
    before = (damaged.engine.home / "vault.db").read_bytes()
    part.press("Save what can be read")
    part.until(lambda: part.says("41 accounts were saved."))
    assert part.says("Nothing was lost.")
    assert (damaged.engine.home / "vault.db").read_bytes() == before
    report = damaged.engine.run(damaged.engine.backups())
    assert report.kept[0].kind == "rescued"  # what may lack something is not what is recommended
    assert report.newest_good == report.kept[1]
    part.press("Restore what was saved")
    part.until(lambda: damaged.unlocked)
    assert "Person 00040" in account_names(damaged)


def test_a_chosen_file_takes_its_place(part: Part, damaged: Bridge, tmp_path: Path) -> None:
    (kept,) = (damaged.engine.home / "backups").iterdir()
    elsewhere = kept.rename(tmp_path / "elsewhere.backup")
    part.root.ways_back.offer()
    part.until(lambda: part.says("There is no good backup beside the vault."))
    assert part.all(QAbstractButton, "Restore this backup") == []
    part.press("Choose a backup file…")
    dialog = part.root.findChild(QFileDialog)
    assert dialog is not None
    dialog.fileSelected.emit(str(elsewhere))
    dialog.reject()
    part.until(lambda: damaged.unlocked)
    assert len(account_names(damaged)) == 40


def test_a_wrong_file_is_said_and_everything_can_be_tried_again(
    part: Part, damaged: Bridge, tmp_path: Path
) -> None:
    (tmp_path / "notes.txt").write_text("notes")
    part.root.restore(tmp_path / "notes.txt")
    part.until(lambda: part.says("is not a backup of a vault"))
    part.until(lambda: part.find(QAbstractButton, "Restore this backup").isEnabled())
    part.type("Passphrase", "")
    part.press("Restore this backup")
    assert part.says("Enter your passphrase first.")
    part.type("Passphrase", PASSPHRASE)
    part.press("Restore this backup")
    part.until(lambda: damaged.unlocked)


def test_without_key_slots_the_ways_back_stand_there_at_once(filled: Path, qtbot: QtBot) -> None:
    (filled / "keyslots.json").unlink()
    with Engine(filled, scheduled=False) as running:
        bridge = Bridge(running)
        part = Part(qtbot, UnlockPage(bridge))
        part.until(lambda: part.says("What you can do"))
        part.type("Passphrase", PASSPHRASE)
        part.press("Restore this backup")
        part.until(lambda: bridge.unlocked)
        assert len(account_names(bridge)) == 40
        bridge.close()
