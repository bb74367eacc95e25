"""Import… on the page Connectors: by address, file and drop; what was kept and what was left out."""

from __future__ import annotations

import json
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from connectors.operations import operations_of
from desktop.ui.bridge import Bridge
from desktop.ui.connectors.page import ConnectorsPage
from tests.standin import Reply, Seen, StandIn
from tests.ui.console import DEADLINE
from tests.ui.part import Part

DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Acme Things"},
    "servers": [{"url": "https://api.acme.example"}],
    "security": [{"key": []}, {"kerberos": []}],
    "components": {
        "securitySchemes": {
            "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
            "kerberos": {"type": "http", "scheme": "negotiate"},
        }
    },
    "paths": {"/things": {"get": {"summary": "List things"}}},
}


@pytest.fixture
def part(connected_bridge: Bridge, qtbot: QtBot) -> Part:
    return Part(qtbot, ConnectorsPage(connected_bridge))


def drop(page: ConnectorsPage, url: QUrl) -> None:
    """What Qt does when something is let go over the page."""
    data = QMimeData()
    data.setUrls([url])
    how = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    entering = QDragEnterEvent(QPointF(5, 5).toPoint(), *how)
    page.dragEnterEvent(entering)
    assert entering.isAccepted()
    page.dropEvent(QDropEvent(QPointF(5, 5), *how))


def test_an_address_is_imported_and_what_was_left_out_is_told(part: Part, connected_bridge: Bridge) -> None:
    part.press("Import…")
    assert not part.find(QAbstractButton, "Import").isEnabled()
    with StandIn({"GET /openapi.json": DOCUMENT}) as service:
        part.type("File or address", f"{service.url}/openapi.json")
        part.press("Import")
        part.until(lambda: part.says("Acme Things was imported. Ways to connect: 1. Operations: 1."))
    assert part.says("Left out: kerberos: HTTP Negotiate (Kerberos) authentication")
    part.until(lambda: part.root.panel.name.text() == "Acme Things")
    (operation,) = operations_of(connected_bridge.engine.catalog.get("acme-things"))
    assert operation.path == "/things"
    part.press("Close")
    assert not part.says("was imported")


def test_a_dropped_file_is_imported(part: Part, connected_bridge: Bridge, tmp_path: Path) -> None:
    path = tmp_path / "acme.json"
    path.write_text(json.dumps(DOCUMENT))
    drop(part.root, QUrl.fromLocalFile(str(path)))
    part.until(lambda: part.says("Acme Things was imported."))
    assert "acme-things" in connected_bridge.engine.catalog


def test_a_refusal_says_the_place_and_changes_nothing(
    part: Part, connected_bridge: Bridge, tmp_path: Path
) -> None:
    path = tmp_path / "cut.json"
    path.write_text('{"openapi": "3.0.0",')
    before = len(connected_bridge.engine.catalog)
    part.press("Import…")
    part.type("File or address", str(path))
    part.press("Import")
    part.until(lambda: part.says("cut.json was not imported. The JSON ends too early, in line 1."))
    assert len(connected_bridge.engine.catalog) == before
    assert part.find(QAbstractButton, "Import").isEnabled()


def test_an_import_under_way_can_be_cancelled(part: Part, connected_bridge: Bridge) -> None:
    gate = Event()

    def late(_seen: Seen) -> Reply:
        assert gate.wait(DEADLINE / 1000)
        return Reply(DOCUMENT)

    part.press("Import…")
    with StandIn({"GET /openapi.json": late}) as service:
        part.type("File or address", f"{service.url}/openapi.json")
        part.press("Import")
        part.until(lambda: service.asked("/openapi.json"))
        part.press("Cancel")
        gate.set()
    assert part.all(QAbstractButton, "Import") == []
    part.press("Import…")
    assert not part.says("Reading")
    assert "acme-things" not in connected_bridge.engine.catalog


def test_an_adapters_configuration_is_imported_as_a_file_or_a_folder(
    part: Part, connected_bridge: Bridge, tmp_path: Path
) -> None:
    auth = {"auth_method": "static_token", "token": "t", "auth_field": "header.headers.X-Token"}
    folder = tmp_path / "adapter-acme"
    folder.mkdir()
    sample = {"id": "acme", "properties": {"host": "s.example", "authentication": auth}}
    (folder / "sampleProperties.json").write_text(json.dumps(sample))
    for dropped in (folder, folder / "sampleProperties.json"):
        drop(part.root, QUrl.fromLocalFile(str(dropped)))
        part.until(lambda: part.says("acme was imported. Ways to connect: 1."))
        assert part.says("Left for the form: token.")
        part.press("Close")
    assert "acme" in connected_bridge.engine.catalog
