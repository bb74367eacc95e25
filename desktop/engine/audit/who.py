"""By what means something is done: the person, the computer, the program that started the command line."""

from __future__ import annotations

import getpass
import os
import socket
import sys
from pathlib import Path

from connectors.templates.text import clean
from desktop import __version__
from desktop.vault.records import Who

LONGEST = 64
COMMAND_LINE = "command line"


def who_is_here(actor: str, command: str = "") -> Who:
    """What the system says. `command` is the words of the command line, without what stood behind them.

    Of the program that started the command line only its name and its number: its arguments may be secrets.
    """
    program, pid = _parent() if actor == COMMAND_LINE else ("", 0)
    return Who(
        user=clean(_user(), LONGEST),
        host=clean(socket.gethostname(), LONGEST),
        version=__version__,
        command=clean(command, LONGEST),
        program=clean(program, LONGEST),
        pid=pid,
    )


def _user() -> str:
    """The account that the system runs us under; not what the environment says, where that can be told."""
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except ImportError:  # Windows
        return getpass.getuser()
    except KeyError:  # a container may know a number and no name
        return str(os.getuid())


def _parent() -> tuple[str, int]:
    """Linux says its name; elsewhere there is the number alone."""
    pid = os.getppid()
    if sys.platform != "linux":
        return "", pid
    try:
        return Path(f"/proc/{pid}/comm").read_text(errors="replace").strip(), pid
    except OSError:  # hidden from us, or gone by now
        return "", pid
