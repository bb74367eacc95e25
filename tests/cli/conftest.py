"""The command as people start it, a home with a vault in it, and a practice provider."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from desktop.practice import Provider, start

PASSPHRASE = "correct horse battery staple"
DEADLINE = 120  # seconds, generous
ROOT = Path(__file__).resolve().parents[2]


class Done:
    """What one command did."""

    def __init__(self, finished: subprocess.CompletedProcess[str]) -> None:
        self.code = finished.returncode
        self.out = finished.stdout
        self.err = finished.stderr

    @property
    def json(self) -> Any:
        """The one JSON document on stdout."""
        return json.loads(self.out)


class Jackfield:
    """Runs `jackfield` on one home. Nothing of the person's own environment reaches it."""

    def __init__(self, home: Path, folder: Path) -> None:
        self.home = home
        self.folder = folder
        self.passphrase_file = folder / "passphrase"
        self.passphrase_file.write_text(f"{PASSPHRASE}\n")
        self.env = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        self.env |= {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error", "LANG": "C.UTF-8"}
        # No keychain of the machine may take part.
        self.env["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"

    def __call__(self, *args: str | Path, stdin: str = "", code: int = 0, unlocked: bool = True) -> Done:
        """Runs a command to its end. `code` is the exit code that it must have."""
        finished = subprocess.run(
            self.command(*args, unlocked=unlocked),
            env=self.env,
            cwd=self.folder,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=DEADLINE,
        )
        done = Done(finished)
        assert done.code == code, f"{args}: exit {done.code}\n{done.out}\n{done.err}"
        assert "Traceback" not in done.err
        return done

    def start(self, *args: str | Path, unlocked: bool = True) -> subprocess.Popen[str]:
        """Starts a command that waits for something."""
        return subprocess.Popen(
            self.command(*args, unlocked=unlocked),
            env=self.env,
            cwd=self.folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def command(self, *args: str | Path, unlocked: bool = True) -> list[str]:
        """The argument list."""
        options = ["--home", str(self.home)]
        if unlocked:
            options += ["--passphrase-file", str(self.passphrase_file)]
        return [sys.executable, "-m", "desktop.cli.main", *options, *map(str, args)]

    def file(self, name: str, text: str) -> Path:
        """A file beside the home, for `@file`."""
        path = self.folder / name
        path.write_text(text)
        return path


@pytest.fixture
def bare(tmp_path: Path) -> Jackfield:
    """A home without a vault."""
    return Jackfield(tmp_path / "home", tmp_path)


@pytest.fixture(scope="session")
def made_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with an empty vault, made once: deriving a key is slow on purpose."""
    folder = tmp_path_factory.mktemp("made")
    jackfield = Jackfield(folder / "home", folder)
    jackfield("vault", "init")
    return jackfield.home


@pytest.fixture
def jackfield(tmp_path: Path, made_home: Path) -> Jackfield:
    """A home of its own with an empty vault."""
    shutil.copytree(made_home, tmp_path / "home")
    (tmp_path / "home").chmod(0o700)
    return Jackfield(tmp_path / "home", tmp_path)


@pytest.fixture
def provider() -> Iterator[Provider]:
    """A practice provider on a free port."""
    with start() as running:
        yield running


@pytest.fixture
def practised(jackfield: Jackfield, provider: Provider) -> Jackfield:
    """The practice connectors know where the provider is, and a person who signs in is the browser."""
    for key in ("practice-oauth2", "practice-key", "practice-password"):
        jackfield("connectors", "configure", key, "--set", f"practice_url={provider.url}")
    jackfield.env["JACKFIELD_BROWSER"] = str(browser(jackfield.folder))
    return jackfield


def browser(folder: Path, *options: str) -> Path:
    """A JACKFIELD_BROWSER that signs in as a person would."""
    script = folder / f"browser{len(options)}"
    arguments = " ".join(options)
    script.write_text(
        f'#!/bin/sh\nexec "{sys.executable}" "{ROOT}/tests/practice/person.py" {arguments} "$1"\n'
    )
    script.chmod(0o700)
    return script


@pytest.fixture
def account(practised: Jackfield) -> dict[str, Any]:
    """Amelia's OAuth account, connected."""
    shown: dict[str, Any] = practised("connect", "practice-oauth2", "--json").json
    return shown
