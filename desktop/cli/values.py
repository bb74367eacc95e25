"""`--set field=value`: a value is itself, `@file` or `-` (stdin), so that no secret is an argument."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from desktop.cli.exits import UsageError

MAX_VALUE = 1024 * 1024  # characters; a private key is 4 KiB


def parse_assignments(items: Sequence[str]) -> dict[str, str]:
    """`["domain=acme", "api_key=@key.txt"]` as a dict with the files and stdin read.

    Raises UsageError for a missing `=`, a field given twice, an unreadable file, stdin used twice.
    """
    assignments: dict[str, str] = {}
    for item in items:
        field, equals, _ = item.partition("=")
        if not equals or not field:
            # Never repeat the item itself: people type a bare secret here.
            raise UsageError("--set takes field=value, field=@file or field=- (stdin).")
        if field in assignments:
            raise UsageError(f"--set names the field {field} twice.")
        assignments[field] = item[len(field) + 1 :]
    if reads_stdin(assignments.values()) > 1:
        raise UsageError("Only one value can be read from stdin.")
    return {field: read_value(value, field, packed=True) for field, value in assignments.items()}


def reads_stdin(values: Iterable[str | None]) -> int:
    """How many of the raw values ask for stdin."""
    return sum(value in ("-", "@-") for value in values)


def read_value(value: str, field: str, *, packed: bool = False) -> str:
    """A raw value as meant: text, a file's or stdin's content without its last line end; `@@x` is `@x`.

    With `packed` a PKCS#12 file is taken as well, as base64.
    """
    if value in ("-", "@-"):
        return _without_line_end(sys.stdin.read(MAX_VALUE))
    if value.startswith("@@"):
        return value[1:]
    if value.startswith("@"):
        return _without_line_end(read_file(Path(value[1:]), field, packed=packed))
    return value


def read_file(path: Path, purpose: str, *, packed: bool = False) -> str:
    """A small text file, or with `packed` a PKCS#12 file as base64. Raises UsageError with the reason."""
    try:
        with path.expanduser().open(encoding="utf-8") as file:
            return file.read(MAX_VALUE)
    except OSError as error:
        raise UsageError(f"The file “{path}” for {purpose} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        if packed and (text := _packed(path)):
            return text
        raise UsageError(f"The file “{path}” for {purpose} is not UTF-8 text.") from error


def _packed(path: Path) -> str:
    from connectors.wire.certificates import file_text

    try:
        return file_text(path.expanduser().read_bytes()[:MAX_VALUE])
    except (OSError, UnicodeDecodeError):
        return ""


def _without_line_end(text: str) -> str:
    return text.removesuffix("\n").removesuffix("\r")
