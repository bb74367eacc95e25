"""What an import would do: each item of the export beside what is here, and what may be chosen for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec

from desktop.engine.results import FieldChange
from desktop.vault.exchange.applying import Choice, Taken
from desktop.vault.exchange.matching import Status

__all__ = [
    "Choice",
    "ExportResult",
    "ImportPlan",
    "ImportResult",
    "Kind",
    "OnDifferent",
    "PlanItem",
    "Status",
    "choices_for",
]

Kind = Literal["account", "settings", "definition"]
OnDifferent = Literal["skip", "replace", "keep_both"]


class PlanItem(msgspec.Struct, frozen=True, kw_only=True):
    """One account, the settings of one connector, or one definition."""

    id: str  # "account:…", "settings:…", "definition:…"
    kind: Kind
    connector: str
    connector_name: str
    name: str
    status: Status
    choices: tuple[Choice, ...]
    default: Choice
    newer: Literal["", "export", "vault"] = ""
    changes: tuple[FieldChange, ...] = ()  # before: here; after: in the export
    new_name: str = ""  # what it will be called here, where its own name is taken
    note: str = ""
    generations: int = 0


class ImportPlan(msgspec.Struct, frozen=True, kw_only=True):
    """The preview of an import. Nothing was changed. Holds no secret."""

    id: str
    path: Path
    created_at: datetime
    program: str
    with_history: bool
    items: tuple[PlanItem, ...]

    def count(self, kind: Kind, status: Status | None = None) -> int:
        """How many there are of a kind, and of a status where it is given."""
        return sum(item.kind == kind and status in (None, item.status) for item in self.items)

    def chosen(self, on_different: OnDifferent = "skip") -> dict[str, Choice]:
        """A choice for each item: what is new is added, what differs goes by `on_different`."""
        return {item.id: _choice(item, on_different) for item in self.items}


class ImportResult(msgspec.Struct, frozen=True, kw_only=True):
    """What an import did. `problem` says what is still to be done, if anything."""

    taken: tuple[Taken, ...] = ()
    settings: tuple[str, ...] = ()
    definitions: tuple[str, ...] = ()
    skipped: int = 0
    renamed: Mapping[str, str] = {}  # the name in the export by the account's id here
    problem: str = ""

    def count(self, choice: Choice) -> int:
        """How many accounts came in this way."""
        return sum(one.choice == choice for one in self.taken)

    @property
    def sentence(self) -> str:
        """The result in a sentence or two."""
        accounts = [
            _number(self.count("add"), "account added", "accounts added"),
            _number(self.count("replace"), "replaced", "replaced"),
            _number(self.count("keep_both"), "kept beside the one here", "kept beside those here"),
            _number(len(self.settings), "connector’s settings taken", "connectors’ settings taken"),
            _number(len(self.definitions), "definition taken", "definitions taken"),
            _number(self.skipped, "skipped", "skipped"),
        ]
        told = ", ".join(part for part in accounts if part) or "nothing to do"
        return f"Imported: {told}." + (f" {self.problem}" if self.problem else "")


class ExportResult(msgspec.Struct, frozen=True, kw_only=True):
    """What an export holds."""

    path: Path
    accounts: int
    generations: int = 0
    definitions: int = 0
    settings: int = 0


def _choice(item: PlanItem, on_different: OnDifferent) -> Choice:
    if item.status == "different" and on_different in item.choices:
        return on_different
    return item.default


def _number(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}" if count else ""


def choices_for(kind: Kind, status: Status) -> tuple[tuple[Choice, ...], Choice]:
    """What may be chosen, and what is chosen for somebody who says nothing: never to write over anything."""
    if status == "new":
        return ("add", "skip"), "add"
    if status == "same":
        return (("skip", "keep_both"), "skip") if kind == "account" else (("skip",), "skip")
    return (("skip", "replace", "keep_both") if kind == "account" else ("skip", "replace")), "skip"
