"""Reads what was handed over on the command line: links and files. No Qt: the command line asks, too.

Anybody can put a link on a web page. So a link names a connector or an account and nothing else, in a form
of its own that leaves nothing to interpret.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

MOST = 20  # at once
LONGEST = 4096  # bytes of a path
LONGEST_LINK = 512
SUFFIXES = frozenset({".toml", ".json", ".yaml", ".yml", ".jackfield-backup", ".jackfield-export"})

_LINK = re.compile(r"jackfield://([a-z]+)/([A-Za-z0-9_-]{1,64})/?([?#].*)?", re.IGNORECASE)
_CONNECTOR = re.compile(r"[a-z0-9][a-z0-9-]*")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")


class ConnectTo(NamedTuple):
    """The connect card of a connector. `more`: the link said more, which is left out."""

    connector: str
    more: bool = False


class ShowAccount(NamedTuple):
    """An account's page."""

    account_id: str
    more: bool = False


class OpenFile(NamedTuple):
    """A definition, a document, an export or a backup."""

    path: Path


class NotUnderstood(NamedTuple):
    """Nothing is done; the sentence says why."""

    sentence: str


Target = ConnectTo | ShowAccount | OpenFile | NotUnderstood


def looks_like_one(word: str) -> bool:
    """Whether a first word that is no command is meant as a link or a file."""
    if is_link(word) or word.lower().startswith("file:") or "/" in word or os.sep in word:
        return True
    try:
        return Path(word).suffix.lower() in SUFFIXES or Path(word).is_file()
    except (OSError, ValueError):
        return False


def is_link(word: str) -> bool:
    """Whether it has our own scheme, be it well formed or not."""
    return word[:10].lower() == "jackfield:"


def handed_over(word: str) -> str:
    """The same for a process in another folder; never longer than what is read."""
    if is_link(word):
        return word[: LONGEST_LINK + 1]
    target = read(word)
    return str(target.path.absolute()) if isinstance(target, OpenFile) else word[: LONGEST + 1]


def read(word: str) -> Target:
    """What is meant by it. Looks at the text alone."""
    if is_link(word):
        return _link(word)
    if word.lower().startswith("file:"):
        return _file_address(word)
    if not word or "\0" in word or len(os.fsencode(word)) > LONGEST:
        return NotUnderstood("That is not the path of a file.")
    if (scheme := _SCHEME.match(word)) and not Path(word).exists():
        return NotUnderstood(f"An address that begins with {scheme[0]} is not opened here.")
    return OpenFile(Path(word).expanduser())


def _link(word: str) -> Target:
    if len(word) > LONGEST_LINK:
        return NotUnderstood("That link is too long, and was not followed.")
    found = _LINK.fullmatch(word)
    if found is None or not word.isascii() or not word.isprintable():
        return _unknown()
    what, name, more = found[1].lower(), found[2], bool(found[3])
    if what == "connect" and _CONNECTOR.fullmatch(name):
        return ConnectTo(name, more)
    if what == "account":
        return ShowAccount(name, more)
    return _unknown()


def _unknown() -> NotUnderstood:
    return NotUnderstood(
        "That link was not followed. Links name a connector (jackfield://connect/…) "
        "or an account (jackfield://account/…), and nothing else."
    )


def _file_address(word: str) -> Target:
    try:
        parts = urlsplit(word)
    except ValueError:
        parts = urlsplit("file:")
    path = unquote(parts.path)
    if parts.netloc.lower() not in ("", "localhost") or not path.startswith("/") or "\0" in path:
        return NotUnderstood("That is not the address of a file on this computer.")
    if len(os.fsencode(path)) > LONGEST:
        return NotUnderstood("That is not the path of a file.")
    return OpenFile(Path(path))
