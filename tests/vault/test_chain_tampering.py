"""Who has the key can change the activity by hand; following the chain says where, when and how."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from desktop.vault import chain
from desktop.vault.database import Database
from desktop.vault.records import ChainBreak
from desktop.vault.vault import Vault
from tests.vault.chains import content_of, entry, fill, verified, with_the_key

COLUMNS = ", ".join((*chain.CONTENT, "hash"))
MARKS = ", ".join("?" * (len(chain.CONTENT) + 1))
Tamper = Callable[[Database], object]


def broken_by(vault: Vault, tamper: Tamper, head: str = "") -> ChainBreak:
    """Twenty entries, tampered with; the break that is found."""
    with with_the_key(vault) as database:
        tamper(database)
    report = verified(vault, head)
    assert report.broken is not None
    assert report.last == report.broken.number - 1, "what is before the break is unbroken"
    assert report.broken.sentence.endswith(".")
    return report.broken


def put(database: Database, row: tuple[object, ...]) -> None:
    database.execute(f"INSERT OR REPLACE INTO activity ({COLUMNS}) VALUES ({MARKS})", row)


@pytest.mark.parametrize(
    "change",
    [
        "summary = 'Nothing happened'",
        "detail = replace(detail, 'access_token', 'name')",
        "detail = '{'",
        "at = at - 1",
        "at = 'once'",
        "account_id = ''",
        "connector = 'x'",
        "actor = 'window'",
        "action = 'copied'",
        "outcome = 'failed'",
        "who = '{}'",
        "who = ''",
        "summary = CAST(summary AS BLOB)",
        "hash = zeroblob(32)",
        "hash = 'text'",
    ],
)
def test_a_changed_entry(vault: Vault, change: str) -> None:
    fill(vault, 20)
    broken = broken_by(vault, lambda database: database.execute(f"UPDATE activity SET {change} WHERE id = 8"))
    assert (broken.number, broken.kind) == (8, "changed")
    if not change.startswith("at"):
        assert broken.at == entry(8).at


def test_a_changed_entry_with_a_hash_to_go_with_it(vault: Vault) -> None:
    fill(vault, 20)

    def forge(database: Database) -> None:
        row = content_of(database, 8)
        changed = (*row[:7], "Nothing happened", *row[8:10])
        before = content_of(database, 7)[-1]
        assert isinstance(before, bytes)
        put(database, (*changed, chain.link(before, changed)))

    broken = broken_by(vault, forge)
    assert (broken.number, broken.kind) == (9, "changed")
    assert "or entry 8 together with its hash" in broken.sentence


@pytest.mark.parametrize(("removed", "words"), [("8", "Entry 8 is"), ("8, 9, 10", "Entries 8 to 10 are")])
def test_a_removed_entry(vault: Vault, removed: str, words: str) -> None:
    fill(vault, 20)
    broken = broken_by(vault, lambda db: db.execute(f"DELETE FROM activity WHERE id IN ({removed})"))
    assert (broken.number, broken.kind) == (8, "missing") and words in broken.sentence


def test_the_first_entries_removed(vault: Vault) -> None:
    fill(vault, 20)
    broken = broken_by(vault, lambda db: db.execute("DELETE FROM activity WHERE id < 4"))
    assert (broken.number, broken.kind) == (1, "missing") and "Entries 1 to 3" in broken.sentence


def test_a_removed_entry_with_the_others_moved_up(vault: Vault) -> None:
    fill(vault, 20)

    def close_the_gap(database: Database) -> None:
        database.execute("DELETE FROM activity WHERE id = 8")
        for number in range(9, 21):
            database.execute("UPDATE activity SET id = id - 1 WHERE id = ?", (number,))

    broken = broken_by(vault, close_the_gap)
    assert (broken.number, broken.kind) == (8, "changed") and "does not follow" in broken.sentence


@pytest.mark.parametrize(("one", "other"), [(8, 9), (8, 15), (1, 20), (19, 20)])
def test_two_entries_swapped(vault: Vault, one: int, other: int) -> None:
    fill(vault, 20)

    def swap(database: Database) -> None:
        first, second = content_of(database, one), content_of(database, other)
        put(database, (one, *second[1:]))
        put(database, (other, *first[1:]))

    broken = broken_by(vault, swap)
    assert (broken.number, broken.kind) == (one, "moved")
    assert f"as number {other}" in broken.sentence


@pytest.mark.parametrize("hashed", [b"", b"\x01" * 32])
def test_an_entry_put_in_between(vault: Vault, hashed: bytes) -> None:
    fill(vault, 20)

    def insert(database: Database) -> None:
        row = content_of(database, 8)
        for number in range(20, 7, -1):
            database.execute("UPDATE activity SET id = id + 1 WHERE id = ?", (number,))
        put(database, (8, *row[1:7], "It was somebody else", *row[8:10], hashed))

    broken = broken_by(vault, insert)
    assert (broken.number, broken.kind) == (8, "inserted")


def test_an_entry_added_at_the_end_by_hand(vault: Vault) -> None:
    fill(vault, 20)
    broken = broken_by(vault, lambda db: put(db, (21, *content_of(db, 20)[1:])))
    assert (broken.number, broken.kind) == (21, "changed")


def test_the_end_cut_off(vault: Vault) -> None:
    fill(vault, 20)
    broken = broken_by(vault, lambda db: db.execute("DELETE FROM activity WHERE id > 15"))
    assert (broken.number, broken.kind) == (16, "cut") and "Entries 16 to 20" in broken.sentence


def test_the_end_cut_off_and_written_on(vault: Vault) -> None:
    fill(vault, 20)
    with with_the_key(vault) as database:
        database.execute("DELETE FROM activity WHERE id > 15")
    assert vault.add_activity(entry(21)).id == 21
    broken = verified(vault).broken
    assert broken is not None and (broken.number, broken.kind) == (16, "missing")


def test_the_end_cut_off_with_care_shows_by_the_head_alone(vault: Vault) -> None:
    head = fill(vault, 20)[-1].hash

    def cut(database: Database) -> None:
        database.execute("DELETE FROM activity WHERE id > 15")
        database.execute("UPDATE sqlite_sequence SET seq = 15 WHERE name = 'activity'")

    broken = broken_by(vault, cut, head)
    assert (broken.number, broken.kind) == (16, "unknown_head")
    assert verified(vault).broken is None, "without the head nobody can tell"


def test_all_written_anew_shows_by_the_head_alone(vault: Vault) -> None:
    head = fill(vault, 20)[-1].hash

    def write_anew(database: Database) -> None:
        rows = [content_of(database, number) for number in range(1, 21)]
        before = chain.BEGINNING
        for row in rows:
            changed = (*row[:7], "Nothing happened", *row[8:10])
            before = chain.link(before, changed)
            put(database, (*changed, before))

    assert broken_by(vault, write_anew, head).kind == "unknown_head"
    assert verified(vault).broken is None
