"""An answer made readable: what is text, JSON indented, known secrets covered, no more than can be shown."""

from __future__ import annotations

import json
import re
from typing import Literal

import msgspec

from desktop.engine.privacy.redaction import redactor
from desktop.engine.results import Answer

MOST_SHOWN = 1024 * 1024  # characters
MOST_LINES = 20_000  # a text view takes 1.5 ms for a thousand, in which nothing else is drawn
LONGEST_LINE = 4_000  # a longer line stops any text view for seconds
_TEXTUAL = re.compile(
    r"text/|application/(.*\+)?(json|xml|javascript|yaml|x-www-form-urlencoded|graphql|x-ndjson)|.*\+text"
)
_CHARSET = re.compile(r"charset=\"?([\w.:-]+)", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_NAMES = {"image": "an image", "audio": "a sound", "video": "a film", "font": "a typeface"}
Kind = Literal["json", "text", "binary", "empty"]


class Readable(msgspec.Struct, frozen=True, kw_only=True):
    """One answer for the screen. `covered` and `covered_raw` have known secrets masked."""

    kind: Kind
    media_type: str = ""
    what: str = ""  # of a binary body: "an image (image/png)"
    pretty: str = ""
    raw: str = ""
    covered: str = ""
    covered_raw: str = ""
    covered_headers: tuple[tuple[str, str], ...] = ()
    hides: bool = False  # whether a known secret stands in it
    cut: bool = False  # there is more than is shown
    broken: bool = False  # long lines were broken to be shown


def readable(answer: Answer) -> Readable:
    """Takes up to a second for a large body: not for a thread that draws."""
    media_type = next((v for k, v in answer.headers if k.lower() == "content-type"), "")
    essence = media_type.split(";")[0].strip().lower()
    headers = tuple((name, redactor.redact_known(value)) for name, value in answer.headers)
    hides = headers != answer.headers
    if not answer.body:
        return Readable(kind="empty", media_type=essence, covered_headers=headers, hides=hides)
    text = _text(answer.body, media_type, essence)
    if text is None:
        what = _NAMES.get(essence.split("/")[0], "no text")
        return Readable(
            kind="binary",
            media_type=essence,
            what=f"{what} ({essence})" if essence else what,
            covered_headers=headers,
            hides=hides,
        )
    is_json, pretty = _indented(text, essence)
    shown, raw = _beginning(pretty), _beginning(text)
    covered, covered_raw = redactor.redact_known(shown), redactor.redact_known(raw)
    views = [_broken(view) for view in (shown, raw, covered, covered_raw)]
    return Readable(
        kind="json" if is_json else "text",
        media_type=essence,
        pretty=views[0],
        raw=views[1],
        covered=views[2],
        covered_raw=views[3],
        covered_headers=headers,
        hides=hides or covered != shown or covered_raw != raw,
        cut=len(shown) < len(pretty) or len(raw) < len(text),
        broken=views[0] != shown or views[1] != raw,
    )


def _text(body: bytes, media_type: str, essence: str) -> str | None:
    """The body as text; None where it is none."""
    named = _CHARSET.search(media_type)
    try:
        text = body.decode(named[1] if named else "utf-8-sig")
    except (UnicodeDecodeError, LookupError):
        if not _TEXTUAL.match(essence):
            return None
        text = body.decode("utf-8", "replace")
    if not _TEXTUAL.match(essence) and _CONTROL.search(text[:2048]):
        return None
    return text.replace("\r\n", "\n").replace("\x00", "\ufffd")


def _indented(text: str, essence: str) -> tuple[bool, str]:
    if not (essence.endswith("json") or text.lstrip()[:1] in ("{", "[")):
        return False, text
    try:
        data = _loaded(text)
    except (ValueError, RecursionError):
        return False, text
    return True, _write(data)


def pretty_json(text: str) -> str:
    """JSON indented by two, its numbers as they were written. Raises ValueError where it is none."""
    return _write(_loaded(text))


def _loaded(text: str) -> object:
    return json.loads(text, parse_float=_Literal, parse_int=_Literal, parse_constant=_Literal)


class _Literal(str):
    """A number as the service wrote it: 1.10 stays 1.10, and large ones lose no digit."""


def _write(data: object) -> str:
    """Indented by two, a line for each member. No recursion: depth is what a service likes."""
    out: list[str] = []
    stack: list[tuple[str, object]] = [("", data)]
    indent = 0
    while stack:
        lead, item = stack.pop()
        if lead == "close":
            indent -= 1
            out.append("\n" + "  " * indent + str(item))
            continue
        out.append(lead)
        if isinstance(item, dict | list) and item:
            indent += 1
            is_object = isinstance(item, dict)
            out.append("{" if is_object else "[")
            stack.append(("close", "}" if is_object else "]"))
            pad = "\n" + "  " * indent
            members = list(item.items()) if isinstance(item, dict) else [(None, value) for value in item]
            for place in range(len(members) - 1, -1, -1):
                name, value = members[place]
                named = f"{_scalar(str(name))}: " if is_object else ""
                stack.append((("," if place else "") + pad + named, value))
        else:
            out.append(_scalar(item))
    return "".join(out)


def _scalar(item: object) -> str:
    return str(item) if isinstance(item, _Literal) else json.dumps(item, ensure_ascii=False)


def _beginning(text: str) -> str:
    """As much as can be shown."""
    text = text[:MOST_SHOWN]
    if text.count("\n") < MOST_LINES:
        return text
    return "\n".join(text.split("\n", MOST_LINES)[:MOST_LINES])


def _broken(text: str) -> str:
    """The text with its long lines broken."""
    if len(text) <= LONGEST_LINE:
        return text
    return "\n".join(
        piece
        for line in text.split("\n")
        for piece in (
            [line]
            if len(line) <= LONGEST_LINE
            else [line[at : at + LONGEST_LINE] for at in range(0, len(line), LONGEST_LINE)]
        )
    )
