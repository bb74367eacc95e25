"""XML as plain data and back: paths reach into an answer, and a table becomes a body, as with JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

DEEPEST = 64


class UnreadableXmlError(ValueError):
    """The text is no XML, or it holds what is never needed in an answer and dangerous to read."""


def is_xml(content_type: str) -> bool:
    """Whether a Content-Type names XML (RFC 7303); XHTML is a page, not data."""
    kind = content_type.split(";")[0].strip().lower()
    return kind in {"application/xml", "text/xml"} or (kind.endswith("+xml") and "xhtml" not in kind)


def read_xml(text: str) -> dict[str, Any]:
    """`{root: …}`: an element with children is a table, one without is text, a repeated one is a list.

    Attributes stand beside the children with an `@` before their name; namespace prefixes are left out.
    Raises UnreadableXmlError, also for any document type: entities can grow a small text without end.
    """
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        raise UnreadableXmlError(str(error)) from error
    return reader.root


def write_xml(data: Mapping[str, Any]) -> str:
    """The opposite: `{"a": {"@id": 1, "b": ["x", "y"]}}` is `<a id="1"><b>x</b><b>y</b></a>`."""
    return "".join(_element(name, value) for name, value in data.items() if not name.startswith("@"))


def _element(name: str, value: Any) -> str:
    match value:
        case list() | tuple():
            return "".join(_element(name, item) for item in value)
        case Mapping():
            attributes = "".join(f" {k[1:]}={quoteattr(_text(v))}" for k, v in value.items() if k[:1] == "@")
            return f"<{name}{attributes}>{write_xml(value)}</{name}>"
    return f"<{name}>{escape(_text(value))}</{name}>"


def _text(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _refuse(*_: Any) -> None:
    raise UnreadableXmlError("it declares a document type")


class _Reader:
    def __init__(self) -> None:
        self.root: dict[str, Any] = {}
        self._open: list[tuple[str, dict[str, Any], list[str]]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) >= DEEPEST:
            raise UnreadableXmlError("it is nested too deeply")
        own = {f"@{_local(k)}": v for k, v in attributes.items() if not k.startswith("xmlns")}
        self._open.append((_local(name), own, []))

    def text(self, data: str) -> None:
        if self._open:
            self._open[-1][2].append(data)

    def end(self, _: str) -> None:
        name, members, texts = self._open.pop()
        value: Any = members or "".join(texts).strip()
        parent = self._open[-1][1] if self._open else self.root
        if name not in parent:
            parent[name] = value
        elif isinstance(parent[name], list):
            parent[name].append(value)
        else:
            parent[name] = [parent[name], value]


def _local(name: str) -> str:
    return name.rpartition(":")[2]
