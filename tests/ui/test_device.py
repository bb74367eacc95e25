"""A code to enter on another device, in the connect card."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit

from desktop.ui.bridge import Bridge
from tests.standin import Reply, Seen, StandIn
from tests.ui.part import Part, Visitor, account_names

OpenCard = Callable[..., Part]
DEFINITION = """
key = "device"
name = "Device service"
type = "oauth2"
grant = "device_code"
client_auth = "none"
request_device_code = "{url}/device"
request_access_token = "{url}/token"
request_profile_info = "{url}/me"
account_name_from_profile_info = "name"

[auth.client_id]
name = "Client ID"
"""
CODE = {
    "device_code": "device-code",
    "user_code": "BDWP-HQPK",
    "verification_uri": "https://example.com/device",
    "verification_uri_complete": "https://example.com/device?user_code=BDWP-HQPK",
    "expires_in": 600,
    "interval": 1,
}


class Service(StandIn):
    """Gives the token once the person has `entered` the code."""

    def __init__(self) -> None:
        super().__init__({"POST /device": CODE, "GET /me": {"name": "Amelia Ortega"}})
        self.entered = threading.Event()
        self.answer("POST /token", self._token)

    def _token(self, _: Seen) -> Reply:
        if not self.entered.is_set():
            return Reply({"error": "authorization_pending"}, 400)
        return Reply({"access_token": "at-1234567890", "token_type": "Bearer", "expires_in": 3600})


@pytest.fixture
def service(home: Path) -> Iterator[Service]:
    with Service() as running:
        folder = home / "connectors"
        folder.mkdir(exist_ok=True)
        (folder / "device.toml").write_text(DEFINITION.format(url=running.url))
        yield running


def begun(open_card: OpenCard) -> Part:
    part = open_card("device")
    part.type("Client ID", "app")
    assert part.root.primary.text() == "Connect"
    part.press("Connect")
    part.until(lambda: part.all(QLineEdit, "Code to enter"))
    return part


def test_a_code_is_shown_until_it_was_entered(
    service: Service, open_card: OpenCard, connected_bridge: Bridge, visitor: Visitor
) -> None:
    part = begun(open_card)
    assert part.find(QLineEdit, "Code to enter").text() == "BDWP-HQPK"
    assert part.find(QLineEdit, "Page for the code").text() == "https://example.com/device"
    assert part.root.device.qr.isVisible()
    assert part.root.head.time_left.text() in ("10:00", "9:59")
    assert part.root.device.copy.hasFocus()
    assert [row.label.text() for row in part.root.steps.rows.values()][1:] == [
        "Enter the code",
        "Read the profile",
    ]
    part.press("Copy code")
    assert QGuiApplication.clipboard().text() == "BDWP-HQPK"
    assert visitor.links == [], "nothing opens by itself"
    visitor.hold = True
    part.press("Open page")
    part.until(lambda: visitor.links)
    assert visitor.links == [CODE["verification_uri_complete"]]
    service.entered.set()
    part.until(lambda: part.root.state == "connected")
    assert not part.root.device.isVisible()
    assert account_names(connected_bridge) == ["Amelia Ortega"]


def test_a_code_that_is_declined(service: Service, open_card: OpenCard, connected_bridge: Bridge) -> None:
    service.answer("POST /token", Reply({"error": "access_denied"}, 400))
    part = begun(open_card)
    part.until(lambda: part.root.state == "failed")
    assert part.says("Access was declined")
    assert not part.root.device.isVisible()
    assert account_names(connected_bridge) == []
