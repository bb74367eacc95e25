"""A stand-in for the service, for every test of connectors."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.connectors.support import PERSON, TOKEN
from tests.standin import StandIn


@pytest.fixture
def standin() -> Iterator[StandIn]:
    """Answers for the practice provider's endpoints; a test adds or replaces what it needs."""
    answers = {"POST /oauth/token": TOKEN, "GET /oauth/userinfo": PERSON, "POST /oauth/revoke": {}}
    with StandIn(answers) as server:
        yield server
