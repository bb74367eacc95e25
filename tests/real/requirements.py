"""Real parts that a machine may not have: skipped with the reason, or demanded by .ci/run."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from connectors.worker.sandbox import find_room

SYSTEM_PYTHON = Path("/usr/bin/python3")


def need(program: str, package: str) -> str:
    """The path of a program; without it the test is skipped, or fails with JACKFIELD_REQUIRE_REAL=1."""
    found = shutil.which(program)
    if found is None:
        missing(f"{program} is not installed (Debian: {package})")
    return str(found)


def need_room() -> None:
    """A computer that can shut programs in; without it the test is skipped, or fails where it must run."""
    room, reason = find_room()
    if room is None:
        missing(reason)


def missing(reason: str) -> None:
    """Skip with this reason, or fail where real parts are required."""
    if os.environ.get("JACKFIELD_REQUIRE_REAL") == "1":
        pytest.fail(f"{reason}, and JACKFIELD_REQUIRE_REAL=1 demands it")
    pytest.skip(reason)
