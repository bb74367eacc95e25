"""What an export says of whom an account stood for earlier, and of a token that its service refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from desktop.vault.errors import DamagedVaultError
from desktop.vault.exchange import items, writing
from desktop.vault.exchange.items import AccountItem, GenerationItem, PersonItem
from desktop.vault.records import Person
from desktop.vault.vault import Vault
from tests.vault.exchanging import exported, look, noted, order
from tests.vault.helpers import account
from tests.vault.test_people import AMELIA, BEN, ID, amelias, generation


def test_an_earlier_person_comes_along_and_can_be_brought_back(
    vault: Vault, other: Vault, tmp_path: Path
) -> None:
    amelias(vault)
    large = Person(name="Amelia", identity="u-1", profile={"number": 2**80, "name": "Amélia"})
    vault.set_profile(ID, large.profile, email="")
    generation(vault, BEN)
    generation(vault, AMELIA)
    sealed = exported(vault, tmp_path / "file")
    other.import_export(sealed, order(look(other, sealed), "add"), noted)
    assert [other.person_at(ID, number) for number in range(1, 5)] == [large, BEN, None, None]
    assert other.account(ID).name == AMELIA.name
    other.import_export(sealed, order(look(other, sealed), "keep_both"), noted)
    (copy,) = [row.id for row in other.all_accounts() if row.id != ID]
    assert [other.person_at(copy, number) for number in range(1, 5)] == [large, BEN, None, None]
    assert other.check() == []


def test_without_its_history_an_account_has_no_earlier_people(
    vault: Vault, other: Vault, tmp_path: Path
) -> None:
    amelias(vault)
    generation(vault, BEN)
    sealed = exported(vault, tmp_path / "file", history=False)
    other.import_export(sealed, order(look(other, sealed), "add"), noted)
    assert (other.person_at(ID, 1), other.account(ID).name) == (None, BEN.name)


def test_a_refused_token_is_refused_in_the_other_vault_too(full: Vault, other: Vault, tmp_path: Path) -> None:
    one, two = account(1).id, account(2).id
    other.add_account(full.account(two), b'{"access_token": "older"}', {})
    for account_id in (one, two):
        full.set_state(account_id, "invalid", "refused", token_refused=True)
    sealed = exported(full, tmp_path / "file", account_ids=[one, two])
    found = look(other, sealed)
    choices = order(found, "add")
    other.import_export(
        sealed, msgspec.structs.replace(choices, accounts={one: "add", two: "replace"}), noted
    )
    for account_id in (one, two):
        row = other.account(account_id)
        assert (row.state, row.state_reason, row.token_refused) == ("invalid", "refused", True)
    full.set_state(two, "connected", "", token_refused=False)
    again = exported(full, tmp_path / "file", account_ids=[two])
    other.add_generation(
        two, b"{}", "edit", expires_at=None, renewable=False, has_token=True, scope_granted=""
    )
    other.set_state(two, "invalid", "refused", token_refused=True)
    other.import_export(again, order(look(other, again), "replace"), noted)
    assert (other.account(two).state, other.account(two).token_refused) == ("connected", False)


def test_a_file_from_before_there_were_earlier_people_is_taken_in(
    vault: Vault, other: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encode = items._encoder.encode

    def as_it_was(item: Any) -> bytes:
        kept = msgspec.msgpack.decode(encode(item))
        if isinstance(item, GenerationItem):
            del kept["person"]
        if isinstance(item, AccountItem):
            del kept["row"]["token_refused"]
        return encode(kept)

    class Older:
        encode = staticmethod(as_it_was)

    monkeypatch.setattr(items, "_encoder", Older)
    amelias(vault)
    generation(vault, BEN)
    sealed = exported(vault, tmp_path / "file")
    monkeypatch.undo()
    other.import_export(sealed, order(look(other, sealed), "add"), noted)
    assert (other.account(ID).token_refused, len(other.generations(ID))) == (False, 3)
    assert other.person_at(ID, 1) is None
    assert other.check() == []


def test_an_earlier_person_that_is_no_person_ends_the_import(
    vault: Vault, other: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "_person", lambda *_: PersonItem(name="Amelia", profile="[]"))
    amelias(vault)
    generation(vault)
    sealed = exported(vault, tmp_path / "file")
    with pytest.raises(DamagedVaultError):
        other.import_export(sealed, order(look(other, sealed), "add"), noted)
    assert other.all_accounts() == []
