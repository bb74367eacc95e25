"""`jackfield` without a command: the console. Qt is imported only once a display is known to be there."""

from __future__ import annotations

import argparse
import os
import socket
import sys
from collections.abc import Container, Mapping, Sequence
from pathlib import Path

from desktop.cli.common import add_common_options, home_folder
from desktop.cli.exits import USAGE, UsageError
from desktop.cli.output import note
from desktop.engine.opened.targets import (
    MOST,
    NotUnderstood,
    OpenFile,
    handed_over,
    is_link,
    looks_like_one,
    read,
)

_TAKE_A_VALUE = ("--home", "--passphrase-file")
_NEED_A_SERVER = ("", "xcb", "wayland", "wayland-egl")
_X_SOCKETS = Path("/tmp/.X11-unix")  # noqa: S108 - where every X server listens


def open_console(args: argparse.Namespace) -> int:
    """(no command)"""
    words = _checked(getattr(args, "words", []))
    if not display_or_sentence():
        return USAGE
    from desktop.ui.app import run

    return run(home_folder(args), words=words)


def console_parser() -> argparse.ArgumentParser:
    """The grammar of a line without a command: `jackfield FILE-or-LINK...`."""
    parser = argparse.ArgumentParser(prog="jackfield", allow_abbrev=False)
    add_common_options(parser)
    parser.add_argument("words", metavar="FILE-or-LINK", nargs="*")
    parser.set_defaults(handler=open_console)
    return parser


def opens_something(line: Sequence[str], commands: Container[str]) -> bool:
    """Whether the first word of a line is a file or a link. A command always is a command.

    A file that is called like a command is meant with a folder before it: `./doctor`.
    """
    words = iter(line)
    for word in words:
        if word == "--":
            return True
        if word in _TAKE_A_VALUE:
            next(words, None)
        elif not word.startswith("-"):
            return word not in commands and looks_like_one(word)
    return False


def _checked(words: Sequence[str]) -> list[str]:
    """As they are handed over. A file that is not there is said at once; what a link says, in the window."""
    if len(words) > MOST:
        raise UsageError(f"At most {MOST} files and links are opened at once.")
    for word in words:
        target = read(word)
        if isinstance(target, OpenFile) and not target.path.is_file():
            raise UsageError(f"There is no file {target.path}.")
        if isinstance(target, NotUnderstood) and not is_link(word):
            raise UsageError(target.sentence)
    return [handed_over(word) for word in words]


def display_or_sentence() -> bool:
    """Whether a window can be shown; if not, one sentence on stderr says so and what works without."""
    if has_display(os.environ):
        return True
    note(
        "jackfield: There is no display to open the console on; without one, use a command such as "
        "vault init, connectors list, connect, accounts list or token (see: jackfield --help)."
    )
    return False


def has_display(environment: Mapping[str, str], platform: str = sys.platform) -> bool:
    """Whether Qt would find a display. Asked first, because Qt aborts the process where there is none."""
    if not platform.startswith(("linux", "freebsd", "openbsd")):
        return True
    if environment.get("QT_QPA_PLATFORM", "").partition(":")[0] not in _NEED_A_SERVER:
        return True
    return _wayland_answers(environment) or _x_answers(environment.get("DISPLAY", ""))


def _wayland_answers(environment: Mapping[str, str]) -> bool:
    name = environment.get("WAYLAND_DISPLAY")
    return bool(name) and _connects(str(Path(environment.get("XDG_RUNTIME_DIR", "/"), name or "")))


def _x_answers(display: str) -> bool:
    host, colon, number = display.rpartition(":")
    number = number.partition(".")[0]
    if not colon or not number.isdecimal():
        return False
    if host not in ("", "unix"):
        return True  # a forwarded display: only the attempt itself can tell
    path = str(_X_SOCKETS / f"X{number}")
    return _connects(path) or (sys.platform == "linux" and _connects(f"\0{path}"))


def _connects(address: str) -> bool:
    with socket.socket(socket.AF_UNIX) as trial:
        trial.settimeout(2)
        try:
            trial.connect(address)
        except OSError:
            return False
    return True
