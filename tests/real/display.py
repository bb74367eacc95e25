"""A screen of its own for what needs one: Xvfb on a number that the server picks."""

from __future__ import annotations

import os
import subprocess

from tests.real.requirements import need


class Display:
    """A running Xvfb. `name` goes into DISPLAY."""

    def __init__(self, size: str = "1280x900x24") -> None:
        program = need("Xvfb", "xvfb")
        read, write = os.pipe()
        with os.fdopen(read) as announced:
            command = [
                program,
                "-displayfd",
                str(write),
                "-screen",
                "0",
                size,
                "-nolisten",
                "tcp",
                "-noreset",
            ]
            try:
                self._process = subprocess.Popen(
                    command, pass_fds=[write], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
                )
            finally:
                os.close(write)
            self.name = f":{announced.readline().strip()}"
        assert self.name != ":", "Xvfb did not start"

    def __enter__(self) -> Display:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(timeout=30)
