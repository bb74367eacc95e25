"""Requests that are kept with an account: saved, changed, copied, removed, and never lost by looking away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QLineEdit, QMenu

from desktop.ui.requests.menu import request_menu
from desktop.vault.records import SavedRequest
from tests.ui.console import Console
from tests.ui.requests_support import Desk, desk


@pytest.fixture
def at(console: Console, home: Path) -> Iterator[Desk]:
    with desk(console, home) as made:
        yield made.open()


def kept(at: Desk, account_id: str = "amelia") -> list[SavedRequest]:
    found: list[SavedRequest] = at.console.engine.run(at.console.engine.saved_requests(account_id))
    return found


def test_a_request_is_kept_with_what_is_sent(at: Desk) -> None:
    at.fill("POST", "/users/{id}?a=1", "Write")
    at.console.find(QLineEdit, "id in the path").setText("u/1")
    at.page.editor.body.kind.setCurrentText("JSON")
    at.page.editor.body.text.setPlainText("{}")
    assert at.titles() == ["POST Write, not saved"]
    at.save()
    (saved,) = kept(at)
    assert (saved.name, saved.method, saved.url, saved.body) == ("Write", "POST", "/users/u%2F1?a=1", "{}")
    assert saved.headers == (("Content-Type", "application/json"),)
    assert at.titles() == ["POST Write"] and at.says("“Write” is kept with the account.")
    assert at.page.editor.line.url.text() == "/users/{id}?a=1", "the names stay to be filled again"


def test_one_without_a_name_gets_one_and_no_name_is_taken_twice(at: Desk) -> None:
    at.fill("GET", "/me?x=1")
    at.save()
    at.console.press("New request")
    at.fill("GET", "/me")
    at.save()
    assert [one.name for one in kept(at)] == ["/me", "/me (2)"]
    at.page.editor.name.setText("/me")
    at.console.press("Save the request")
    at.until(lambda: "already" in at.page.editor.name_problem.text())
    assert at.page.editor.name.hasFocus() and at.titles()[-1].endswith("not saved")


def test_what_is_not_saved_is_marked_and_stays_when_another_is_chosen(at: Desk) -> None:
    at.fill("GET", "/one", "One")
    at.save()
    at.console.press("New request")
    at.fill("GET", "/two", "Two")
    at.save()
    at.fill("DELETE", "/two/changed")
    assert at.titles() == ["GET One", "DELETE Two, not saved"]
    at.choose("GET One")
    assert at.page.editor.line.line() == ("GET", "/one")
    at.choose("DELETE Two, not saved")
    assert at.page.editor.line.line() == ("DELETE", "/two/changed")
    at.console.shell.send_request("bruno")
    at.until(lambda: at.titles() == ["GET New request"])
    at.fill("GET", "/bruno")
    at.console.shell.send_request("amelia")
    at.until(lambda: at.titles() == ["GET One", "DELETE Two, not saved"])
    assert at.page.editor.line.line() == ("DELETE", "/two/changed")
    at.console.shell.send_request("bruno")
    assert at.page.editor.line.line() == ("GET", "/bruno")
    assert len(kept(at)) == 2 and not kept(at, "bruno")


def test_picking_or_beginning_another_never_throws_a_new_one_away(at: Desk) -> None:
    at.fill("GET", "/typed")
    at.console.press("New request")
    assert at.titles() == ["GET /typed, not saved", "GET New request"]
    at.console.press("New request")
    assert at.titles() == ["GET /typed, not saved", "GET New request"], "one empty one is enough"
    at.choose("GET /typed, not saved")
    assert at.titles() == ["GET /typed, not saved"], "an empty one goes when it is left"


def test_changes_can_be_discarded_and_the_discarding_taken_back(at: Desk) -> None:
    at.fill("GET", "/one", "One")
    at.save()
    at.fill("PUT", "/other")
    at.page._do("revert", at.page._book.current)
    assert at.page.editor.line.line() == ("GET", "/one") and at.titles() == ["GET One"]
    at.console.press("Undo")
    assert at.page.editor.line.line() == ("PUT", "/other") and at.titles() == ["PUT One, not saved"]


def test_a_removed_request_can_be_brought_back(at: Desk) -> None:
    at.fill("GET", "/one", "One")
    at.save()
    at.page.editor.line.url.setText("/one/changed")
    saved_list = at.page.sources.saved.list
    saved_list.setFocus()
    QTest.keyClick(saved_list, Qt.Key.Key_Delete)
    at.until(lambda: not kept(at) and at.says("“One” was removed."))
    assert at.titles() == ["GET New request"] and at.says("Nothing is kept with this account yet")
    at.console.press("Undo")
    at.until(lambda: [one.url for one in kept(at)] == ["/one"])
    at.until(lambda: "GET One, not saved" in at.titles())
    assert at.page.editor.line.url.text() == "/one/changed"


def test_the_keys_undo_a_removal(at: Desk) -> None:
    at.fill("GET", "/typed")
    saved_list = at.page.sources.saved.list
    saved_list.setFocus()
    QTest.keyClick(saved_list, Qt.Key.Key_Delete)
    assert at.titles() == ["GET New request"]
    QTest.keyClick(saved_list, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert at.titles() == ["GET /typed, not saved"]
    assert at.page.editor.line.url.text() == "/typed"


def test_a_copy_is_a_new_request_and_the_name_is_typed_at_once(at: Desk) -> None:
    at.fill("GET", "/one", "One")
    at.save()
    at.page._do("duplicate", at.page._book.current)
    assert at.titles() == ["GET One", "GET One (2), not saved"]
    at.page._do("rename", at.page._book.entries[0])
    at.until(lambda: at.page.editor.name.hasFocus() and at.page.editor.name.selectedText() == "One")


def test_the_menu_offers_what_is_possible(at: Desk) -> None:
    done: list[str] = []
    QGuiApplication.clipboard().setText("no command")

    def possible() -> list[str]:
        menu = request_menu(at.page, at.page._book.current, done.append)
        assert isinstance(menu, QMenu)
        names = [action.text() for action in menu.actions() if action.isEnabled() and action.text()]
        menu.deleteLater()
        return names

    assert possible() == ["Rename"]
    at.fill("GET", "/one", "One")
    assert possible() == ["Rename", "Duplicate", "Copy as curl", "Delete"]
    at.save()
    at.fill("GET", "/two")
    QGuiApplication.clipboard().setText("curl https://api.practice.example")
    assert possible() == [
        *("Rename", "Duplicate", "Discard changes", "Copy as curl", "Paste a curl command", "Delete")
    ]


def test_what_the_command_line_keeps_appears_and_typed_changes_stay(at: Desk) -> None:
    engine = at.console.engine
    at.fill("GET", "/one", "One")
    at.save()
    at.fill("PUT", "/typed")
    (one,) = kept(at)
    engine.run(engine.save_request("amelia", name="Another", method="GET", url="/x"))
    at.until(lambda: at.titles() == ["GET Another", "PUT One, not saved"])
    assert at.page.editor.line.line() == ("PUT", "/typed")
    engine.run(engine.remove_saved_request(one.id))
    at.until(lambda: at.page._book.current.saved is None)
    assert at.titles() == ["GET Another", "PUT One, not saved"] and len(kept(at)) == 1
    at.save()
    assert {saved.name for saved in kept(at)} == {"Another", "One"}


def test_an_account_that_goes_takes_its_requests_along(at: Desk) -> None:
    at.fill("GET", "/typed", "Typed")
    engine = at.console.engine
    engine.run(engine.disconnect("amelia", keep_remote=True))
    at.until(lambda: at.page.account_id == "")
    assert at.page.editor.line.url.text() == "" and "amelia" not in at.page.keeping.books


def test_the_list_is_a_proper_model(at: Desk) -> None:
    model = at.page.sources.saved.model
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    at.fill("GET", "/one", "One")
    at.save()
    at.console.press("New request")
    model.reread(None)
    assert model.rowCount() == 0
    del tester
