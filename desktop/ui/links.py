"""Opening a page of a service: through the engine's one browser seam, never by Qt on its own."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from desktop.ui.bridge import Bridge


def open_link(bridge: Bridge, url: str, say: Callable[[str], None], owner: QObject) -> None:
    """Opens `url` in the person's browser; `say` gets the sentence when that is refused."""
    bridge.run(bridge.engine.open_link(url), None, lambda failure: say(failure.sentence), owner)
