"""Makes the preview of an import out of what the vault compared. Runs beside the loop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

import msgspec

from connectors import credential as records
from connectors.credential import Credential
from connectors.definition import Connector
from connectors.fields import looks_secret
from desktop.engine.accounts import changes_between
from desktop.engine.core import Core, flat, secret_names
from desktop.engine.exchange import definitions
from desktop.engine.exchange.plan import ImportPlan, PlanItem, choices_for
from desktop.engine.results import FieldChange
from desktop.vault.exchange.applying import Expected
from desktop.vault.exchange.container import Sealed, damaged
from desktop.vault.exchange.items import DefinitionItem, Manifest
from desktop.vault.exchange.matching import ComparedAccount, ComparedSettings
from desktop.vault.vault import Vault

_PROGRAM = "It comes with a program, which does not run before you have read and approved it."
_BUILT_IN = "A built-in connector has this key; the definition would take its place."


class Comparing:
    """One preview. `go_on` is called between items and may raise."""

    def __init__(self, core: Core, vault: Vault, sealed: Sealed, go_on: Callable[[], None]) -> None:
        self._core = core
        self._vault = vault
        self._sealed = sealed
        self._go_on = go_on
        self._own = {item.key: item for item in definitions.own_definitions(core.definitions.folder)}
        self._coming: dict[str, str] = {}  # connectors that the export brings: name by key
        self._names = vault.free_names()
        self.expected: dict[str, Expected] = {}
        self.settings_here: dict[str, dict[str, str]] = {}

    def plan(self, plan_id: str) -> ImportPlan:
        """The preview. Raises DamagedVaultError."""
        manifest: Manifest | None = None
        items: list[PlanItem] = []
        for found in self._vault.compare_export(self._sealed):
            self._go_on()
            match found:
                case Manifest():
                    manifest = found
                case DefinitionItem():
                    items.append(self._definition(definitions.checked(found)))
                case ComparedSettings():
                    items.append(self._settings(found))
                case ComparedAccount():
                    items.append(self._account(found))
        if manifest is None:
            raise damaged()
        return ImportPlan(
            id=plan_id,
            path=self._sealed.path,
            created_at=manifest.created_at,
            program=manifest.program,
            with_history=manifest.with_history,
            items=tuple(items),
        )

    def _definition(self, item: DefinitionItem) -> PlanItem:
        catalog = self._core.definitions.catalog
        built_in = item.key in catalog and catalog.get(item.key).origin == "catalog"
        status = definitions.status_of(item, self._own, built_in)
        name = str(definitions.table_of(item).get("name", item.key))
        self._coming[item.key] = name
        notes = [_BUILT_IN] if built_in and item.key not in self._own else []
        notes += [_PROGRAM] if definitions.has_program(item) and status != "same" else []
        choices, default = choices_for("definition", status)
        return PlanItem(
            id=f"definition:{item.key}",
            kind="definition",
            connector=item.key,
            connector_name=name,
            name=name,
            status=status,
            choices=choices,
            default=default,
            note=" ".join(notes),
        )

    def _settings(self, found: ComparedSettings) -> PlanItem:
        key, values = found.item.connector, found.item.values
        self.settings_here[key] = found.here
        connector = self._known(key)
        known = {field.key: field.secret for field in connector.settings} if connector else {}
        names = values.keys() | found.here.keys()
        secret = frozenset(
            name for name in names if known.get(name, looks_secret(name)) or name == "client_secret"
        )
        choices, default = choices_for("settings", found.status)
        different = found.status == "different"
        return PlanItem(
            id=f"settings:{key}",
            kind="settings",
            connector=key,
            connector_name=self._name(key),
            name=self._name(key),
            status=found.status,
            choices=choices,
            default=default,
            changes=changes_between(found.here, values, secret) if different else (),
            note="Tokens can only be renewed with the client that they were made with."
            if different and "client_id" in names and found.here.get("client_id") != values.get("client_id")
            else "",
        )

    def _account(self, found: ComparedAccount) -> PlanItem:
        row, here = found.item.row, found.here
        self.expected[row.id] = Expected(
            found.status, here.id if here else "", here.generation if here else 0
        )
        credential = _decoded(found.item.current.record)
        new_name = ""
        if found.status == "new":
            free = self._names.take(row.connector, row.name)
            new_name = free if free != row.name else ""
        choices, default = choices_for("account", found.status)
        return PlanItem(
            id=f"account:{row.id}",
            kind="account",
            connector=row.connector,
            connector_name=self._name(row.connector),
            name=row.name,
            status=found.status,
            choices=choices,
            default=default,
            newer=self._newer(found, credential),
            changes=tuple(self._changes(found, credential)),
            new_name=new_name,
            note=self._about_connector(row.connector),
            generations=1 + found.item.earlier,
        )

    def _changes(self, found: ComparedAccount, credential: Credential) -> Iterator[FieldChange]:
        row, here, current = found.item.row, found.here, found.current_here
        if found.status != "different" or here is None or current is None:
            return
        for name in ("name", "email", "identity"):
            before, after = getattr(here, name), getattr(row, name)
            if before != after:
                yield FieldChange(name, before, after, secret=False)
        method = self._core.known_method(row)
        old = _decoded(current.record)
        for one in (old, credential):
            self._core.learn(one, method)  # before anything is said about them
        secret = secret_names(old, method) | secret_names(credential, method)
        yield from changes_between(flat(old), flat(credential), secret)

    def _newer(self, found: ComparedAccount, credential: Credential) -> Literal["", "export", "vault"]:
        current = found.current_here
        if found.status != "different" or current is None or found.here is None:
            return ""
        old = _decoded(current.record)
        there, here = found.item.current.at, current.at
        if credential.created_at and old.created_at and credential.created_at != old.created_at:
            # An import is younger than the token that it brought.
            there, here = credential.created_at, old.created_at
        return "export" if there > here else "vault" if here > there else ""

    def _about_connector(self, key: str) -> str:
        if self._known(key) is not None:
            return ""
        if key in self._coming:
            return "Its definition comes with the export."
        return "There is no definition for it here: it can be kept, and used once there is one."

    def _known(self, key: str) -> Connector | None:
        catalog = self._core.definitions.catalog
        return catalog.get(key) if key in catalog else None

    def _name(self, key: str) -> str:
        known = self._known(key)
        return known.name if known is not None else self._coming.get(key, key)


def _decoded(record: bytes) -> Credential:
    try:
        return records.decode(record)
    except msgspec.DecodeError as error:
        raise damaged() from error
