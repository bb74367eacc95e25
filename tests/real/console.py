"""The console from outside: started on a fresh home, driven by the names that assistive technology finds."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

from tests.practice import person
from tests.real import chromium_person
from tests.real.outside import Outside

PASSPHRASE = "twelve little herons 2026"


def script(folder: Path, name: str, *command: str) -> Path:
    """An executable that runs this command with what it is given at the end: a JACKFIELD_BROWSER."""
    path = folder / name
    path.write_text(f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n')
    path.chmod(0o755)
    return path


def quick_browser(folder: Path, *options: str) -> Path:
    """A browser that signs in without a screen."""
    return script(folder, "quick-browser", sys.executable, str(Path(person.__file__)), *options)


def real_browser(folder: Path, pictures: Path, *options: str) -> Path:
    """Chromium, used by a person who leaves pictures and `visit.json` in that folder."""
    program = str(Path(chromium_person.__file__))
    return script(folder, "real-browser", sys.executable, program, "--folder", str(pictures), *options)


def open_console(outside: Outside, home: Path, browser: Path, *command: str) -> None:
    """Start the console on this home and choose a passphrase, as on a first day."""
    environment = {
        "JACKFIELD_BROWSER": str(browser),
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
        "HOME": str(home.parent),
        "PYTHONWARNINGS": "error",
    }
    arguments = command or ("--home", str(home))
    outside.start(sys.executable, "-m", "desktop", *arguments, env=environment)


def set_up_vault(outside: Outside) -> None:
    """The first page: a passphrase, twice."""
    outside.type("Passphrase", PASSPHRASE)
    outside.type("Repeat passphrase", PASSPHRASE)
    outside.press("Create vault")
    outside.wait("button", "Add account")


def add_account(outside: Outside, search: str, service: str) -> None:
    """Add account, type, choose."""
    outside.press("Add account")
    outside.type("Search services", search)
    outside.click(service, "item")
    outside.wait("button", "Connect")


def leftovers(home: Path, *secrets: str) -> list[Path]:
    """Files below a folder that hold one of these texts as it is."""
    wanted = [secret.encode() for secret in secrets if secret]
    files = [Path(folder) / name for folder, _, names in os.walk(home) for name in names]
    return [path for path in files if path.is_file() and any(word in path.read_bytes() for word in wanted)]
