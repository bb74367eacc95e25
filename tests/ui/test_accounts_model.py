"""The list model: only the rows on screen are in memory, and a change reads one row."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.modeltest import ModelTester

from connectors.definition import Connector
from desktop.ui.accounts.model import AccountsModel, Column, Role
from desktop.vault.records import AccountQuery, AccountRow
from desktop.vault.vault import Reader, Vault
from tests.ui.seeding import account_row, add_many, opened, token


class NoWorld:
    """No definitions, nothing being renewed."""

    def connector(self, key: str) -> Connector | None:
        return None

    def refreshing(self, account_id: str) -> bool:
        return account_id == "a00003"


@dataclass
class ManyAccounts:
    """A reader of any number of accounts that exist only when they are asked for."""

    total: int
    pages: list[int] = field(default_factory=list)

    def count(self, _query: AccountQuery) -> int:
        return self.total

    def page(self, _query: AccountQuery, offset: int, limit: int) -> list[AccountRow]:
        self.pages.append(offset)
        return [account_row(f"a{n}", token()) for n in range(offset, min(self.total, offset + limit))]


def test_a_hundred_thousand_accounts_are_never_in_memory(qapp: QApplication) -> None:
    reader = ManyAccounts(100_000)
    model = AccountsModel(lambda: reader, NoWorld())  # type: ignore[arg-type,return-value]
    model.show(AccountQuery())
    assert model.rowCount() == 100_000
    assert reader.pages == []
    for row in [*range(20), *range(90_000, 90_020), *range(0, 100_000, 977)]:
        assert model.index(row, Column.ACCOUNT).data() == f"A{row}"
    assert model.rows_held <= 800


@pytest.fixture(scope="module")
def many(empty_vault: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("many") / "home"
    shutil.copytree(empty_vault, home)
    add_many(home, 250)
    return home


@pytest.fixture
def reader(many: Path, tmp_path: Path) -> Iterator[tuple[Vault, Reader]]:
    home = tmp_path / "home"
    shutil.copytree(many, home)
    with opened(home) as vault, Reader(home, vault.key) as reader:
        yield vault, reader


@pytest.fixture
def model(reader: tuple[Vault, Reader], qapp: QApplication) -> AccountsModel:
    made = AccountsModel(lambda: reader[1], NoWorld())
    made.show(AccountQuery())
    return made


class Heard:
    """Which signals of a model came."""

    def __init__(self, model: AccountsModel) -> None:
        self.signals: list[Any] = []
        model.modelReset.connect(lambda: self.signals.append("reset"))
        model.dataChanged.connect(lambda first, last: self.signals.append((first.row(), last.row())))
        model.rowsInserted.connect(lambda _parent, first, last: self.signals.append(("in", first, last)))
        model.rowsRemoved.connect(lambda _parent, first, last: self.signals.append(("out", first, last)))


def names(model: AccountsModel) -> list[str]:
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def test_rows_come_from_the_vault_in_order(model: AccountsModel, qtmodeltester: ModelTester) -> None:
    assert names(model) == [f"Account {number:05}" for number in range(250)]
    assert model.index(3, Column.STATE).data() == "Refreshing"
    assert model.index(4, Column.STATE).data() == "Connected"
    assert model.index(4, Column.STATE).data(Role.TIME).startswith("in ")
    qtmodeltester.check(model)


def test_a_change_in_place_is_one_row(model: AccountsModel, reader: tuple[Vault, Reader]) -> None:
    names(model)
    heard = Heard(model)
    reader[0].set_pinned("a00007", True)
    model.refresh_accounts(["a00007"])
    assert heard.signals == [(7, 7)]
    assert model.index(7, 0).data(Role.ROW).pinned


def test_a_change_far_off_screen_changes_nothing_on_screen(
    model: AccountsModel, reader: tuple[Vault, Reader]
) -> None:
    assert model.index(0, 0).data() == "Account 00000"
    heard = Heard(model)
    reader[0].set_pinned("a00240", True)
    model.refresh_accounts(["a00240"])
    assert heard.signals == []
    assert model.index(240, 0).data(Role.ROW).pinned


def test_a_new_account_is_inserted_at_its_place(model: AccountsModel, reader: tuple[Vault, Reader]) -> None:
    names(model)
    heard = Heard(model)
    reader[0].add_account(account_row("new", token(), name="Account 00010 b"), b"{}", {})
    model.refresh_accounts(["new"])
    assert heard.signals == [("in", 11, 11)]
    assert names(model)[10:13] == ["Account 00010", "Account 00010 b", "Account 00011"]


def test_a_removed_account_goes_from_its_place(model: AccountsModel, reader: tuple[Vault, Reader]) -> None:
    names(model)
    heard = Heard(model)
    reader[0].remove_account("a00100")
    model.refresh_accounts(["a00100"])
    assert heard.signals == [("out", 100, 100)]
    assert names(model)[99:101] == ["Account 00099", "Account 00101"]


@pytest.mark.parametrize("name", ["Zoe", "Account 00000 a", "Aaron"])
def test_a_renamed_account_stands_where_it_belongs(
    model: AccountsModel, reader: tuple[Vault, Reader], name: str
) -> None:
    assert model.index(120, 0).data() == "Account 00120"
    reader[0].rename("a00120", name)
    model.refresh_accounts(["a00120"])
    assert names(model) == sorted([*(f"Account {n:05}" for n in range(250) if n != 120), name])


def test_a_move_past_the_rows_on_screen_is_noticed(
    model: AccountsModel, reader: tuple[Vault, Reader]
) -> None:
    assert model.index(150, 0).data() == "Account 00150"  # only the middle page is held
    reader[0].rename("a00001", "Zoe")
    model.refresh_accounts(["a00001"])
    assert model.index(150, 0).data() == "Account 00151"


def test_many_changes_are_one_reading(model: AccountsModel) -> None:
    heard = Heard(model)
    model.refresh_accounts([f"a{number:05}" for number in range(30)])
    assert heard.signals == ["reset"]


def test_search_and_order_are_the_vaults(model: AccountsModel) -> None:
    model.show(msgspec.structs.replace(model.query, search="0024"))
    assert names(model) == ["Account 00024", *(f"Account {number:05}" for number in range(240, 250))]
    model.show(AccountQuery(descending=True))
    assert model.index(0, 0).data() == "Account 00249"
    assert model.row_of("a00000") == 249


def test_a_cleared_model_holds_nothing_and_asks_nothing(model: AccountsModel) -> None:
    names(model)
    model.clear()
    assert (model.rowCount(), model.rows_held, model.row_of("a00001")) == (0, 0, None)
    model.refresh_accounts(["a00001"])
    assert model.rowCount() == 0
