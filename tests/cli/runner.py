"""Runs `jackfield` on one home: in this process where speed matters, or as the command that people start."""

from __future__ import annotations

import io
import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from desktop.cli.main import main

PASSPHRASE = "correct horse battery staple"
DEADLINE = 120  # seconds, generous
ROOT = Path(__file__).resolve().parents[2]


class Done:
    """What one command did."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def json(self) -> Any:
        """The one JSON document on stdout."""
        return json.loads(self.out)


class Jackfield:
    """Nothing of the person's own environment reaches the command."""

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
        """Runs a command in this process. `code` is the exit code that it must have."""
        line = self.arguments(*args, unlocked=unlocked)
        with _as_a_process(self.env, self.folder, stdin) as (out, err):
            ended = main(line)
        return self._checked(line, code, Done(ended, out(), err()))

    def process(self, *args: str | Path, stdin: str = "", code: int = 0, unlocked: bool = True) -> Done:
        """Runs it as a process of its own."""
        finished = subprocess.run(
            self.command(*args, unlocked=unlocked),
            env=self.env,
            cwd=self.folder,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=DEADLINE,
        )
        return self._checked(args, code, Done(finished.returncode, finished.stdout, finished.stderr))

    def start(self, *args: str | Path, unlocked: bool = True) -> subprocess.Popen[str]:
        """Starts a process that waits for something."""
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
        """The whole line of a process."""
        return [sys.executable, "-m", "desktop.cli.main", *self.arguments(*args, unlocked=unlocked)]

    def arguments(self, *args: str | Path, unlocked: bool = True) -> list[str]:
        """The options for this home, then these."""
        options = ["--home", str(self.home)]
        if unlocked:
            options += ["--passphrase-file", str(self.passphrase_file)]
        return [*options, *map(str, args)]

    def file(self, name: str, text: str) -> Path:
        """A file beside the home, for `@file`."""
        path = self.folder / name
        path.write_text(text)
        return path

    @staticmethod
    def _checked(args: Any, code: int, done: Done) -> Done:
        assert done.code == code, f"{args}: exit {done.code}\n{done.out}\n{done.err}"
        assert "Traceback" not in done.err
        return done


def browser(folder: Path, *options: str) -> Path:
    """A JACKFIELD_BROWSER that signs in as a person would."""
    script = folder / f"browser{len(options)}"
    arguments = " ".join(options)
    script.write_text(
        f'#!/bin/sh\nexec "{sys.executable}" "{ROOT}/tests/practice/person.py" {arguments} "$1"\n'
    )
    script.chmod(0o700)
    return script


@contextmanager
def _as_a_process(env: dict[str, str], folder: Path, stdin: str) -> Iterator[Any]:
    """Streams, environment and working folder of its own; hooks and logging are put back afterwards."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    given = io.TextIOWrapper(io.BytesIO(stdin.encode()), "utf-8")
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    before = Path.cwd()
    os.chdir(folder)
    try:
        with (
            mock.patch.dict(os.environ, env, clear=True),
            mock.patch.multiple(sys, stdin=given, stdout=out, stderr=err, excepthook=sys.excepthook),
            mock.patch.object(threading, "excepthook", threading.excepthook),
        ):
            yield lambda: _text(out), lambda: _text(err)
    finally:
        os.chdir(before)
        root.setLevel(level)
        root.handlers[:] = handlers


def _text(stream: io.TextIOWrapper) -> str:
    raw = stream.buffer
    assert isinstance(raw, io.BytesIO)
    return raw.getvalue().decode()
