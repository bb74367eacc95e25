"""The token editors: covered, revealed, copied, checked in place, saved as a new generation."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit

from connectors.credential import Credential
from desktop.ui.details.secret_row import SecretRow
from desktop.ui.details.token import TokenTab
from tests.ui.console import Console
from tests.ui.seeding import ACCESS, REFRESH, add, token


@pytest.fixture
def tab(home: Path, console: Console) -> TokenTab:
    """The token of Amelia, whose account is chosen; Boris stands below her."""
    add(home, "amelia", token(scope="repo read:user"), scope_asked="repo read:user workflow")
    add(home, "boris")
    console.open()
    console.show("amelia", "Token")
    return console.shell.details.token


def history(console: Console) -> list[str]:
    entries = console.engine.run(console.engine.history("amelia"))
    return [entry.generation.source for entry in entries]


def noted(console: Console) -> list[tuple[str, str]]:
    rows = console.engine.run(console.engine.activity("amelia"))
    return [(row.action, row.detail["field"]) for row in rows if "field" in row.detail]


def test_secrets_are_covered_and_the_rest_is_not(tab: TokenTab, console: Console) -> None:
    assert console.find(QLineEdit, "access_token").text() == "gho_••••••••••••7890"
    assert console.find(QLineEdit, "token_type").text() == "Bearer"
    assert ACCESS not in console.texts() and REFRESH not in console.texts()


def test_reveal_shows_one_secret_and_is_written_down(tab: TokenTab, console: Console) -> None:
    console.press("Reveal access_token")
    assert console.find(QLineEdit, "access_token").text() == ACCESS
    assert REFRESH not in console.texts()
    console.until(lambda: noted(console) == [("revealed", "access_token")])
    console.press("Hide access_token")
    assert ACCESS not in console.texts()


def test_a_revealed_secret_covers_itself(home: Path, qtbot: object) -> None:
    row = SecretRow("access_token", seconds=1)
    qtbot.addWidget(row)  # type: ignore[attr-defined]
    row.set_value(ACCESS)
    row.reveal()
    assert row.box.text() == ACCESS
    qtbot.waitUntil(lambda: ACCESS not in row.box.text(), timeout=15_000)  # type: ignore[attr-defined]
    row.box.undo()
    assert ACCESS not in row.box.text()


def test_copy_takes_the_secret_and_is_written_down(tab: TokenTab, console: Console) -> None:
    console.press("Copy refresh_token")
    assert QGuiApplication.clipboard().text() == REFRESH
    console.until(lambda: noted(console) == [("copied", "refresh_token")])
    console.press("Copy token_type")
    assert QGuiApplication.clipboard().text() == "Bearer"
    assert noted(console) == [("copied", "refresh_token")]


def test_typing_over_the_dots_changes_nothing_but_pasting_does(tab: TokenTab, console: Console) -> None:
    row = tab.rows["access_token"]
    row.box.setCursorPosition(6)
    row.box.insert("x")
    assert not row.dirty
    assert row.box.text() == "gho_••••••••••••7890"
    assert "Paste the whole new value" in row.hint.text()
    row.box.setText("gho_pasted-by-hand-0001")
    assert row.dirty
    console.press("Discard")
    assert not tab.dirty
    assert row.wire() == ACCESS


def test_a_pasted_token_is_saved_and_the_old_one_stays(tab: TokenTab, console: Console) -> None:
    console.press("Edit")
    console.find(QLineEdit, "access_token").setText("gho_pasted-by-hand-0001")
    console.press("Save")
    console.until(lambda: not tab.dirty and console.button("Edit").isVisible())
    assert history(console) == ["edit", "connect"]
    view = console.engine.run(console.engine.account("amelia"))
    assert view.credential.access_token == "gho_pasted-by-hand-0001"
    assert view.credential.refresh_token == REFRESH
    assert tab.rows["access_token"].box.text() == "••••••••••••0001"


@pytest.mark.parametrize(
    ("field", "text", "reason"),
    [
        ("expires_at", "next tuesday", "This is not a date."),
        ("created_at", "31 Feb 2026, 10:00:00", "This is not a date."),
        ("expires_in", "-5", "whole and not negative"),
        ("expires_in", "1.5", "whole and not negative"),
        ("expires_in", "99999999999999", "longer than a hundred years"),
    ],
)
def test_a_bad_value_is_refused_in_place_and_nothing_is_lost(
    tab: TokenTab, console: Console, field: str, text: str, reason: str
) -> None:
    console.find(QLineEdit, "access_token").setText("gho_pasted-by-hand-0001")
    box = console.find(QLineEdit, field)
    box.setText(text)
    console.press("Save")
    row = tab.rows[field]
    assert row.error.isVisible() and reason in row.error.text()
    assert box.text() == text
    assert tab.rows["access_token"].draft() == "gho_pasted-by-hand-0001"
    assert history(console) == ["connect"]
    box.setText({"expires_in": "60"}.get(field, "2026-11-20T13:53:10Z"))
    assert not row.error.isVisible()


def test_a_date_is_typed_in_local_time_and_kept_in_utc(tab: TokenTab, console: Console) -> None:
    console.find(QLineEdit, "expires_at").setText("2031-05-04 10:20:30")
    console.press("Save")
    console.until(lambda: history(console) == ["edit", "connect"])
    view = console.engine.run(console.engine.account("amelia"))
    assert view.credential.expires_at == datetime(2031, 5, 4, 10, 20, 30).astimezone(UTC)
    console.until(lambda: "UTC" in tab.rows["expires_at"].hint.text() and not tab.dirty)


def test_a_new_lifetime_counts_from_created_at(tab: TokenTab, console: Console) -> None:
    before = console.engine.run(console.engine.account("amelia")).credential
    console.find(QLineEdit, "expires_in").setText("7200")
    assert "2 h" in tab.rows["expires_in"].hint.text()
    console.press("Save")
    console.until(lambda: history(console) == ["edit", "connect"])
    after = console.engine.run(console.engine.account("amelia")).credential
    assert (after.expires_at - before.created_at).total_seconds() == 7200


def test_scopes_are_chips_that_can_be_taken_away(tab: TokenTab, console: Console) -> None:
    row = tab.rows["scope"]
    assert row.chips.words == ("repo", "read:user")  # type: ignore[attr-defined]
    assert row.hint.text() == "2 of 3 scopes asked for were granted"
    console.press("Remove repo")
    assert row.box.text() == "read:user"
    assert row.hint.text() == "1 of 3 scopes asked for were granted"


def test_what_was_typed_waits_while_another_account_is_looked_at(tab: TokenTab, console: Console) -> None:
    console.find(QLineEdit, "scope").setText("repo")
    console.show("boris", "Token")
    assert not tab.dirty
    console.show("amelia", "Token")
    assert tab.rows["scope"].box.text() == "repo"
    assert console.button("Save").isEnabled()


def test_a_renewal_meanwhile_does_not_take_what_was_typed(tab: TokenTab, console: Console) -> None:
    console.find(QLineEdit, "scope").setText("repo")
    console.engine.run(console.engine.edit("amelia", {"token_type": "bearer"}))
    console.until(lambda: tab.rows["token_type"].box.text() == "bearer")
    assert tab.rows["scope"].box.text() == "repo"
    assert "renewed meanwhile" in tab.notice.text
    console.press("Save")
    console.until(lambda: history(console) == ["edit", "edit", "connect"])


def packed(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def test_a_jwt_opens_for_reading(home: Path, console: Console) -> None:
    jwt = f"{packed({'alg': 'RS256'})}.{packed({'sub': 'sub-of-amelia', 'exp': 1_795_182_790})}.c2ln"
    add(home, "amelia", token(access_token=jwt))
    console.open()
    console.show("amelia", "Token")
    assert "sub-of-amelia" not in console.texts()
    console.press("access_token is a JWT: header and claims")
    shown = console.texts()
    assert "sub-of-amelia" in shown
    assert "(1795182790)" in shown


def test_an_api_key_is_edited_under_the_name_of_its_form(home: Path, console: Console) -> None:
    add(
        home,
        "amelia",
        Credential(fields={"domain": "northwind", "api_key": "FD7c1e09b2a4481cQ3"}),
        connector="freshdesk",
        method="api_key",
    )
    console.open()
    view = console.engine.run(console.engine.account("amelia"))
    console.show("amelia", "Token")
    labels = [row.label for row in console.shell.details.token.rows.values()]
    named = {field.key: field.name for field in view.fields}
    assert labels == [named.get(key, key) for key in ("domain", "api_key")]
    assert "FD7c1e09b2a4481cQ3" not in console.texts()


def test_a_refusal_of_the_engine_stands_at_its_field(tab: TokenTab, console: Console) -> None:
    console.find(QLineEdit, "token_type").setText("Bearer\x01")
    console.press("Save")
    row = tab.rows["token_type"]
    console.until(row.error.isVisible)
    assert "control character" in row.error.text()
    assert row.draft() == "Bearer\x01"
    assert console.button("Save").isEnabled()
    assert history(console) == ["connect"]


def test_a_secret_being_typed_is_not_covered_by_news_of_the_account(tab: TokenTab, console: Console) -> None:
    console.find(QLineEdit, "access_token").setText("gho_half-typed")
    console.engine.run(console.engine.set_pinned("amelia", True))
    console.until(lambda: console.shell.navigation.pinned.count == 1)
    assert console.find(QLineEdit, "access_token").text() == "gho_half-typed"
    console.press("Discard")
    assert tab.rows["access_token"].wire() == ACCESS


def test_saving_goes_on_while_another_account_is_looked_at(tab: TokenTab, console: Console) -> None:
    console.find(QLineEdit, "scope").setText("repo")
    console.press("Save")
    console.show("boris", "Token")
    assert tab.rows["scope"].box.text() == "repo read:user"
    console.until(lambda: history(console) == ["edit", "connect"])
    console.show("amelia", "Token")
    assert tab.rows["scope"].box.text() == "repo"
    assert not tab.dirty
