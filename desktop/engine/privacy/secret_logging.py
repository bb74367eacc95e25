"""The switch that lets a connector's exchanges stand readable in Activity, secrets included, for an hour.

It lies in the vault: no definition, import or file can set it. Nothing readable goes anywhere but into the
vault's Activity, and from there it goes again when the switch ends.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from connectors.credential import utc_now
from desktop.engine.events import ConnectorsChanged, Event
from desktop.vault.errors import VaultError

if TYPE_CHECKING:
    from desktop.engine.journal import Journal
    from desktop.vault.vault import Vault

LASTS = timedelta(hours=1)
_META = "secrets_logged"

log = logging.getLogger(__name__)


class Period(msgspec.Struct, frozen=True):
    """From when until when."""

    since: datetime
    until: datetime

    def holds(self, now: datetime) -> bool:
        """Whether it is on. A clock that was set back does not make it longer."""
        return self.since <= now < self.until


class SecretLogging:
    """Lives on the engine's thread. `vault` gives the open vault or raises VaultError."""

    def __init__(
        self, vault: Callable[[], Vault], journal: Callable[[], Journal], emit: Callable[[Event], None]
    ) -> None:
        self._vault = vault
        self._journal = journal
        self._emit = emit
        self._timer: asyncio.TimerHandle | None = None

    def is_on(self, key: str) -> bool:
        """Whether this connector's exchanges are written down with their secrets. Not while it is locked."""
        try:
            period = self._periods().get(key)
        except VaultError:
            return False
        return period is not None and period.holds(utc_now())

    def until(self) -> dict[str, datetime]:
        """The connectors for which it is on, and when it ends."""
        now = utc_now()
        return {key: period.until for key, period in self._periods().items() if period.holds(now)}

    def turn_on(self, key: str, name: str) -> datetime:
        """Begins the hour, or begins it anew. Raises VaultError."""
        now = utc_now()
        period = Period(since=now, until=now + LASTS)
        self._vault().set_meta(_META, _text({**self._periods(), key: period}))
        with self._journal().operation("secrets_on", connector=key) as operation:
            operation.summary = f"Passwords and tokens of {name} stand readable in Activity for an hour."
        self._changed([key])
        return period.until

    def turn_off(self, keys: Iterable[str], why: str) -> None:
        """Ends it, and takes what was readable out of Activity. Raises VaultError; then it is as before."""
        periods = self._periods()
        ended = [key for key in keys if key in periods]
        for key in ended:
            del periods[key]
            self._vault().forget_in_clear(key, (_META, _text(periods)))
            with self._journal().operation("secrets_off", connector=key) as operation:
                operation.summary = f"Passwords and tokens no longer stand readable in Activity: {why}."
        if ended:
            self._changed(ended)

    def end_over(self) -> None:
        """Ends what is over, and waits for the next end. After the vault was opened."""
        now = utc_now()
        over = [key for key, period in self._periods().items() if not period.holds(now)]
        self._try_to_end(over, "the hour was over")
        self._wait()

    def end_all(self, why: str) -> None:
        """Ends everything, before the vault is locked. What cannot be written now ends with its hour."""
        self.stop()
        try:
            keys = list(self._periods())
        except VaultError:
            return  # it is closed already
        self._try_to_end(keys, why)
        self.stop()

    def stop(self) -> None:
        """Waits for no end any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _try_to_end(self, keys: Iterable[str], why: str) -> None:
        try:
            self.turn_off(keys, why)
        except VaultError as error:
            log.warning("what stands readable in Activity was not masked: %s", error.sentence)

    def _changed(self, keys: Iterable[str]) -> None:
        self._wait()
        for key in keys:
            self._emit(ConnectorsChanged(key))

    def _wait(self) -> None:
        self.stop()
        ends = self.until().values()
        if ends:
            seconds = max(0.0, (min(ends) - utc_now()).total_seconds())
            self._timer = asyncio.get_running_loop().call_later(seconds, self._over)

    def _over(self) -> None:
        try:
            self.end_over()
        except VaultError as error:
            log.warning("what stands readable in Activity was not masked: %s", error.sentence)

    def _periods(self) -> dict[str, Period]:
        kept = self._vault().meta(_META)
        return msgspec.json.decode(kept, type=dict[str, Period]) if kept else {}


def _text(periods: Mapping[str, Period]) -> str:
    return msgspec.json.encode(periods).decode()
