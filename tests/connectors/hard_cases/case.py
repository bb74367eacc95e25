"""One of the hard cases: what it is given, how its service behaves, and what has to come of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.connectors.hard_cases.standins import Route, Routes, basic
from tests.connectors.support import REDIRECT_URI
from tests.standin import Reply

CLIENT = {"client_id": "app-1", "client_secret": "s3cret-of-the-app"}
SIGN_IN = {"username": "amelia", "password": "practice-2026"}
AS_BEARER = {"Authorization": ("Bearer at-1", "Bearer at-2")}
AS_CLIENT = {"Authorization": basic("app-1", "s3cret-of-the-app")}
TOKEN = {"access_token": "at-1", "refresh_token": "rt-1", "token_type": "Bearer", "expires_in": 3600}
NEWER = {"access_token": "at-2", "refresh_token": "rt-2", "token_type": "Bearer", "expires_in": 3600}
WITH_CODE = {"grant_type": "authorization_code", "code": "code-1", "redirect_uri": REDIRECT_URI}
WITH_TOKEN = {"grant_type": "refresh_token", "refresh_token": "rt-1"}
IN_AN_HOUR = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)


@dataclass(frozen=True)
class Case:
    """One service of the table. `refreshed` is the token after a refresh; empty when there is nothing to."""

    file: str
    why: str
    routes: Routes
    name: str
    values: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=lambda: CLIENT)
    callback: Mapping[str, str] = field(default_factory=lambda: {"code": "code-1"})
    state: str = "state"  # what the callback calls it
    asked_at: str = ""  # the beginning of the address where people sign in
    asked: Mapping[str, str] = field(default_factory=dict)
    choose: str = ""
    offered: tuple[str, ...] = ()
    token: str = "at-1"
    refreshed: str = "at-2"
    reauthorize: Reply | None = None  # the answer to a refresh that means: sign in again
    lives: int | None = 3600
    slack: int = 0  # seconds by which `lives` may be missed, where the service names a moment
    kept: Mapping[str, Any] = field(default_factory=dict)
    request: str = ""  # a relative address; `sent` is the address and the headers that it becomes
    sent: tuple[str, Mapping[str, str]] | None = None
    ended: Reply = Reply({"error": "invalid_token"}, 401)  # noqa: RUF009 - it is frozen
    waits: tuple[Reply, ...] = (Reply({"error": "slow down"}, 429),)
    revokes: bool = False


def form_token(answer: object = TOKEN, newer: object = NEWER, **more: Any) -> tuple[Route, Route]:
    """A token endpoint that wants a form and the app's values in it."""
    extra = more.pop("form", {})
    return (
        Route(answer, form={**WITH_CODE, **CLIENT, **extra}, **more),
        Route(newer, form={**WITH_TOKEN, **CLIENT, **extra}, **more),
    )


def basic_token(answer: object = TOKEN, newer: object = NEWER) -> tuple[Route, Route]:
    """A token endpoint that wants the app's values as HTTP Basic and not in the form."""
    no = {"client_secret": ""}
    return (
        Route(answer, form={**WITH_CODE, **no}, headers=AS_CLIENT),
        Route(newer, form={**WITH_TOKEN, **no}, headers=AS_CLIENT),
    )


def json_token(answer: object, newer: object, **names: str) -> tuple[Route, Route]:
    """A token endpoint that wants JSON; `names` are the service's own for the app's values."""
    app = {names.get(key, key): value for key, value in CLIENT.items()}
    return Route(answer, json={**WITH_CODE, **app}), Route(newer, json={**WITH_TOKEN, **app})
