"""Writes down what is done with the vault as a whole, with settings, and with secrets that are looked at."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from connectors.credential import utc_now
from desktop.engine.audit.who import COMMAND_LINE
from desktop.vault.records import Who

if TYPE_CHECKING:
    from desktop.engine.core import Core
    from desktop.vault.throttle import Attempts


class Noting:
    """One method for each kind of act that no other part of the engine carries out itself."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def account(self, account_id: str, action: str, field: str) -> None:
        """Somebody looked at a secret of an account, or took it along."""
        row = self._core.vault.account(account_id)
        summary = f"{field} of {row.name}" if field else row.name
        self._write(action, summary, account_id=row.id, connector=row.connector, field=field)

    def setting(self, key: str, action: str, fields: Iterable[str]) -> None:
        """The same with settings of a connector."""
        names = list(fields)
        self._write(action, f"{', '.join(names)} of {self._name(key)}", connector=key, field=", ".join(names))

    def created(self) -> None:
        """The vault was made."""
        self._write("created", "The vault was created.")

    def unlocked(self, *, keychain: bool, failures: Attempts | None) -> None:
        """The vault was opened. What was tried in vain before it can only be written down now."""
        if failures is not None and failures.failures > 0:
            now = utc_now()  # the count lies in a file that anybody may have written
            last = datetime.fromtimestamp(min(max(failures.last, 0.0), now.timestamp()), UTC)
            times = "A wrong passphrase was" if failures.failures == 1 else "Wrong passphrases were"
            self._write(
                "unlock_failed",
                f"{times} given before, last on {last:%Y-%m-%d at %H:%M:%S} UTC.",
                outcome="failed",
                actor="unknown",
                who=Who(),
                attempts=failures.failures,
                last=last.isoformat(timespec="seconds").replace("+00:00", "Z"),
            )
        way = "the system's keychain" if keychain else "the passphrase"
        self._write(
            "unlocked", f"The vault was opened with {way}.", way="keychain" if keychain else "passphrase"
        )

    def locking(self) -> None:
        """The vault is about to be closed. A command closes it with every call, which says nothing."""
        if self._core.actor != COMMAND_LINE:
            self._write("locked", "The vault was locked.")

    def definition_added(self, key: str, program: str = "") -> None:
        """A definition of one's own came in; `program` says how its program may run, if it has one."""
        words = {
            "": "",
            "shut_in": " Its program may run, shut in.",
            "my_rights": " Its program may run with your own rights.",
        }
        if self._core.session.state == "open":  # a definition alone can be added while the vault is locked
            summary = f"The definition {key} was added.{words[program]}"
            self._write("definition_added", summary, connector=key, program=program)

    def configured(self, key: str, names: Iterable[str]) -> None:
        """Settings of a connector were changed: which, not to what."""
        changed = list(names)
        if changed:
            summary = f"Settings of {self._name(key)} changed: {', '.join(changed)}."
            self._write("configured", summary, connector=key, settings=changed)

    def _name(self, key: str) -> str:
        catalog = self._core.definitions.catalog
        return catalog.get(key).name if key in catalog else key

    def _write(
        self,
        action: str,
        summary: str,
        *,
        account_id: str = "",
        connector: str = "",
        outcome: str = "ok",
        actor: str = "",
        who: Who | None = None,
        **detail: Any,
    ) -> None:
        self._core.journal.add(
            action,
            summary,
            account_id=account_id,
            connector=connector,
            failed=outcome != "ok",
            actor=actor,
            who=who,
            detail={name: value for name, value in detail.items() if value},
        )
