"""Where a passphrase comes from: a file, the keychain, or a person at a terminal. Never the command line."""

from __future__ import annotations

import argparse
import os
import sys
from getpass import getpass
from pathlib import Path

from desktop.cli.exits import LockedError, UsageError
from desktop.cli.values import read_file

FILE_VARIABLE = "JACKFIELD_PASSPHRASE_FILE"


def from_file(args: argparse.Namespace) -> str | None:
    """The first line of --passphrase-file or JACKFIELD_PASSPHRASE_FILE; None when neither is given."""
    name = args.passphrase_file or os.environ.get(FILE_VARIABLE)
    return first_line(Path(name)) if name else None


def first_line(path: Path) -> str:
    """A passphrase file's first line without its line end. Raises UsageError."""
    lines = read_file(path, "the passphrase").splitlines()
    if not lines or not lines[0]:
        raise UsageError(f"The passphrase file {path} is empty.")
    return lines[0]


def ask(prompt: str = "Passphrase: ", *, nobody: str = "") -> str:
    """Asks without echo. Raises LockedError where there is nobody to ask, with the sentence `nobody`."""
    if not sys.stdin.isatty():
        raise LockedError(
            nobody
            or "The vault is locked and there is no terminal to ask for the passphrase. "
            f"Give it with --passphrase-file FILE or {FILE_VARIABLE}."
        )
    try:
        return getpass(prompt, stream=sys.stderr)
    except EOFError:
        _end_line()
        raise LockedError("No passphrase was given.") from None
    except KeyboardInterrupt:
        _end_line()
        raise


def _end_line() -> None:
    # Nobody pressed Enter: what is said next would stand behind the prompt.
    print(file=sys.stderr)


def ask_new(prompt: str = "New passphrase: ", *, nobody: str = "") -> str:
    """Asks for a new passphrase twice. Raises UsageError when the two differ or nothing was typed."""
    new = ask(prompt, nobody=nobody)
    if not new:
        raise UsageError("A passphrase cannot be empty.")
    if ask("The same again: ", nobody=nobody) != new:
        raise UsageError("The two passphrases differ. Nothing was changed.")
    return new
