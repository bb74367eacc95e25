"""What the engine's parts share: vault, catalog, HTTP clients, journal. All of it on the loop's thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from connectors import credential as records
from connectors.chain_tables import secret_kept_names
from connectors.credential import SECRET_TOKEN_FIELDS, Credential
from connectors.definition import Connector, Field, Method
from connectors.errors import DefinitionError
from connectors.fields import looks_secret
from connectors.methods import Connected, Inputs, can_refresh
from connectors.ports import Ports
from desktop.engine.audit.who import who_is_here
from desktop.engine.definitions.own import Definitions
from desktop.engine.events import AccountChanged, Event
from desktop.engine.journal import Journal
from desktop.engine.network.clients import Clients
from desktop.engine.preferences import Preferences
from desktop.engine.privacy.redaction import redactor
from desktop.engine.privacy.secret_logging import SecretLogging
from desktop.engine.sessions.held import HeldSessions
from desktop.engine.sessions.shared import SharedSessions
from desktop.engine.vault_session import VaultSession
from desktop.vault.errors import DamagedVaultError
from desktop.vault.records import AccountRow, Keep, Person, Source

if TYPE_CHECKING:
    from desktop.vault.vault import Vault


class Subject(NamedTuple):
    """An account, ready to be worked with."""

    row: AccountRow
    credential: Credential
    inputs: Inputs


class Core:
    """Made once the loop runs. `preferences` gives the present choices."""

    def __init__(
        self,
        home: Path,
        actor: str,
        emit: Callable[[Event], None],
        preferences: Callable[[], Preferences],
        command: str = "",
    ) -> None:
        self.home = home
        self.actor = actor
        self.emit = emit
        self.preferences = preferences
        self.session = VaultSession(home, emit)
        self.definitions = Definitions(home, self.session)
        self.clients = Clients(preferences)
        self.held = HeldSessions()
        self.shared = SharedSessions()
        still_saving = self.session.still_saving
        self.secret_logging = SecretLogging(still_saving, lambda: self.journal, emit)
        self.journal = Journal(
            still_saving,
            actor,
            emit,
            self._logs_exchange,
            self.secret_logging.is_on,
            who_is_here(actor, command),
        )

    @property
    def vault(self) -> Vault:
        """The open vault. Raises VaultError."""
        return self.session.vault

    @property
    def ports(self) -> Ports:
        """What a method works with when it needs no browser."""
        return Ports(client=self.clients.steps)

    def subject(self, account_id: str) -> Subject:
        """The account with its credential and its definition. Raises VaultError, DefinitionError."""
        row = self.vault.account(account_id)
        credential = self.credential(row)
        return Subject(row, credential, self.inputs(row, credential))

    def credential(self, row: AccountRow) -> Credential:
        """The current token record of an account, with the session that is held in memory if there is one."""
        return self.held.over(row.id, self.decode(row, self.vault.record(row.id), owner=row.id))

    def decode(self, row: AccountRow, record: bytes, *, owner: str = "") -> Credential:
        """A kept record. Its secrets are known to the redactor from here on; `owner` as in `learn`."""
        try:
            credential = records.decode(record)
        except (msgspec.DecodeError, msgspec.ValidationError) as error:
            raise DamagedVaultError(
                f"The token record of {row.name} cannot be read.",
                "Restore an earlier generation, or sign in again.",
            ) from error
        self.learn(credential, self.known_method(row), owner=owner)
        return credential

    def inputs(self, row: AccountRow, credential: Credential) -> Inputs:
        """What the account's method is given. Raises DefinitionError when its definition is gone."""
        connector = self.definitions.catalog.get(row.connector)
        method = connector.methods.get(row.method)
        if method is None:
            raise DefinitionError(
                f"{connector.name} no longer has the method {row.method} that this account uses.",
                "Sign in again with one of its other methods.",
            )
        return Inputs(
            connector=connector, method=method, values=credential.fields, settings=self.settings(connector)
        )

    def _logs_exchange(self, key: str) -> bool:
        catalog = self.definitions.catalog
        return key in catalog and catalog.get(key).log_exchange

    def known(self, row: AccountRow) -> tuple[Connector | None, Method | None]:
        """The account's definition, as far as it is still there."""
        if row.connector not in self.definitions.catalog:
            return None, None
        connector = self.definitions.catalog.get(row.connector)
        return connector, connector.methods.get(row.method)

    def known_method(self, row: AccountRow) -> Method | None:
        """The account's method, if its definition is still there."""
        return self.known(row)[1]

    def settings(self, connector: Connector) -> dict[str, str]:
        """The connector's settings: what was configured over the definition's defaults."""
        stored = self.vault.connector_settings(connector.key)
        secret = {field.key for field in connector.settings if field.secret} | {"client_secret"}
        for key in secret & stored.keys():
            redactor.register(stored[key])
        defaults = {field.key: field.default for field in connector.settings if field.default}
        return defaults | stored

    def learn(self, credential: Credential, method: Method | None, *, owner: str = "") -> None:
        """Tells the redactor every secret in a credential, before anything is done with it.

        `owner` is the account whose present credential it is: of those it has had, the oldest are forgotten.
        """
        secret = secret_names(credential, method)
        for name in secret:
            value = flat(credential).get(name)
            if isinstance(value, str):
                redactor.register(value, owner)

    def save(
        self,
        row: AccountRow,
        credential: Credential,
        source: Source,
        *,
        note: str = "",
        connected: Connected | None = None,
        person: Person | None = None,
    ) -> AccountRow:
        """Commits `credential` as the account's new generation and tells everybody. Returns the new row.

        `connected` is what a sign-in brought besides; it is saved in the same transaction. `person` makes the
        account somebody else's; whom it stood for is kept with the history.
        """
        vault = self.session.still_saving()
        method = self.known_method(row)
        self.learn(credential, method, owner=row.id)
        credential = self.held.keep(row.id, credential, method)
        vault.add_generation(
            row.id,
            records.encode(credential),
            source,
            note=note,
            expires_at=credential.expires_at,
            renewable=can_refresh(method, credential) if method else bool(credential.refresh_token),
            has_token=bool(credential.access_token),
            scope_granted=credential.scope or (connected.scope_granted if connected else row.scope_granted),
            scope_asked=connected.scope_asked if connected else None,
            **_who(connected, person),
            keep=Keep(count=self.preferences().history_count, days=self.preferences().history_days),
        )
        self.emit(AccountChanged(row.id))
        return vault.account(row.id)


