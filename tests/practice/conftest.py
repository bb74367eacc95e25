"""A running provider, and a client app that talks to it as any OAuth app would."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from desktop.practice import Provider, start
from tests.practice.client import ClientApp


@pytest.fixture
def provider() -> Iterator[Provider]:
    with start() as running:
        yield running


@pytest.fixture
def app(provider: Provider) -> Iterator[ClientApp]:
    with ClientApp(provider.url) as client:
        yield client
