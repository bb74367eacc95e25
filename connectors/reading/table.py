"""One TOML table, read key by key; what is wrong with it is collected, not raised."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import msgspec

from connectors.templates.text import did_you_mean


class Problem(msgspec.Struct, frozen=True):
    """One mistake: in which file, at which key, and why. A warning does not keep a connector from working."""

    file: str
    key: str
    reason: str
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        mark = "warning: " if self.severity == "warning" else ""
        return f"{self.file}: {self.key}: {mark}{self.reason}"


class Problems:
    """The mistakes of one file, each said once."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[Problem] = []

    def add(self, key: str, reason: str, severity: Literal["error", "warning"] = "error") -> None:
        """Notes one mistake."""
        problem = Problem(self.file, key or "file", reason, severity)
        if problem not in self.found:
            self.found.append(problem)

    @property
    def fatal(self) -> bool:
        """Whether the definition cannot be used."""
        return any(p.severity == "error" for p in self.found)


_NAMES = {str: "text", bool: "true or false", int: "a whole number", list: "a list", dict: "a table"}


def kind_of(value: object) -> str:
    """What a TOML value is, in words."""
    return _NAMES.get(type(value), "a " + type(value).__name__)


class Table:
    """Reads the keys of one table and remembers which it knows, so that the rest can be reported."""

    def __init__(self, data: Mapping[str, Any], at: str, problems: Problems) -> None:
        self.data = data
        self.at = at
        self.problems = problems
        self._known: set[str] = set()

    def path(self, key: str) -> str:
        """The key as it is reported."""
        return f"{self.at}.{key}" if self.at and key else self.at or key

    def wrong(self, key: str, reason: str) -> None:
        """Reports a mistake at one of this table's keys."""
        self.problems.add(self.path(key), reason)

    def raw(self, key: str, *aliases: str) -> Any:
        """The value of a key, whatever it is, or None."""
        if not aliases:
            self._known.add(key)
            return self.data.get(key)
        self._known |= {key, *aliases}
        present = [name for name in (key, *aliases) if name in self.data]
        if len(present) > 1:
            self.wrong(present[1], f"means the same as “{present[0]}”, which is there too; keep one of them.")
        return self.data[present[0]] if present else None

    def _typed(self, kind: type, key: str, *aliases: str) -> Any:
        value = self.raw(key, *aliases)
        if value is None:
            return None
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.wrong(key, f"must be {_NAMES[kind]}, not {kind_of(value)}.")
            return None
        return value

    def text(self, key: str, *aliases: str, default: str = "") -> str:
        """A text."""
        value = self._typed(str, key, *aliases)
        return default if value is None else str(value)

    def flag(self, key: str, default: bool = False) -> bool:
        """true or false."""
        value = self._typed(bool, key)
        return default if value is None else bool(value)

    def number(self, key: str) -> int | None:
        """A whole number."""
        value = self._typed(int, key)
        return None if value is None else int(value)

    def choice(self, key: str, options: Iterable[str], default: str) -> str:
        """One of several words."""
        value = self.text(key, default=default)
        known = list(options)
        if value not in known:
            hint = did_you_mean(value, known)
            self.wrong(key, f"“{value}” is not one of {', '.join(known)}.{hint}")
            return default
        return value

    def texts(self, key: str, *aliases: str) -> tuple[str, ...]:
        """A list of texts; one text counts as a list of one."""
        value = self.raw(key, *aliases)
        if value is None:
            return ()
        if isinstance(value, str):
            return (value,)
        if isinstance(value, list) and all(isinstance(v, str) for v in value):
            return tuple(value)
        self.wrong(key, "must be a text or a list of texts.")
        return ()

    def numbers(self, key: str) -> tuple[int, ...]:
        """A list of whole numbers; one number counts as a list of one."""
        value = self.raw(key)
        if value is None:
            return ()
        values = value if isinstance(value, list) else [value]
        if all(isinstance(v, int) and not isinstance(v, bool) for v in values):
            return tuple(values)
        self.wrong(key, "must be a whole number or a list of them.")
        return ()

    def mapping(self, key: str, *aliases: str) -> dict[str, str]:
        """A table of texts; numbers and true/false in it become text."""
        value = self._typed(dict, key, *aliases)
        found: dict[str, str] = {}
        for name, item in (value or {}).items():
            if isinstance(item, bool):
                found[name] = "true" if item else "false"
            elif isinstance(item, str | int | float):
                found[name] = str(item)
            else:
                self.wrong(f"{key}.{name}", f"must be text, not {kind_of(item)}.")
        return found

    def table(self, key: str, *aliases: str) -> Table | None:
        """A table below this one."""
        value = self._typed(dict, key, *aliases)
        return None if value is None else Table(value, self.path(key), self.problems)

    def done(self) -> None:
        """Reports every key that nobody asked for."""
        for key in self.data:
            if key not in self._known:
                self.wrong(key, f"is not a known key.{did_you_mean(key, self._known)}")
