"""The browsers that "Choose browser" offers, each also with a private window where it has one."""

from __future__ import annotations

from typing import NamedTuple

from desktop.engine.connect.opening import browsers

_PRIVATE = {
    "Firefox": "--private-window",
    "LibreWolf": "--private-window",
    "Chromium": "--incognito",
    "Google Chrome": "--incognito",
    "Brave": "--incognito",
    "Microsoft Edge": "--inprivate",
    "Vivaldi": "--incognito",
    "Opera": "--private",
}


class BrowserChoice(NamedTuple):
    """A browser as the menu shows it, and its command, to which the link is added at the end."""

    name: str
    command: str
    private_command: str = ""


def installed_browsers() -> list[BrowserChoice]:
    """Every known browser that is on this computer, each once."""
    return [
        BrowserChoice(name, command, f"{command} {_PRIVATE[name]}" if name in _PRIVATE else "")
        for name, command in browsers()
    ]
