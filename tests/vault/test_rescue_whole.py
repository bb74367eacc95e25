"""All that a vault holds, rescued page by page: what is lost is said, and what is left fits together."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from desktop.vault.errors import DamagedVaultError
from desktop.vault.records import ActivityRow, Person, SavedRequest
from desktop.vault.rescue.pages import SIZE
from desktop.vault.rescue.rescue import rescue
from desktop.vault.rescue.settling import Rows, settle_accounts
from desktop.vault.vault import Vault
from tests.vault.chains import entry, verified
from tests.vault.helpers import NOW, PASSPHRASE, account
from tests.vault.test_rescue import damage, spoil

PEOPLE = 12
ENTRIES = 120
FACTS: dict[str, Any] = {"expires_at": None, "renewable": True, "has_token": True, "scope_granted": ""}
READABLE = "stands readable for an hour"


def person(number: int, which: int) -> Person:
    return Person(
        name=f"Person {which} of {number:03}",
        email=f"p{which}-{number}@practice.example",
        identity=f"u-{number}-{which}",
        profile={"which": which, "about": "x" * 200},
    )


def record(number: int, which: int) -> bytes:
    return f"record {number} of person {which} ".encode() * 40


@pytest.fixture
def rich(home: Path, vault: Vault, derived_once: None) -> Path:
    """A closed vault: each account was a first person's twice, then a second one's twice."""
    for number in range(PEOPLE):
        row, first, second = account(number), person(number, 1), person(number, 2)
        who = {"name": first.name, "email": first.email, "identity": first.identity}
        vault.add_account(account(number, **who), record(number, 1), first.profile)
        vault.add_generation(row.id, record(number, 1), "refresh", **FACTS)
        who = {"name": second.name, "email": second.email, "identity": second.identity}
        vault.add_generation(
            row.id, record(number, 2), "connect", **FACTS, **who, profile=second.profile, another_person=True
        )
        vault.add_generation(row.id, record(number, 2), "refresh", **FACTS)
        vault.add_saved_request(
            SavedRequest(
                id=f"request-{number}",
                account_id=row.id,
                name="again",
                method="GET",
                url="/me",
                body="b" * 500,
                created_at=NOW,
                updated_at=NOW,
            )
        )
        vault.set_connector_settings(f"connector-{number}", {"client_secret": "s" * 300})
    for number in range(1, ENTRIES + 1):
        vault.add_activity(entry(number), [f"{READABLE} {number}"] if number % 10 == 0 else ())
    vault.close()
    return home


def test_an_undamaged_vault_comes_over_but_for_what_stands_readable(rich: Path, tmp_path: Path) -> None:
    with Vault.open(rich, PASSPHRASE) as vault:
        head = verified(vault).head
        assert vault.in_clear(10)
    result = rescue(rich, tmp_path / "rescued", PASSPHRASE)
    assert (result.accounts, result.lost) == (PEOPLE, ())
    Vault.restore(tmp_path / "again", result.path, PASSPHRASE)
    with Vault.open(tmp_path / "again", PASSPHRASE) as vault:
        report = verified(vault, head)
        assert (report.broken, report.last) == (None, ENTRIES)
        assert vault._database.value("SELECT count(*) FROM activity_in_clear") == 0
        for number in range(PEOPLE):
            account_id = account(number).id
            assert vault.person_at(account_id, 1) == person(number, 1)
            assert [one.name for one in vault.saved_requests(account_id)] == ["again"]
            assert vault.connector_settings(f"connector-{number}") == {"client_secret": "s" * 300}
        assert vault.check() == []


def test_whatever_page_is_lost_the_rest_fits_together_and_the_chain_names_its_gap(
    rich: Path, tmp_path: Path
) -> None:
    with Vault.open(rich, PASSPHRASE) as vault:
        vault.roll_backup()  # for the pages that say what is where
        key = vault.key
    whole = (rich / "vault.db").read_bytes()
    gaps = set()
    for page in range(2, len(whole) // SIZE + 1):
        damage(rich, spoil(page))
        target = tmp_path / f"again{page}"
        try:
            result = rescue(rich, tmp_path / f"rescued{page}", PASSPHRASE)
        except DamagedVaultError as error:
            assert "No account in the vault file can be read" in str(error), page
            continue
        finally:
            (rich / "vault.db").write_bytes(whole)
        Vault.restore(target, result.path, PASSPHRASE)
        with Vault.open_with_key(target, key) as vault:
            assert_fits_together(vault)
            there = {row.id for row in vault.activity(limit=1000)}
            missing = set(range(1, ENTRIES + 1)) - there
            added = vault.add_activity(ActivityRow(at=NOW, action="vault_restored"))
            report = verified(vault)
        assert added.id == ENTRIES + 1, page
        if missing:
            assert report.broken is not None
            assert (report.broken.kind, report.broken.number) == ("missing", min(missing)), page
            assert "missing" in report.broken.sentence
            assert any("activity" in line for line in result.lost), (page, result.lost)
            gaps.add(min(missing))
        else:
            assert report.broken is None, page
    assert len(gaps) > 3


@pytest.mark.parametrize(
    ("left", "expected", "people", "said"),
    [
        ((1, 2, 3, 4, 5), ("Cleo", 5), {2: "Amelia", 4: "Ben"}, []),
        ((1, 3, 5), ("Cleo", 5), {1: "Amelia", 3: "Ben"}, []),
        ((4, 5), ("Cleo", 5), {4: "Ben"}, []),
        ((1, 2, 3), ("Ben", 3), {2: "Amelia"}, ["goes back", "is Ben's again"]),
        ((1, 2), ("Amelia", 2), {}, ["goes back", "is Amelia's again"]),
        ((), None, {}, ["lost its credential"]),
    ],
)
def test_an_account_is_the_persons_whose_records_are_left(
    left: tuple[int, ...], expected: tuple[str, int] | None, people: dict[int, str], said: list[str]
) -> None:
    def someone(name: str) -> dict[str, Any]:
        return {"name": name, "email": f"{name}@practice.example", "identity": name, "profile": f"{name}'s"}

    facts = {"id": "a", "connector": "github", "name": "Cleo", "generation": 5}
    rows: Rows = {
        "accounts": [facts | {"email": "", "identity": "", "sort_name": "cleo", "search_text": ""}],
        "generations": [{"account_id": "a", "number": number} for number in left],
        "earlier_people": [
            {"account_id": "a", "until": 2} | someone("Amelia"),
            {"account_id": "a", "until": 4} | someone("Ben"),
        ],
        "profiles": [{"account_id": "a", "profile": "Cleo's"}],
    }
    with closing(sqlite3.connect(":memory:")) as nothing:
        sentences = settle_accounts(nothing, rows)
    assert len(sentences) == len(said)
    assert all(part in sentence for part, sentence in zip(said, sentences, strict=True))
    assert {person["until"]: person["name"] for person in rows["earlier_people"]} == people
    if expected is None:
        assert rows["accounts"] == []
        return
    (row,) = rows["accounts"]
    assert (row["name"], row["generation"]) == expected
    assert row["sort_name"] == expected[0].casefold()
    assert rows["profiles"] == [{"account_id": "a", "profile": f"{expected[0]}'s"}]


def assert_fits_together(vault: Vault) -> None:
    """Whoever an account stands for, at each generation, is the one whose record it is."""
    assert [problem for problem in vault.check() if "ctivity" not in problem] == []
    unknown = vault._database.value("SELECT count(*) FROM earlier_people") == 0
    for row in vault.all_accounts():
        number = int(row.id[-5:])
        for kept in vault.generations(row.id):
            which = 1 if kept.record == record(number, 1) else 2
            assert kept.record == record(number, which)
            at = vault.person_at(row.id, kept.number)
            name = at.name if at else row.name
            # Where the page of earlier people is the one that is lost, nobody can know.
            assert unknown or name == person(number, which).name
