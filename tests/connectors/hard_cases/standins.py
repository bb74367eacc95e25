"""Stand-ins made of data: which request is answered with what, and what a request must bring."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.standin import Reply, Seen

Wanted = Mapping[str, str | tuple[str, ...]]


@dataclass(frozen=True)
class Route:
    """One answer and what it takes to get it. A tuple of texts means: one of these. An empty text: absent."""

    answer: Any
    query: Wanted = field(default_factory=dict)
    form: Wanted = field(default_factory=dict)
    json: Mapping[str, Any] = field(default_factory=dict)
    headers: Wanted = field(default_factory=dict)
    sets: dict[str, str | tuple[str, ...]] = field(default_factory=dict)  # headers of the answer

    def misses(self, seen: Seen) -> str:
        """What a request lacks, or nothing."""
        for part, wanted, given in (
            ("query", self.query, seen.query),
            ("form", self.form, seen.form if self.form else {}),
            ("headers", self.headers, {name: seen.header(name) for name in self.headers}),
        ):
            for name, value in wanted.items():
                allowed = (value,) if isinstance(value, str) else value
                if given.get(name, "") not in allowed:
                    return f"{part}.{name} is {given.get(name)!r}, not {value!r}"
        for name, value in self.json.items():
            if seen.json.get(name) != value:
                return f"json.{name} is {seen.json.get(name)!r}, not {value!r}"
        return ""

    def reply(self) -> Reply:
        """The answer as it goes out."""
        if isinstance(self.answer, Reply):
            return self.answer
        return Reply(self.answer, headers=dict(self.sets))


Routes = Mapping[str, Route | tuple[Route, ...]]


class Service:
    """Answers by "METHOD host/path". What does not fit is refused with 401 and remembered in `refused`."""

    def __init__(self, routes: Routes) -> None:
        self.routes = routes
        self.instead: Reply | None = None  # for everything, from now on
        self.refused: list[str] = []

    def __call__(self, seen: Seen) -> Reply:
        if self.instead is not None:
            return self.instead
        asked = f"{seen.method} {seen.header('host')}{seen.path}"
        found = self.routes.get(asked, ())
        wrong = ["there is no such thing here"]
        for route in (found,) if isinstance(found, Route) else found:
            wrong.append(route.misses(seen))
            if not wrong[-1]:
                return route.reply()
        self.refused.append(f"{asked}: {wrong[-1]}")
        return Reply({"error": "refused", "error_description": wrong[-1]}, 401)


def basic(user: str, password: str) -> str:
    """An Authorization header (RFC 7617)."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
