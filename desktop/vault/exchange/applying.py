"""Takes what was chosen of an export into the vault: all of it in one transaction, or nothing."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Literal

import msgspec

from desktop.vault import accounts, activity, generations, people, saved_requests, settings, values
from desktop.vault.database import Database
from desktop.vault.errors import VaultError
from desktop.vault.exchange.container import Sealed, damaged
from desktop.vault.exchange.items import AccountItem, DefinitionItem, GenerationItem, Manifest
from desktop.vault.exchange.matching import ComparedAccount, ComparedSettings, Status, compare, profile_of
from desktop.vault.exchange.names import FreeNames
from desktop.vault.exchange.writing import Progress
from desktop.vault.records import AccountRow, ActivityRow, Generation, Keep, Person

Choice = Literal["skip", "add", "replace", "keep_both"]
# The files of definitions that were chosen: they are written after the transaction, by whoever comes next.
WAITING_DEFINITIONS = "imported_definitions"
_ID_BYTES = 8


class Expected(msgspec.Struct, frozen=True):
    """What the preview said about an account: if it is no longer so, nothing is imported."""

    status: Status
    account_id: str = ""
    generation: int = 0


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What is wanted. Accounts by their id in the export; what is not named is skipped."""

    accounts: Mapping[str, Choice] = {}
    expected: Mapping[str, Expected] = {}
    settings: frozenset[str] = frozenset()
    settings_expected: Mapping[str, Mapping[str, str]] = {}
    definitions: frozenset[str] = frozenset()
    keep: Keep = Keep()


class Taken(msgspec.Struct, frozen=True):
    """An account that came in: its id and name here, and how."""

    account_id: str
    connector: str
    name: str
    choice: Choice


Noting = Callable[[Taken], ActivityRow]


class ChangedSincePreviewError(VaultError):
    """The vault is not as the preview showed it."""

    reason = "changed"


def apply(
    database: Database,
    sealed: Sealed,
    order: Order,
    noting: Noting,
    progress: Progress = lambda done, total: None,
) -> list[Taken]:
    """Carries out the order. `noting` makes each account's activity entry, kept in the same transaction.

    What `progress` raises undoes everything. Raises DamagedVaultError, ChangedSincePreviewError,
    SaveFailedError.
    """
    with database.transaction():
        return _Import(database, order, noting, progress).carry_out(sealed)


