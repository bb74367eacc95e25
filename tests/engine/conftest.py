"""A provider on loopback, a home with a vault, and an engine on it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest

from desktop.engine.engine import Engine
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


@pytest.fixture
def derived_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same passphrase with the same parameters is not derived again."""
    monkeypatch.setattr(kdf, "derive", lru_cache(kdf.derive))


@pytest.fixture
def second(tmp_path: Path, provider: Provider) -> Iterator[Bench]:
    """Another computer: the same program, another vault, none of one's own definitions or settings."""
    home = make_home(tmp_path / "second", provider.url)
    for path in (home / "connectors").iterdir():
        path.unlink()
    with bench(home, provider) as running:
        running.run(_forget_settings(running.engine))
        yield running


async def _forget_settings(engine: Engine) -> None:
    engine._parts.core.vault.set_connector_settings("demo", {})
