"""A provider on loopback, a home with a vault, and an engine on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.practice import Provider, start
from tests.engine.support import Bench, bench, make_home


@pytest.fixture
def provider() -> Iterator[Provider]:
    with start() as running:
        yield running


@pytest.fixture
def home(tmp_path: Path, provider: Provider) -> Path:
    return make_home(tmp_path / "home", provider.url)


@pytest.fixture
def at_work(home: Path, provider: Provider) -> Iterator[Bench]:
    with bench(home, provider) as running:
        yield running
