"""Exports and imports, through an open vault: what comes along, what is the same, what is chosen."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from desktop.vault.errors import (
    NotFoundError,
)
from desktop.vault.exchange.applying import (
    WAITING_DEFINITIONS,
    ChangedSincePreviewError,
    Order,
)
from desktop.vault.exchange.items import DefinitionItem
from desktop.vault.exchange.matching import ComparedSettings
from desktop.vault.records import Keep, SavedRequest
from desktop.vault.vault import Vault
from tests.vault.children import add_generation
from tests.vault.exchanging import OWN, exported, look, noted, order
from tests.vault.helpers import NOW, account


def test_an_empty_vault_takes_in_accounts_with_their_history(
    full: Vault, other: Vault, tmp_path: Path
) -> None:
    sealed = exported(full, tmp_path / "file")
    found = look(other, sealed)
    assert {one.status for one in found.values()} == {"new"}
    wanted = order(found, "add", settings=frozenset({"practice-oauth2"}))
    taken = other.import_export(sealed, wanted, noted)
    assert [one.name for one in taken] == ["Person 00001", "Person 00002", "Person 00003"]
    for row in full.all_accounts():
        here = other.account(row.id)
        assert other.record(row.id) == full.record(row.id)
        assert other.profile(row.id) == full.profile(row.id)
        assert (here.name, here.identity, here.state, here.created_at) == (
            row.name,
            row.identity,
            row.state,
            row.created_at,
        )
        assert [row.action for row in other.activity(row.id)] == ["imported"]
    kept = other.generations(account(1).id)
    assert [one.number for one in kept] == [5, 4, 3, 2, 1]
    assert [one.source for one in kept] == ["import", "refresh", "refresh", "refresh", "connect"]
    assert kept[1:] == full.generations(account(1).id)
    assert [one.number for one in other.generations(account(2).id)] == [1]
    assert other.connector_settings("practice-oauth2") == full.connector_settings("practice-oauth2")
    assert other.connector_settings("github") == {}  # it was not asked for
    assert other.check() == []


def test_an_export_may_leave_out_history_and_accounts(full: Vault, other: Vault, tmp_path: Path) -> None:
    one = account(1).id
    sealed = exported(full, tmp_path / "file", account_ids=[one, one], history=False)
    found = look(other, sealed)
    assert list(found) == [one]
    other.import_export(sealed, order(found, "add"), noted)
    assert [kept.source for kept in other.generations(one)] == ["import"]
    assert other.record(one) == full.record(one)
    settings = [item for item in other.compare_export(sealed) if isinstance(item, ComparedSettings)]
    assert [item.item.connector for item in settings] == ["practice-oauth2"]
    with pytest.raises(NotFoundError):
        exported(full, tmp_path / "file2", account_ids=["nobody"])
    assert not (tmp_path / "file2").exists()


def test_what_is_imported_twice_is_the_same(full: Vault, tmp_path: Path) -> None:
    sealed = exported(full, tmp_path / "file")
    assert {one.status for one in look(full, sealed).values()} == {"same"}
    assert full.import_export(sealed, Order(), noted) == []


def test_the_same_person_under_another_id_is_found_by_identity(
    full: Vault, other: Vault, tmp_path: Path
) -> None:
    there = account(70, identity="person-2", name="Me, here")
    other.add_account(there, b'{"access_token": "another"}', {})
    other.add_account(account(71, identity="person-2", method="key"), b"{}", {})  # another method
    other.add_account(account(72, identity="person-3", connector="github"), b"{}", {})  # another service
    other.add_account(account(1, identity="somebody else"), b"{}", {})  # the same id by chance
    found = look(other, exported(full, tmp_path / "file"))
    assert {name: (one.status, one.here.id if one.here else "") for name, one in found.items()} == {
        account(1).id: ("new", ""),
        account(2).id: ("different", there.id),
        account(3).id: ("new", ""),
    }


def test_an_account_here_is_the_counterpart_of_one_only(full: Vault, other: Vault, tmp_path: Path) -> None:
    full.add_account(account(4, identity="person-2"), b'{"access_token": "twin"}', {})
    other.add_account(account(4, identity="person-2"), b'{"access_token": "twin"}', {})
    found = look(other, exported(full, tmp_path / "file"))
    assert (found[account(2).id].status, found[account(4).id].status) == ("new", "same")


def test_replacing_is_a_generation_that_can_be_undone(full: Vault, other: Vault, tmp_path: Path) -> None:
    other.add_account(account(1, name="Old name", pinned=True), b'{"access_token": "mine"}', {"sub": 0})
    other.set_state(account(1).id, "needs_sign_in", "expired")
    sealed = exported(full, tmp_path / "file", account_ids=[account(1).id])
    other.import_export(sealed, order(look(other, sealed), "replace"), noted)
    row = other.account(account(1).id)
    assert (row.name, row.state, row.generation, row.pinned) == ("Person 00001", "connected", 2, True)
    assert other.profile(row.id) == {"sub": 1}
    newest, before = other.generations(row.id)
    assert (newest.source, newest.record) == ("import", full.record(row.id))
    assert before.record == b'{"access_token": "mine"}'


def test_replacing_keeps_to_the_limit_of_the_history(full: Vault, other: Vault, tmp_path: Path) -> None:
    other.add_account(account(1), b"{}", {})
    for _ in range(4):
        add_generation(other, account(1).id, b"{}")
    sealed = exported(full, tmp_path / "file", account_ids=[account(1).id])
    other.import_export(sealed, order(look(other, sealed), "replace", keep=Keep(count=3)), noted)
    assert [kept.number for kept in other.generations(account(1).id)] == [6, 5, 4]


def test_keeping_both_gives_an_id_and_a_name_of_its_own(full: Vault, tmp_path: Path) -> None:
    sealed = exported(full, tmp_path / "file", account_ids=[account(1).id])
    add_generation(full, account(1).id, b'{"access_token": "newer"}')
    for number in (2, 3):
        (taken,) = full.import_export(sealed, order(look(full, sealed), "keep_both"), noted)
        assert taken.name == f"Person 00001 ({number})"
        assert taken.account_id != account(1).id
        assert full.record(taken.account_id) == b'{"access_token": "at-1-4"}'
        assert len(full.generations(taken.account_id)) == 5
    assert full.record(account(1).id) == b'{"access_token": "newer"}'
    assert len(full.all_accounts()) == 5


def test_a_vault_that_changed_since_the_preview_is_left_alone(full: Vault, tmp_path: Path) -> None:
    sealed = exported(full, tmp_path / "file")
    add_generation(full, account(3).id, b'{"access_token": "before the preview"}')
    found = look(full, sealed)
    add_generation(full, account(3).id, b'{"access_token": "after it"}')
    full.remove_account(account(2).id)
    before = full.all_accounts()
    for choice in ("replace", "keep_both"):
        with pytest.raises(ChangedSincePreviewError, match="changed after the preview"):
            full.import_export(sealed, order(found, choice), noted)
    settings = {"github": {"client_id": "as it was"}}
    wanted = Order(settings=frozenset(settings), settings_expected=settings)
    with pytest.raises(ChangedSincePreviewError, match="settings of github"):
        full.import_export(sealed, wanted, noted)
    assert full.all_accounts() == before
    assert full.activity() == []


def test_saved_requests_come_along_and_none_is_written_over(
    full: Vault, other: Vault, tmp_path: Path
) -> None:
    def saved(number: int, name: str, url: str) -> SavedRequest:
        return SavedRequest(
            id=f"r{number}", account_id=account(1).id, name=name, method="GET", url=url,
            headers=(("X", "1"),), created_at=NOW, updated_at=NOW,
        )  # fmt: skip

    for one in (saved(1, "Me", "/me"), saved(2, "Mine", "/mine")):
        full.add_saved_request(one)
    sealed = exported(full, tmp_path / "file", account_ids=[account(1).id])
    other.import_export(sealed, order(look(other, sealed), "add"), noted)
    assert [(one.name, one.url, one.headers) for one in other.saved_requests(account(1).id)] == [
        ("Me", "/me", (("X", "1"),)),
        ("Mine", "/mine", (("X", "1"),)),
    ]
    for one in other.saved_requests(account(1).id):
        other.remove_saved_request(one.id)
    other.add_saved_request(saved(1, "Me", "/changed/here"))
    add_generation(other, account(1).id, b"{}")
    other.import_export(sealed, order(look(other, sealed), "replace"), noted)
    assert [one.url for one in other.saved_requests(account(1).id)] == ["/changed/here", "/mine"]


def test_definitions_wait_in_the_vault_until_they_are_written(
    full: Vault, other: Vault, tmp_path: Path
) -> None:
    sealed = exported(full, tmp_path / "file", definitions=[OWN])
    assert [item for item in other.compare_export(sealed) if isinstance(item, DefinitionItem)] == [OWN]
    other.import_export(sealed, Order(), noted)
    assert other.meta(WAITING_DEFINITIONS) is None
    other.import_export(sealed, Order(definitions=frozenset({"own"})), noted)
    assert msgspec.json.decode(other.meta(WAITING_DEFINITIONS), type=dict[str, bytes]) == OWN.files


def test_what_ends_an_import_undoes_it(full: Vault, other: Vault, tmp_path: Path) -> None:
    class Enough(Exception):
        pass

    def progress(done: int, total: int) -> None:
        assert total == 3
        if done == 2:
            raise Enough

    sealed = exported(full, tmp_path / "file")
    wanted = order(look(other, sealed), "add", settings=frozenset({"github"}))
    with pytest.raises(Enough):
        other.import_export(sealed, wanted, noted, progress)
    assert (other.all_accounts(), other.activity(), other.connector_settings("github")) == ([], [], {})


def test_names_that_many_have_are_numbered_at_once(full: Vault) -> None:
    names = full.free_names()
    started = [names.take("practice-oauth2", "PERSON 00001") for _ in range(5000)]
    assert started[:2] == ["PERSON 00001 (2)", "PERSON 00001 (3)"]
    assert len(set(started)) == 5000
    assert names.take("practice-oauth2", "Person 00001 (7)") == "Person 00001 (7) (2)"
    assert names.take("github", "Person 00001") == "Person 00001"
