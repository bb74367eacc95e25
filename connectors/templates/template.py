"""`{{path.to.value | filter}}`: the one way in which a definition puts values into a request.

A template is parsed once and filled in one pass, so a value that itself contains `{{` is never expanded.
There is no code in it: paths, string and number literals, `a || b`, parentheses and the filters of
`filters.py`. Filters bind tighter than `||`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import msgspec

from connectors.errors import DefinitionError
from connectors.templates.filters import FILTERS, GENERATORS, as_text
from connectors.templates.paths import look_up
from connectors.templates.text import did_you_mean

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
      | (?P<number>-?\d+(?![\w.]))
      | (?P<name>[A-Za-z_][\w-]*(?:\.[\w-]+|\[\d+\])*)
      | (?P<mark>\|\||[|(),])
    )""",
    re.VERBOSE,
)

DEEPEST = 32  # parentheses and arguments in one another
LONGEST_NUMBER = 10  # characters


class _Call(msgspec.Struct, frozen=True):
    name: str
    arguments: tuple[_Node, ...]


class _Literal(msgspec.Struct, frozen=True):
    value: str | int


class _Path(msgspec.Struct, frozen=True):
    path: str


class _Filtered(msgspec.Struct, frozen=True):
    source: _Node
    filters: tuple[_Call, ...]


class _First(msgspec.Struct, frozen=True):
    options: tuple[_Node, ...]


_Node = _Call | _Literal | _Path | _Filtered | _First
Encode = Callable[[str, str], str]  # (text so far, value) -> value as it may stand there


class Template(msgspec.Struct, frozen=True):
    """A parsed template: literal text and expressions, in order."""

    parts: tuple[Any, ...]  # str or _Node

    @property
    def names(self) -> frozenset[str]:
        """The first step of every path that is read: `profile_info` for `profile_info.name`."""
        return frozenset(re.split(r"[.\[]", path)[0] for part in self.parts for path in _paths(part))

    def is_blank(self, values: Mapping[str, Any]) -> bool:
        """Whether every expression comes out empty, so that only the definition's own words would be left."""
        return all(isinstance(part, str) or _text_of(part, values) == "" for part in self.parts)

    def render(self, values: Mapping[str, Any], encode: Encode | None = None) -> str:
        """The text with every expression replaced. `encode` makes each value fit for its place."""
        text = ""
        for part in self.parts:
            if isinstance(part, str):
                text += part
            else:
                value = _text_of(part, values)
                text += encode(text, value) if encode else value
        return text


def _paths(part: Any) -> Iterator[str]:
    match part:
        case _Path(path):
            yield path
        case _Filtered(source, filters):
            yield from _paths(source)
            for call in filters:
                yield from _paths(call)
        case _First(options):
            for option in options:
                yield from _paths(option)
        case _Call(_, arguments):
            for argument in arguments:
                yield from _paths(argument)


def _text_of(node: Any, values: Mapping[str, Any]) -> str:
    try:
        return as_text(_evaluate(node, values))
    except (TypeError, ValueError, AttributeError) as error:
        raise DefinitionError(f"A filter of a template cannot be used like this: {error}.") from error


