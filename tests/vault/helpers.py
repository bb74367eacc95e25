"""Rows to keep, and a keychain that lives in memory."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from keyring.backend import KeyringBackend

from desktop.vault.records import AccountRow

ROOT = Path(__file__).resolve().parents[2]
PASSPHRASE = "amber lantern 42 Größe"
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def account(number: int, **changes: Any) -> AccountRow:
    """A row that differs from every other number's."""
    facts: dict[str, Any] = {
        "id": f"acc-{number:05}",
        "connector": "practice-oauth2",
        "method": "oauth2",
        "name": f"Person {number:05}",
        "email": f"person{number}@practice.example",
        "created_at": NOW + timedelta(seconds=number),
        "updated_at": NOW + timedelta(seconds=number),
    }
    return AccountRow(**(facts | changes))


def run_child(
    name: str, *arguments: str | Path, umask: int = 0o077, module: str = "children", **environment: str
) -> str:
    """Runs one function of children.py in a process of its own; its stdout. Any word on stderr fails."""
    finished = subprocess.run(
        [sys.executable, "-W", "error", "-m", f"tests.vault.{module}", name, *map(str, arguments)],
        env=child_environment(**environment),
        capture_output=True,
        text=True,
        umask=umask,
        timeout=300,
        check=False,
    )
    assert finished.stderr == ""
    assert finished.returncode == 0
    return finished.stdout


def start_child(name: str, *arguments: str | Path) -> subprocess.Popen[str]:
    """The same, but it goes on while the test talks to it."""
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "tests.vault.children", name, *map(str, arguments)],
        env=child_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def child_environment(**more: str) -> dict[str, str]:
    """This process's environment with the checkout on the path."""
    return os.environ | {"PYTHONPATH": str(ROOT)} | more


class MemoryKeyring(KeyringBackend):
    """A keychain as a backend of the keyring library sees it."""

    priority = 5  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.items: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.items.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.items[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.items[service, username]
