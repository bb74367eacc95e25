"""A service on loopback and an engine that connects to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.support import make_home
from tests.promises.scene import Scene, running
from tests.standin import StandIn


@pytest.fixture
def service() -> Iterator[StandIn]:
    with StandIn() as standin:
        standin.answer(
            "POST /oauth/token", {"access_token": "at", "token_type": "Bearer", "expires_in": 3600}
        )
        standin.answer("GET /oauth/userinfo", {"sub": "1", "name": "Amelia"})
        yield standin


@pytest.fixture
def scene(tmp_path: Path, service: StandIn) -> Iterator[Scene]:
    yield from running(make_home(tmp_path / "home", service.url), service)
