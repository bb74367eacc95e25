"""No row of any table is about an account that is gone, or about a record of it that is: but for Activity."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from desktop.vault.records import ActivityRow, Keep, SavedRequest
from desktop.vault.vault import Vault
from tests.vault.exchanging import exported, look, noted, order
from tests.vault.helpers import NOW, account
from tests.vault.test_people import AMELIA, BEN, ID, amelias, generation

HISTORY = {"activity"}  # what happened stays known when the account is gone


def columns_of_accounts(vault: Vault) -> dict[str, str]:
    """The column of each table that names an account."""
    database = vault._database
    found = {"accounts": "id"}
    for _, name, kind, *_ in database.rows("PRAGMA main.table_list"):
        if kind == "table" and "account_id" in {
            row[1] for row in database.rows(f'PRAGMA table_info("{name}")')
        }:
            found[name] = "account_id"
    return found


def rows_about(vault: Vault, account_id: str) -> dict[str, int]:
    """How many rows of each table name the account."""
    return {
        table: vault._database.value(f'SELECT count(*) FROM "{table}" WHERE "{column}" = ?', (account_id,))
        for table, column in columns_of_accounts(vault).items()
    }


def astray(vault: Vault) -> list[tuple[str, Any]]:
    """Rows about accounts that are not there, or about records that are not."""
    database = vault._database
    found = [
        (table, row)
        for table, column in columns_of_accounts(vault).items()
        if table not in HISTORY
        for row in database.rows(
            f'SELECT "{column}" FROM "{table}" WHERE "{column}" NOT IN (SELECT id FROM accounts)'
        )
    ]
    found += [
        ("earlier_people", row)
        for row in database.rows(
            "SELECT account_id, until FROM earlier_people WHERE NOT EXISTS "
            "(SELECT 1 FROM generations g WHERE g.account_id = earlier_people.account_id AND number = until)"
        )
    ]
    words = {row[0] for row in database.rows("SELECT rowid FROM account_search")}
    seen = {row[0] for row in database.rows("SELECT seq FROM accounts")}
    return [*found, *(("account_search", number) for number in words ^ seen)]


@pytest.fixture
def busy(vault: Vault) -> Vault:
    """An account with something in every table, and another one beside it."""
    amelias(vault)
    generation(vault, BEN)
    generation(vault, AMELIA)
    for number in (0, 1):
        account_id = (ID, account(2).id)[number]
        if number:
            vault.add_account(account(2), b"{}", {"n": 2})
        vault.begin_refresh(account_id, 1)
        vault.add_saved_request(
            SavedRequest(
                id=f"request-{number}",
                account_id=account_id,
                name="again",
                method="GET",
                url="/me",
                created_at=NOW,
                updated_at=NOW,
            )
        )
        vault.add_activity(ActivityRow(at=NOW, account_id=account_id, action="used"))
    return vault


def test_nothing_is_left_of_an_account_that_is_gone_but_what_happened(busy: Vault) -> None:
    assert min(rows_about(busy, ID).values()) > 0, "a table that this test knows nothing of"
    beside = rows_about(busy, account(2).id)
    busy.remove_account(ID)
    assert {table for table, count in rows_about(busy, ID).items() if count} == HISTORY
    assert rows_about(busy, account(2).id) == beside
    assert (astray(busy), busy.check()) == ([], [])


def test_pruned_records_take_along_whom_they_were_about(busy: Vault) -> None:
    for _ in range(2):
        generation(busy, keep=Keep(count=2))
    assert rows_about(busy, ID)["generations"] == 2
    assert rows_about(busy, ID)["earlier_people"] == 0
    assert (astray(busy), busy.check()) == ([], [])


def test_imports_leave_nothing_astray(busy: Vault, other: Vault, tmp_path: Path, derived_once: None) -> None:
    sealed = exported(busy, tmp_path / "file")
    for choice in ("add", "keep_both"):
        other.import_export(sealed, order(look(other, sealed), choice), noted)
    add = exported(busy, tmp_path / "again")
    generation(other, keep=Keep(count=2))
    other.import_export(add, order(look(other, add), "replace", keep=Keep(count=2)), noted)
    assert (astray(other), other.check()) == ([], [])
    assert rows_about(other, ID)["pending_refreshes"] == 0, "a refresh under way is this vault's alone"
    for row in other.all_accounts():
        other.remove_account(row.id)
    left = columns_of_accounts(other).keys() - HISTORY
    assert [other._database.value(f'SELECT count(*) FROM "{table}"') for table in left] == [0] * len(left)
