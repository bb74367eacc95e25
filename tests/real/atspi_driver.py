"""Drives a program from outside through AT-SPI, as a screen reader would. Runs with the system's Python.

Commands come as lines of JSON on standard input, each is answered by one line on standard output; the
program that is driven ends with standard input. Started by `outside.py` inside `dbus-run-session`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

TICK = 100  # milliseconds between two looks at the tree, while the events of the bus are handled
DEADLINE = 30.0  # seconds for anything to appear

# What people call a thing, and the roles that toolkits give it.
ROLES = {
    "button": {"push button", "button", "toggle button", "push button menu"},
    "field": {"text", "entry", "password text", "spin button", "editbar", "date editor"},
    "item": {
        "list item",
        "tree item",
        "table cell",
        "tree table cell",
        "push button",
        "button",
        "radio button",
    },
    "tab": {"page tab"},
    "table": {"table", "tree", "list", "tree table"},
    "cell": {"table cell", "list item", "tree item"},
}
CONTROLS = (
    ROLES["button"] | ROLES["field"] | ROLES["tab"] | {"check box", "radio button", "combo box", "link"}
)


class Refused(Exception):
    """What was asked for could not be done; the message is for the test's author."""


class Driver:
    """The program under test and what it shows."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        Atspi.init()

    # Commands

    def start(self, command: list[str], env: dict[str, str], log: str) -> None:
        """Run the program; it is ready when it stands on the accessibility bus with a window."""
        with open(log, "wb") as output:  # noqa: PTH123 - a system Python of any age
            self.process = subprocess.Popen(
                command, env={**os.environ, **env}, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )
        self._wait(lambda: next(iter(self._windows()), None), "a window")

    def wait(
        self, role: str, name: str, *, within: float = DEADLINE, enabled: bool = False
    ) -> dict[str, Any]:
        """The element with this role and name, once it is on the screen (and can be used)."""
        element = self._wait(
            lambda: self._find(role, name, enabled=enabled), f"{role or 'anything'} {name!r}", within
        )
        return self._describe(element)

    def gone(self, role: str, name: str, *, within: float = DEADLINE) -> None:
        """Return when no such element is on the screen."""
        self._wait(lambda: self._find(role, name) is None, f"no more {role} {name!r}", within)

    def press(self, role: str, name: str) -> None:
        """Do what a press does, through the element's own action."""
        element = self._usable(role, name)
        action = element.get_action_iface()
        known = [action.get_action_name(i).lower() for i in range(action.get_n_actions())] if action else []
        for wanted in ("press", "click", "toggle", "check", "activate", "select"):
            if wanted in known:
                action.do_action(known.index(wanted))
                return
        raise Refused(f"{role} {name!r} cannot be pressed; it knows {known}")

    def click(self, role: str, name: str, *, times: int = 1) -> None:
        """Press the real mouse in the middle of the element."""
        element = self._usable(role, name)
        box = element.get_component_iface().get_extents(Atspi.CoordType.SCREEN)
        x, y = box.x + box.width // 2, box.y + box.height // 2
        Atspi.generate_mouse_event(x, y, "b1c" if times == 1 else "b1d")

    def type(self, role: str, name: str, text: str) -> None:
        """Replace a field's text."""
        element = self._usable(role, name)
        element.get_component_iface().grab_focus()
        editable = element.get_editable_text_iface()
        if editable is None:
            raise Refused(f"{role} {name!r} takes no text")
        if not editable.set_text_contents(text):
            raise Refused(f"{role} {name!r} refused the text")

    def read(self, role: str, name: str) -> str:
        """The text that an element holds."""
        return str(self._describe(self._usable(role, name))["text"])

    def names(self, role: str) -> list[str]:
        """The names of all elements of a role on the screen, in order."""
        return [name for own, name, _ in self._seen() if is_a(own, role)]

    def unnamed(self) -> list[str]:
        """The controls on the screen that have no name, by role: nobody could ask for them."""
        return [own for own, name, _ in self._seen() if own in CONTROLS and not name]

    def tree(self) -> str:
        """Everything on the screen, for a person who looks for a mistake."""
        return "\n".join(" ".join(filter(None, (own, repr(name), rest))) for own, name, rest in self._seen())

    def key(self, keyval: int) -> None:
        """Press and release one key, given as its X keysym."""
        Atspi.generate_keyboard_event(keyval, None, Atspi.KeySynthType.SYM)

    # Looking

    def _windows(self) -> Iterator[Any]:
        desktop = Atspi.get_desktop(0)
        for number in range(desktop.get_child_count()):
            program = desktop.get_child_at_index(number)
            if program is None:
                continue
            Atspi.Accessible.set_cache_mask(program, Atspi.Cache.NONE)
            for place in range(program.get_child_count()):
                window = program.get_child_at_index(place)
                if window is not None:
                    yield window

    def _showing(self) -> Iterator[Any]:
        waiting = list(self._windows())
        while waiting:
            element = waiting.pop(0)
            try:
                if not element.get_state_set().contains(Atspi.StateType.SHOWING):
                    continue
                yield element
                count = element.get_child_count()
                children = [element.get_child_at_index(i) for i in range(min(count, 400))]
            except GLib.GError:
                continue  # it went away while we looked: the next look will see what took its place
            waiting[:0] = [child for child in children if child is not None]

    def _seen(self) -> Iterator[tuple[str, str, str]]:
        """Role, name and what else is to be said of everything on the screen."""
        for element in self._showing():
            try:
                text = element.get_text_iface()
                held = f"= {Atspi.Text.get_text(text, 0, 60)!r}" if text else ""
                enabled = element.get_state_set().contains(Atspi.StateType.ENABLED)
                name = element.get_name() or ""
                yield element.get_role_name(), name, held if enabled else f"{held} (disabled)"
            except GLib.GError:
                continue

    def _find(self, role: str, name: str, *, enabled: bool = False) -> Any:
        for element in self._showing():
            try:
                usable = not enabled or element.get_state_set().contains(Atspi.StateType.ENABLED)
                own = element.get_name() or ""
                # A row's name may go on after a comma, with what its other columns say.
                if (
                    usable
                    and is_a(element.get_role_name(), role)
                    and (own == name or own.startswith(f"{name}, "))
                ):
                    return element
            except GLib.GError:
                continue
        return None

    def _usable(self, role: str, name: str) -> Any:
        return self._wait(lambda: self._find(role, name, enabled=True), f"a usable {role} {name!r}")

    def _describe(self, element: Any) -> dict[str, Any]:
        states = element.get_state_set()
        text = element.get_text_iface()
        return {
            "role": element.get_role_name(),
            "name": element.get_name(),
            "description": element.get_description(),
            "text": Atspi.Text.get_text(text, 0, -1) if text else "",
            "states": [state.value_nick for state in states.get_states()],
        }

    def _wait(self, look: Callable[[], Any], wanted: str, within: float = DEADLINE) -> Any:
        """Look again at every tick of the event loop until there is something, or time is up."""
        ends = time.monotonic() + within
        ticking = GLib.timeout_add(TICK, lambda: True)
        try:
            while True:
                found = look()
                if found:
                    return found
                if self.process is not None and self.process.poll() is not None:
                    raise Refused(
                        f"the program ended with {self.process.returncode} before there was {wanted}"
                    )
                if time.monotonic() > ends:
                    raise Refused(f"there was no {wanted} within {within:g} s. On the screen:\n{self.tree()}")
                GLib.MainContext.default().iteration(True)
        finally:
            GLib.source_remove(ticking)

    def finish(self) -> None:
        """End the program as a session that logs out would."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def is_a(own: str, role: str) -> bool:
    """Whether a role is what was asked for: the same, or one of the names for it. Nothing asked: any."""
    return not role or own == role or own in ROLES.get(role, set())


def main() -> None:
    """Answer commands until standard input ends."""
    driver = Driver()
    try:
        for line in sys.stdin:
            asked = json.loads(line)
            try:
                answer = {"done": getattr(driver, asked.pop("do"))(**asked)}
            except (Refused, GLib.GError, AttributeError, TypeError) as error:
                answer = {"refused": str(error)}
            print(json.dumps(answer), flush=True)
    finally:
        driver.finish()


if __name__ == "__main__":
    main()
