"""Connecting an account: the form is checked, the method is carried out, the account is saved."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from connectors.definition import Connector, Method
from connectors.errors import DefinitionError
from connectors.methods import Connected, Inputs, check_values, connect
from connectors.ports import Ports
from connectors.tables import uses_browser
from connectors.templates.text import did_you_mean
from connectors.wire.presenting import presented_by
from desktop.engine.accounts import checked_name
from desktop.engine.callback.certificate import callback_context
from desktop.engine.connect.attempt import Attempt
from desktop.engine.connect.browser import Opener, SystemBrowser, check_url, system_opener
from desktop.engine.connect.keeping import Keeping
from desktop.engine.core import Core
from desktop.engine.events import ClashKind, Decision
from desktop.engine.privacy.redaction import redactor
from desktop.engine.sessions.renewing import note_shared
from desktop.engine.settings import Settings
from desktop.vault.records import AccountRow


class Connecting:
    """Starts attempts and knows those that run. `opener` stands in for the person's browser if given."""

    def __init__(self, core: Core, settings: Settings, opener: Opener | None) -> None:
        self._core = core
        self._settings = settings
        self._opener = opener
        self._keeping = Keeping(core)
        self._running: dict[str, Attempt] = {}

    async def begin(
        self,
        connector_key: str,
        method_key: str | None,
        values: Mapping[str, str],
        *,
        account_name: str = "",
        reconnect: str = "",
        open_browser: bool = True,
        timeout: float = 300.0,  # noqa: ASYNC109 - how long a person may take, not a deadline of the call
        choose: Sequence[str] = (),
        ask: bool = True,
        decided: Mapping[ClashKind, Decision] | None = None,
    ) -> Attempt:
        """Checks everything that can be checked beforehand, then starts the attempt."""
        core = self._core
        old = core.vault.account(reconnect) if reconnect else None
        connector = core.definitions.catalog.get(old.connector if old else connector_key)
        method = pick_method(connector, method_key or (old.method if old else None))
        if old and not values and old.method == method.key:
            values = core.credential(old).fields
        cleaned = check_values(method.fields, values)
        self._settings.require(connector, method, cleaned)
        for field in method.fields:
            if field.secret or field.type == "password":
                redactor.register(cleaned.get(field.key, ""))
        name = checked_name(account_name) if account_name.strip() else ""
        inputs = Inputs(connector=connector, method=method, values=cleaned, settings=core.settings(connector))
        if (certificate := presented_by(inputs)) is not None:
            await asyncio.to_thread(certificate.load)
        attempt = Attempt(connector, method, core.emit, answers=choose, ask=ask, decided=decided)
        self._running[attempt.id] = attempt
        attempt.start(self._run(attempt, inputs, name, reconnect, open_browser, timeout))
        return attempt

    async def open_link(self, url: str) -> None:
        """Opens a page in the person's browser, through the same seam as a sign-in."""
        checked = check_url(url)
        await asyncio.to_thread(self._browser_opener(), checked)

    async def cancel_all(self) -> None:
        """Ends every attempt, and waits until their ports are free."""
        for attempt in list(self._running.values()):
            attempt.cancel()
            await attempt.ended()

    async def _run(
        self,
        attempt: Attempt,
        inputs: Inputs,
        account_name: str,
        reconnect: str,
        open_browser: bool,
        patience: float,
    ) -> AccountRow:
        try:
            action = "reconnected" if reconnect else "connected"
            with self._core.journal.operation(
                action, account_id=reconnect, connector=inputs.connector.key
            ) as operation:
                attempt.steps = operation.steps
                connected = await self._carry_out(attempt, inputs, open_browser, patience)
                row = await self._keeping.keep(
                    attempt,
                    inputs,
                    connected,
                    reconnect=reconnect,
                    account_name=account_name,
                    patience=patience,
                )
                operation.action = "reconnected" if row.generation > 1 else "connected"
                if inputs.method.keep_session == "redis":
                    subject = self._core.subject(row.id)
                    if await self._core.shared.of(subject).store(subject.credential):
                        note_shared(self._core, row)
                operation.account_id = row.id
                operation.summary = f"{row.name} was connected to {inputs.connector.name}."
                if reconnect == row.id and attempt.clash is not None:
                    operation.summary = f"{row.name} took the place of {attempt.clash.there.name}."
                operation.detail["method"] = inputs.method.key
                return row
        finally:
            self._running.pop(attempt.id, None)

    async def _carry_out(
        self, attempt: Attempt, inputs: Inputs, open_browser: bool, patience: float
    ) -> Connected:
        client = self._core.clients.steps
        if not uses_browser(inputs.method):
            attempt.opener = self._browser_opener()
            ports = Ports(client=client, choose=attempt.choosing, show_code=attempt.on_code)
            return await connect(inputs, ports, attempt.progress)
        elsewhere = self._settings.elsewhere(inputs.connector)
        redirect = inputs.connector.redirect if elsewhere else self._settings.redirect(inputs.connector)
        encrypted = redirect.scheme == "https" and not elsewhere
        tls = await asyncio.to_thread(callback_context, self._core.home) if encrypted else None
        async with SystemBrowser(
            redirect,
            self._browser_opener(),
            timeout=patience,
            on_link=attempt.on_link,
            on_problem=attempt.on_problem,
            open_at_once=open_browser,
            names=inputs.method.callback,
            tls=tls,
            elsewhere=elsewhere,
        ) as browser:
            attempt.browser = browser
            ports = Ports(client=client, browser=browser, choose=attempt.choosing)
            return await connect(inputs, ports, attempt.progress)

    def _browser_opener(self) -> Opener:
        return self._opener or system_opener(self._core.preferences().browser_command)


def pick_method(connector: Connector, key: str | None) -> Method:
    """The method of that key, or the connector's first. Raises DefinitionError with the nearest name."""
    if not key:
        return connector.default_method
    if key in connector.methods:
        return connector.methods[key]
    raise DefinitionError(
        f"{connector.name} has no method “{key}”.{did_you_mean(key, connector.methods)}",
        f"Its methods are: {', '.join(connector.methods)}.",
    )