def _evaluate(node: Any, values: Mapping[str, Any]) -> Any:
    match node:
        case _Literal(value):
            return value
        case _Path(path):
            return look_up(values, path)
        case _Call(name, arguments):
            return GENERATORS[name](*(_evaluate(a, values) for a in arguments))
        case _Filtered(source, filters):
            value = _evaluate(source, values)
            for call in filters:
                value = FILTERS[call.name].call(value, *(_evaluate(a, values) for a in call.arguments))
            return value
        case _First(options):
            for option in options:
                value = _evaluate(option, values)
                if value is not None and value != "":
                    return value
    return None


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[tuple[str, str]] = []
        position = 0
        while position < len(text.rstrip()):
            match = _TOKEN.match(text, position)
            if match is None:
                raise DefinitionError(f"“{{{{{text}}}}}” cannot be read at “{text[position:].strip()[:20]}”.")
            self.tokens.append((match.lastgroup or "", match.group(match.lastgroup or 0)))
            position = match.end()
        self.position = 0
        self.depth = 0

    def take(self, *marks: str) -> bool:
        if self.position < len(self.tokens) and self.tokens[self.position] in {("mark", m) for m in marks}:
            self.position += 1
            return True
        return False

    def need(self, mark: str) -> None:
        if not self.take(mark):
            raise DefinitionError(f"“{{{{{self.text}}}}}” lacks “{mark}”.")

    def whole(self) -> _Node:
        node = self.first()
        if self.position != len(self.tokens):
            rest = " ".join(t for _, t in self.tokens[self.position :])
            raise DefinitionError(f"“{{{{{self.text}}}}}” has “{rest}” where it should end.")
        return node

    def first(self) -> _Node:
        self.depth += 1
        if self.depth > DEEPEST:
            raise DefinitionError(f"“{{{{{self.text[:40]}…}}}}” is nested too deeply.")
        options = [self.filtered()]
        while self.take("||"):
            options.append(self.filtered())
        self.depth -= 1
        return options[0] if len(options) == 1 else _First(tuple(options))

    def filtered(self) -> _Node:
        source = self.atom()
        calls: list[_Call] = []
        while self.take("|"):
            calls.append(self.filter())
        return _Filtered(source, tuple(calls)) if calls else source

    def filter(self) -> _Call:
        kind, name = self.next("a filter")
        if kind != "name" or name not in FILTERS:
            known = did_you_mean(name, FILTERS)
            raise DefinitionError(f"“{name}” is not a filter.{known}")
        arguments = self.arguments()
        FILTERS[name].check(name, len(arguments))
        return _Call(name, arguments)

    def arguments(self) -> tuple[_Node, ...]:
        found: list[_Node] = []
        if self.take("("):
            while not self.take(")"):
                found.append(self.first())
                if not self.take(","):
                    self.need(")")
                    break
        return tuple(found)

    def atom(self) -> _Node:
        if self.take("("):
            node = self.first()
            self.need(")")
            return node
        kind, text = self.next("a value")
        if kind == "string":
            return _Literal(re.sub(r"\\(.)", r"\1", text[1:-1]))
        if kind == "number":
            if len(text) > LONGEST_NUMBER:
                raise DefinitionError(f"The number {text[:LONGEST_NUMBER]}… in a template is too long.")
            return _Literal(int(text))
        if kind == "name":
            return _Call(text, self.arguments()) if text in GENERATORS else _Path(text)
        raise DefinitionError(f"“{{{{{self.text}}}}}” has “{text}” where a value should stand.")

    def next(self, what: str) -> tuple[str, str]:
        if self.position >= len(self.tokens):
            raise DefinitionError(f"“{{{{{self.text}}}}}” ends where {what} should stand.")
        self.position += 1
        return self.tokens[self.position - 1]


@lru_cache(maxsize=2048)
def parse(text: str) -> Template:
    """Reads a template. Raises DefinitionError that says what is wrong with it."""
    parts: list[Any] = []
    position = 0
    while (start := text.find("{{", position)) >= 0:
        end = text.find("}}", start)
        if end < 0:
            raise DefinitionError(f"“{text[start : start + 40]}” opens a template that is never closed.")
        if start > position:
            parts.append(text[position:start])
        parts.append(_Parser(text[start + 2 : end]).whole())
        position = end + 2
    if position < len(text):
        parts.append(text[position:])
    return Template(tuple(parts))


def render(text: str, values: Mapping[str, Any], encode: Encode | None = None) -> str:
    """Fills one template with the values."""
    return parse(text).render(values, encode) if "{{" in text else text


def names_in(text: str) -> frozenset[str]:
    """The names a template reads; nothing when it cannot be parsed (checking reports that)."""
    try:
        return parse(text).names
    except DefinitionError:
        return frozenset()
