"""What a request that a person wrote may look like, before anything is sent or kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from connectors.errors import InvalidInputError

Headers = tuple[tuple[str, str], ...]

LONGEST_URL = 16_000  # characters; beyond that no server answers
LARGEST_BODY = 1024 * 1024  # characters of a body that is kept
_METHOD = re.compile(r"[A-Za-z][A-Za-z-]{0,30}")
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 5.1
_FRAMING = frozenset({"content-length", "transfer-encoding"})  # another value would tear the request apart
_LINE_BREAKS = re.compile(r"[\r\n\0]")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")


def header_pairs(headers: Mapping[str, str] | Iterable[tuple[str, str]]) -> Headers:
    """The headers in order, one pair each; in a sequence a name may come twice."""
    return tuple(headers.items()) if isinstance(headers, Mapping) else tuple(headers)


def problems(method: str, url: str, headers: Sequence[tuple[str, str]]) -> dict[str, str]:
    """A sentence for each of `method`, `url` and `headers` that cannot be sent; empty if all of them can."""
    found: dict[str, str] = {}
    if not _METHOD.fullmatch(method):
        found["method"] = "A method is one word, such as GET or POST."
    if not url.strip():
        found["url"] = "The address is missing."
    elif len(url) > LONGEST_URL:
        found["url"] = f"The address is longer than {LONGEST_URL} characters."
    elif _CONTROLS.search(url):
        found["url"] = "There is a line break or another control character in the address."
    for name, value in headers:
        if not _HEADER_NAME.fullmatch(name):
            found["headers"] = "A header has no name, or one with a blank or a sign that HTTP does not allow."
        elif _LINE_BREAKS.search(value):
            found["headers"] = f"There is a line break in the header {name}."
        elif name.lower() in _FRAMING:
            found["headers"] = f"{name} follows from the body and is set by itself; leave it out."
    return found


def refuse(found: Mapping[str, str]) -> None:
    """Raises InvalidInputError with `fields` where there are problems."""
    if found:
        raise InvalidInputError(next(iter(found.values())), "Correct it, and try again.", fields=dict(found))
