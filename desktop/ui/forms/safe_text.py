"""Help texts of definitions: a small subset of HTML is kept, everything else becomes plain text.

A definition may come from anywhere: no image is loaded, no style applied, no link followed but https.
"""

from __future__ import annotations

import html
from html.parser import HTMLParser
from urllib.parse import urlsplit

_KEPT = {"b": "b", "strong": "b", "i": "i", "em": "i", "code": "code"}
_BREAKS = frozenset({"br", "p", "div", "li", "ul", "ol", "tr"})
_DROPPED = frozenset({"script", "style", "template", "iframe", "object", "svg", "math"})


class _Cleaner(HTMLParser):
    """Writes rich and plain text side by side; closes what a definition forgot to close."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rich: list[str] = []
        self.plain: list[str] = []
        self._open: list[str] = []
        self._dropping = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _DROPPED:
            self._dropping += 1
        elif self._dropping:
            return
        elif tag in _BREAKS:
            self.rich.append("<br>")
            self.plain.append("\n")
        elif tag in _KEPT:
            self._push(_KEPT[tag], f"<{_KEPT[tag]}>")
        elif tag == "a" and (address := _https(dict(attrs).get("href"))):
            self._push("a", f'<a href="{html.escape(address)}">')

    def handle_endtag(self, tag: str) -> None:
        if tag in _DROPPED:
            self._dropping = max(0, self._dropping - 1)
            return
        name = _KEPT.get(tag, tag)
        if not self._dropping and name in self._open:
            while (last := self._open.pop()) != name:
                self.rich.append(f"</{last}>")
            self.rich.append(f"</{name}>")

    def handle_data(self, data: str) -> None:
        if not self._dropping:
            self.rich.append(html.escape(data).replace("\n", "<br>"))
            self.plain.append(data)

    def _push(self, name: str, markup: str) -> None:
        self._open.append(name)
        self.rich.append(markup)

    def finish(self) -> None:
        self.close()
        self.rich += [f"</{name}>" for name in reversed(self._open)]


def _https(address: str | None) -> str:
    """The address when it is a plain https link, else nothing."""
    try:
        parts = urlsplit((address or "").strip())
    except ValueError:
        return ""
    return parts.geturl() if parts.scheme == "https" and parts.hostname and "@" not in parts.netloc else ""


def safe_html(text: str) -> str:
    """The text with only b, i, code, br and https links left as markup; for a rich-text label."""
    return _clean(text)[0]


def plain_text(text: str) -> str:
    """The text without any markup; for accessible descriptions."""
    return _clean(text)[1]


def _clean(text: str) -> tuple[str, str]:
    cleaner = _Cleaner()
    cleaner.feed(text.strip())
    cleaner.finish()
    rich = "".join(cleaner.rich).strip().removeprefix("<br>").removesuffix("<br>")
    return rich, "".join(cleaner.plain).strip()
