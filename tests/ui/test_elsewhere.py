"""Where the browser cannot come back by itself, the card asks for its address at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QLineEdit

from desktop.ui.bridge import Bridge
from tests.engine.support import define
from tests.hosted import HOSTED, PAGE, ended_on, hosted_service
from tests.ui.part import Part, Visitor


def test_the_address_is_asked_for_at_once(
    home: Path, connected_bridge: Bridge, open_card: Callable[..., Part], visitor: Visitor
) -> None:
    visitor.hold = True
    engine = connected_bridge.engine
    with hosted_service() as service:
        define(home, HOSTED, url=service.url)
        engine.run(engine.reload_connectors())
        engine.run(engine.configure("hosted", {"client_id": "app-1", "redirect_uri": PAGE}))
        part = open_card("hosted")
        part.press("Sign in with browser")
        part.until(lambda: visitor.links and part.all(QLineEdit, "Address the browser ended on"))
        assert part.says(f"the browser ends on {PAGE}")
        assert not part.root.waiting.paste.isVisible(), "the box is there already"
        part.type("Address the browser ended on", ended_on(visitor.links[0]))
        part.press("Use address")
        part.until(lambda: part.root.state == "connected")
