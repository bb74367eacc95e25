"""The driver itself, on a window so small that only the driver can be wrong."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.real.display import Display
from tests.real.outside import Outside, OutsideError

WINDOW = Path(__file__).with_name("small_window.py")


def test_a_small_window_is_used_from_outside(display: Display, tmp_path: Path) -> None:
    with Outside(display.name, tmp_path) as outside:
        outside.start(sys.executable, str(WINDOW))
        assert "enabled" not in outside.wait("button", "Greet")["states"]
        outside.type("Your name", "Amelia")
        outside.press("Greet")
        outside.wait("label", "Hello Amelia")

        outside.type("Passphrase", "secret words")
        assert "secret" not in outside.tree()

        outside.press("Token", "tab")
        outside.wait("label", "A token")
        outside.press("Overview", "tab")
        outside.gone("label", "A token")
        outside.click("Ben", "cell")
        outside.wait("label", "Chosen Ben")
        outside.click("Activity", "list item")
        outside.wait("label", "View Activity")

        with pytest.raises(OutsideError, match="no button 'Not there'"):
            outside.wait("button", "Not there", within=0.3)
