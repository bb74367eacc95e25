"""How much history stays, by count and by age; the record in force and the one before it always do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from desktop.vault import generations, values
from desktop.vault.errors import VaultError
from desktop.vault.records import Keep
from desktop.vault.vault import Vault
from tests.vault.helpers import account

FACTS: dict[str, Any] = {"expires_at": None, "renewable": True, "has_token": True, "scope_granted": ""}
FIRST = account(1).id


def numbers(vault: Vault, account_id: str = FIRST) -> list[int]:
    return [kept.number for kept in vault.generations(account_id)]


def refreshed(vault: Vault, times: int, keep: Keep | None = None) -> None:
    for _ in range(times):
        vault.add_generation(FIRST, b"{}", "refresh", **FACTS, keep=keep)


@pytest.fixture
def filled(vault: Vault) -> Vault:
    """Ten generations of one account, and one of another that nobody touches."""
    vault.add_account(account(1), b"{}", {})
    vault.add_account(account(2), b"{}", {})
    refreshed(vault, 9)
    return vault


def test_without_a_limit_everything_stays(filled: Vault) -> None:
    refreshed(filled, 1, Keep())
    assert len(numbers(filled)) == 11


@pytest.mark.parametrize(("count", "left"), [(5, 5), (2, 2), (1, 2), (50, 11)])
def test_the_newest_stay(filled: Vault, count: int, left: int) -> None:
    refreshed(filled, 1, Keep(count=count))
    assert numbers(filled) == list(range(11, 11 - left, -1))
    assert numbers(filled, account(2).id) == [1]
    assert filled.record(FIRST) == b"{}"
    assert filled.check() == []


def test_numbers_are_never_given_twice(filled: Vault) -> None:
    refreshed(filled, 3, Keep(count=2))
    assert numbers(filled) == [13, 12]


def test_what_is_too_old_goes_but_not_the_one_before(filled: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    later = values.utc_now() + timedelta(days=400)
    monkeypatch.setattr(values, "utc_now", lambda: later)
    refreshed(filled, 1, Keep(count=50, days=365))
    assert numbers(filled) == [11, 10]
    refreshed(filled, 3, Keep(count=50, days=365))
    assert numbers(filled) == [14, 13, 12, 11]


def test_what_is_younger_stays(filled: Vault) -> None:
    refreshed(filled, 1, Keep(days=365))
    assert len(numbers(filled)) == 11


def test_nothing_goes_when_the_new_one_was_not_saved(filled: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    prune = generations.prune

    def fail_after(*arguments: Any) -> None:
        prune(*arguments)
        raise VaultError("Not now.")

    monkeypatch.setattr(generations, "prune", fail_after)
    with pytest.raises(VaultError, match="Not now"):
        refreshed(filled, 1, Keep(count=2))
    assert len(numbers(filled)) == 10


def test_a_clock_that_was_set_back_leaves_no_gap(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept because it seems young keeps those after it: one of them says whose it is."""
    now = values.utc_now()
    vault.add_account(account(1, updated_at=now, name="Amelia"), b"{}", {})
    monkeypatch.setattr(values, "utc_now", lambda: now - timedelta(days=700))
    refreshed(vault, 1)
    vault.add_generation(FIRST, b"{}", "connect", **FACTS, name="Ben", another_person=True)
    monkeypatch.setattr(values, "utc_now", lambda: now)
    refreshed(vault, 2, Keep(days=365))
    assert numbers(vault) == [5, 4, 3, 2, 1]
    person = vault.person_at(FIRST, 1)
    assert person is not None and person.name == "Amelia"
