"""Private files: who may read them, and how they come into being whole or not at all."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from desktop.vault.errors import SaveFailedError, UnsafeFolderError

FOLDER_MODE = 0o700
FILE_MODE = 0o600
_OTHERS_MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH
_POSIX = os.name == "posix"


@contextmanager
def saving(what: str) -> Iterator[None]:
    """Turns an OSError into the sentence that `what` could not be saved."""
    try:
        yield
    except OSError as error:
        raise SaveFailedError(
            f"{what} could not be saved: {(error.strerror or 'the disk refused').lower()}.",
            "Free some disk space or check that the folder can be written, then try again. "
            "What was saved before is intact.",
        ) from error


def make_private_folder(folder: Path) -> None:
    """Creates the folder with mode 0700 whatever the umask, or checks the one that is there.

    Raises UnsafeFolderError (symlink, foreign, writable by others) or SaveFailedError.
    """
    if not os.path.lexists(folder):
        with saving(f"The folder {folder}"):
            _make_folders(folder)
            sync_folder(folder.parent)
    check_private_folder(folder)


def _make_folders(folder: Path) -> None:
    if not folder.parent.exists():
        _make_folders(
            folder.parent
        )  # parents are private too: a parent that others may write is no protection
    try:
        new_private_folder(folder)
    except FileExistsError:
        return  # another process was quicker; the check that follows looks at what it made


def new_private_folder(folder: Path) -> None:
    """One new folder of mode 0700. FileExistsError if the name is taken."""
    folder.mkdir(mode=FOLDER_MODE)
    if _POSIX:
        folder.chmod(FOLDER_MODE)  # a umask such as 0777 took bits away


def check_private_folder(folder: Path) -> None:
    """Refuses a folder in which somebody else could swap files; takes reading rights of others away."""
    status = folder.lstat()
    if stat.S_ISLNK(status.st_mode):
        raise UnsafeFolderError(
            f"The folder {folder} is a symbolic link, so somebody else could decide where the vault lies.",
            "Use the folder that the link points to.",
        )
    if not stat.S_ISDIR(status.st_mode):
        raise UnsafeFolderError(f"{folder} is not a folder.", "Choose another place for the vault.")
    if not _POSIX:
        return
    if status.st_uid != os.geteuid():
        raise UnsafeFolderError(
            f"The folder {folder} belongs to another user.", "Choose a folder of your own for the vault."
        )
    if status.st_mode & _OTHERS_MAY_WRITE:
        raise UnsafeFolderError(
            f"The folder {folder} can be written by other users of this computer.",
            f"Take that right away first: chmod 700 '{folder}'",
        )
    if stat.S_IMODE(status.st_mode) != FOLDER_MODE:
        folder.chmod(FOLDER_MODE)


def check_private_file(path: Path) -> None:
    """Refuses a file of the vault that is a symlink, foreign or writable by others; makes it 0600."""
    status = path.lstat()
    if not stat.S_ISREG(status.st_mode):
        raise UnsafeFolderError(
            f"{path} is not a regular file, so somebody else could decide what the vault holds.",
            "Put the real file in its place.",
        )
    if not _POSIX:
        return
    if status.st_uid != os.geteuid():
        raise UnsafeFolderError(
            f"{path} belongs to another user.",
            "The vault's files have to be your own: check where it came from.",
        )
    if status.st_mode & _OTHERS_MAY_WRITE:
        raise UnsafeFolderError(
            f"{path} can be written by other users of this computer.",
            f"Take that right away first: chmod 600 '{path}'",
        )
    if stat.S_IMODE(status.st_mode) != FILE_MODE:
        path.chmod(FILE_MODE)


def create_private(path: Path) -> int:
    """A new, empty file of mode 0600, open for reading and writing. FileExistsError if it is there."""
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags, FILE_MODE)
    if _POSIX:
        os.fchmod(descriptor, FILE_MODE)
    return descriptor


def write_new(path: Path, content: bytes) -> None:
    """A new private file with this content on the disk, or none. FileExistsError if it is there."""
    descriptor = create_private(path)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def write_private(path: Path, content: bytes) -> None:
    """Replaces a file as a whole: readers and a crash see the old content or the new, never a part.

    The mode is 0600 before the first byte is written. Raises SaveFailedError; the old file is then intact.
    """
    partial = beside(path)
    with saving(f"The file {path.name}"):
        write_new(partial, content)
        try:
            partial.replace(path)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
        sync_folder(path.parent)


def beside(path: Path) -> Path:
    """A name for a temporary neighbour of `path` that nobody else uses."""
    return path.with_name(f".{path.name}.{secrets.token_hex(8)}.partial")


def publish(partial: Path, path: Path) -> None:
    """Gives a finished file its name. FileExistsError if that name is taken: never replaces."""
    os.link(partial, path)
    partial.unlink()
    sync_folder(path.parent)


def sync_file(path: Path) -> None:
    """Waits until the file's content is on the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Waits until the folder's names are on the disk. Windows has no such call and needs none."""
    if not _POSIX:
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
