"""`jackfield` without a command: the console. Qt is imported only once a display is known to be there."""

from __future__ import annotations

import argparse
import os
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

from desktop.cli.common import home_folder
from desktop.cli.exits import USAGE
from desktop.cli.output import note

_NEED_A_SERVER = ("", "xcb", "wayland", "wayland-egl")
_X_SOCKETS = Path("/tmp/.X11-unix")  # noqa: S108 - where every X server listens


def open_console(args: argparse.Namespace) -> int:
    """(no command)"""
    if not display_or_sentence():
        return USAGE
    from desktop.ui.app import run

    return run(home_folder(args))


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
