"""The marks of refreshes: written before the service is asked, gone with the answer that was saved."""

from __future__ import annotations

import shutil
from typing import Any, NamedTuple

import pytest

from desktop.vault import pending
from desktop.vault.errors import SaveFailedError, VaultError
from desktop.vault.records import Source
from desktop.vault.vault import Vault
from tests.vault.helpers import account

FACTS: dict[str, Any] = {"expires_at": None, "renewable": True, "has_token": True, "scope_granted": ""}
FIRST = account(1).id


@pytest.fixture
def marked(vault: Vault) -> Vault:
    """A vault with one account whose refresh has begun."""
    vault.add_account(account(1), b"{}", {})
    vault.begin_refresh(FIRST, 1)
    return vault


def test_a_mark_outlives_the_connection(marked: Vault) -> None:
    marked.close()
    with Vault.open_with_key(marked.home, marked.key) as again:
        (mark,) = again.pending_refreshes()
        assert (mark.account_id, mark.generation) == (FIRST, 1)
        again.begin_refresh(FIRST, 1)
        assert again.pending_refresh(FIRST) == mark  # the first one says when it began


@pytest.mark.parametrize(("source", "left"), [("refresh", 0), ("connect", 0), ("edit", 1), ("restore", 1)])
def test_what_came_from_the_service_takes_the_mark_away(marked: Vault, source: Source, left: int) -> None:
    marked.add_generation(FIRST, b"{}", source, **FACTS)
    assert len(marked.pending_refreshes()) == left


def test_the_mark_goes_only_together_with_the_record(marked: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise VaultError("Not now.")

    monkeypatch.setattr(pending, "end", refuse)
    with pytest.raises(VaultError, match="Not now"):
        marked.add_generation(FIRST, b"new", "refresh", **FACTS)
    assert marked.record(FIRST) == b"{}"
    assert marked.account(FIRST).generation == 1
    assert marked.pending_refresh(FIRST) is not None


def test_a_refusal_takes_the_mark_away_and_marks_the_account(marked: Vault) -> None:
    marked.end_refresh(FIRST, "needs_sign_in", "The service said no.")
    assert marked.pending_refreshes() == []
    assert marked.account(FIRST).state_reason == "The service said no."


def test_marks_go_with_their_account(marked: Vault) -> None:
    marked.remove_account(FIRST)
    assert marked.pending_refreshes() == []
    assert marked.check() == []


def test_no_mark_where_the_answer_could_not_be_saved(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    class Usage(NamedTuple):
        free: int

    vault.add_account(account(1), b"{}", {})
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(pending.ROOM - 1))
    with pytest.raises(SaveFailedError, match="Nothing was sent"):
        vault.begin_refresh(FIRST, 1)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(pending.ROOM))
    vault.begin_refresh(FIRST, 1)
    assert len(vault.pending_refreshes()) == 1


def test_an_account_that_is_gone_cannot_be_marked(vault: Vault) -> None:
    with pytest.raises(VaultError):
        vault.begin_refresh("nobody", 1)
    assert vault.pending_refreshes() == []
