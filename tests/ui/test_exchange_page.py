"""The two cards that Settings opens: export and import."""

from __future__ import annotations

import json
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QListView, QTableView
from pytestqt.qtbot import QtBot

from desktop.ui.bridge import Bridge
from desktop.ui.exchange.export_card import ExportCard
from desktop.ui.exchange.import_card import ImportCard
from desktop.ui.exchange.preview_model import Column
from desktop.vault import kdf
from desktop.vault.records import AccountRow
from tests.ui.console import DEADLINE, Console
from tests.ui.part import Part, account_names

WORDS = "amber lantern river cloth"
KEY = "practice-key-amelia-4f1c"
ENTER = "Passphrase for the export"


@pytest.fixture(autouse=True)
def cheap_derivation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kdf, "DEFAULT_COST", kdf.FLOOR_COST)
    monkeypatch.setattr(kdf, "WANTED_SECONDS", (0.0, 60.0))


@pytest.fixture
def account(connected_bridge: Bridge) -> AccountRow:
    """One account with a key."""
    return connect(connected_bridge, "Mine")


def connect(bridge: Bridge, name: str) -> AccountRow:
    async def whole() -> AccountRow:
        attempt = await bridge.engine.begin_connect("practice-key", None, {"api_key": KEY}, account_name=name)
        return await attempt.wait()

    return bridge.engine.run(whole(), DEADLINE)


@pytest.fixture
def open_export(connected_bridge: Bridge, qtbot: QtBot) -> Callable[[], Part]:
    def open_it() -> Part:
        part = Part(qtbot, ExportCard(connected_bridge))
        part.until(lambda: part.root.what.accounts.rowCount() == len(account_names(connected_bridge)))
        return part

    return open_it


@pytest.fixture
def open_import(connected_bridge: Bridge, qtbot: QtBot) -> Callable[[], Part]:
    return lambda: Part(qtbot, ImportCard(connected_bridge))


def export(bridge: Bridge, path: Path) -> Path:
    bridge.engine.run(bridge.engine.export(path, WORDS), DEADLINE)
    return path


def fill_and_save(part: Part, path: Path) -> None:
    part.type(ENTER, WORDS)
    part.type("Repeat passphrase", WORDS)
    assert part.root.what.problem() == ""
    part.root.save(path)


def test_settings_opens_both_cards(console: Console) -> None:
    console.open()
    console.shell.show_page("settings")
    for name, title in (("Export…", "Export accounts"), ("Import…", "Import accounts")):
        console.press(name)
        console.until(lambda title=title: title in console.texts())
        card = console.window.findChild(ExportCard if name == "Export…" else ImportCard)
        assert card.isVisible()
        assert card.isAncestorOf(console.window.focusWidget())
        assert not isinstance(console.window.focusWidget(), QAbstractButton)
        console.press("Cancel", card)
        console.until(lambda: console.shell._overlay.card is None)


def test_an_export_is_written_and_what_was_typed_is_forgotten(
    account: AccountRow, connected_bridge: Bridge, open_export: Callable[[], Part], tmp_path: Path
) -> None:
    part = open_export()
    path = tmp_path / "out.jackfield-export"
    fill_and_save(part, path)
    part.until(lambda: part.root.state == "done")
    assert part.says("was written")
    assert part.says("Whoever has the file may try to guess its passphrase")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert WORDS not in "".join(box.text() for box in part.root.findChildren(QLineEdit))
    plan = connected_bridge.engine.run(connected_bridge.engine.read_export(path, WORDS), DEADLINE)
    assert plan.count("account", "same") == 1
    left: list[None] = []
    part.root.left.connect(lambda: left.append(None))
    part.press("Done")
    assert left == [None]


def test_a_passphrase_is_asked_for_twice(account: AccountRow, open_export: Callable[[], Part]) -> None:
    part = open_export()
    part.press("Export…")
    assert part.says("Choose a passphrase for the export first.")
    part.type(ENTER, "short")
    assert part.says("A program would guess this quickly.")
    part.type("Repeat passphrase", "another")
    part.press("Export…")
    assert part.says("The two passphrases are not the same.")
    assert part.root.state == "form"


