"""docs/security.md lists every promise that is tested, and every one that it lists is."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
MEASURED = {144}  # by tests/bench/soak.py, which takes its time


def numbers_of_tests() -> set[int]:
    """The numbers that names of tests begin with: `test_32_40_without_…`."""
    names = re.compile(r"^ *def test_((?:\d+_)+)", re.MULTILINE)
    found = (one for file in (ROOT / "tests").rglob("test_*.py") for one in names.findall(file.read_text()))
    return {int(number) for numbers in found for number in numbers.strip("_").split("_")}


def promised() -> set[int]:
    """The numbers in the tables: `| 74, 75 |` and `| 77–82, 85 |`."""
    found: set[int] = set()
    for line in (ROOT / "docs" / "security.md").read_text().splitlines():
        cell = re.match(r"\| ([\d ,–]+) \|", line)
        for part in cell[1].split(",") if cell else ():
            first, _, last = part.strip().partition("–")
            found |= set(range(int(first), int(last or first) + 1))
    return found


def test_every_promise_has_a_test_and_every_test_its_promise() -> None:
    assert promised() - MEASURED - numbers_of_tests() == set(), "promised and not tested"
    assert numbers_of_tests() - promised() == set(), "tested and not promised"
