"""Turning what services and definitions say into text that is safe to show."""

from __future__ import annotations

import difflib
import html
import re
import unicodedata
from collections.abc import Iterable
from html.parser import HTMLParser

LONGEST_MESSAGE = 300
_DROPPED_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_JOINERS = "\u200c\u200d"  # what Persian is spelt with, and emoji of several signs; they reorder nothing
_TOOLTIP_TAGS = {"b", "i", "em", "strong", "code", "br", "p", "ul", "ol", "li"}


def clean(text: object, longest: int = LONGEST_MESSAGE) -> str:
    """One line of plain text: no control or direction-changing characters, blanks folded, cut at `longest`.

    A service's own message is shown inside our sentences; without this it could reorder or hide them.
    """
    spaced = re.sub(r"\s+", " ", str(text)[: longest * 20])
    plain = spaced.isascii() and spaced.isprintable()  # most of it, and there is much of it
    kept = (spaced if plain else "".join(c for c in spaced if _is_harmless(c))).strip()
    return kept if len(kept) <= longest else kept[: longest - 1].rstrip() + "…"


def _is_harmless(char: str) -> bool:
    return char in _JOINERS or unicodedata.category(char) not in _DROPPED_CATEGORIES


def clean_message(text: object) -> str:
    """`clean`, without a final full stop, so that it can stand inside a sentence."""
    return clean(text).rstrip(". ")


def looks_like_markup(text: str) -> bool:
    """Whether this is a page rather than a message."""
    return bool(re.match(r"\s*(<!doctype|<html|<\?xml|<head|<body|<[a-z]+[ >/])", text, re.IGNORECASE))


def mask(value: str, first: int = 0, last: int = 4) -> str:
    """Enough of a secret to recognise it: `sk-••••1a2b`. A short one shows nothing at all."""
    if len(value) < (first + last) * 2:
        return "••••"
    return f"{value[:first]}••••{value[len(value) - last :] if last else ''}"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A sentence with the nearest of the known words, after a blank; empty when none is near."""
    lowered = {k.lower(): k for k in known}
    nearest = difflib.get_close_matches(word.lower(), lowered, n=2, cutoff=0.6)
    if not nearest:
        return ""
    return " Did you mean " + " or ".join(f"“{lowered[n]}”" for n in nearest) + "?"


def label_of(key: str) -> str:
    """A readable label for a field that has none: `apiKey` and `api_key` become "Api key"."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", key).replace("_", " ").replace("-", " ").lower()
    return words[:1].upper() + words[1:]


class _TooltipCleaner(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.open: list[str] = []
        self.muted = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "style"}:
            self.muted += 1
        elif tag in _TOOLTIP_TAGS:
            self.parts.append(f"<{tag}>")
            if tag != "br":
                self.open.append(tag)
        elif tag == "a":
            href = dict(attrs).get("href") or ""
            if href.startswith("https://"):
                self.parts.append(f'<a href="{html.escape(href, quote=True)}">')
                self.open.append("a")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style"}:
            self.muted = max(0, self.muted - 1)
        elif tag in self.open:
            while self.open:
                last = self.open.pop()
                self.parts.append(f"</{last}>")
                if last == tag:
                    break

    def handle_data(self, data: str) -> None:
        if not self.muted:
            self.parts.append(html.escape(data, quote=False))


def safe_tooltip(text: str) -> str:
    """The tooltip as HTML that holds nothing but emphasis, code, lists and https links."""
    if "<" not in text and "&" not in text:
        return text
    cleaner = _TooltipCleaner()
    cleaner.feed(text)
    cleaner.close()
    return "".join(cleaner.parts) + "".join(f"</{tag}>" for tag in reversed(cleaner.open))