def test_some_accounts_or_only_a_list_of_them(
    account: AccountRow, connected_bridge: Bridge, open_export: Callable[[], Part], tmp_path: Path
) -> None:
    connect(connected_bridge, "Other")
    part = open_export()
    which, kind = part.find(QComboBox, "Accounts"), part.find(QComboBox, "What")
    assert which.itemText(0) == "All accounts (2)"
    which.setCurrentIndex(1)
    part.press("Export…")
    assert part.says("Tick at least one account.")
    part.type("Search accounts", "mine")
    listed = part.find(QListView, "Accounts to export")
    assert listed.model().rowCount() == 1
    listed.setFocus()
    listed.setCurrentIndex(listed.model().index(0, 0))
    QTest.keyClick(listed, Qt.Key.Key_Space)
    assert part.root.what.account_ids == [account.id]
    kind.setCurrentIndex(1)
    assert not part.all(QLineEdit, ENTER)
    part.root.save(tmp_path / "list.json")
    part.until(lambda: part.root.state == "done")
    assert part.says("One account, without secrets.")
    held = json.loads((tmp_path / "list.json").read_text())
    assert [one["name"] for one in held["accounts"]] == ["Mine"]
    assert KEY not in (tmp_path / "list.json").read_text()


def test_what_fails_is_said_in_the_form(
    account: AccountRow, open_export: Callable[[], Part], tmp_path: Path
) -> None:
    part = open_export()
    (tmp_path / "letter").write_text("Dear")
    fill_and_save(part, tmp_path / "letter")
    part.until(lambda: part.says("left alone"))
    assert part.root.state == "form"
    assert (tmp_path / "letter").read_text() == "Dear"


def test_cancel_stops_an_export_and_leaves_no_file(
    account: AccountRow, connected_bridge: Bridge, open_export: Callable[[], Part], tmp_path: Path
) -> None:
    part = open_export()
    folder = tmp_path / "out"
    folder.mkdir()
    there, go_on = threading.Event(), threading.Event()

    def hold(_done: int, _total: int) -> None:
        there.set()
        assert go_on.wait(DEADLINE / 1000)

    part.root.progress.told = hold
    fill_and_save(part, folder / "file")
    part.until(there.is_set)
    part.press("Cancel")
    connected_bridge.engine.run(connected_bridge.engine.slots(), DEADLINE)  # the wish has reached the engine
    go_on.set()
    part.until(lambda: part.says("This was stopped before it was done."))
    assert part.root.state == "form"
    assert list(folder.iterdir()) == []


def test_cancel_undoes_an_import_and_the_preview_stays(
    account: AccountRow, connected_bridge: Bridge, open_import: Callable[[], Part], tmp_path: Path
) -> None:
    engine = connected_bridge.engine
    path = export(connected_bridge, tmp_path / "file")
    engine.run(engine.disconnect(account.id, keep_remote=True), DEADLINE)
    part = open_import()
    part.root.source.take(str(path))
    part.type("Passphrase of the export", WORDS)
    part.press("Open")
    part.until(lambda: part.root.state == "preview")
    there, go_on = threading.Event(), threading.Event()

    def hold(_done: int, _total: int) -> None:
        there.set()
        assert go_on.wait(DEADLINE / 1000)

    told, part.root.progress.told = part.root.progress.told, hold
    part.press("Import 1 item")
    part.until(there.is_set)
    part.press("Cancel")
    engine.run(engine.slots(), DEADLINE)
    go_on.set()
    part.until(lambda: part.says("This was stopped before it was done. Nothing was changed."))
    assert account_names(connected_bridge) == []
    part.root.progress.told = told
    part.press("Import 1 item")
    part.until(lambda: part.root.state == "done")
    assert account_names(connected_bridge) == ["Mine"]


# --- import


def test_a_preview_comes_before_anything_is_changed(
    account: AccountRow, connected_bridge: Bridge, open_import: Callable[[], Part], tmp_path: Path
) -> None:
    engine = connected_bridge.engine
    gone = connect(connected_bridge, "Gone")
    path = export(connected_bridge, tmp_path / "file")
    engine.run(engine.disconnect(gone.id, keep_remote=True), DEADLINE)
    engine.run(engine.edit(account.id, {"api_key": "another-key-0000"}), DEADLINE)
    part = open_import()
    part.type("File", str(path))
    part.type("Passphrase of the export", "wrong")
    part.press("Open")
    part.until(lambda: part.says("The passphrase does not open this export."))
    part.type("Passphrase of the export", WORDS)
    part.press("Open")
    part.until(lambda: part.root.state == "preview")
    assert WORDS not in "".join(box.text() for box in part.root.findChildren(QLineEdit))
    table = part.find(QTableView, "What the export holds")
    model = table.model()
    rows = [
        tuple(str(model.index(row, column).data()) for column in Column) for row in range(model.rowCount())
    ]
    assert rows[:2] == [("Mine", "Different", "Skip"), ("Gone", "New", "Add")]
    assert part.says("The one in this vault is newer.")
    assert part.says("api_key")
    assert part.says("••••")
    assert not part.says(KEY)
    assert part.says("add 1")
    assert account_names(connected_bridge) == ["Mine"]

    part.find(QComboBox, "Everything that differs").activated.emit(1)
    assert [model.index(row, Column.CHOICE).data() for row in (0, 1)] == ["Replace", "Add"]
    part.press("Import 2 items")
    part.until(lambda: part.root.state == "done")
    assert part.says("1 account added, 1 replaced")
    assert part.says("Use each account on one computer only")
    assert account_names(connected_bridge) == ["Gone", "Mine"]
    view = engine.run(engine.account(account.id), DEADLINE)
    assert view.credential.fields["api_key"] == KEY
    assert [entry.generation.source for entry in engine.run(engine.history(account.id), DEADLINE)] == [
        "import",
        "edit",
        "connect",
    ]


