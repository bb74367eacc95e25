"""Accounts, the versions of their credentials, and what belongs to them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import msgspec
import pytest
from sqlcipher3 import dbapi2

from desktop.vault.errors import NotFoundError, VaultError
from desktop.vault.records import ActivityRow
from desktop.vault.vault import Reader, Vault
from tests.vault.helpers import NOW, account


def add_generation(vault: Vault, account_id: str, record: bytes, **changes: object) -> int:
    facts = {"expires_at": None, "renewable": False, "has_token": True, "scope_granted": ""} | changes
    return vault.add_generation(account_id, record, "refresh", **facts).number  # type: ignore[arg-type]


def test_an_account_comes_back_as_it_was_given(vault: Vault, home: Path) -> None:
    row = account(
        1,
        identity="u-77",
        state="offline",
        state_reason="no network",
        pinned=True,
        expires_at=NOW + timedelta(hours=1, microseconds=7),
        renewable=True,
        has_token=True,
        scope_asked="read write",
        scope_granted="read",
        last_used_at=NOW,
    )
    vault.add_account(row, b'{"access_token":"t"}', {"name": "Zoë", "nested": {"a": [1, None]}}, "import")
    key = vault.key
    vault.close()

    with Vault.open_with_key(home, key) as again:
        assert again.account(row.id) == row
        assert again.record(row.id) == b'{"access_token":"t"}'
        assert again.profile(row.id) == {"name": "Zoë", "nested": {"a": [1, None]}}
        (generation,) = again.generations(row.id)
        assert (generation.number, generation.source, generation.at) == (1, "import", row.updated_at)


def test_times_of_other_zones_are_kept_as_utc(vault: Vault) -> None:
    there = datetime(2026, 3, 1, 14, 0, tzinfo=timezone(timedelta(hours=2)))
    vault.add_account(account(1, expires_at=there), b"{}", {})
    assert vault.account("acc-00001").expires_at == datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def test_a_new_generation_takes_over_and_the_old_one_is_kept(vault: Vault) -> None:
    vault.add_account(account(1, scope_granted="a"), b"first", {})
    later = NOW + timedelta(hours=2)
    generation = vault.add_generation(
        "acc-00001",
        b"second",
        "edit",
        note="by hand",
        expires_at=later,
        renewable=True,
        has_token=True,
        scope_granted="a b",
    )
    row = vault.account("acc-00001")
    assert generation.number == row.generation == 2
    assert (row.expires_at, row.renewable, row.has_token, row.scope_granted) == (later, True, True, "a b")
    assert row.updated_at == generation.at > row.created_at
    assert vault.record("acc-00001") == b"second"
    assert [(g.number, g.source, g.record, g.note) for g in vault.generations("acc-00001")] == [
        (2, "edit", b"second", "by hand"),
        (1, "connect", b"first", ""),
    ]
    assert vault.generation("acc-00001", 1).record == b"first"


def test_a_reconnect_brings_a_new_profile_in_the_same_transaction(vault: Vault) -> None:
    vault.add_account(account(1, scope_asked="old"), b"first", {"v": 1})
    add_generation(
        vault, "acc-00001", b"second", scope_asked="new", profile={"v": 2}, name="Amelia", identity="u1"
    )
    row = vault.account("acc-00001")
    assert (row.name, row.email, row.identity, row.scope_asked) == (
        "Amelia",
        "person1@practice.example",
        "u1",
        "new",
    )
    assert vault.profile("acc-00001") == {"v": 2}


def test_states_names_pins_and_use(vault: Vault) -> None:
    vault.add_account(account(1), b"{}", {})
    vault.set_state("acc-00001", "needs_sign_in", "the service said invalid_grant")
    assert vault.account("acc-00001").needs_attention
    assert vault.account("acc-00001").state_reason == "the service said invalid_grant"
    vault.rename("acc-00001", "Other")
    vault.set_pinned("acc-00001", True)
    changed = vault.account("acc-00001").updated_at
    vault.touch("acc-00001", NOW)
    row = vault.account("acc-00001")
    assert (row.name, row.pinned, row.last_used_at, row.updated_at) == ("Other", True, NOW, changed)
    vault.set_profile("acc-00001", {"x": 1}, email="new@practice.example")
    assert vault.account("acc-00001").email == "new@practice.example"
    add_generation(vault, "acc-00001", b"new")
    assert vault.account("acc-00001").state == "connected"
    assert vault.account("acc-00001").state_reason == ""


def test_a_removed_account_takes_its_secrets_along_and_leaves_its_activity(vault: Vault) -> None:
    vault.add_account(account(1), b"{}", {})
    vault.add_account(account(2), b"{}", {})
    vault.add_activity(ActivityRow(at=NOW, account_id="acc-00001", action="connected"))
    vault.remove_account("acc-00001")
    assert [row.id for row in vault.all_accounts()] == ["acc-00002"]
    for lookup in (vault.account, vault.record, vault.generations, vault.profile):
        with pytest.raises(NotFoundError, match="acc-00001"):
            lookup("acc-00001")
    assert [row.action for row in vault.activity("acc-00001")] == ["connected"]
    assert vault.check() == []


@pytest.mark.parametrize(
    "change",
    [
        lambda v: v.set_state("none", "invalid", ""),
        lambda v: v.rename("none", "x"),
        lambda v: v.set_pinned("none", True),
        lambda v: v.touch("none"),
        lambda v: v.set_profile("none", {}),
        lambda v: v.remove_account("none"),
        lambda v: add_generation(v, "none", b""),
        lambda v: v.generation("none", 1),
    ],
)
def test_an_unknown_account_is_said(vault: Vault, change: Callable[[Vault], object]) -> None:
    with pytest.raises(NotFoundError, match="There is no account “none”"):
        change(vault)
    assert vault.all_accounts() == []


def test_an_unknown_generation_is_said(vault: Vault) -> None:
    vault.add_account(account(1), b"{}", {})
    with pytest.raises(NotFoundError, match="no generation 7"):
        vault.generation("acc-00001", 7)


def test_the_same_id_twice_is_refused_and_changes_nothing(vault: Vault) -> None:
    vault.add_account(account(1), b"first", {})
    with pytest.raises(VaultError, match="already"):
        vault.add_account(account(1, name="Other"), b"second", {})
    assert vault.account("acc-00001").name == "Person 00001"
    assert vault.record("acc-00001") == b"first"


def test_a_save_that_fails_half_way_leaves_nothing(vault: Vault) -> None:
    vault.add_account(account(1), b"first", {})
    with pytest.raises(TypeError):  # the profile cannot be written, after account and generation were
        vault.add_account(account(2), b"{}", {"socket": threading.Lock()})
    with pytest.raises(TypeError):
        add_generation(vault, "acc-00001", b"second", profile={"socket": threading.Lock()})
    assert [row.id for row in vault.all_accounts()] == ["acc-00001"]
    assert vault.record("acc-00001") == b"first"


def test_due_accounts_are_those_that_renew_themselves_first_to_expire_first(vault: Vault) -> None:
    soon = NOW + timedelta(minutes=4)
    for number, changes in enumerate(
        (
            {"expires_at": soon, "renewable": True},
            {"expires_at": NOW, "renewable": True, "state": "offline"},
            {"expires_at": soon, "renewable": False},
            {"expires_at": NOW + timedelta(hours=1), "renewable": True},
            {"expires_at": NOW, "renewable": True, "state": "needs_sign_in"},
            {"expires_at": NOW, "renewable": True, "state": "disabled"},
            {"expires_at": None, "renewable": True},
        )
    ):
        vault.add_account(account(number, **changes), b"{}", {})
    assert [row.id for row in vault.due_accounts(NOW + timedelta(minutes=5))] == ["acc-00001", "acc-00000"]


def test_accounts_are_found_by_connector_and_identity(vault: Vault) -> None:
    vault.add_account(account(1, connector="github", identity="u1"), b"{}", {})
    vault.add_account(account(2, connector="github", identity="u2"), b"{}", {})
    vault.add_account(account(3, connector="slack", identity="u1"), b"{}", {})
    assert [row.id for row in vault.find_accounts(connector="github")] == ["acc-00001", "acc-00002"]
    assert [row.id for row in vault.find_accounts(connector="github", identity="u2")] == ["acc-00002"]
    assert [row.id for row in vault.find_accounts(identity="u1")] == ["acc-00001", "acc-00003"]


def test_connector_settings_and_own_facts(vault: Vault) -> None:
    assert vault.connector_settings("github") == {}
    vault.set_connector_settings("github", {"client_id": "a", "client_secret": "b"})
    vault.set_connector_settings("slack", {"client_id": "c"})
    vault.set_connector_settings("github", {"client_id": "z"})
    assert vault.connector_settings("github") == {"client_id": "z"}
    assert vault.connector_settings("slack") == {"client_id": "c"}
    assert vault.meta("trusted") is None
    vault.set_meta("trusted", "1")
    vault.set_meta("trusted", "2")
    assert vault.meta("trusted") == "2"


def test_activity_is_paged_newest_first(vault: Vault, home: Path) -> None:
    stored = [
        vault.add_activity(
            ActivityRow(at=NOW, account_id=f"a{number % 2}", action="used", detail={"number": number})
        )
        for number in range(10)
    ]
    assert [row.detail["number"] for row in vault.activity(limit=3)] == [9, 8, 7]
    assert [row.detail["number"] for row in vault.activity("a0", 2, before_id=stored[6].id)] == [4, 2]
    with Reader(home, vault.key) as reader:
        assert reader.activity() == list(reversed(stored))
    assert msgspec.structs.replace(stored[0], id=0, hash="") == ActivityRow(
        at=NOW, account_id="a0", action="used", detail={"number": 0}
    )


def test_a_vault_belongs_to_the_thread_that_opened_it(vault: Vault) -> None:
    seen: list[BaseException] = []

    def use() -> None:
        try:
            vault.all_accounts()
        except dbapi2.ProgrammingError as error:
            seen.append(error)

    thread = threading.Thread(target=use)
    thread.start()
    thread.join()
    assert len(seen) == 1
