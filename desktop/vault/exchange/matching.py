"""Compares what an export holds with what the vault holds. Nothing is changed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

import msgspec

from desktop.vault import accounts, generations, settings, values
from desktop.vault.database import Database
from desktop.vault.errors import NotFoundError
from desktop.vault.exchange.container import Sealed, damaged
from desktop.vault.exchange.items import (
    AccountItem,
    DefinitionItem,
    End,
    GenerationItem,
    Manifest,
    PersonItem,
    SettingsItem,
    read_items,
)
from desktop.vault.records import AccountRow, Generation

Status = Literal["new", "same", "different"]
# An id becomes the name of a lock file; what has another form was not made by this program.
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class ComparedAccount(msgspec.Struct, frozen=True, kw_only=True):
    """An account of the export beside the one of the vault that it is, if there is one."""

    item: AccountItem
    status: Status
    here: AccountRow | None = None
    current_here: Generation | None = None


class ComparedSettings(msgspec.Struct, frozen=True, kw_only=True):
    """A connector's settings in the export beside those of the vault."""

    item: SettingsItem
    status: Status
    here: dict[str, str]


Compared = Manifest | DefinitionItem | ComparedSettings | ComparedAccount | GenerationItem | End


def compare(database: Database, sealed: Sealed) -> Iterator[Compared]:
    """Everything in the export, in its order. Called inside a snapshot or a transaction.

    Raises DamagedVaultError.
    """
    matching: _Matching | None = None
    for item in read_items(sealed):
        match item:
            case Manifest():
                matching = _Matching(database, frozenset(item.account_ids))
                yield item
            case SettingsItem():
                here = settings.connector_settings(database, item.connector)
                status: Status = "new" if not here else "same" if here == item.values else "different"
                yield ComparedSettings(item=item, status=status, here=here)
            case AccountItem():
                assert matching is not None  # read_items puts the manifest first
                yield _compared(database, _checked(item), matching)
            case _:
                yield item


def profile_of(item: AccountItem | PersonItem) -> dict[str, object]:
    """The account's profile, or an earlier person's. Raises DamagedVaultError."""
    try:
        return values.from_json(item.profile)
    except msgspec.DecodeError as error:
        raise damaged() from error


class _Matching:
    """Finds each account's counterpart; one of the vault is the counterpart of one at most."""

    def __init__(self, database: Database, in_export: frozenset[str]) -> None:
        self._database = database
        self._in_export = in_export
        self._taken: set[str] = set()

    def find(self, row: AccountRow) -> AccountRow | None:
        """The same account by its id, or the same person at the same service by the same method."""
        found = self._by_id(row) or self._by_identity(row)
        if found is not None:
            self._taken.add(found.id)
        return found

    def _by_id(self, row: AccountRow) -> AccountRow | None:
        try:
            here = accounts.get(self._database, row.id)
        except NotFoundError:
            return None
        somebody_else = here.identity and row.identity and here.identity != row.identity
        alike = (here.connector, here.method) == (row.connector, row.method) and not somebody_else
        return here if alike and here.id not in self._taken else None

    def _by_identity(self, row: AccountRow) -> AccountRow | None:
        if not row.identity:
            return None
        fitting = (
            here
            for here in accounts.find(self._database, connector=row.connector, identity=row.identity)
            if here.method == row.method
            and here.id not in self._taken
            # One that the export holds under its own id is that one's counterpart.
            and here.id not in self._in_export
        )
        return max(fitting, key=lambda here: here.updated_at, default=None)


def _compared(database: Database, item: AccountItem, matching: _Matching) -> ComparedAccount:
    here = matching.find(item.row)
    if here is None:
        return ComparedAccount(item=item, status="new")
    current = generations.get(database, here.id, here.generation)
    same = _plain(current.record) == _plain(item.current.record)
    return ComparedAccount(item=item, status="same" if same else "different", here=here, current_here=current)


def _checked(item: AccountItem) -> AccountItem:
    row, current = item.row, item.current
    if not _ID.fullmatch(row.id) or current.account_id != row.id or current.number != row.generation:
        raise damaged()
    profile_of(item)
    _plain(current.record)
    return item


def _plain(record: bytes) -> object:
    try:
        return msgspec.json.decode(record)
    except msgspec.DecodeError as error:
        raise damaged() from error
