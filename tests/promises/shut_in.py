"""Programs of definitions that run shut in, for the tests that show what they cannot do."""

from __future__ import annotations

import select
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from connectors.definition import Connector
from connectors.methods import Connected
from connectors.reading.loading import code_hash, load_file
from connectors.worker.limits import Limits
from connectors.worker.runner import Runner
from tests.connectors.support import connect_it, inputs_of

SECRET = "canary-key-of-this-account"
DEADLINE = 60.0  # generous: nothing is timed, it only must not hang
FORM = """
name = "Example"
type = "apiKey"
account_name_from_profile_info = "name"

[auth.api_key]
name = "API key"
type = "password"

[auth.address]
name = "Address"
required = false

[apply]
auth = { bearer = "{{api_key}}" }
"""
# Wherever the worker's way out is, this finds it.
SAY = """
import os

def _say(payload):
    for descriptor in range(3, 64):
        try:
            rest = payload
            while rest:
                rest = rest[os.write(descriptor, rest):]
        except OSError:
            pass
"""


def load(folder: Path, python: str, *, limits: Limits | None = None, toml: str = FORM) -> Connector:
    """A definition whose program was approved to run shut in."""
    path = folder / "example.toml"
    path.write_text(toml)
    code = path.with_suffix(".py")
    code.write_text(python)
    connector, problems = load_file(path, runner=Runner(frozenset({code_hash(code)}), limits))
    assert connector is not None, problems
    return connector


def with_my_rights(folder: Path, python: str) -> Connector:
    """The same definition, approved to run as any other program of the person's."""
    path = folder / "example.toml"
    path.write_text(FORM)
    path.with_suffix(".py").write_text(python)
    connector, problems = load_file(path, trusted_code=None)
    assert connector is not None, problems
    return connector


def connect(connector: Connector, **values: str) -> Connected:
    return connect_it(inputs_of(connector, {"api_key": SECRET, **values}))


def reports(python: str) -> str:
    """A program whose profile is what `_report(context)` returns."""
    step = "def request_profile_info(context):\n    return {'name': 'x', 'report': _report(context)}\n"
    return f"{python}\n{step}"


def report_of(connector: Connector, **values: str) -> Any:
    return connect(connector, **values).profile["report"]


def children_of(pid: int) -> set[int]:
    """Every living process below this one."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue  # it ended while the list was read
            if fields[0] != "Z":
                parents[int(entry.name)] = int(fields[1])
    found, level = set[int](), {pid}
    while level := {child for child, parent in parents.items() if parent in level}:
        found |= level
    return found


def gone(pids: Mapping[int, int]) -> bool:
    """Whether the processes behind these descriptors end in time. The kernel tells; nobody sleeps."""
    until = time.monotonic() + DEADLINE
    for descriptor in pids.values():
        ready, _, _ = select.select([descriptor], [], [], max(until - time.monotonic(), 0))
        if not ready:
            return False
    return True