class _Import:
    def __init__(self, database: Database, order: Order, noting: Noting, progress: Progress) -> None:
        self._database = database
        self._order = order
        self._noting = noting
        self._progress = progress
        self._names = FreeNames(database)
        self._now = values.utc_now()
        self._made_at: datetime = self._now
        self._taken: list[Taken] = []
        self._definitions: dict[str, str] = {}
        self._seen = self._total = 0
        self._adding: tuple[str, AccountItem, int] | None = None  # whose earlier generations follow

    def carry_out(self, sealed: Sealed) -> list[Taken]:
        for found in compare(self._database, sealed):
            match found:
                case Manifest():
                    self._made_at, self._total = found.created_at, len(found.account_ids)
                case DefinitionItem():
                    self._take_definition(found)
                case ComparedSettings():
                    self._take_settings(found)
                case ComparedAccount():
                    self._take_account(found)
                case GenerationItem():
                    self._take_earlier(found)
        if self._definitions:
            settings.set_meta(
                self._database, WAITING_DEFINITIONS, msgspec.json.encode(self._definitions).decode()
            )
        self._progress(self._total, self._total)
        return self._taken

    def _take_definition(self, item: DefinitionItem) -> None:
        if item.key in self._order.definitions:
            self._definitions |= {
                name: base64.b64encode(content).decode() for name, content in item.files.items()
            }

    def _take_settings(self, found: ComparedSettings) -> None:
        key = found.item.connector
        if key not in self._order.settings:
            return
        if found.here != self._order.settings_expected.get(key, {}):
            raise _changed(f"The settings of {key} were")
        settings.set_connector_settings(self._database, key, found.item.values)

    def _take_account(self, found: ComparedAccount) -> None:
        self._progress(self._seen, self._total)
        self._seen += 1
        self._adding = None
        item, row = found.item, found.item.row
        choice = self._order.accounts.get(row.id, "skip")
        if choice == "skip":
            return
        here = found.here
        now = Expected(found.status, here.id if here else "", here.generation if here else 0)
        if now != self._order.expected.get(row.id):
            raise _changed(f"The account “{here.name if here else row.name}” was")
        if choice == "replace" and here is not None:
            self._replace(here, item)
            taken = Taken(here.id, row.connector, row.name, choice)
        else:
            taken = self._add(item, choice)
        self._taken.append(taken)
        activity.insert(self._database, self._noting(taken))

    def _add(self, item: AccountItem, choice: Choice) -> Taken:
        row = item.row
        account_id = secrets.token_hex(_ID_BYTES) if self._is_used(row.id) else row.id
        name = self._names.take(row.connector, row.name)
        number = item.current.number + 1 if item.earlier else 1
        stored = msgspec.structs.replace(
            row, id=account_id, name=name, generation=number, updated_at=self._now
        )
        accounts.insert(self._database, stored)
        generations.set_profile(self._database, account_id, profile_of(item))
        if item.earlier:
            generations.insert(self._database, msgspec.structs.replace(item.current, account_id=account_id))
            self._adding = (account_id, item, 0)
        generations.insert(self._database, self._imported(account_id, number, item))
        self._take_requests(account_id, item)
        return Taken(account_id, row.connector, name, choice)

    def _replace(self, here: AccountRow, item: AccountItem) -> None:
        row = item.row
        number = generations.next_number(self._database, here.id)
        generations.insert(self._database, self._imported(here.id, number, item))
        accounts.update(
            self._database,
            here.id,
            at=self._now,
            generation=number,
            **{
                column: getattr(row, column)
                for column in (
                    "name",
                    "email",
                    "identity",
                    "expires_at",
                    "renewable",
                    "has_token",
                    "scope_asked",
                    "scope_granted",
                    "state",
                    "state_reason",
                    "token_refused",
                )
            },
        )
        generations.set_profile(self._database, here.id, profile_of(item))
        generations.prune(self._database, here.id, self._order.keep, self._now)
        self._take_requests(here.id, item)

    def _take_requests(self, account_id: str, item: AccountItem) -> None:
        """Those whose name is free: a saved request is never written over."""
        have = {request.name for request in saved_requests.of_account(self._database, account_id)}
        for request in item.requests:
            if request.name not in have:
                have.add(request.name)
                own = msgspec.structs.replace(request, id=secrets.token_hex(_ID_BYTES), account_id=account_id)
                saved_requests.insert(self._database, own)

    def _take_earlier(self, found: GenerationItem) -> None:
        if self._adding is None:
            return
        account_id, item, newest = self._adding
        generation, person = found.generation, found.person
        if generation.account_id != item.row.id or not newest < generation.number < item.current.number:
            raise damaged()
        self._adding = (account_id, item, generation.number)
        generations.insert(self._database, msgspec.structs.replace(generation, account_id=account_id))
        if person is not None:
            known = Person(
                name=person.name, email=person.email, identity=person.identity, profile=profile_of(person)
            )
            people.insert(self._database, account_id, generation.number, known)

    def _imported(self, account_id: str, number: int, item: AccountItem) -> Generation:
        return Generation(
            account_id=account_id,
            number=number,
            source="import",
            at=self._now,
            record=item.current.record,
            note=f"from an export of {self._made_at:%Y-%m-%d}",
        )

    def _is_used(self, account_id: str) -> bool:
        return accounts.exists(self._database, account_id)


def _changed(what: str) -> ChangedSincePreviewError:
    return ChangedSincePreviewError(
        f"{what} changed after the preview was made, so nothing was imported.",
        "Look at the preview again, then import.",
    )
