"""Families: `base = "google"` takes another definition's keys and puts the own ones over them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from connectors.reading.sources import Sources, key_of
from connectors.reading.table import Problems
from connectors.templates.text import clean_message, did_you_mean

DEEPEST = 5
# Lists of choices: a mixture of two services' would be neither's.
_REPLACED = frozenset({"scope", "options", "show_when"})


def with_base(
    data: Mapping[str, Any], path: Path, folders: Iterable[Path], problems: Problems, sources: Sources
) -> tuple[dict[str, Any], tuple[Path, ...]]:
    """The definition over its base, and the files of the bases, nearest first.

    A base lies beside the definition or in one of the other `folders`. What is wrong goes to `problems`.
    """
    folders = (path.parent, *folders)
    merged, seen = dict(data), {path.resolve()}
    bases: list[Path] = []
    while (name := merged.pop("base", None)) is not None:
        file = _find(name, folders, seen, problems, sources)
        if file is None:
            break
        if len(bases) >= DEEPEST:
            problems.add("base", f"more than {DEEPEST} definitions stand on each other; use fewer.")
            break
        seen.add(file.resolve())
        base = _read(file, problems, sources)
        if base is None:
            break
        bases.append(file)
        merged = _over({k: v for k, v in base.items() if k != "key"}, merged)
    return merged, tuple(bases)


def _find(
    name: object, folders: Iterable[Path], seen: set[Path], problems: Problems, sources: Sources
) -> Path | None:
    if not isinstance(name, str) or not name:
        problems.add("base", "must be the key of another definition, as a text.")
        return None
    shelves = [sources.by_key(folder) for folder in folders]
    for shelf in shelves:
        for file in shelf.get(name, ()):
            if file.resolve() not in seen:
                return file
    circle = any(key_of(file) == name for file in seen)
    why = "stands on itself that way." if circle else "is no definition."
    files = (file for shelf in shelves for of_key in shelf.values() for file in of_key)
    others = {key_of(file) for file in files if file.resolve() not in seen}
    problems.add("base", f"“{name[:60]}” {why}{did_you_mean(name, others)}")
    return None


def _read(file: Path, problems: Problems, sources: Sources) -> dict[str, Any] | None:
    try:
        return sources.table(file)
    except (OSError, ValueError, RecursionError) as error:
        problems.add("base", f"{file.name} cannot be read: {clean_message(error)}.")
        return None


def _over(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Both tables in one: the own value where both have one, tables merged."""
    merged = dict(base)
    for key, value in own.items():
        before = base.get(key)
        if isinstance(before, Mapping) and isinstance(value, Mapping) and key not in _REPLACED:
            value = _over(before, value)
        merged[key] = value
    return merged
