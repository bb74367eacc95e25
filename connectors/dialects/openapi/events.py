"""YAML by its events: only the wanted parts are built, so a file of 50 MB needs little memory.

An alias is one more reference to what its anchor built, never a copy: a bomb stays small. Numbers stay
text, and tags mean nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from connectors.errors import DefinitionError
from connectors.templates.text import clean_message

DEEPEST = 100
Wanted = Mapping[str, Any] | bool  # True: everything below; a table: these keys, "*" stands for every other
_NOTHING = {"", "~", "null", "Null", "NULL"}
_WORDS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_STARTS = (yaml.MappingStartEvent, yaml.SequenceStartEvent)
_ENDS = (yaml.MappingEndEvent, yaml.SequenceEndEvent)


class SkippedAnchorError(Exception):
    """An alias names something that was not wanted when it came by; everything has to be built."""

    def __init__(self, anchor: str, line: int) -> None:
        super().__init__(anchor)
        self.anchor, self.line = anchor, line


class EventReader:
    """Reads the first document of a YAML text. `repeated` tells the keys that stand twice, and where."""

    def __init__(self, raw: bytes) -> None:
        loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        self._loader = loader
        self._raw = raw
        self._anchors: dict[str, Any] = {}
        self.repeated: list[str] = []

    def read(self, wanted: Wanted) -> Any:
        """The wanted parts. Raises DefinitionError with the line, SkippedAnchorError."""
        try:
            self._next = self._loader(self._raw).get_event
            self._next()  # the stream
            event = self._next()
            if isinstance(event, yaml.StreamEndEvent):
                return None
            return self._value(self._next(), wanted, "", 0)
        except yaml.MarkedYAMLError as error:
            at = error.problem_mark.line if error.problem_mark else 0
            line = min(at, self._raw.count(b"\n")) + 1  # the end is told as a line of its own
            reason = clean_message(error.problem or "it is damaged")
            raise DefinitionError(f"Line {line} cannot be read as YAML: {reason}.", _MEND) from None
        except yaml.reader.ReaderError as error:
            line = self._raw[: error.position].count(b"\n") + 1
            reason = clean_message(error.reason)
            raise DefinitionError(f"Line {line} cannot be read as YAML: {reason}.", _MEND) from None

    def _value(self, event: Any, wanted: Wanted, at: str, depth: int) -> Any:
        if depth > DEEPEST:
            raise _too_deep(event)
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self._anchors:
                raise SkippedAnchorError(str(event.anchor), _line(event))
            return self._anchors[event.anchor]
        anchor = event.anchor
        value: Any
        if isinstance(event, yaml.ScalarEvent):
            value = _scalar(event)
        elif isinstance(event, yaml.SequenceStartEvent):
            value = []
            while not isinstance(event := self._next(), yaml.SequenceEndEvent):
                value.append(self._value(event, wanted, f"{at}[{len(value)}]", depth + 1))
        else:
            value = self._mapping(wanted, at, depth)
        if anchor:  # only now: what names itself is refused
            self._anchors[anchor] = value
        return value

    def _mapping(self, wanted: Wanted, at: str, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        merged: list[Any] = []
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                self._skip(event, depth)  # a key that is no text names nothing that is looked for
                self._skip(self._next(), depth)
                continue
            key = event.value
            below: Wanted = wanted if isinstance(wanted, bool) else wanted.get(key, wanted.get("*", False))
            line = _line(event)
            event = self._next()
            if key == "<<":
                merged.append(self._value(event, wanted, at, depth + 1))
            elif below is False:
                self._skip(event, depth)
            else:
                place = f"{at}.{key}" if at else key
                if key in found:
                    self.repeated.append(f"line {line}: {place} stands there twice; the last one counts.")
                found[key] = self._value(event, below, place, depth + 1)
        for table in (t for item in merged for t in (item if isinstance(item, list) else [item])):
            if isinstance(table, dict):
                found = {**table, **found}
        return found

    def _skip(self, event: Any, depth: int) -> None:
        following, level = self._next, 0
        while True:
            kind = type(event)
            if kind in _STARTS:
                level += 1
                if depth + level > DEEPEST:
                    raise _too_deep(event)
            elif kind in _ENDS:
                level -= 1
            if not level:
                return
            event = following()


def _scalar(event: yaml.ScalarEvent) -> Any:
    text = event.value
    if not event.implicit[0]:  # quoted, or tagged: text
        return text
    return None if text in _NOTHING else _WORDS.get(text, text)


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _too_deep(event: Any) -> DefinitionError:
    line = _line(event)
    return DefinitionError(
        f"Line {line} is nested deeper than {DEEPEST} levels; the file was not read on.", _MEND
    )


_MEND = "Check that the file is a whole OpenAPI document."
