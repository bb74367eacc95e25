"""A request as it is being written. Immutable: every edit makes another one. Knows nothing of Qt."""

from __future__ import annotations

from typing import Literal

import msgspec

from desktop.ui.requests.addresses import filled, names_in_path, path_of
from desktop.vault.records import SavedRequest

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
BodyKind = Literal["none", "json", "form", "text"]
CONTENT_TYPES: dict[BodyKind, str] = {
    "json": "application/json",
    "form": "application/x-www-form-urlencoded",
    "text": "text/plain; charset=utf-8",
}
_LONGEST_NAME = 80


class Pair(msgspec.Struct, frozen=True):
    """A row: what is off is not sent."""

    name: str
    value: str
    on: bool = True


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """`url` may hold `{names}`; `variables` are their values, also of names that stand in it no more."""

    name: str = ""
    method: str = "GET"
    url: str = ""
    off_params: tuple[Pair, ...] = ()  # the others stand in the address
    variables: dict[str, str] = {}
    headers: tuple[Pair, ...] = ()
    kind: BodyKind = "none"
    body: str = ""

    @property
    def address(self) -> str:
        """The address with its names filled in, as far as there are values."""
        return filled(self.url.strip(), self.variables)

    @property
    def missing(self) -> tuple[str, ...]:
        """The names of the path that have no value."""
        return names_in_path(self.address)

    @property
    def sent_headers(self) -> tuple[tuple[str, str], ...]:
        """What is sent: the rows that are on, and the content type of the body unless a row says it."""
        rows = tuple((p.name.strip(), p.value.strip()) for p in self.headers if p.on and (p.name or p.value))
        said = any(name.lower() == "content-type" for name, _ in rows)
        kind = "" if said else CONTENT_TYPES.get(self.kind, "")
        return (*rows, ("Content-Type", kind)) if kind else rows

    @property
    def sent_body(self) -> str:
        """The body that is sent; none for the kind `none`."""
        return "" if self.kind == "none" else self.body

    @property
    def kept(self) -> tuple[object, ...]:
        """What a save would keep: two drafts of which this is the same need no saving."""
        return self.name, self.method, self.address, self.sent_headers, self.sent_body

    @property
    def title(self) -> str:
        """The name, or what stands for it while there is none."""
        return self.name or path_of(self.url.strip())[:_LONGEST_NAME]


def draft_of(saved: SavedRequest) -> Draft:
    """A saved request, ready to be edited."""
    headers = saved.headers
    kind: BodyKind = "none"
    for place, (name, value) in enumerate(headers):
        if name.lower() == "content-type":
            known = next((kind for kind, text in CONTENT_TYPES.items() if text == value), None)
            kind = known or "text"
            if known:
                headers = (*headers[:place], *headers[place + 1 :])
            break
    else:
        kind = "text" if saved.body else "none"
    return Draft(
        name=saved.name,
        method=saved.method,
        url=saved.url,
        headers=tuple(Pair(name, value) for name, value in headers),
        kind=kind,
        body=saved.body,
    )
