"""The closed room: what bubblewrap is told, and whether it works on this computer."""

from __future__ import annotations

import functools
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from connectors.templates.text import clean_message
from connectors.worker import syscalls
from connectors.worker.limits import Limits

_CHILD = Path(__file__).with_name("child.py")
BUNDLED = "--run-shut-in"  # the one argument that makes the stand-alone program the one inside the room
_LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64")
_PATIENCE = 20.0  # seconds for trying the room once
_SIZED_TMPFS = (0, 7)  # the version of bubblewrap that can bound a temporary folder


# A worker's first two lines: a file with nothing in it, and to load that.
_BOUNDS = {name: getattr(Limits(), name) for name in ("memory", "cpu", "files")}
_NOTHING_TO_DO = "".join(
    json.dumps(line) + "\n" for line in ({"source": "", "name": "nothing", "limits": _BOUNDS}, {"do": "load"})
)


class Room:
    """A way to start Python shut in: no home, no network, nothing to write but a small private /tmp."""

    def __init__(self, program: str, version: tuple[int, ...]) -> None:
        self._program = program
        self._sized = version >= _SIZED_TMPFS

    def command(self, filter_descriptor: int, limits: Limits) -> list[str]:
        """The command line. It holds no value of an account: those go through the pipe."""
        binds, worker = _bundled() if getattr(sys, "frozen", False) else _python()
        command = [self._program, "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
        for folder in _LIBRARIES:
            if Path(folder).is_symlink():
                command += ["--symlink", str(Path(folder).readlink()), folder]
            elif Path(folder).is_dir():
                command += ["--ro-bind", folder, folder]
        command += ["--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"]
        command += [*binds, "--dev-bind", "/dev/null", "/dev/null"]
        if self._sized:
            command += ["--size", str(limits.files), "--tmpfs", "/tmp"]  # noqa: S108 - the one inside
        command += ["--remount-ro", "/", "--chdir", "/", "--seccomp", str(filter_descriptor), "--"]
        return [*command, *worker]


def filter_descriptor() -> int:
    """The filter of system calls as an open file; whoever asked closes it."""
    descriptor = os.memfd_create("calls", 0)
    os.write(descriptor, syscalls.program())
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def find_room() -> tuple[Room | None, str]:
    """The room, or why there is none, as a sentence. Tries it once and remembers."""
    if not sys.platform.startswith("linux"):
        return None, "Programs can be shut in on Linux only."
    if not syscalls.known_machine():
        return None, "Programs cannot be shut in on this kind of processor."
    program = shutil.which("bwrap")
    if program is None:
        return None, "Bubblewrap is not installed (its package is called bubblewrap)."
    return _tried(program)


@functools.cache
def _tried(program: str) -> tuple[Room | None, str]:
    try:
        told = subprocess.run(
            [program, "--version"], capture_output=True, text=True, timeout=_PATIENCE, check=False
        ).stdout
        room = Room(program, tuple(int(number) for number in re.findall(r"\d+", told)[:3]))
        descriptor = filter_descriptor()
        try:
            done = subprocess.run(
                room.command(descriptor, Limits()),
                pass_fds=(descriptor,),
                env={},
                input=_NOTHING_TO_DO,
                capture_output=True,
                text=True,
                timeout=_PATIENCE,
                check=False,
            )
        finally:
            os.close(descriptor)
    except (OSError, subprocess.TimeoutExpired) as error:
        return None, f"Bubblewrap is installed but does not work here: {clean_message(error)}."
    if done.returncode == 0 and done.stdout.startswith('{"type": "returned"'):
        return room, ""
    reason = clean_message(
        done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "it gave no reason"
    )
    return None, f"Bubblewrap is installed, but it is not permitted to shut programs in here: {reason}."


def _python() -> tuple[list[str], list[str]]:
    """What has to be in the room for Python to start, and how it starts.

    All at neutral places: the real paths may lead through somebody's home.
    """
    python = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
    library = Path(sysconfig.get_path("stdlib"))
    inside = Path("/python") / library.relative_to(library.parents[1])
    binds = ["--ro-bind", str(library), str(inside), "--ro-bind", str(python), "/python/bin/python3"]
    if shared := _shared_library():
        binds += ["--ro-bind", str(shared), f"/python/lib/{shared.name}"]
        binds += ["--setenv", "LD_LIBRARY_PATH", "/python/lib"]
    binds += ["--ro-bind", str(_CHILD), "/worker.py"]
    return binds, ["/python/bin/python3", "-I", "-S", "-X", "utf8", "/worker.py"]


def _bundled() -> tuple[list[str], list[str]]:
    """The same for the stand-alone program, which has its Python inside."""
    program = Path(sys.executable).resolve()
    return ["--ro-bind", str(program.parent), "/python"], [f"/python/{program.name}", BUNDLED]


def _shared_library() -> Path | None:
    """Python's own shared library, where it is built as one and lies outside the system's folders."""
    name, folder = sysconfig.get_config_var("INSTSONAME"), sysconfig.get_config_var("LIBDIR")
    if not sysconfig.get_config_var("Py_ENABLE_SHARED") or not name or not folder:
        return None
    path = Path(folder) / name
    return path if path.is_file() and not any(path.is_relative_to(at) for at in _LIBRARIES) else None
