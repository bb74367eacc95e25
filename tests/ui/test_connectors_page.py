"""The page Connectors: settings in the vault, scopes, redirect URI, own definitions and their mistakes."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from desktop.ui.bridge import Bridge
from desktop.ui.connectors.page import ConnectorsPage
from tests.real.requirements import need_room
from tests.ui.part import Part, Visitor

GOOD = """
name = "Own service"
type = "apiKey"
validate = "https://api.example.com/me"

[auth.api_key]
name = "API key"
type = "password"
"""
CODE = """
async def validate(context):
    return True
"""
BAD = """
name = "Broken"
type = "apiKee"
"""
SECRET = "the-secret-of-my-app"


@pytest.fixture
def part(connected_bridge: Bridge, qtbot: QtBot) -> Part:
    return Part(qtbot, ConnectorsPage(connected_bridge))


def choose(part: Part, key: str) -> None:
    part.root.select(key)
    part.until(lambda: part.root.panel.settings is not None)


def kept(bridge: Bridge, key: str) -> dict[str, str]:
    return bridge.engine.run(bridge.engine.connector_settings(key))


def test_client_id_and_secret_are_saved(part: Part, connected_bridge: Bridge) -> None:
    choose(part, "github")
    assert not part.find(QAbstractButton, "Save").isEnabled()
    part.type("Client ID", "Iv1.0123456789abd2f1")
    part.type("Client secret", SECRET)
    assert part.find(QLineEdit, "Client secret").displayText() != SECRET
    part.press("Save")
    part.until(lambda: part.says("Saved"))
    assert kept(connected_bridge, "github") == {"client_id": "Iv1.0123456789abd2f1", "client_secret": SECRET}
    assert not part.find(QAbstractButton, "Save").isEnabled()


@pytest.mark.parametrize("name", ["Client ID", "Client secret", "Redirect URI to register", "Further scopes"])
def test_what_assistive_technology_writes_can_be_saved(part: Part, name: str) -> None:
    choose(part, "github")
    part.find(QLineEdit, name).setText("http://127.0.0.1/other")  # as it comes from there: no key is pressed
    assert part.find(QAbstractButton, "Save").isEnabled()
    part.press("Discard")
    assert not part.find(QAbstractButton, "Save").isEnabled()


def test_discard_brings_back_what_is_kept(part: Part, connected_bridge: Bridge) -> None:
    choose(part, "github")
    part.type("Client ID", "something")
    part.press("Discard")
    assert part.find(QLineEdit, "Client ID").text() == ""
    assert kept(connected_bridge, "github") == {}


def test_what_was_typed_stays_while_another_connector_is_looked_at(part: Part) -> None:
    choose(part, "github")
    part.type("Client ID", "half of it")
    choose(part, "slack")
    part.until(lambda: part.root.panel.settings.connector.key == "slack")
    choose(part, "github")
    part.until(lambda: part.root.panel.settings.connector.key == "github")
    assert part.find(QLineEdit, "Client ID").text() == "half of it"
    assert part.says("Not saved yet")


def test_the_exact_redirect_uri_can_be_copied_and_changed(part: Part, connected_bridge: Bridge) -> None:
    choose(part, "github")
    part.press("Copy redirect URI")
    assert QGuiApplication.clipboard().text() == "http://127.0.0.1/callback/github"
    part.type("Redirect URI to register", "http://example.com/callback")
    part.press("Save")
    part.until(lambda: part.says("This redirect URI cannot be used"))
    assert kept(connected_bridge, "github") == {}
    part.type("Redirect URI to register", "http://localhost:8765/cb")
    part.press("Save")
    part.until(lambda: part.says("Saved"))
    assert connected_bridge.engine.redirect_uri("github") == "http://localhost:8765/cb"


def test_scopes_are_check_boxes_with_their_meaning(part: Part, connected_bridge: Bridge) -> None:
    choose(part, "practice-oauth2")
    email = part.find(QCheckBox, "email")
    assert email.isChecked()
    assert email.accessibleDescription() == "Read the person's e-mail address"
    email.click()
    part.press("Save")
    part.until(lambda: part.says("Saved"))
    assert kept(connected_bridge, "practice-oauth2")["scope"] == "profile"
    email.click()
    part.press("Save")
    part.until(lambda: "scope" not in kept(connected_bridge, "practice-oauth2"))


def test_further_scopes_can_be_asked_for(part: Part, connected_bridge: Bridge) -> None:
    choose(part, "practice-oauth2")
    part.type("Further scopes", "offline  admin")
    part.press("Save")
    part.until(lambda: part.says("Saved"))
    assert kept(connected_bridge, "practice-oauth2")["scope"] == "profile email offline admin"
    assert part.find(QLineEdit, "Further scopes").text() == "offline admin"


def test_the_services_page_opens_through_the_one_seam(part: Part, visitor: Visitor) -> None:
    visitor.hold = True
    choose(part, "github")
    part.press("Register an app")
    part.until(lambda: visitor.links)
    assert visitor.links == ["https://github.com/settings/applications/new"]


def test_an_own_definition_is_added_and_chosen(part: Part, connected_bridge: Bridge, tmp_path: Path) -> None:
    path = tmp_path / "own-service.toml"
    path.write_text(GOOD)
    part.root.add_file(path)
    part.until(lambda: part.says("Own service was added to your connectors."))
    part.until(lambda: part.root.panel.name.text() == "Own service")
    assert "own-service" in connected_bridge.engine.catalog
    assert part.says("Your own definition:")


def test_a_definition_with_a_mistake_is_refused_with_file_key_and_reason(
    part: Part, connected_bridge: Bridge, tmp_path: Path
) -> None:
    path = tmp_path / "broken.toml"
    path.write_text(BAD)
    before = len(connected_bridge.engine.catalog)
    part.root.add_file(path)
    part.until(lambda: part.says("broken.toml was not added."))
    assert "type" in part.root.notice.text
    assert len(connected_bridge.engine.catalog) == before


def test_code_beside_a_definition_runs_only_after_it_was_allowed(
    part: Part, connected_bridge: Bridge, tmp_path: Path
) -> None:
    path = tmp_path / "own-service.toml"
    path.write_text(GOOD.replace("validate", "# validate"))
    ran = tmp_path / "ran"
    path.with_suffix(".py").write_text(f"open({str(ran)!r}, 'w').close()\n{CODE}")
    part.root.add_file(path)
    part.until(lambda: part.says("may do all that you may do"))
    part.press("Do not run it")
    part.until(lambda: part.says("nothing was run"))
    assert not ran.exists() and "own-service" not in connected_bridge.engine.catalog
    part.root.add_file(path)
    part.until(lambda: part.says("may do all that you may do"))
    assert not ran.exists()
    part.press("Run it with my rights")
    part.until(lambda: part.says("Own service was added to your connectors."))
    assert ran.exists() and "own-service" in connected_bridge.engine.catalog


def test_code_beside_a_definition_runs_shut_in(part: Part, connected_bridge: Bridge, tmp_path: Path) -> None:
    need_room()
    path = tmp_path / "own-service.toml"
    path.write_text(GOOD.replace("validate", "# validate"))
    ran = tmp_path / "ran"
    path.with_suffix(".py").write_text(
        f"try:\n    open({str(ran)!r}, 'w')\nexcept OSError:\n    pass\n{CODE}"
    )
    part.root.add_file(path)
    part.until(lambda: part.says("Shut in, it sees none of your files"))
    part.press("Run it shut in")
    part.until(lambda: part.says("Own service was added to your connectors."))
    assert not ran.exists() and "own-service" in connected_bridge.engine.catalog


def test_code_that_cannot_be_shut_in_is_said_to_be_so(
    part: Part, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    path = tmp_path / "own-service.toml"
    path.write_text(GOOD.replace("validate", "# validate"))
    path.with_suffix(".py").write_text(CODE)
    part.root.add_file(path)
    part.until(lambda: part.says("Bubblewrap is not installed"))
    assert part.all(QAbstractButton, "Run it shut in") == []
    assert part.find(QAbstractButton, "Run it with my rights").isEnabled()


def test_mistakes_in_own_definitions_are_listed_and_hide_no_other(
    connected_bridge: Bridge, home: Path, qtbot: QtBot
) -> None:
    folder = home / "connectors"
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / "broken.toml").write_text(BAD)
    connected_bridge.engine.run(connected_bridge.engine.reload_connectors())
    part = Part(qtbot, ConnectorsPage(connected_bridge))
    assert part.says("One definition has something to mend.")
    part.press("Show")
    assert part.says("broken.toml")
    assert part.root.model.row_of("github") >= 0
    part.press("Hide")
    assert not part.says("broken.toml")


def test_search_and_what_is_not_found(part: Part) -> None:
    part.type("Search connectors", "slack")
    assert part.root.model.rowCount() == 1
    part.type("Search connectors", "zzz")
    assert part.says("No connector found")


def test_a_lock_forgets_every_secret(part: Part, connected_bridge: Bridge) -> None:
    choose(part, "github")
    part.type("Client secret", SECRET)
    connected_bridge.run(connected_bridge.engine.lock())
    part.until(lambda: part.root.panel.settings is None)
    held = [line.text() for line in part.root.findChildren(QLineEdit)]
    held += [label.text() for label in part.root.findChildren(QLabel)]
    assert SECRET not in "".join(held)
    assert part.root.panel._drafts == {}
