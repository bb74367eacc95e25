"""A program of another name that starts the command line, as a script or a timer does."""

from __future__ import annotations

import ctypes
import subprocess
import sys
from pathlib import Path

from tests.cli.runner import DEADLINE, Jackfield

PR_SET_NAME = 15


def started_by(jackfield: Jackfield, name: str, argument: str, *command: str) -> None:
    """Runs a command out of a process that calls itself `name` and was given `argument`."""
    finished = subprocess.run(
        [sys.executable, str(Path(__file__).resolve()), name, argument, *jackfield.command(*command)],
        env=jackfield.env,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
    )
    assert finished.returncode == 0, finished.stderr


if __name__ == "__main__":
    ctypes.CDLL(None).prctl(PR_SET_NAME, sys.argv[1].encode(), 0, 0, 0)
    sys.exit(subprocess.run(sys.argv[3:], check=False).returncode)
