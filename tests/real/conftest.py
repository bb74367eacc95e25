"""Servers, a browser and a screen that were not written here. What is missing is skipped, or demanded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.real.display import Display
from tests.real.requirements import need
from tests.real.toolkit import Toolkit


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder can be chosen or left out with `-m real`."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.real)


@pytest.fixture(scope="session")
def toolkit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Toolkit]:
    with Toolkit(tmp_path_factory.mktemp("toolkit")) as running:
        yield running


@pytest.fixture(scope="session")
def display() -> Iterator[Display]:
    with Display() as running:
        yield running


@pytest.fixture
def chromium() -> str:
    return need("chromium", "chromium")
