"""The page Activity: pages of entries, filter, the exchange behind an entry."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QModelIndex
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QComboBox, QLabel, QListView
from pytestqt.qtbot import QtBot

from desktop.practice import PASSWORD
from desktop.ui.activity.model import PAGE, ActivityModel
from desktop.ui.activity.page import ActivityPage
from desktop.ui.bridge import Bridge
from desktop.vault.records import ActivityRow
from tests.ui.part import Part

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


class Log:
    """Entries as the vault hands them out; counts how often it is read."""

    def __init__(self, number: int) -> None:
        self.rows = [self.entry(place) for place in range(1, number + 1)]
        self.reads = 0

    def entry(self, number: int) -> ActivityRow:
        return ActivityRow(
            id=number,
            at=NOON + timedelta(seconds=number),
            action="refreshed",
            outcome="failed" if number % 50 == 0 else "ok",
            summary=f"Entry {number}",
        )

    def read(self, limit: int, before_id: int | None) -> Sequence[ActivityRow]:
        self.reads += 1
        older = [row for row in self.rows if before_id is None or row.id < before_id]
        return older[::-1][:limit]


def titles(model: ActivityModel) -> list[str]:
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def test_the_model_reads_page_by_page(qtbot: QtBot) -> None:
    log = Log(2 * PAGE + 20)
    model = ActivityModel(log.read, lambda row: "")
    model.show()
    assert model.rowCount() == PAGE and log.reads == 1
    assert titles(model)[0] == f"Entry {2 * PAGE + 20}"
    model.fetchMore(QModelIndex())
    model.fetchMore(QModelIndex())
    assert titles(model)[-1] == "Entry 1"
    assert not model.canFetchMore(QModelIndex())


def test_the_model_is_a_proper_model(qtbot: QtBot) -> None:
    log = Log(2 * PAGE)
    model = ActivityModel(log.read, lambda row: "")
    model.show()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.fetchMore(QModelIndex())
    log.rows.append(log.entry(2 * PAGE + 1))
    model.read_new()
    model.clear()
    assert model.rowCount() == 0
    del tester


def test_a_filter_looks_through_older_pages_too(qtbot: QtBot) -> None:
    model = ActivityModel(Log(400).read, lambda row: "")
    model.show(outcome="failed")
    assert titles(model) == [f"Entry {number}" for number in range(400, 0, -50)]
    model.show("entry 177")
    assert titles(model) == ["Entry 177"]


def test_new_entries_come_on_top_without_a_new_reading_of_all(qtbot: QtBot) -> None:
    log = Log(5)
    model = ActivityModel(log.read, lambda row: "")
    model.show()
    log.rows.append(log.entry(6))
    model.read_new()
    model.read_new()
    assert titles(model)[:2] == ["Entry 6", "Entry 5"] and model.rowCount() == 6
    log.rows += [log.entry(number) for number in range(7, 7 + 2 * PAGE)]
    model.read_new()
    assert titles(model)[0] == f"Entry {6 + 2 * PAGE}"
    assert len(set(titles(model))) == model.rowCount()


@pytest.fixture
def part(connected_bridge: Bridge, qtbot: QtBot) -> Part:
    """A sign-in that worked, and one that was refused."""
    engine = connected_bridge.engine
    for password in (PASSWORD, "not-her-password"):

        async def connect(given: str = password) -> None:
            attempt = await engine.begin_connect(
                "practice-password", None, {"username": "amelia", "password": given}
            )
            try:
                await attempt.wait()
            except Exception as error:
                assert given != PASSWORD, error

        engine.run(connect())
    return Part(qtbot, ActivityPage(connected_bridge))


def test_the_newest_stands_first_and_its_exchange_is_shown_redacted(part: Part) -> None:
    part.root.list.setCurrentIndex(part.root.model.index(1, 0))
    assert part.says("Amelia Ortega was connected")
    assert part.says("1. POST ") and part.says("/password/login → 200")
    part.press("Copy as text")
    copied = QGuiApplication.clipboard().text()
    assert "/password/login → 200" in copied and PASSWORD not in copied
    shown = "".join(label.text() for label in part.root.findChildren(QLabel))
    assert PASSWORD not in shown


def test_the_outcome_can_be_chosen(part: Part) -> None:
    outcome = part.find(QComboBox, "Outcome")
    outcome.setCurrentIndex(outcome.findData("failed"))
    assert part.root.model.rowCount() == 1
    part.root.list.setCurrentIndex(part.root.model.index(0, 0))
    assert part.says("Connecting")


def test_words_find_entries_and_nothing_found_says_so(part: Part) -> None:
    part.type("Search activity", "amelia connected")
    part.until(lambda: part.root.model.rowCount() == 1)
    part.type("Search activity", "zzz")
    part.until(lambda: part.says("Nothing found"))
    assert not part.all(QListView, "Activity")


def test_what_happens_meanwhile_appears(part: Part, connected_bridge: Bridge) -> None:
    before = part.root.model.rowCount()
    account = part.root.model.row(part.root.model.index(1, 0)).account_id
    connected_bridge.run(connected_bridge.engine.note(account, "revealed", "password"))
    part.until(lambda: part.root.model.rowCount() == before + 1)


def test_a_lock_forgets_the_list(part: Part, connected_bridge: Bridge) -> None:
    part.root.list.setCurrentIndex(part.root.model.index(1, 0))
    connected_bridge.run(connected_bridge.engine.lock())
    part.until(lambda: part.root.model.rowCount() == 0)
    assert not part.says("Amelia Ortega")
