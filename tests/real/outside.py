"""A program seen and used from outside, by role and accessible name, through AT-SPI."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from tests.real.requirements import SYSTEM_PYTHON, missing, need

DRIVER = Path(__file__).with_name("atspi_driver.py")


class OutsideError(AssertionError):
    """What was looked for was not on the screen; the message holds what was."""


class Outside:
    """A private session bus with one program on it. Every method waits for what it names, to a deadline."""

    def __init__(self, display: str, folder: Path) -> None:
        need("dbus-run-session", "dbus")
        probe = "import gi; gi.require_version('Atspi', '2.0'); from gi.repository import Atspi"
        if not SYSTEM_PYTHON.exists() or subprocess.run([SYSTEM_PYTHON, "-c", probe], check=False).returncode:
            missing(
                "the system's Python has no AT-SPI (Debian: python3-pyatspi gir1.2-atspi-2.0 at-spi2-core)"
            )
        self.log = folder / "program.log"
        environment = {
            key: value for key, value in os.environ.items() if not key.startswith(("QT_", "PYTHON"))
        }
        environment |= {
            "DISPLAY": display,
            "XDG_RUNTIME_DIR": str(folder),  # the accessibility bus keeps its socket there
            "NO_AT_BRIDGE": "0",
            "GTK_MODULES": "",
        }
        folder.chmod(0o700)
        self.driver_log = folder / "driver.log"
        with self.driver_log.open("wb") as complaints:
            self._driver = subprocess.Popen(
                ["dbus-run-session", "--", str(SYSTEM_PYTHON), str(DRIVER)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=complaints,
                text=True,
                env=environment,
            )

    def __enter__(self) -> Outside:
        return self

    def __exit__(self, *_: object) -> None:
        self._driver.communicate(timeout=60)

    def start(self, *command: str, env: dict[str, str] | None = None) -> None:
        """Run a Qt program and wait for its window."""
        accessible = {
            "QT_QPA_PLATFORM": "xcb",
            "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
            "QT_ACCESSIBILITY": "1",
        }
        self._ask("start", command=list(command), env={**accessible, **(env or {})}, log=str(self.log))

    def wait(self, role: str, name: str, **how: Any) -> dict[str, Any]:
        """The element, once it is on the screen: role, name, description, text, states."""
        return dict(self._ask("wait", role=role, name=name, **how))

    def gone(self, role: str, name: str, **how: Any) -> None:
        """Returns when it is no longer on the screen."""
        self._ask("gone", role=role, name=name, **how)

    def press(self, name: str, role: str = "button") -> None:
        """Press it through its accessible action."""
        self._ask("press", role=role, name=name)

    def click(self, name: str, role: str = "button", *, times: int = 1) -> None:
        """Press it with the mouse."""
        self._ask("click", role=role, name=name, times=times)

    def type(self, name: str, text: str, role: str = "field") -> None:
        """Replace the text of a field."""
        self._ask("type", role=role, name=name, text=text)

    def key(self, keysym: int) -> None:
        """Press a key in the window that has the focus."""
        self._ask("key", keyval=keysym)

    def read(self, name: str, role: str = "field") -> str:
        """The text of a field."""
        return str(self._ask("read", role=role, name=name))

    def names(self, role: str) -> list[str]:
        """The names of all such elements on the screen."""
        return list(self._ask("names", role=role))

    def unnamed(self) -> list[str]:
        """The roles of the controls on the screen that have no accessible name."""
        return list(self._ask("unnamed"))

    def tree(self) -> str:
        """Everything on the screen, a line each."""
        return str(self._ask("tree"))

    def _ask(self, do: str, **how: Any) -> Any:
        assert self._driver.stdin is not None
        assert self._driver.stdout is not None
        self._driver.stdin.write(json.dumps({"do": do, **how}) + "\n")
        self._driver.stdin.flush()
        # The bus starts services of its own, which write to the same place: an answer is a line of JSON.
        line = next((line for line in self._driver.stdout if line.startswith("{")), "")
        if not line:
            raise OutsideError(f"the AT-SPI driver ended:\n{self.driver_log.read_text(errors='replace')}")
        answer = json.loads(line)
        if "refused" in answer:
            said = self.log.read_text(errors="replace")[-2000:] if self.log.exists() else ""
            raise OutsideError(f"{answer['refused']}\n--- the program said:\n{said}")
        return answer["done"]
