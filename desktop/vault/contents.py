"""What the vault keeps, over one open database: each method that changes something is one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from desktop.vault import accounts, generations, pending, people, saved_requests, settings, values
from desktop.vault.happened import Happened
from desktop.vault.records import (
    AccountRow,
    Generation,
    Keep,
    PendingRefresh,
    Person,
    SavedRequest,
    Source,
    StoredState,
)


class Contents(Happened):
    """When a method that changes something returns, it is on the disk; one that fails has changed nothing.

    What is about the activity stands in `Happened`.
    """

    def add_account(
        self, row: AccountRow, record: bytes, profile: Mapping[str, Any], source: Source = "connect"
    ) -> AccountRow:
        """Account, first generation and profile at once. The row as it was stored."""
        stored = msgspec.structs.replace(row, generation=1)
        first = Generation(account_id=row.id, number=1, source=source, at=row.updated_at, record=record)
        with self._database.transaction():
            accounts.insert(self._database, stored)
            generations.insert(self._database, first)
            generations.set_profile(self._database, row.id, profile)
        return stored

    def add_generation(
        self,
        account_id: str,
        record: bytes,
        source: Source,
        *,
        expires_at: datetime | None,
        renewable: bool,
        has_token: bool,
        scope_granted: str,
        note: str = "",
        state: StoredState = "connected",
        state_reason: str = "",
        scope_asked: str | None = None,
        profile: Mapping[str, Any] | None = None,
        name: str | None = None,
        email: str | None = None,
        identity: str | None = None,
        keep: Keep | None = None,
        another_person: bool = False,
    ) -> Generation:
        """A new credential and what lists show of it; the one before is kept. Raises NotFoundError.

        A reconnect also hands over what may have changed with it; None leaves a value as it is. A record
        that came from the service ends a refresh that was marked; one changed by hand does not. `keep`
        drops what is beyond it of the account's history, in the same transaction. With `another_person` whom
        the account stood for is kept with the history (`person_at`).
        """
        now = values.utc_now()
        changes = _given(scope_asked=scope_asked, name=name, email=email, identity=identity)
        with self._database.transaction():
            number = generations.next_number(self._database, account_id)
            if another_person:
                people.keep_present(self._database, account_id)
            generation = Generation(
                account_id=account_id, number=number, source=source, at=now, record=record, note=note
            )
            generations.insert(self._database, generation)
            accounts.update(
                self._database,
                account_id,
                at=now,
                generation=number,
                expires_at=expires_at,
                renewable=renewable,
                has_token=has_token,
                scope_granted=scope_granted,
                state=state,
                state_reason=state_reason,
                token_refused=False,
                **changes,
            )
            if profile is not None:
                generations.set_profile(self._database, account_id, profile)
            if source in ("connect", "refresh"):
                pending.end(self._database, account_id)
            if keep is not None:
                generations.prune(self._database, account_id, keep, now)
        return generation

    def begin_refresh(self, account_id: str, generation: int) -> None:
        """Marks that the service is about to be asked with the token of `generation`.

        Raises SaveFailedError where the answer could not be saved either: then it must not be asked.
        """
        pending.need_room(self._database)
        with self._database.transaction():
            pending.begin(self._database, account_id, generation)

    def end_refresh(self, account_id: str, state: StoredState | None = None, reason: str = "") -> None:
        """Takes the mark away: the service has answered, and gave nothing to save.

        `state` is what that makes of the account, in the same transaction.
        """
        with self._database.transaction():
            pending.end(self._database, account_id)
            if state is not None:
                accounts.update(self._database, account_id, state=state, state_reason=reason)

    def pending_refresh(self, account_id: str) -> PendingRefresh | None:
        """The account's mark, if it has one. What it means is only certain under the account's lock."""
        return pending.get(self._database, account_id)

    def pending_refreshes(self) -> list[PendingRefresh]:
        """All marks, the oldest first."""
        return pending.every(self._database)

    def set_state(
        self, account_id: str, state: StoredState, reason: str, *, token_refused: bool | None = None
    ) -> None:
        """Marks the account; its credential stays. Raises NotFoundError.

        `token_refused` says that the service refuses the credential, or takes it again; None: not known.
        """
        changes: dict[str, Any] = {} if token_refused is None else {"token_refused": token_refused}
        with self._database.transaction():
            accounts.update(self._database, account_id, state=state, state_reason=reason, **changes)

    def rename(self, account_id: str, name: str) -> None:
        """Raises NotFoundError."""
        with self._database.transaction():
            accounts.update(self._database, account_id, name=name)

    def set_pinned(self, account_id: str, pinned: bool) -> None:
        """Raises NotFoundError."""
        with self._database.transaction():
            accounts.update(self._database, account_id, pinned=pinned)

    def touch(self, account_id: str, at: datetime | None = None) -> None:
        """The account was used just now. Raises NotFoundError."""
        with self._database.transaction():
            accounts.touch(self._database, account_id, at or values.utc_now())

    def set_profile(
        self,
        account_id: str,
        profile: Mapping[str, Any],
        name: str | None = None,
        email: str | None = None,
        identity: str | None = None,
    ) -> None:
        """Replaces the profile, and what lists show of it where given. Raises NotFoundError."""
        changes = _given(name=name, email=email, identity=identity)
        with self._database.transaction():
            accounts.update(
                self._database,
                account_id,
                **changes,
            )
            generations.set_profile(self._database, account_id, profile)

    def remove_account(self, account_id: str) -> None:
        """Account, all its generations and its profile. Its activity stays. Raises NotFoundError."""
        with self._database.transaction():
            accounts.delete(self._database, account_id)

    def account(self, account_id: str) -> AccountRow:
        """Raises NotFoundError."""
        return accounts.get(self._database, account_id)

    def find_accounts(self, *, connector: str | None = None, identity: str | None = None) -> list[AccountRow]:
        """The accounts of this connector and with this identity, by name. None: any."""
        return accounts.find(self._database, connector=connector, identity=identity)

    def all_accounts(self) -> list[AccountRow]:
        """Every account by name. Lists on screen use Reader.page instead."""
        return accounts.every(self._database)

    def due_accounts(self, before: datetime) -> list[AccountRow]:
        """Accounts that can be renewed without a person and expire by then, the first to expire first."""
        return accounts.due(self._database, before)

    def record(self, account_id: str) -> bytes:
        """The credential in force. Raises NotFoundError."""
        return generations.current_record(self._database, account_id)

    def generations(self, account_id: str) -> list[Generation]:
        """All kept versions, the newest first. Raises NotFoundError."""
        return generations.every(self._database, account_id)

    def generation(self, account_id: str, number: int) -> Generation:
        """One kept version. Raises NotFoundError."""
        return generations.get(self._database, account_id, number)

    def person_at(self, account_id: str, number: int) -> Person | None:
        """Whom the account stood for at that generation; None: the same person as today."""
        return people.at(self._database, account_id, number)

    def profile(self, account_id: str) -> dict[str, Any]:
        """What the service said about the person. Raises NotFoundError."""
        return generations.profile(self._database, account_id)

    def saved_requests(self, account_id: str) -> list[SavedRequest]:
        """What is kept with the account, by name."""
        return saved_requests.of_account(self._database, account_id)

    def saved_request(self, request_id: str) -> SavedRequest:
        """One of them. Raises NotFoundError."""
        return saved_requests.get(self._database, request_id)

    def add_saved_request(self, request: SavedRequest) -> None:
        """Keeps a request. Raises NameTakenError, and NotFoundError where there is no such account."""
        with self._database.transaction():
            accounts.get(self._database, request.account_id)
            saved_requests.insert(self._database, request)

    def replace_saved_request(self, request: SavedRequest) -> None:
        """Puts it in the place of the one with its id. Raises NotFoundError, NameTakenError."""
        with self._database.transaction():
            saved_requests.replace(self._database, request)

    def remove_saved_request(self, request_id: str) -> SavedRequest:
        """Forgets one, and returns what it was. Raises NotFoundError."""
        with self._database.transaction():
            gone = saved_requests.get(self._database, request_id)
            saved_requests.remove(self._database, request_id)
        return gone

    def connector_settings(self, connector: str) -> dict[str, str]:
        """The connector's own settings by key (client id, client secret …)."""
        return settings.connector_settings(self._database, connector)

    def set_connector_settings(self, connector: str, new: Mapping[str, str]) -> None:
        """Replaces all settings of a connector."""
        with self._database.transaction():
            settings.set_connector_settings(self._database, connector, new)

    def meta(self, key: str) -> str | None:
        """A small fact that was kept under this key."""
        return settings.meta(self._database, key)

    def set_meta(self, key: str, value: str) -> None:
        """Keeps a small fact."""
        with self._database.transaction():
            settings.set_meta(self._database, key, value)


def _given(**changes: str | None) -> dict[str, Any]:
    return {key: value for key, value in changes.items() if value is not None}
