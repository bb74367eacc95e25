"""Where an export is written: private, under its name only when it is whole, never over a foreign file."""

from __future__ import annotations

import glob
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from desktop.vault import files, layout
from desktop.vault.errors import SaveFailedError

if sys.platform != "win32":
    import fcntl


@contextmanager
def written(path: Path, beginning: bytes, check: Callable[[Path], None]) -> Iterator[BinaryIO]:
    """A new file of mode 0600, which `check` has to accept before it gets its name.

    Whatever fails, and whatever the caller raises, nothing is left of it. What a killed program left of an
    export of this name is removed. Only a file that begins with `beginning` is replaced.
    Raises SaveFailedError.
    """
    _refuse_foreign_file(path, beginning)
    partial = files.beside(path)
    with files.saving(f"The export {path}"):
        _sweep(path)
        try:
            with os.fdopen(files.create_private(partial), "w+b") as file:
                _hold(file)
                yield file
                file.flush()
                os.fsync(file.fileno())
                check(partial)
            partial.replace(path)
            files.sync_folder(path.parent)
        finally:
            partial.unlink(missing_ok=True)


def _refuse_foreign_file(path: Path, beginning: bytes) -> None:
    if not path.parent.is_dir():
        raise SaveFailedError(
            f"There is no folder {path.parent} for the export.", "Create it, or choose another."
        )
    if not layout.present(path):
        return
    try:
        ours = path.is_file() and not path.is_symlink() and _begins(path, beginning)
    except OSError:
        ours = False
    if not ours:
        raise SaveFailedError(
            f"{path} is there already and is not such an export, so it was left alone.",
            "Choose another name.",
        )


def _begins(path: Path, beginning: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(len(beginning)) == beginning


def _hold(file: BinaryIO) -> None:
    """As long as somebody writes it, it is no leftover."""
    if sys.platform != "win32":
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)


def _sweep(path: Path) -> None:
    if sys.platform == "win32":  # nothing tells a leftover there from a file that is being written
        return
    for leftover in path.parent.glob(f".{glob.escape(path.name)}.*.partial"):
        try:
            descriptor = os.open(leftover, os.O_RDONLY | os.O_NOFOLLOW)
        except OSError:
            continue  # gone meanwhile, or nothing of ours
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            leftover.unlink(missing_ok=True)
        except BlockingIOError:
            continue
        finally:
            os.close(descriptor)
