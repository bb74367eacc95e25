"""A provider on loopback, a home with a vault, and an engine on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.practice import Provider, start
from desktop.vault import kdf
from tests.engine.support import DEADLINE, Bench, bench, make_home


@pytest.fixture(autouse=True)
def cheap_derivation(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new passphrase costs the least that is accepted: what it should cost is tests/vault's business."""
    monkeypatch.setattr(kdf, "DEFAULT_COST", kdf.FLOOR_COST)
    monkeypatch.setattr(kdf, "WANTED_SECONDS", (0.0, DEADLINE))


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
