"""Writes an export out of an open vault: of one moment, account by account, read again before it counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import msgspec

from desktop.vault import accounts, generations, kdf, people, saved_requests, settings, values
from desktop.vault.database import Database
from desktop.vault.errors import DamagedVaultError, SaveFailedError
from desktop.vault.exchange.container import MAGIC, SealingWriter, unseal
from desktop.vault.exchange.items import (
    AccountItem,
    DefinitionItem,
    End,
    GenerationItem,
    ItemWriter,
    Manifest,
    PersonItem,
    SettingsItem,
    read_items,
)
from desktop.vault.exchange.places import written
from desktop.vault.records import AccountRow

SUFFIX = ".jackfield-export"
Progress = Callable[[int, int], None]


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """What goes into an export. `account_ids` None: all accounts, and every connector's settings."""

    account_ids: Sequence[str] | None = None
    history: bool = True
    definitions: Iterable[DefinitionItem] = ()
    program: str = ""


def write(
    database: Database,
    path: Path,
    passphrase: str,
    selection: Selection,
    *,
    progress: Progress = lambda done, total: None,
    cost: kdf.Cost | None = None,
) -> End:
    """Writes and verifies. `progress` is told accounts done and in all; what it raises ends the export.

    Mode 0600; on failure nothing is left. Raises SaveFailedError, NotFoundError, WeakPassphraseError.
    """
    kdf.check_new_passphrase(passphrase)
    counted = End()

    def check(partial: Path) -> None:
        read = End()
        try:
            for item in read_items(unseal(partial, passphrase)):
                read = item if isinstance(item, End) else read
                progress(counted.accounts, counted.accounts)  # it may still be ended
        except DamagedVaultError as error:
            raise SaveFailedError(
                f"The export {path} could not be read back as it was written, so it was removed.",
                "Choose another place or another disk.",
            ) from error
        if read != counted:
            raise SaveFailedError(f"The export {path} came out incomplete, so it was removed.", "Try again.")

    with written(path, MAGIC, check) as file:
        items = ItemWriter(SealingWriter(file, passphrase, cost))
        with database.snapshot():
            _put_all(database, items, selection, progress)
        counted = items.finish()
    return counted


def chosen(database: Database, account_ids: Sequence[str] | None) -> list[AccountRow]:
    """The accounts of a selection, by name. Raises NotFoundError."""
    if account_ids is None:
        return accounts.every(database)
    return [accounts.get(database, account_id) for account_id in dict.fromkeys(account_ids)]


def _put_all(database: Database, items: ItemWriter, selection: Selection, progress: Progress) -> None:
    rows = chosen(database, selection.account_ids)
    items.put(
        Manifest(
            created_at=values.utc_now(),
            program=selection.program,
            with_history=selection.history,
            account_ids=tuple(row.id for row in rows),
        )
    )
    for definition in selection.definitions:
        items.put(definition)
    needed = None if selection.account_ids is None else {row.connector for row in rows}
    for connector in settings.configured(database):
        if needed is None or connector in needed:
            stored = settings.connector_settings(database, connector)
            items.put(SettingsItem(connector=connector, values=stored))
    for done, row in enumerate(rows):
        progress(done, len(rows))
        _put_account(database, items, row, selection.history)
    progress(len(rows), len(rows))


def _put_account(database: Database, items: ItemWriter, row: AccountRow, history: bool) -> None:
    current = generations.get(database, row.id, row.generation)
    earlier = [number for number in generations.numbers(database, row.id) if number < row.generation]
    if not history:
        earlier = []
    items.put(
        AccountItem(
            row=row,
            profile=values.to_json(generations.profile(database, row.id)),
            current=current,
            requests=tuple(saved_requests.of_account(database, row.id)),
            earlier=len(earlier),
        )
    )
    for number in earlier:
        generation = generations.get(database, row.id, number)
        items.put(GenerationItem(generation=generation, person=_person(database, row.id, number)))


def _person(database: Database, account_id: str, number: int) -> PersonItem | None:
    person = people.until(database, account_id, number)
    if person is None:
        return None
    profile = values.to_json(person.profile)
    return PersonItem(name=person.name, email=person.email, identity=person.identity, profile=profile)
