"""How the practice provider can be made to behave: short-lived tokens, slow answers, wrong answers."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Answer = int | Literal["invalid_grant", "html_200", "html_502", "empty", "bad_json"]

TOKEN_PATH = "/oauth/token"  # noqa: S105 - a path


@dataclass(frozen=True)
class PlannedFailure:
    """What the next request to a path gets instead of its answer."""

    answer: Answer
    retry_after: str = ""


@dataclass
class Knobs:
    """Set any of these while the provider runs; the next request sees it. Safe from any thread.

    `token_lifetime` and `slow` are in seconds. `scope` replaces the granted scope in the token answer,
    `profile` the whole userinfo answer, and `members` is laid over the token answer (None drops a member).
    """

    token_lifetime: int = 3600
    rotate: bool = True
    slow: float = 0.0
    omit_expires_in: bool = False
    omit_refresh_token: bool = False
    token_type: str = "Bearer"  # noqa: S105 - a scheme
    scope: str | None = None
    profile: Mapping[str, Any] | None = None
    members: Mapping[str, Any] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)
    _planned: dict[str, list[PlannedFailure]] = field(default_factory=dict, repr=False, compare=False)

    def fail_next(
        self, count: int = 1, answer: Answer = 500, *, path: str = TOKEN_PATH, retry_after: str = ""
    ) -> None:
        """Let the next `count` requests to `path` fail.

        A number is a status with a JSON error (429 and 503 carry `Retry-After`, one second unless said:
        seconds or an HTTP-date); the words are a refused grant, HTML with 200 or 502, nothing, and JSON
        that ends too early.
        """
        with self._lock:
            planned = PlannedFailure(answer, retry_after or ("1" if answer in (429, 503) else ""))
            self._planned.setdefault(path, []).extend([planned] * count)

    def recover(self) -> None:
        """Forget the failures that have not happened yet."""
        with self._lock:
            self._planned.clear()

    def take_failure(self, path: str) -> PlannedFailure | None:
        """The failure that this request gets, if one is planned. Each is given out once."""
        with self._lock:
            waiting = self._planned.get(path)
            return waiting.pop(0) if waiting else None

    def token_answer(self, token: dict[str, Any]) -> dict[str, Any]:
        """The token endpoint's answer as these knobs want it."""
        answer = token | {"token_type": self.token_type, "expires_in": self.token_lifetime}
        if self.scope is not None:
            answer["scope"] = self.scope
        if self.omit_expires_in:
            del answer["expires_in"]
        if self.omit_refresh_token:
            answer.pop("refresh_token", None)
        answer |= self.members
        return {key: value for key, value in answer.items() if value is not None}