def _who(connected: Connected | None, person: Person | None) -> dict[str, Any]:
    """What a new generation says about the person: another one, more about the same one, or nothing."""
    if person is not None:
        return {
            "name": person.name,
            "email": person.email,
            "identity": person.identity,
            "profile": person.profile,
            "another_person": True,
        }
    if connected is None:
        return {}
    return {
        "profile": connected.profile,
        "email": connected.email or None,
        "identity": connected.identity or None,
    }


def flat(credential: Credential) -> dict[str, Any]:
    """Every value of a credential by name: token fields, then extra, then the form's."""
    tokens = {name: getattr(credential, name) for name in records.TOKEN_FIELDS}
    return tokens | dict(credential.extra) | dict(credential.fields)


def secret_names(credential: Credential, method: Method | None) -> frozenset[str]:
    """Which values of a credential are shown masked.

    What the definition does not know is taken for secret when its name says so.
    """
    fields: Mapping[str, Field] = {field.key: field for field in method.fields} if method else {}
    names = set(SECRET_TOKEN_FIELDS & set(flat(credential)))
    for name in credential.fields:
        field = fields.get(name)
        if field.secret or field.type == "password" if field else looks_secret(name):
            names.add(name)
    names |= {name for name in credential.extra if looks_secret(name)}
    names |= secret_kept_names(method) & credential.extra.keys() if method else set()
    return frozenset(names)
