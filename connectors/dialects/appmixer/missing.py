"""Which functions of a module lean on a package that cannot be had."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

_TOP_LEVEL = re.compile(r"^(?:(?:const|let|var)\s+(\w+)|\S)", re.MULTILINE)
_FUNCTION = re.compile(r"\b(?:function\s*\*?|class)\s+(\w+)")
_WORD = re.compile(r"[A-Za-z_$][\w$]*")
_DECLARED = re.compile(r"\b(?:const|let|var)\s+([^=;]{1,200}?)\s*=(?!=|>)\s*([^;\n]*)")


def _mentions(text: str, names: Iterable[str]) -> bool:
    return any(re.search(rf"(?<![\w$.]){re.escape(name)}(?![\w$])", text) for name in names)


def packages_required(source: str) -> list[str]:
    """The packages that a source requires by name, wherever in it."""
    found = re.findall(r"""\brequire\(\s*['"`]([^'"`.][^'"`]*)['"`]\s*\)""", source)
    return list(dict.fromkeys(found))


def _requires(text: str, package: str) -> bool:
    return bool(re.search(rf"""\brequire\(\s*['"`]{re.escape(package)}['"`]\s*\)""", text))


def names_from(source: str, package: str) -> set[str]:
    """Every name in the source that stands for the package or for something made of it."""
    names: set[str] = set()
    blocks = _blocks(source)
    before = -1
    while before != len(names):
        before = len(names)
        for left, right in _DECLARED.findall(source):
            direct = right.split("=>")[0].split("function")[0]
            if _requires(direct, package) or _mentions(direct, names):
                names |= set(_WORD.findall(left)) - {"const", "let", "var"}
        names |= {name for name, text in blocks if _requires(text, package) or _mentions(text, names)}
    return names


def _blocks(source: str) -> list[tuple[str, str]]:
    """Functions and classes wherever they stand, and declarations at the left margin, each with its text."""
    found = [(named.group(1), _braced(source, named.start())) for named in _FUNCTION.finditer(source)]
    starts = [start.start() for start in _TOP_LEVEL.finditer(source)]
    for start, end in pairwise([*starts, len(source)] if starts else ()):
        named = _TOP_LEVEL.match(source, start)
        if named is not None and named.group(1):
            found.append((named.group(1), source[start:end]))
    return found


def _braced(source: str, start: int) -> str:
    """The text from there to the brace that closes its body; braces in texts are rare enough here."""
    depth, opened = 0, re.compile(r"\)\s*\{|\bclass\b[^{]*\{").search(source, start)
    for brace in re.compile(r"[{}]").finditer(source, opened.end() - 1 if opened else start):
        depth += 1 if brace.group() == "{" else -1
        if depth == 0:
            return source[start : brace.end()]
    return source[start:]


def missing_for(function: str, source: str, absent: Iterable[str]) -> str:
    """The missing package that a function's text leans on; empty when there is none."""
    for package in absent:
        if _requires(function, package) or _mentions(function, names_from(source, package)):
            return package
    return ""
