"""The page Requests in the whole window: sent for real, to a service on loopback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QListView

from connectors.operations import Operation
from tests.standin import Reply
from tests.ui.console import Console
from tests.ui.requests_support import Desk, desk
from tests.ui.seeding import ACCESS, REFRESH

OPERATIONS = (
    Operation("GET", "/users/{user-id}/messages/{message id}", "One message of a user"),
    Operation("POST", "/users/{user-id}/messages", "Write a message"),
    Operation("DELETE", "/sites/{site}", "Remove a site"),
)


@pytest.fixture
def at(console: Console, home: Path) -> Iterator[Desk]:
    with desk(console, home, OPERATIONS) as made:
        yield made


def test_it_stands_between_connectors_and_activity(at: Desk) -> None:
    navigation = at.console.shell.navigation
    names = [item.accessibleName() for item in navigation._items]
    assert names[-4:] == ["Connectors", "Requests", "Activity", "Settings"]
    navigation.connectors.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(navigation.connectors, Qt.Key.Key_Down)
    assert navigation.requests.hasFocus()
    QTest.keyClick(navigation.requests, Qt.Key.Key_Return)
    assert at.page.isVisible()
    QTest.keyClick(at.console.window, Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier)
    assert at.console.shell._view.page == "activity"


def test_the_account_is_asked_for_first_and_usable_ones_stand_first(at: Desk) -> None:
    at.console.shell.show_page("requests")
    at.until(lambda: at.says("Send requests as any of your accounts"))
    names = at.console.find(QListView, "Accounts to send with").model()
    assert [names.index(row, 0).data() for row in range(names.rowCount())] == [
        *("Amelia Ortega", "Bruno Keller"),
        "Carla Diaz",
    ]
    search = at.console.find(QLineEdit, "Search accounts to send with")
    QTest.keyClick(search, Qt.Key.Key_Escape)
    assert search.isVisible(), "there is nothing to go back to"
    QTest.keyClicks(search, "bruno")
    at.until(lambda: names.rowCount() == 1)
    QTest.keyClick(search, Qt.Key.Key_Return)
    assert at.page.account_id == "bruno"
    button = at.console.find(QAbstractButton, "Account")
    assert button.accessibleDescription() == "Bruno Keller, Northwind API, Connected"


def test_a_single_account_needs_no_choosing(console: Console, home: Path) -> None:
    from tests.ui import seeding

    seeding.add(home, "amelia")
    console.open().shell.show_page("requests")
    console.until(lambda: console.find(QLineEdit, "Address").isEnabled())


def test_without_accounts_it_says_what_to_do(console: Console) -> None:
    console.open().shell.show_page("requests")
    console.press("Add account")
    assert console.shell._view.page == "add"


def test_from_the_account_to_an_answer(at: Desk) -> None:
    at.service.answer("GET /v1/users/u-1", {"name": "Amelia", "n": 1})
    at.console.show("amelia")
    at.console.press("Send a request…")
    at.until(lambda: "Below" in at.page.editor.line.where.text())
    where = at.page.editor.line.where.text()
    assert f"Below {at.service.url}/v1" in where
    assert f"Authorization: Bearer ••••{ACCESS[-4:]} is added when it is sent" in where
    assert at.says("No answer yet")
    at.fill("GET", "/users/u-1?fields=a%20b")
    QTest.keyClick(at.page.editor.line.url, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    answer = at.page.outcome.answer
    at.until(answer.isVisible)
    assert answer.pill.accessibleName() == "200 OK" and " ms" in answer.facts.text()
    assert answer.text.view.toPlainText() == '{\n  "name": "Amelia",\n  "n": 1\n}'
    (seen,) = at.service.requests
    assert seen.header("Authorization") == f"Bearer {ACCESS}" and seen.header("Accept") == "application/json"
    assert seen.target == "/v1/users/u-1?fields=a%20b"
    at.console.press("Exchange in Activity")
    details = at.console.shell.details
    at.until(lambda: details.isVisible() and details.activity.model.rowCount() > 0)
    assert "answered 200" in details.activity.model.index(0, 0).data()


def test_an_operation_fills_the_line_and_its_names_are_percent_encoded(at: Desk) -> None:
    at.open()
    sources = at.page.sources
    at.until(lambda: sources.tabs.isTabVisible(1))
    sources.tabs.setCurrentIndex(1)
    search = at.console.find(QLineEdit, "Search operations")
    QTest.keyClicks(search, "one user")
    at.until(lambda: sources.operations.model.rowCount() == 1)
    QTest.keyClick(search, Qt.Key.Key_Return)
    assert at.page.editor.line.line() == ("GET", OPERATIONS[0].path)
    at.until(at.console.find(QLineEdit, "user-id in the path").hasFocus)
    at.console.find(QLineEdit, "user-id in the path").setText("me")
    at.console.find(QLineEdit, "message id in the path").setText("AA=/1")
    at.send()
    assert at.service.requests[-1].target == "/v1/users/me/messages/AA%3D%2F1"


def test_a_missing_value_is_asked_for_and_typed_values_stay_when_the_path_is_edited(at: Desk) -> None:
    at.open()
    at.fill("GET", "/users/{user}/files/{file}")
    at.console.press("Send")
    assert at.says("Fill in user, file") and not at.service.requests
    user = at.console.find(QLineEdit, "user in the path")
    assert user.hasFocus()
    user.setText("a/b ü")
    at.fill("GET", "/v2/users/{user}/{file}")
    assert at.console.find(QLineEdit, "user in the path").text() == "a/b ü"
    QTest.keyClicks(at.console.find(QLineEdit, "file in the path"), "..")
    at.send()
    assert at.service.requests[-1].target == "/v1/v2/users/a%2Fb%20%C3%BC/%2E%2E"


def test_parameters_and_address_stay_in_step(at: Desk) -> None:
    at.open()
    at.fill("GET", "/x?a=1&b=two%20words#part")
    rows = at.page.editor.params.query
    assert [(p.name, p.value) for p in rows.pairs()] == [("a", "1"), ("b", "two words")]
    at.console.find(QLineEdit, "Parameter 1 value").setText("5&6")
    assert at.page.editor.line.url.text() == "/x?a=5%266&b=two%20words#part"
    rows.rows[1].box.setFocus()
    QTest.keyClick(rows.rows[1].box, Qt.Key.Key_Space)
    assert rows.rows[1].box.hasFocus()
    assert at.page.editor.line.url.text() == "/x?a=5%266#part"
    at.console.find(QLineEdit, "Parameter 3 name").setText("c")
    assert at.page.editor.line.url.text() == "/x?a=5%266&c=#part"
    at.page.editor.line.url.setText("/y?c=7")
    assert [(p.name, p.value, p.on) for p in rows.pairs()] == [("c", "7", True), ("b", "two words", False)]
    at.console.press("Remove Parameter 1")
    assert at.page.editor.line.url.text() == "/y"


def test_headers_and_a_json_body_go_out_as_they_stand(at: Desk) -> None:
    at.service.answer("POST /v1/things", {"ok": True}, status=201)
    at.open()
    at.fill("POST", "/things")
    editor = at.page.editor
    editor.tabs.setCurrentIndex(1)
    at.console.find(QLineEdit, "Header 1 name").setText("X-Note")
    at.console.find(QLineEdit, "Header 1 value").setText("first")
    at.console.find(QLineEdit, "Header 2 name").setText("X-Off")
    editor.headers.rows.rows[1].box.setChecked(False)
    assert at.says("neither sent nor kept") and at.says("Sent besides, unless a row says otherwise")
    editor.tabs.setCurrentIndex(2)
    editor.body.kind.setCurrentText("JSON")
    editor.body.text.setPlainText('{"price": 1.10,')
    at.until(lambda: "Not valid JSON: line 1, column" in editor.body.verdict.text())
    editor.body.text.setPlainText('{"price":1.10}')
    at.until(lambda: editor.body.verdict.text() == "Valid JSON")
    at.console.press("Format the body")
    assert editor.body.text.toPlainText() == '{\n  "price": 1.10\n}'
    editor.body.text.setFocus()
    QTest.keyClick(editor.body.text, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    at.until(at.page.outcome.answer.isVisible)
    seen = at.service.requests[-1]
    assert seen.header("X-Note") == "first" and not seen.header("X-Off")
    assert seen.header("Content-Type") == "application/json" and seen.json == {"price": 1.1}
    assert at.page.outcome.answer.pill.accessibleName() == "201 Created"


def test_a_foreign_address_is_told_apart(at: Desk) -> None:
    at.open()
    where = at.page.editor.line.where
    at.fill("GET", f"{at.service.url}/v1/me")
    assert "Below" not in where.text() and where.property("kind") == ""
    at.fill("GET", "https://somewhere.example/me")
    assert "somewhere.example gets to know it" in where.text() and where.property("kind") == "soon"
    at.fill("GET", "/me")
    assert "Below" in where.text() and where.property("kind") == ""


def test_a_form_is_written_in_rows(at: Desk) -> None:
    at.open()
    at.fill("POST", "/form")
    editor = at.page.editor
    editor.tabs.setCurrentIndex(2)
    editor.body.kind.setCurrentText("Text")
    editor.body.text.setPlainText('{"kept": 1}')
    editor.body.kind.setCurrentText("Form")
    editor.body.kind.setCurrentText("Text")
    assert editor.body.text.toPlainText() == '{"kept": 1}', "looking at the rows changes nothing"
    editor.body.text.setPlainText("")
    editor.body.kind.setCurrentText("Form")
    at.console.find(QLineEdit, "Form member 1 name").setText("grant")
    at.console.find(QLineEdit, "Form member 1 value").setText("a & b")
    assert not editor.body.form.rows[0].box.isVisible(), "a member that is off could not be kept"
    at.send()
    seen = at.service.requests[-1]
    assert seen.form == {"grant": "a & b"}
    assert seen.header("Content-Type") == "application/x-www-form-urlencoded"


def test_known_secrets_of_an_answer_are_covered_until_they_are_asked_for(at: Desk) -> None:
    at.service.answer("GET /v1/me", {"token": ACCESS}, headers={"X-Echo": REFRESH})
    at.open()
    at.fill("GET", "/me")
    at.send()
    answer = at.page.outcome.answer
    assert ACCESS not in at.console.texts() and '"token": "••••"' in answer.text.view.toPlainText()
    assert REFRESH not in answer.headers.as_text()
    answer.set_reveal_seconds(3600)
    at.console.press("Show covered secrets")
    assert ACCESS in answer.text.view.toPlainText() and REFRESH in answer.headers.as_text()
    engine = at.console.engine
    at.until(lambda: engine.run(engine.activity("amelia", 1))[0].action == "revealed")
    at.console.press("Copy the answer")
    assert at.console.shell.clipboard.holds_ours
    answer._cover_timer.timeout.emit()
    assert ACCESS not in at.console.texts() and not answer.is_open


def test_a_refused_token_that_cannot_be_renewed_offers_to_sign_in(at: Desk) -> None:
    at.service.answer("GET /v1/me", {"error": "expired"}, status=401)
    at.service.answer("POST /token", {"error": "invalid_grant"}, status=400)
    at.open()
    at.fill("GET", "/me")
    at.send()
    assert len(at.service.asked("/v1/me")) == 1 and at.page.outcome.failed.isVisible()
    at.console.press("Sign in again", at.page.outcome)
    assert at.console.window._overlay.card is not None


def test_a_renewed_token_is_said(at: Desk) -> None:
    at.service.answer("GET /v1/me", Reply({}, 401), Reply({"ok": True}))
    at.service.answer("POST /token", {"access_token": "another-one-123456", "token_type": "Bearer"})
    at.open()
    at.fill("GET", "/me")
    at.send()
    assert "renewed the token and sent it again" in at.page.outcome.answer.facts.text()
    assert [seen.header("Authorization") for seen in at.service.asked("/v1/me")] == [
        *(f"Bearer {ACCESS}", "Bearer another-one-123456")
    ]
    at.until(lambda: "••••3456" in at.page.editor.line.where.text())


def test_what_went_wrong_is_said_in_place(at: Desk) -> None:
    at.open()
    at.console.press("Send")
    assert at.says("The address is missing")
    at.fill("G E T", "/x")
    at.send()
    assert at.says("A method is one word")
    at.fill("GET", "http://127.0.0.1:9/x")
    at.send()
    assert at.page.outcome.failed.isVisible() and at.console.button("Try again").isVisible()


def test_a_request_that_takes_long_can_be_given_up(at: Desk) -> None:
    came = []
    at.service.answer("GET /v1/slow", lambda seen: came.append(seen) or Reply("late"))
    at.open()
    at.fill("GET", "/slow")
    at.console.press("Send")
    at.console.press("Cancel the request")
    assert at.says("No answer yet") and at.console.button("Send").isVisible()
    at.service.answer("GET /v1/quick", "here")
    at.fill("GET", "/quick")
    at.send()
    assert at.page.outcome.answer.text.view.toPlainText() == "here"


def test_a_body_that_is_no_text_is_saved_for_its_owner_alone(at: Desk, tmp_path: Path) -> None:
    at.service.answer("GET /v1/picture", Reply(b"\x89PNG\x00\x01", 200, {"Content-Type": "image/png"}))
    at.open()
    at.fill("GET", "/picture")
    at.send()
    assert at.says("The answer is an image (image/png)")
    file = tmp_path / "picture.png"
    at.page.acts.save_answer(file)
    at.until(lambda: at.says("The answer is in picture.png"))
    assert file.read_bytes() == b"\x89PNG\x00\x01" and file.stat().st_mode & 0o777 == 0o600


def test_the_body_is_searched(at: Desk) -> None:
    at.service.answer("GET /v1/list", {"🙂": ["needle", "hay", "Needle"]})
    at.open()
    at.fill("GET", "/list")
    at.send()
    view = at.page.outcome.answer.text.view
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    search = at.console.find(QLineEdit, "Search in the answer")
    assert search.hasFocus()
    QTest.keyClicks(search, "needle")
    assert at.says("1 of 2") and view.textCursor().selectedText() == "needle"
    QTest.keyClick(search, Qt.Key.Key_Return)
    assert at.says("2 of 2") and view.textCursor().selectedText() == "Needle"
    QTest.keyClick(search, Qt.Key.Key_Escape)
    assert not search.isVisible() and view.hasFocus()


def test_the_request_is_copied_for_a_shell_without_the_token(at: Desk) -> None:
    at.open()
    at.fill("GET", "/users/{id}")
    at.console.find(QLineEdit, "id in the path").setText("7")
    at.page._do("copy_curl", at.page._book.current)
    at.until(lambda: at.says("Copied."))
    line = QGuiApplication.clipboard().text()
    assert f"{at.service.url}/v1/users/7" in line and ACCESS not in line
    assert "$(jackfield token amelia)" in line


def test_a_pasted_command_becomes_the_request(at: Desk) -> None:
    at.open()
    command = (
        "curl -X PUT 'https://api.practice.example/a?b=1' \\\n -H 'X-A: b' -u me:pass --json '{\"a\": 1}'"
    )
    QGuiApplication.clipboard().setText(command)
    at.page.editor.line.url.paste()
    draft = at.page.editor.draft
    assert (draft.method, draft.url) == ("PUT", "https://api.practice.example/a?b=1")
    assert draft.sent_headers == (("X-A", "b"), ("Content-Type", "application/json"))
    assert json.loads(draft.sent_body) == {"a": 1} and at.says("own credential was left out")
    assert "me:pass" not in at.page.editor.line.url.text()


SECRETS = ("what-the-service-said", "typed-in", "a name that was typed", ACCESS)


def fill_with_secrets(at: Desk) -> None:
    at.service.answer("GET /v1/me", {"name": "what-the-service-said", "token": ACCESS})
    at.open()
    at.fill("GET", "/me?secret=typed-in-the-address", "a name that was typed")
    editor = at.page.editor
    editor.tabs.setCurrentIndex(1)
    at.console.find(QLineEdit, "Header 1 name").setText("X-Note")
    at.console.find(QLineEdit, "Header 1 value").setText("typed-in-a-header")
    editor.body.kind.setCurrentText("Text")
    editor.body.text.setPlainText("typed-in-the-body")
    at.send()
    at.console.press("Show covered secrets")
    held = at.console.texts()
    assert [secret for secret in SECRETS if secret not in held] == []


def test_a_lock_leaves_nothing_in_any_widget(at: Desk) -> None:
    fill_with_secrets(at)
    at.console.press("Lock now")
    at.until(lambda: at.console.window.shell is None)
    held = at.console.texts()
    assert [secret for secret in (*SECRETS, "Amelia") if secret in held] == []


def test_a_page_that_forgets_holds_no_undo_step_either(at: Desk) -> None:
    fill_with_secrets(at)
    page, editor = at.page, at.page.editor
    page.clear()
    held = at.console.texts()
    assert [secret for secret in SECRETS if secret in held] == []
    assert not editor.body.text.document().isUndoAvailable()
    rows = (*editor.headers.rows.rows, *editor.params.query.rows)
    boxes = [editor.name, editor.line.url, *(box for row in rows for box in (row.name, row.value))]
    assert not any(box.isUndoAvailable() or box.text() for box in boxes)
    assert not page.keeping.books and page.outcome.answer.answer is None
    assert page.sending._of == {}
