"""The encrypted database: opened with a raw key, in WAL mode, and every failure of SQLite as a sentence.

SQLCipher derives a key of its own from anything that is not exactly 64 hexadecimal digits, silently; so
the digits are checked. A connection belongs to the thread that opened it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2 as sqlcipher

from desktop.vault.errors import BusyVaultError, DamagedVaultError, SaveFailedError, VaultError

BUSY_SECONDS = 5.0
_PAGES_AT_ONCE = 1000
_RAW_KEY = re.compile(r"[0-9a-f]{64}")
_BUSY = {5, 6}  # SQLITE_BUSY, SQLITE_LOCKED
_DAMAGED = {11, 26}  # SQLITE_CORRUPT, SQLITE_NOTADB
_READ_ONLY = 8  # SQLITE_READONLY
_NOT_SAVED = {10, 13, 14}  # SQLITE_IOERR, SQLITE_FULL, SQLITE_CANTOPEN
_IOERR_READ = {266, 522}  # SQLITE_IOERR_READ, SQLITE_IOERR_SHORT_READ

Row = tuple[Any, ...]


class Database:
    """One connection. Use it on the thread that made it, and close it there."""

    def __init__(
        self,
        path: Path,
        key: bytes,
        *,
        read_only: bool = False,
        new: bool = False,
        unchanging: bool = False,
    ) -> None:
        """Opens a file that exists; never creates one. `key` is the 32-byte database key.

        Only with `new` may it hold nothing: an emptied file must not be filled with a new vault.
        `unchanging` promises that nobody writes to it, not even another program: it needs no other files.
        """
        self.path = path
        self._key_text = raw_key(key)
        with translated(path):
            self._connection = sqlcipher.connect(
                f"{path.absolute().as_uri()}?mode={'ro' if read_only else 'rw'}"
                + ("&immutable=1" if unchanging else ""),
                uri=True,
                timeout=BUSY_SECONDS,
                isolation_level=None,
            )
            try:
                self._prepare(read_only, new)
            except BaseException:
                self._connection.close()
                raise

    def _prepare(self, read_only: bool, new: bool) -> None:
        self._connection.execute("PRAGMA cipher_log_level = NONE")  # else a wrong key writes to stderr
        self._connection.execute(f"PRAGMA key = \"x'{self._key_text}'\"")
        # The key shows only at the first statement.
        (tables,) = self._connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if not tables and not new:
            raise DamagedVaultError(
                f"The vault file is damaged: {self.path} holds nothing.", "Restore a backup."
            )
        if not read_only:
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.execute("PRAGMA foreign_keys = ON")
        self._connection.execute("PRAGMA temp_store = MEMORY")

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """All rows at once, so that no open cursor holds the WAL back."""
        with translated(self.path):
            found: list[Row] = self._connection.execute(sql, values).fetchall()
            return found

    def row(self, sql: str, values: Sequence[Any] = ()) -> Row | None:
        """The first row, if there is one."""
        found = self.rows(sql, values)
        return found[0] if found else None

    def value(self, sql: str, values: Sequence[Any] = ()) -> Any:
        """The first column of the first row; None without a row."""
        found = self.row(sql, values)
        return found[0] if found else None

    def execute(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Runs one statement and returns how many rows it changed."""
        with translated(self.path):
            changed: int = self._connection.execute(sql, values).rowcount
            return changed

    def insert(self, sql: str, values: Sequence[Any]) -> int:
        """Runs one INSERT and returns the new row's number."""
        with translated(self.path):
            number: int = self._connection.execute(sql, values).lastrowid
            return number

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, on the disk when it ends without an error. Waits 5 s for other programs."""
        self.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.execute("COMMIT")
        finally:
            if self._connection.in_transaction:
                self.execute("ROLLBACK")

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Everything that is read inside is of one moment. Others go on writing meanwhile."""
        self.execute("BEGIN")
        try:
            yield
        finally:
            if self._connection.in_transaction:
                self.execute("ROLLBACK")

    def copy_into(self, other: Database, go_on: Callable[[], None] = lambda: None) -> None:
        """Copies all pages, as they are at one moment, into another database with the same key.

        `go_on` is called every few megabytes; what it raises ends the copying.
        """
        with translated(self.path), self.snapshot():
            self.rows("SELECT 1 FROM sqlite_master")  # the moment; without it every write starts it anew
            self._connection.backup(
                other._connection, pages=_PAGES_AT_ONCE, progress=lambda *_: go_on(), sleep=0
            )

    def close(self) -> None:
        """Closes the connection. A second call does nothing."""
        with translated(self.path):
            self._connection.close()


def raw_key(key: bytes) -> str:
    """The key as SQLCipher wants it: exactly 64 hexadecimal digits, or ValueError."""
    text = key.hex()
    if not _RAW_KEY.fullmatch(text):
        raise ValueError(f"a database key has 32 bytes, this one has {len(key)}")
    return text


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turns SQLite's errors into sentences. SQLite's own words hold no values, only names of tables."""
    try:
        yield
    except sqlcipher.ProgrammingError:
        raise  # the wrong thread or a closed connection: a mistake in the program, not of the vault
    except sqlcipher.Error as error:
        raise _sentence(error, path) from error


def _sentence(error: Exception, path: Path) -> VaultError:
    code = int(getattr(error, "sqlite_errorcode", 0) or 0)
    if code & 0xFF in _BUSY:
        return BusyVaultError(
            f"Another program has been writing to the vault for more than {BUSY_SECONDS:.0f} seconds.",
            "Wait until it is done, then try again.",
        )
    # A damaged first page, and what goes wrong while pages are copied, come without a code.
    words = str(error)
    if code & 0xFF in _DAMAGED or code in _IOERR_READ or "not a database" in words or "malformed" in words:
        return DamagedVaultError(
            f"The vault file is damaged: {path}. It is not what was written there.",
            "Leave the file as it is: jackfield vault check says what can be done.",
        )
    if code & 0xFF == _READ_ONLY:
        return SaveFailedError(
            f"The disk of {path.parent} is read-only: the vault can be read, and nothing can be saved.",
            "Make the disk writable, or copy the folder to another one. Nothing was changed.",
        )
    if code & 0xFF in _NOT_SAVED or "disk I/O" in words or "full" in words:
        return SaveFailedError(
            "The vault could not be written: the disk is full or refuses.",
            "Free some disk space or check that the folder can be written, then try again. "
            "What was saved before is intact.",
        )
    return VaultError(f"The vault could not carry this out: {error}.", "Check the vault, then try again.")
