"""The console from outside: started on a fresh home, driven by the names that assistive technology finds."""

from __future__ import annotations

import json
import os
import select
import shlex
import sys
from pathlib import Path
from typing import Any

import connectors
from tests.practice import person
from tests.real import chromium_person
from tests.real.outside import Outside

ROOT = Path(__file__).resolve().parents[2]
PASSPHRASE = "twelve little herons 2026"
VISIT_DEADLINE = 120.0  # seconds for a browser to start, sign in and come back


class Visit:
    """A visit of Chromium to a provider: the command to run it, its pictures, and how it ended."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        folder.mkdir()
        # The browser is started by the console, so its report has to find its own way here.
        os.mkfifo(folder / "visit.json")
        self._report = os.open(folder / "visit.json", os.O_RDONLY | os.O_NONBLOCK)
        program = [sys.executable, str(Path(chromium_person.__file__)), "--folder", str(folder), *options]
        self.command = script(folder / "chromium-person", *program)

    def __enter__(self) -> Visit:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._report)

    def wait(self) -> dict[str, Any]:
        """Where the browser ended: url, title, text."""
        ready, _, _ = select.select([self._report], [], [], VISIT_DEADLINE)
        assert ready, "the browser did not report back"
        told: dict[str, Any] = json.loads(os.read(self._report, 65536))
        assert "error" not in told, told["error"]
        return told


def script(path: Path, *command: str) -> Path:
    """An executable that runs this command with what it is given at the end: a JACKFIELD_BROWSER."""
    path.write_text(f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n')
    path.chmod(0o755)
    return path


def quick_browser(folder: Path, *options: str) -> Path:
    """A browser that signs in without a screen."""
    return script(folder / "quick-browser", sys.executable, str(Path(person.__file__)), *options)


def home_for(folder: Path, practice_url: str) -> Path:
    """A home without a vault, whose own definition says where the practice provider is."""
    own = folder / "home" / "connectors"
    own.mkdir(parents=True)
    (folder / "home").chmod(0o700)
    assert connectors.__file__ is not None
    shipped = Path(connectors.__file__).with_name("catalog") / "practice-oauth2.toml"
    definition = shipped.read_text().replace("http://127.0.0.1:8910", practice_url)
    assert practice_url in definition
    (own / shipped.name).write_text(definition)
    return folder / "home"


def open_console(outside: Outside, home: Path, browser: Path) -> None:
    """Start the console on this home, with this browser."""
    run_jackfield(outside, home.parent, browser, "--home", str(home))


def run_jackfield(outside: Outside, folder: Path, browser: Path, *arguments: str, **more: str) -> None:
    """Start `jackfield`; what it keeps for the person goes below `folder`. `more` is environment."""
    environment = {
        "JACKFIELD_BROWSER": str(browser),
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "error",
        "HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "XDG_DATA_HOME": str(folder / "data"),
        **more,
    }
    outside.start(sys.executable, "-m", "desktop", *arguments, env=environment)


def set_up_vault(outside: Outside) -> None:
    """The first page: a passphrase, twice."""
    outside.type("Passphrase", PASSPHRASE)
    outside.type("Repeat passphrase", PASSPHRASE)
    outside.press("Create vault")
    outside.wait("button", "Add account")


def add_account(outside: Outside, search: str, service: str) -> None:
    """Add account, type, choose, Connect; all with the mouse."""
    outside.click("Add account")
    outside.type("Search services", search)
    outside.click(service, "item")
    outside.wait("label", service)
    outside.click("Connect")
    outside.wait("button", "Sign in with browser")


def holding(folder: Path, secrets: list[str]) -> list[Path]:
    """Files below a folder that hold one of these texts as it is."""
    wanted = [secret.encode() for secret in secrets]
    assert all(len(word) >= 12 for word in wanted), "too short to mean anything"
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    return [path for path in files if any(word in path.read_bytes() for word in wanted)]
