"""A pasted curl command as a request. What is not understood is refused by name, never left out silently."""

from __future__ import annotations

import re
import shlex
from urllib.parse import quote

from desktop.ui.requests.addresses import form_pairs, with_query
from desktop.ui.requests.draft import CONTENT_TYPES, BodyKind, Draft, Pair

_SHORT = {
    "X": "--request",
    "H": "--header",
    "d": "--data",
    "A": "--user-agent",
    "e": "--referer",
    "b": "--cookie",
    "u": "--user",
    "G": "--get",
    "I": "--head",
    "s": "--silent",
    "S": "--show-error",
    "v": "--verbose",
    "i": "--include",
    "L": "--location",
    "f": "--fail",
    "g": "--globoff",
}
_DATA = ("--data", "--data-raw", "--data-ascii", "--data-binary", "--data-urlencode", "--json")
_AS_HEADER = {"--user-agent": "User-Agent", "--referer": "Referer", "--cookie": "Cookie"}
_TAKES_VALUE = {"--request", "--header", "--user", "--url", *_DATA, *_AS_HEADER}
_NO_MATTER = {
    "--silent",
    "--show-error",
    "--verbose",
    "--include",
    "--location",
    "--fail",
    "--globoff",
    "--compressed",
}
_LINE_END = re.compile(r"\\\s*[\r\n\u2028]+\s*")


def draft_from_curl(text: str) -> tuple[Draft, bool]:
    """The request, and whether a credential was left out of it: the account's own is sent instead.

    Raises ValueError with a sentence.
    """
    if "$'" in text or "`" in text or "$(" in text:
        raise ValueError(
            "This command has parts that only a shell can work out. Fill in the request by hand."
        )
    try:
        words = shlex.split(_LINE_END.sub(" ", text.strip()))
    except ValueError as error:
        raise ValueError("This command ends inside a quotation mark. Copy all of it.") from error
    if not words or words[0] != "curl":
        raise ValueError("This is not a curl command.")
    return _Reader(words[1:]).draft()


class _Reader:
    def __init__(self, words: list[str]) -> None:
        self._words = words
        self._method = self._url = ""
        self._headers: list[Pair] = []
        self._data: list[str] = []
        self._json = self._get = self._head = self._left_out = False
        while self._words:
            self._next(self._words.pop(0))

    def _next(self, word: str) -> None:
        if not word.startswith("-") or word == "-":
            if self._url:
                raise ValueError(f"There is more than one address in this command: {word[:60]}.")
            self._url = word
        elif word.startswith("--"):
            self._option(word, word)
        else:
            self._short(word)

    def _short(self, word: str) -> None:
        for place, letter in enumerate(word[1:], 1):
            name = _SHORT.get(letter)
            if name is None:
                raise _unknown(f"-{letter}")
            if name in _TAKES_VALUE:
                if rest := word[place + 1 :]:
                    self._words.insert(0, rest)
                self._option(name, f"-{letter}")
                return
            self._option(name, f"-{letter}")

    def _option(self, name: str, written: str) -> None:
        if name in _TAKES_VALUE:
            if not self._words:
                raise ValueError(f"The option {written} of this command lacks its value.")
            self._take(name, self._words.pop(0))
        elif name == "--get":
            self._get = True
        elif name == "--head":
            self._head = True
        elif name not in _NO_MATTER:
            raise _unknown(written)

    def _take(self, name: str, value: str) -> None:
        if name == "--request":
            self._method = value.upper()
        elif name == "--url":
            self._next(value)
        elif name == "--user":
            self._left_out = True
        elif name in _AS_HEADER:
            self._headers.append(Pair(_AS_HEADER[name], value))
        elif name == "--header":
            header, _, text = value.partition(":")
            if header.strip().lower() == "authorization":
                self._left_out = True
            else:
                self._headers.append(Pair(header.strip(), text.strip()))
        elif value.startswith("@") and name != "--data-raw":
            raise ValueError("This command sends a file. Paste its content into the body instead.")
        elif name == "--data-urlencode":
            key, sign, text = value.partition("=")
            self._data.append(
                f"{key}={quote(text, safe='')}" if sign and key else quote(text or key, safe="")
            )
        else:
            self._json = self._json or name == "--json"
            self._data.append(value)

    def draft(self) -> tuple[Draft, bool]:
        """What was read."""
        if not self._url:
            raise ValueError("There is no address in this command.")
        body, url = ("" if self._json else "&").join(self._data), self._url
        if self._get and body:
            joined = url + ("&" if "?" in url else "?") + body
            url, body = with_query(joined, form_pairs(joined.partition("?")[2])), ""
        usual = "HEAD" if self._head else "POST" if body else "GET"
        kind, headers = self._kind(bool(body))
        method = self._method or usual
        draft = Draft(method=method, url=url, headers=tuple(headers), kind=kind, body=body)
        return draft, self._left_out

    def _kind(self, has_body: bool) -> tuple[BodyKind, list[Pair]]:
        if not has_body:
            return "none", self._headers
        said = next((p for p in self._headers if p.name.lower() == "content-type"), None)
        if said is None:
            return ("json" if self._json else "form"), self._headers
        known: BodyKind | None = next((k for k, text in CONTENT_TYPES.items() if text == said.value), None)
        if known is None:
            return ("json" if "json" in said.value else "text"), self._headers
        return known, [pair for pair in self._headers if pair is not said]


def _unknown(written: str) -> ValueError:
    return ValueError(
        f"The option {written} of this command is not understood. Take it out, and paste it again."
    )
