"""Is there a browser that a sign-in could be shown in? Nothing is opened."""

from __future__ import annotations

import os
import shlex
import shutil
import sys

from desktop.engine.connect.opening import browsers
from desktop.engine.doctor.finding import Finding, Situation

VARIABLE = "JACKFIELD_BROWSER"
_HINT = "Install a browser, or name one in Settings or JACKFIELD_BROWSER. A link can also be copied by hand."


def look(situation: Situation) -> Finding:
    """The command that was chosen, else the system's browser."""
    for command, place in (
        (os.environ.get(VARIABLE, ""), VARIABLE),
        (situation.preferences.browser_command, "Settings"),
    ):
        if command:
            return _of_command(command, place)
    known = [name for name, _ in browsers()]
    if not known and sys.platform == "linux" and not shutil.which("xdg-open"):
        return Finding(
            check="browser", title="Browser", outcome="problem", sentence="No browser was found.", hint=_HINT
        )
    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return Finding(
            check="browser",
            title="Browser",
            outcome="warning",
            sentence="There is no display here, so no browser can be shown.",
            hint="Use connect --no-browser or --paste, and open the link on another computer.",
        )
    sentence = (
        f"Links open in the system's browser ({', '.join(known)})." if known else "Links open by xdg-open."
    )
    return Finding(check="browser", title="Browser", outcome="ok", sentence=sentence)


def _of_command(command: str, place: str) -> Finding:
    try:
        words = shlex.split(command)
    except ValueError:
        words = []
    if words and shutil.which(words[0]):
        return Finding(
            check="browser", title="Browser", outcome="ok", sentence=f"Links open with {words[0]} ({place})."
        )
    named = f"there is no program {words[0]}" if words else "a quotation mark is not closed"
    return Finding(
        check="browser",
        title="Browser",
        outcome="problem",
        sentence=f"The browser command in {place} cannot work: {named}.",
        hint="Correct it, or take it away to use the system's browser.",
    )
