"""A service that shows a PIN instead of sending the browser back, in the connect card."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs

import httpx
import pytest
from PySide6.QtWidgets import QLineEdit

from desktop.ui.bridge import Bridge
from tests.oauth1_server import CONSUMER_KEY, CONSUMER_SECRET, OAuth1Service
from tests.standin import StandIn
from tests.ui.part import Part, Visitor, account_names

DEFINITION = """
key = "with-pin"
name = "Old service"
type = "oauth"
pin = true
request_request_token = "{url}/request"
auth_url = "{url}/authorize"
request_access_token = "{url}/access"
request_profile_info = "{url}/me"
account_name_from_profile_info = "username"
"""


@pytest.fixture
def service(home: Path) -> object:
    with StandIn() as standin:
        folder = home / "connectors"
        folder.mkdir(exist_ok=True)
        (folder / "with-pin.toml").write_text(DEFINITION.format(url=standin.url))
        yield OAuth1Service(standin)


def test_a_pin_is_asked_for_and_typed_in(
    service: OAuth1Service, open_card: Callable[..., Part], connected_bridge: Bridge, visitor: Visitor
) -> None:
    visitor.hold = True
    part = open_card("with-pin")
    part.type("Consumer key", CONSUMER_KEY)
    part.type("Consumer secret", CONSUMER_SECRET)
    part.press("Sign in with browser")
    part.until(lambda: visitor.links and part.all(QLineEdit, "PIN that the service shows"))
    assert not part.root.waiting.paste.isVisible(), "there is no address to paste"
    part.press("Use PIN")
    assert part.says("Type the PIN in first.")
    part.type("PIN that the service shows", "no pin")
    part.press("Use PIN")
    part.until(lambda: part.says("That is not a PIN."))
    shown = httpx.get(visitor.links[0], trust_env=False).text
    part.type("PIN that the service shows", parse_qs(shown)["oauth_verifier"][0])
    part.press("Use PIN")
    part.until(lambda: part.root.state == "connected")
    assert account_names(connected_bridge) == ["Amelia Ortega"]
