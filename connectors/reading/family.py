"""Families: `base = "google"` takes another definition's keys and puts the own ones over them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from connectors.reading.table import Problems
from connectors.text import clean_message, did_you_mean

DEEPEST = 5
# Lists of choices: a mixture of two services' would be neither's.
_REPLACED = frozenset({"scope", "options", "show_when"})


def with_base(
    data: Mapping[str, Any], path: Path, folders: Iterable[Path], problems: Problems
) -> tuple[dict[str, Any], tuple[Path, ...]]:
    """The definition over its base, and the files of the bases, nearest first.

    A base lies beside the definition or in one of the other `folders`. What is wrong goes to `problems`.
    """
    folders = (path.parent, *folders)
    merged, seen = dict(data), {path.resolve()}
    bases: list[Path] = []
    while (name := merged.pop("base", None)) is not None:
        file = _find(name, folders, seen, problems)
        if file is None:
            break
        if len(bases) >= DEEPEST:
            problems.add("base", f"more than {DEEPEST} definitions stand on each other; use fewer.")
            break
        seen.add(file.resolve())
        base = _read(file, problems)
        if base is None:
            break
        bases.append(file)
        merged = _over({k: v for k, v in base.items() if k != "key"}, merged)
    return merged, tuple(bases)


def _find(name: object, folders: Iterable[Path], seen: set[Path], problems: Problems) -> Path | None:
    if not isinstance(name, str) or not name:
        problems.add("base", "must be the key of another definition, as a text.")
        return None
    others: dict[str, Path] = {}
    for folder in folders:
        for file in sorted(folder.glob("*.toml")):
            if file.resolve() not in seen:
                others.setdefault(file.stem.replace("_", "-").lower(), file)
    if name not in others:
        circle = any(file.stem.replace("_", "-").lower() == name for file in seen)
        why = "stands on itself that way." if circle else "is no definition."
        problems.add("base", f"“{name[:60]}” {why}{did_you_mean(name, others)}")
        return None
    return others[name]


def _read(file: Path, problems: Problems) -> dict[str, Any] | None:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
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
