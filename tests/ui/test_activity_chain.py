"""The page Activity says whether its entries are what was written, who did what, and shows a part of them."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from connectors.credential import utc_now
from desktop import __version__
from desktop.ui import times
from desktop.ui.activity.kinds import ACTS, KINDS
from desktop.ui.activity.page import ActivityPage
from desktop.ui.bridge import Bridge
from desktop.vault.records import ActivityRow, Who
from tests.ui.part import Part
from tests.ui.seeding import add, opened
from tests.vault.chains import fill_at_once, with_the_key

ROOT = Path(__file__).parents[2]
SCRIPT = Who(
    user="amelia", host="workbench", version=__version__, command="token", program="deploy.sh", pid=4711
)
ROWS = (
    ("refreshed", "amelia", "The token of Amelia was refreshed."),
    ("handed_out", "amelia", "access_token of Amelia"),
    ("revealed", "ben", "refresh_token of Ben"),
    ("configured", "", "Settings of GitHub changed: client_id."),
)


@pytest.fixture
def home(home: Path) -> Path:
    """Two accounts, and what was done with them."""
    add(home, "amelia")
    add(home, "ben")
    with opened(home) as vault:
        for action, account_id, summary in ROWS:
            vault.add_activity(
                ActivityRow(
                    at=utc_now(),
                    account_id=account_id,
                    connector="github",
                    actor="command line",
                    action=action,
                    summary=summary,
                    who=SCRIPT,
                )
            )
    return home


@pytest.fixture
def part(connected_bridge: Bridge, qtbot: QtBot) -> Part:
    made = Part(qtbot, ActivityPage(connected_bridge))
    made.until(lambda: "unbroken" in made.root.chain.words.text())
    return made


def titles(part: Part) -> list[str]:
    model = part.root.model
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def number(value: int) -> str:
    return QLocale().toString(value)


def tampered(home: Path) -> None:
    with opened(home) as vault, with_the_key(vault) as database:
        database.execute("UPDATE activity SET summary = 'Nothing happened' WHERE id = 2")


def test_the_chain_is_checked_when_the_page_opens(part: Part) -> None:
    count = part.root.model.rowCount()
    assert part.says(f"Entries 1–{count} are unbroken · checked just now")
    assert part.root.broken.isHidden()


def test_verify_looks_again(part: Part, connected_bridge: Bridge, monkeypatch: pytest.MonkeyPatch) -> None:
    count = part.root.model.rowCount()
    present = utc_now() + timedelta(minutes=12)
    monkeypatch.setattr(times, "now", lambda: present)
    part.root.chain._again.timeout.emit()
    assert part.says("checked 12 min ago")
    connected_bridge.run(connected_bridge.engine.note("ben", "copied", "access_token"))
    part.until(lambda: part.root.model.rowCount() == count + 1)
    part.press("Verify the entries")
    part.until(lambda: part.says(f"Entries 1–{count + 1} are unbroken · checked just now"))


def test_what_was_changed_shows_in_a_banner(part: Part, home: Path) -> None:
    tampered(home)
    part.press("Verify the entries")
    part.until(lambda: part.says("From entry 2 on the record is not what was written."))
    assert part.says("Entry 1 is unbroken · checked just now")
    assert not part.all(QAbstractButton, "Copy the head of the chain"), "it would vouch for nothing"


def test_a_broken_chain_is_seen_without_asking(home: Path, connected_bridge: Bridge, qtbot: QtBot) -> None:
    tampered(home)
    part = Part(qtbot, ActivityPage(connected_bridge))
    part.until(lambda: part.says("From entry 2 on the record is not what was written."))


def test_the_head_can_be_written_down(part: Part, connected_bridge: Bridge) -> None:
    part.press("Copy the head of the chain")
    head = QGuiApplication.clipboard().text()
    report = connected_bridge.engine.run(connected_bridge.engine.verify_activity(head))
    assert len(head) == 64 and report.broken is None and report.head == head


def test_how_far_it_is_is_told_where_it_takes_long(part: Part, home: Path) -> None:
    said: list[str] = []
    plain = part.root.chain.words.setText
    part.root.chain.words.setText = lambda text: (said.append(text), plain(text))
    before = part.root.model.rowCount()
    with opened(home) as vault:
        fill_at_once(vault, 20_000)
    part.press("Verify the entries")
    part.until(lambda: part.says(f"Entries 1–{number(before + 20_000)} are unbroken"))
    assert f"Following the entries: {number(1000)} of {number(before + 20_000)}" in said


def test_a_lock_forgets_the_chain(part: Part, connected_bridge: Bridge) -> None:
    connected_bridge.run(connected_bridge.engine.lock())
    part.until(lambda: part.root.chain.words.text() == "")
    assert not part.root.chain.checked and not part.all(QAbstractButton, "Copy the head of the chain")


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        ("Secrets shown", ["refresh_token of Ben", "access_token of Amelia"]),
        ("Refreshes", ["The token of Amelia was refreshed."]),
        ("Vault", ["The vault was opened with the passphrase."]),
        ("Sign-ins", []),
    ],
)
def test_one_kind_of_act_can_be_shown(part: Part, kind: str, shown: list[str]) -> None:
    part.find(QComboBox, "What").setCurrentText(kind)
    assert titles(part) == shown
    assert part.says("Nothing found") is not bool(shown)


def test_every_act_that_is_written_has_its_words_and_one_kind() -> None:
    assert len(ACTS) == sum(len(kind.acts) for kind in KINDS)
    written: set[str] = set()
    for file in (ROOT / "desktop").rglob("*.py"):
        text = file.read_text()
        if "engine" in file.parts:
            written |= set(re.findall(r'(?:[Oo]peration|_write|\.add)\(\s*"([a-z_]+)"', text))
        written |= set(re.findall(r'\.note(?:_settings)?\([^"\n]*, "([a-z_]+)"', text))
    assert {"revealed", "refreshed", "unlocked", "configured", "copied"} <= written
    assert written <= ACTS.keys()


def test_one_account_can_be_shown_and_all_again(part: Part) -> None:
    everything = titles(part)
    place = everything.index("access_token of Amelia")
    part.root.list.setCurrentIndex(part.root.model.index(place, 0))
    part.press("Show only this account")
    assert titles(part) == ["access_token of Amelia", "The token of Amelia was refreshed."]
    part.find(QComboBox, "What").setCurrentText("Secrets shown")
    assert titles(part) == ["access_token of Amelia"]
    part.find(QComboBox, "What").setCurrentText("Everything")
    part.press("Remove Amelia")
    assert titles(part) == everything


def test_words_find_accounts_and_programs(part: Part) -> None:
    part.type("Search activity", "ben")
    part.until(lambda: titles(part) == ["refresh_token of Ben"])
    part.type("Search activity", "deploy handed")
    part.until(lambda: titles(part) == ["access_token of Amelia"])


def test_the_keys_lead_to_the_search(part: Part) -> None:
    part.root.list.setFocus()
    QTest.keyClick(part.root, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    part.until(lambda: part.find(QLineEdit, "Search activity").hasFocus())


def test_an_entry_says_by_what_means_and_where_it_stands(part: Part) -> None:
    place = titles(part).index("access_token of Amelia")
    row = part.root.model.row(part.root.model.index(place, 0))
    part.root.list.setCurrentIndex(part.root.model.index(place, 0))
    assert part.says("command line · token · started by deploy.sh (4711)")
    assert part.says("amelia on workbench") and part.says(f"{row.id} · {row.hash[:12]}")
    part.press("Copy the hash")
    assert QGuiApplication.clipboard().text() == row.hash
    part.press("Copy as text")
    copied = QGuiApplication.clipboard().text()
    assert "deploy.sh (4711)" in copied and f"Entry {row.id}: {row.hash}" in copied


def test_an_act_of_the_window_names_its_version(part: Part) -> None:
    place = titles(part).index("The vault was opened with the passphrase.")
    part.root.list.setCurrentIndex(part.root.model.index(place, 0))
    assert part.says(f"window · Jackfield {__version__}")