def test_each_row_has_its_own_choice(
    account: AccountRow, connected_bridge: Bridge, open_import: Callable[[], Part], tmp_path: Path
) -> None:
    path = export(connected_bridge, tmp_path / "file")
    part = open_import()
    part.root.source.take(str(path))
    part.type("Passphrase of the export", WORDS)
    QTest.keyClick(part.find(QLineEdit, "Passphrase of the export"), Qt.Key.Key_Return)
    part.until(lambda: part.root.state == "preview")
    assert not part.find(QAbstractButton, "Import 0 items").isEnabled()
    assert not part.all(QComboBox, "Everything that differs")  # nothing does
    choice = part.find(QComboBox, "What to do")
    assert [choice.itemText(at) for at in range(choice.count())] == ["Skip", "Keep both"]
    choice.setCurrentIndex(1)
    choice.activated.emit(1)
    part.press("Import 1 item")
    part.until(lambda: part.root.state == "done")
    assert part.says("Mine is called Mine (2) here.")
    assert account_names(connected_bridge) == ["Mine", "Mine (2)"]


def test_a_file_may_be_dropped(open_import: Callable[[], Part], tmp_path: Path) -> None:
    path = tmp_path / "no export"
    path.write_text("x" * 200)
    part = open_import()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    keys, buttons = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    entering = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, data, buttons, keys)
    part.root.source.dragEnterEvent(entering)
    assert entering.isAccepted()
    part.root.source.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, buttons, keys))
    assert part.find(QLineEdit, "File").text() == str(path)
    part.press("Open")
    assert part.says("Enter the passphrase of the export.")
    part.type("Passphrase of the export", WORDS)
    part.press("Open")
    part.until(lambda: part.says("is not an export of Jackfield"))
    assert part.root.state == "file"


def test_an_outdated_preview_is_said_and_the_file_can_be_opened_again(
    account: AccountRow, connected_bridge: Bridge, open_import: Callable[[], Part], tmp_path: Path
) -> None:
    engine = connected_bridge.engine
    path = export(connected_bridge, tmp_path / "file")
    engine.run(engine.edit(account.id, {"api_key": "another-key-0000"}), DEADLINE)
    part = open_import()
    part.root.source.take(str(path))
    part.type("Passphrase of the export", WORDS)
    part.press("Open")
    part.until(lambda: part.root.state == "preview")
    engine.run(engine.edit(account.id, {"api_key": "yet-another-0000"}), DEADLINE)
    part.find(QComboBox, "Everything that differs").activated.emit(1)
    part.press("Import 1 item")
    part.until(lambda: part.says("changed after the preview"))
    assert part.root.state == "file"
    assert part.find(QLineEdit, "File").text() == str(path)


def test_a_lock_empties_the_card(
    account: AccountRow, connected_bridge: Bridge, open_import: Callable[[], Part], tmp_path: Path
) -> None:
    path = export(connected_bridge, tmp_path / "file")
    part = open_import()
    part.root.source.take(str(path))
    part.type("Passphrase of the export", WORDS)
    part.press("Open")
    part.until(lambda: part.root.state == "preview")
    connected_bridge.engine.run(connected_bridge.engine.lock(), DEADLINE)
    part.until(lambda: part.root.preview.model.rowCount() == 0)
    assert not part.says("Mine")


def test_every_control_has_a_name(
    account: AccountRow, open_export: Callable[[], Part], open_import: Callable[[], Part]
) -> None:
    for part in (open_export(), open_import()):
        stops = part.tab_order()
        assert len(stops) >= 5
        assert all(stop.accessibleName() for stop in stops)
