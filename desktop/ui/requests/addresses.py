"""An address taken apart for its rows, and put together again. What nobody touched stays as it was typed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import quote, unquote, unquote_plus

Pair = tuple[str, str]

_NAME = re.compile(r"\{([^{}/?#&]+)\}")
_QUERY_SAFE = "/:?@!$'()*,;~"  # RFC 3986 3.4, without what separates or means a space


def path_of(url: str) -> str:
    """The address without query and fragment."""
    return re.split(r"[?#]", url, maxsplit=1)[0]


def names_in_path(url: str) -> tuple[str, ...]:
    """The `{names}` of the path in their order, each once."""
    return tuple(dict.fromkeys(_NAME.findall(path_of(url))))


def filled(url: str, values: Mapping[str, str]) -> str:
    """The address with every name that has a value replaced, percent-encoded; the others stay."""

    def value_of(found: re.Match[str]) -> str:
        value = values.get(found[1], "")
        # A dot segment would climb out of the path that was picked.
        dots = value in (".", "..")
        return quote(value, safe="").replace(".", "%2E" if dots else ".") if value else found[0]

    path = path_of(url)
    return _NAME.sub(value_of, path) + url[len(path) :]


def query_pairs(url: str) -> tuple[Pair, ...]:
    """The parameters of the address, decoded."""
    return tuple(_decoded(part) for part in _parts(url))


def with_query(url: str, pairs: Sequence[Pair]) -> str:
    """The address with these parameters; those that stand in it already keep their spelling."""
    kept: dict[Pair, list[str]] = {}
    for part in _parts(url):
        kept.setdefault(_decoded(part), []).append(part)
    written = []
    for pair in pairs:
        as_typed = kept.get(pair)
        written.append(as_typed.pop(0) if as_typed else encoded(*pair))
    path, fragment = path_of(url), _fragment(url)
    return path + ("?" + "&".join(written) if written else "") + fragment


def encoded(name: str, value: str) -> str:
    """One parameter as it stands in an address or a form."""
    safe_name = quote(name, safe=_QUERY_SAFE)
    return f"{safe_name}={quote(value, safe=_QUERY_SAFE)}"


def form_pairs(body: str) -> tuple[Pair, ...]:
    """The members of a form-encoded body."""
    return tuple(_decoded(part) for part in body.split("&") if part)


def form_body(pairs: Sequence[Pair]) -> str:
    """A form-encoded body of these members."""
    return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs)


def _parts(url: str) -> list[str]:
    query = url.split("#", 1)[0].partition("?")[2]
    return [part for part in query.split("&") if part]


def _fragment(url: str) -> str:
    before, sign, after = url.partition("#")
    return sign + after if before or sign else ""


def _decoded(part: str) -> Pair:
    name, sign, value = part.partition("=")
    return unquote_plus(name), unquote_plus(value) if sign else ""


def shown(url: str) -> str:
    """The path for a list: decoded, without parameters."""
    return unquote(path_of(url))
