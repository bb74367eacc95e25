"""The lists on screen, through the reader that paints them."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from desktop.vault import accounts, kdf, listing
from desktop.vault.errors import DamagedVaultError, NotFoundError, SaveFailedError
from desktop.vault.records import AccountQuery, AccountRow
from desktop.vault.vault import PreparedSlots, Reader, Vault, prepare_slots
from tests.vault.helpers import NOW, account

MANY = 2000
STATES = ("connected", "connected", "needs_sign_in", "invalid", "offline", "disabled")
ORDERS = ("name", "connector", "state", "expires_at", "last_used_at", "created_at")


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Reader, list[AccountRow]]]:
    """A vault with many accounts, among them many that are alike."""
    home = tmp_path_factory.mktemp("crowd") / "home"
    chance = random.Random(7)
    rows = [
        account(
            number,
            id=f"{chance.getrandbits(64):016x}",
            name=f"{chance.choice(('Amelia', 'amélia', 'Bruno', 'Çelik'))} {chance.randrange(300)}",
            email=f"person{number}@practice.example",
            connector=chance.choice(("github", "slack", "practice-key")),
            state=chance.choice(STATES),
            pinned=chance.random() < 0.1,
            expires_at=chance.choice((None, NOW + timedelta(minutes=chance.randrange(500)))),
            last_used_at=chance.choice((None, NOW - timedelta(minutes=chance.randrange(500)))),
            created_at=NOW + timedelta(minutes=chance.randrange(100)),
        )
        for number in range(MANY)
    ]
    with Vault.create_prepared(home, prepare_slots("crowd", cost=kdf.FLOOR_COST)) as vault:
        with vault._database.transaction():  # 2,000 transactions would test the disk
            for row in rows:
                accounts.insert(vault._database, row)
        with Reader(home, vault.key) as reader:
            yield reader, rows


QUERIES: list[dict[str, Any]] = [
    {},
    {"connector": "slack"},
    {"needs_attention": True},
    {"usable": True},
    {"pinned": True},
    {"expiring_before": NOW + timedelta(minutes=60)},
    {"search": "amelia"},
    {"search": "bruno 7", "connector": "github"},
]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("filters", QUERIES, ids=str)
def test_pages_follow_on_each_other_and_positions_agree(
    crowd: tuple[Reader, list[AccountRow]], filters: dict[str, Any], descending: bool, order: Any
) -> None:
    reader, _ = crowd
    query = AccountQuery(order=order, descending=descending, **filters)
    total = reader.count(query)
    paged = [row for offset in range(0, total + 1, 97) for row in reader.page(query, offset, 97)]
    assert 0 < len(paged) == total
    assert len({row.id for row in paged}) == total
    for offset in {0, total // 3, total - 1}:
        assert reader.position(query, paged[offset].id) == offset
    turned = reader.page(AccountQuery(order=order, descending=not descending, **filters), 0, total)
    assert [row.id for row in turned] == [row.id for row in reversed(paged)]


def test_filters_show_what_they_say(crowd: tuple[Reader, list[AccountRow]]) -> None:
    reader, rows = crowd
    limit = NOW + timedelta(minutes=60)

    def shown(**filters: Any) -> set[str]:
        return {row.id for row in reader.page(AccountQuery(**filters), 0, MANY)}

    assert shown() == {row.id for row in rows}
    assert shown(connector="slack") == {row.id for row in rows if row.connector == "slack"}
    assert shown(needs_attention=True) == {row.id for row in rows if row.needs_attention}
    assert shown(usable=True) == {row.id for row in rows if not row.needs_attention}
    assert shown(pinned=True) == {row.id for row in rows if row.pinned}
    expiring = {
        row.id
        for row in rows
        if row.expires_at is not None and row.expires_at <= limit and row.state in ("connected", "offline")
    }
    assert shown(expiring_before=limit) == expiring
    counts = reader.counts(limit)
    assert counts.all == MANY
    assert counts.needs_attention == len(shown(needs_attention=True))
    assert counts.expiring == len(expiring)
    assert counts.pinned == len(shown(pinned=True))
    assert counts.by_connector == {
        key: sum(row.connector == key for row in rows) for key in ("github", "slack", "practice-key")
    }


def test_orders_mean_what_they_say(crowd: tuple[Reader, list[AccountRow]]) -> None:
    reader, _ = crowd

    def ordered(order: Any) -> list[AccountRow]:
        return reader.page(AccountQuery(order=order), 0, MANY)

    names = [row.name for row in ordered("name")]
    plain = [name.replace("é", "e").replace("Ç", "C").lower() for name in names]
    assert plain == sorted(plain)
    assert ordered("state")[0].state == "needs_sign_in"
    assert ordered("state")[-1].state == "disabled"
    expiries = [row.expires_at for row in ordered("expires_at")]
    known = [moment for moment in expiries if moment is not None]
    assert expiries == sorted(known) + [None] * (MANY - len(known))  # what never expires comes last
    uses = [row.last_used_at for row in ordered("last_used_at")]
    used = [moment for moment in uses if moment is not None]
    assert uses == [None] * (MANY - len(used)) + sorted(used)  # what was never used comes first


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("descending", [False, True])
def test_every_order_is_served_by_an_index(
    vault: Vault, monkeypatch: pytest.MonkeyPatch, order: Any, descending: bool
) -> None:
    plans: list[str] = []
    database = vault._database
    rows = database.rows

    def explained(sql: str, values: Any = ()) -> Any:
        plans.extend(str(step[3]) for step in rows(f"EXPLAIN QUERY PLAN {sql}", values))
        return rows(sql, values)

    monkeypatch.setattr(database, "rows", explained)
    listing.page(database, AccountQuery(order=order, descending=descending), 90_000, 100)
    assert len(plans) == 1  # a second step would be a sort of the whole table
    assert plans[0].startswith("SCAN accounts USING INDEX accounts_by_")


def test_who_is_not_in_the_list_has_no_position(crowd: tuple[Reader, list[AccountRow]]) -> None:
    reader, rows = crowd
    outsider = next(row for row in rows if row.connector != "slack")
    assert reader.position(AccountQuery(connector="slack"), outsider.id) is None
    assert reader.position(AccountQuery(), "nobody") is None


def test_a_search_finds_parts_of_name_email_and_connector(vault: Vault, home: Path) -> None:
    vault.add_account(account(1, name="José Ortega", email="jo@practice.example"), b"{}", {})
    vault.add_account(account(2, name="ΑΘΗΝΑ", email="x@y", connector="github"), b"{}", {})
    vault.add_account(account(3, name='Quo"te %_ AND', email="q@y", connector="slack"), b"{}", {})
    with Reader(home, vault.key) as reader:

        def found(search: str) -> list[str]:
            query = AccountQuery(search=search, order="created_at")
            rows = [row.id[-1] for row in reader.page(query, 0, 10)]
            assert reader.count(query) == len(rows)
            return rows

        assert found("jose") == found("JOSÉ") == found("tega") == found("jo@practice") == ["1"]
        assert found("αθηνα") == found("hub") == found("gi hub") == ["2"]
        assert found("o") == ["1", "3"]  # José and Quo"te: neither too short nor anchored
        assert found("practice ort") == ["1"]
        assert found('quo"te') == found("%_") == found("% and") == ["3"]
        assert found("OR") == ["1"]  # words of the index's language are plain words here
        assert found("*") == found("NEAR(") == found("nothing") == []
        assert found('"') == ["3"]
        assert found("") == found("   ") == ["1", "2", "3"]
        assert found("\x00jose\x00") == ["1"]

        vault.rename("acc-00001", "Bruno")
        assert found("jose") == []
        assert found("brun") == ["1"]
        vault.remove_account("acc-00001")
        assert found("brun") == []


def test_a_reader_on_another_thread_sees_what_was_committed_and_cannot_write(
    vault: Vault, home: Path
) -> None:
    asked, committed = threading.Event(), threading.Event()
    seen: list[Any] = []

    def look() -> None:
        with Reader(home, vault.key) as reader:
            seen.append(reader.count(AccountQuery()))
            asked.set()
            assert committed.wait(60)
            seen.append(reader.account("acc-00001"))
            seen.append(reader.profile("acc-00001"))
            try:
                reader._database.execute("DELETE FROM accounts")
            except SaveFailedError as error:
                seen.append(error)
            try:
                reader.account("acc-00002")
            except NotFoundError as error:
                seen.append(error)

    thread = threading.Thread(target=look)
    thread.start()
    assert asked.wait(60)
    vault.add_account(account(1), b"{}", {"a": 1})
    committed.set()
    thread.join()
    assert seen[:3] == [0, account(1), {"a": 1}]
    assert [type(error) for error in seen[3:]] == [SaveFailedError, NotFoundError]


def test_a_wrong_key_opens_no_reader(home: Path, prepared: PreparedSlots) -> None:
    Vault.create_prepared(home, prepared).close()
    with pytest.raises(DamagedVaultError):
        Reader(home, bytes(32))
