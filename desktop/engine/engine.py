"""The engine's front: what the window and the command line can ask for. Each method says who does it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from desktop.engine.audit.front import Audited
from desktop.engine.events import ClashKind, Decision
from desktop.engine.exchange.front import Exchanges
from desktop.engine.results import (
    AccountView,
    DisconnectResult,
    HistoryEntry,
    RefreshOutcome,
)
from desktop.engine.using import AccountUse
from desktop.vault.records import AccountQuery, AccountRow

if TYPE_CHECKING:
    from connectors.dialects.imported import ImportedDocument
    from connectors.dialects.itential import Imported as ImportedAdapter
    from desktop.engine.connect.attempt import Attempt
    from desktop.engine.doctor import Finding
    from desktop.engine.rehearsing import Rehearsal


class Engine(AccountUse, Exchanges, Audited):
    """One asyncio loop on one thread. Coroutine methods run there: hand them to `submit` or `run`.

    `actor` is written into the activity list. `opener` takes the place of the system browser.
    `scheduled` says whether tokens are renewed by themselves; by default only for the window.
    Errors are ConnectorError, VaultError or OSError; `failures.explain` makes any of them readable.
    """

    # Connecting

    async def begin_connect(
        self,
        connector_key: str,
        method_key: str | None = None,
        values: Mapping[str, str] | None = None,
        *,
        account_name: str = "",
        reconnect: str = "",
        open_browser: bool = True,
        timeout: float = 300.0,  # noqa: ASYNC109 - how long a person may take, not a deadline of the call
        choose: Sequence[str] = (),
        ask: bool = True,
        on_other: Literal["ask", "keep_both", "replace", "cancel"] = "cancel",
        on_same: Literal["ask", "update", "keep_both"] = "keep_both",
    ) -> Attempt:
        """Checks the form, then starts. `reconnect` is the id of the account that is signed in to again;
        its connector counts, and its stored form values where none are given. `choose` answers questions
        such as "which site", by value or label; without `ask` a question that is left ends the attempt.
        `on_other` is what to do when somebody else than the account's person signed in again, `on_same` when
        the person is connected already, in the same way; "ask" waits for `Attempt.decide`.

        Raises DefinitionError (unknown connector or method), InvalidInputError (with `fields`),
        MisconfiguredClientError (a setting is missing), VaultError. Whatever comes later is the attempt's.
        """
        decided: dict[ClashKind, Decision] = {}
        if on_other != "ask":
            decided["somebody_else"] = on_other
        if on_same != "ask":
            decided["there_already"] = on_same
        return await self._parts.connecting.begin(
            connector_key,
            method_key,
            values or {},
            account_name=account_name,
            reconnect=reconnect,
            open_browser=open_browser,
            timeout=timeout,
            choose=choose,
            ask=ask,
            decided=decided,
        )

    async def open_link(self, url: str) -> None:
        """Opens a page of a service in the person's browser. Raises UnsafeUrlError, BrowserFailedError."""
        await self._parts.connecting.open_link(url)

    # Accounts

    async def account(self, account_id: str) -> AccountView:
        """One account with all that its page shows."""
        return self._parts.accounts.view(account_id)

    async def accounts(self, query: AccountQuery | None = None) -> list[AccountRow]:
        """Every account that fits."""
        return await self._parts.accounts.find(query or AccountQuery())

    async def history(self, account_id: str) -> list[HistoryEntry]:
        """Every generation, newest first, with what it changed."""
        return self._parts.accounts.history(account_id)

    async def rename(self, account_id: str, name: str) -> AccountRow:
        """Gives the account another name."""
        return self._parts.accounts.rename(account_id, name)

    async def set_pinned(self, account_id: str, pinned: bool) -> AccountRow:
        """Pins the account, or takes the pin away."""
        return self._parts.accounts.set_pinned(account_id, pinned)

    async def edit(self, account_id: str, changes: Mapping[str, str | None]) -> AccountRow:
        """Changes the token record by hand, as a new generation. InvalidInputError: nothing was saved."""
        return await self._parts.editing.edit(account_id, changes)

    async def restore(self, account_id: str, number: int) -> AccountRow:
        """Makes an earlier generation the current one, as a new generation."""
        return await self._parts.editing.restore(account_id, number)

    async def rehearse(self, account_id: str, what: Rehearsal) -> AccountRow:
        """Lets the token fail on purpose, as a new generation. InvalidInputError: nothing to spoil."""
        return await self._parts.rehearsing.rehearse(account_id, what)

    async def disconnect(self, account_id: str, *, keep_remote: bool = False) -> DisconnectResult:
        """Revokes at the service where it can, and removes the account."""
        return await self._parts.disconnecting.disconnect(account_id, keep_remote=keep_remote)

    # Renewing them

    async def refresh(self, account_id: str, *, force: bool = True) -> AccountRow:
        """Renews the token now; without `force` only if it is due by its method's lead."""
        return await self._parts.refreshing.refresh_now(account_id, force=force)

    async def refresh_due(self) -> list[RefreshOutcome]:
        """Renews every account that is due by its method's lead."""
        return await self._parts.refreshing.refresh_many(force=False)

    async def refresh_all(self) -> list[RefreshOutcome]:
        """Renews every account that can be renewed."""
        return await self._parts.refreshing.refresh_many(force=True)

    # Connectors

    async def connector_settings(self, key: str) -> dict[str, str]:
        """What was configured for a connector. Holds secrets."""
        return self._parts.settings.get(key)

    async def configure(self, key: str, changes: Mapping[str, str | None]) -> dict[str, str]:
        """Changes a connector's settings; None takes one away. InvalidInputError: nothing was saved."""
        return self._parts.settings.configure(key, changes)

    async def log_secrets(self, key: str, on: bool) -> datetime | None:
        """Lets a connector's exchanges stand readable in Activity, secrets included, for an hour; or ends
        that and takes out what stands there. Returns when it ends. Raises DefinitionError, VaultError.
        """
        core = self._parts.core
        connector = core.definitions.catalog.get(key)
        if on:
            return core.secret_logging.turn_on(connector.key, connector.name)
        core.secret_logging.turn_off([connector.key], "it was turned off")
        return None

    async def secrets_logged(self) -> dict[str, datetime]:
        """The connectors whose exchanges stand readable in Activity now, and until when."""
        return self._parts.core.secret_logging.until()

    async def why_not_shut_in(self) -> str:
        """Why a definition's program cannot be shut in here, as a sentence; empty when it can."""
        return await self._parts.core.definitions.why_not_shut_in()

    async def add_connector(
        self, path: Path, run_with_my_rights: bool = False, *, shut_in: bool = False
    ) -> str:
        """Takes a definition into the own folder and returns its key.

        A Python file beside it is refused unless it may run: `shut_in`, or with the person's own rights.
        Raises DefinitionError with every problem.
        """
        key = await self._parts.core.definitions.add(
            path, shut_in=shut_in, run_with_my_rights=run_with_my_rights
        )
        self._parts.noting.definition_added(key, _how_it_runs(path, run_with_my_rights, shut_in))
        await self._parts.reload_connectors()
        return key

    async def import_document(self, source: str, key: str = "") -> tuple[str, ImportedDocument]:
        """Makes a definition of an OpenAPI or Swagger document: a file's path or an https address.

        Returns the connector's key and what became of the document. Raises DefinitionError with the place.
        """
        from desktop.engine.definitions.importing import import_document

        core = self._parts.core
        added, imported = await import_document(source, key, core.clients, core.definitions)
        self._parts.noting.definition_added(added)
        await self._parts.reload_connectors()
        return added, imported

    async def import_adapter(
        self, path: Path, key: str = "", system: Path | None = None
    ) -> tuple[str, ImportedAdapter]:
        """Makes a definition of an Itential adapter's configuration; `system` is its entities/.system.

        Returns the connector's key and what became of it. Raises DefinitionError.
        """
        from desktop.engine.definitions.importing import import_adapter

        added, imported = await import_adapter(path, key, system, self._parts.core.definitions)
        self._parts.noting.definition_added(added)
        await self._parts.reload_connectors()
        return added, imported

    async def reload_connectors(self) -> None:
        """Reads all definitions again."""
        await self._parts.reload_connectors()

    async def examine(self, server: str = "") -> tuple[Finding, ...]:
        """Looks over this computer. Works while the vault is locked; `server` is asked for the time, once."""
        from desktop.engine.doctor import Situation, examine

        core = self._parts.core
        return await examine(
            Situation(
                home=self.home,
                preferences=self.preferences,
                vault_state=self.vault_state,
                connectors=tuple(core.definitions.catalog),
                redirects=self._parts.settings.configured_redirects(),
                server=server,
            )
        )


def _how_it_runs(path: Path, run_with_my_rights: bool, shut_in: bool) -> str:
    if not path.with_suffix(".py").is_file():
        return ""
    return "my_rights" if run_with_my_rights else "shut_in" if shut_in else ""
