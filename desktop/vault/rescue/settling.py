"""Makes a whole of the rows that could be read: each account with a record, a person, and nothing astray."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from desktop.vault import accounts
from desktop.vault.database import Database
from desktop.vault.rescue.tables import read_names

Rows = dict[str, list[dict[str, Any]]]  # by table


def settle_accounts(damaged: sqlite3.Connection, rows: Rows) -> list[str]:
    """An account goes on with the newest record that is left of it; without any it is lost. Says which."""
    numbers: dict[str, set[int]] = defaultdict(set)
    for generation in rows["generations"]:
        numbers[generation["account_id"]].add(generation["number"])
    said, whole = [], []
    for row in rows["accounts"]:
        left = numbers.get(row["id"], set())
        if row["generation"] in left:
            whole.append(row)
        elif left:
            whole.append(row | {"generation": max(left)})
            said.append(
                f"The account “{row['name']}” goes back to an earlier record; it may need a new sign-in."
            )
        else:
            said.append(
                f"The account “{row['name']}” lost its credential and is left out: sign in to it again."
            )
    read = {row["id"] for row in rows["accounts"]}
    rows["accounts"] = whole
    names = {account_id: account_id for account_id in numbers} | read_names(damaged)
    gone = sorted({name for account_id, name in names.items() if account_id not in read})
    return [
        *said,
        *_settle_people(rows, numbers),
        *(f"The account “{name}” is lost: sign in to it again." for name in gone),
    ]


def _settle_people(rows: Rows, numbers: Mapping[str, set[int]]) -> list[str]:
    """Who an account stood for is said at a generation: where that one is lost, at the last that is left.

    An account that goes back to a record of an earlier person is that person's again. Says which.
    """
    known: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for person in rows.get("earlier_people", []):
        known[person["account_id"]].append(person)
    kept, said, profiles = [], [], {}
    for row in rows["accounts"]:
        after = 0
        for person in sorted(known[row["id"]], key=lambda one: one["until"]):
            if person["until"] >= row["generation"]:
                said.append(f"The account “{row['name']}” is {person['name']}'s again, as that record is.")
                who = {key: person[key] for key in ("name", "email", "identity")}
                row |= who | accounts.derived(who["name"], who["email"], row["connector"])
                profiles[row["id"]] = person["profile"]
                break
            left = [number for number in numbers[row["id"]] if after < number <= person["until"]]
            after = person["until"]
            if left:
                kept.append(person | {"until": max(left)})
    if "earlier_people" in rows:
        rows["earlier_people"] = kept
        rows["profiles"] = [
            *(row for row in rows["profiles"] if row["account_id"] not in profiles),
            *({"account_id": account_id, "profile": profile} for account_id, profile in profiles.items()),
        ]
    return said


def drop_orphans(target: Database, rows: Rows) -> None:
    """Leaves out rows whose references lead nowhere, and then those that referred to them."""
    before = -1
    while before != (before := sum(map(len, rows.values()))):
        for name in rows:
            rows[name] = _with_parents(target, name, rows)


def _with_parents(target: Database, name: str, rows: Rows) -> list[dict[str, Any]]:
    references: dict[int, tuple[str, list[tuple[str, str]]]] = {}
    for number, _, parent, here, there, *_ in target.rows(f'PRAGMA foreign_key_list("{name}")'):
        references.setdefault(number, (parent, []))[1].append((here, there))
    left = rows[name]
    for parent, columns in references.values():
        present = {tuple(row[there] for _, there in columns) for row in rows[parent]}
        left = [row for row in left if tuple(row[here] for here, _ in columns) in present]
    return left
