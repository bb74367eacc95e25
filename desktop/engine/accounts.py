"""Reading accounts: lists, the page of one, its generations and what each changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from connectors.credential import Credential, utc_now
from connectors.errors import InvalidInputError
from connectors.methods import can_refresh
from connectors.templates.text import clean
from desktop.engine.core import Core, flat, secret_names
from desktop.engine.events import AccountChanged
from desktop.engine.privacy.redaction import mask
from desktop.engine.refreshing.due import refresh_moment
from desktop.engine.results import AccountView, FieldChange, HistoryEntry
from desktop.engine.states import shown_state, state_sentence
from desktop.vault.records import AccountQuery, AccountRow

PAGE = 500
LONGEST_NAME = 200


class Accounts:
    """`is_refreshing` says whether an account is being renewed at the moment."""

    def __init__(self, core: Core, is_refreshing: Callable[[str], bool]) -> None:
        self._core = core
        self._is_refreshing = is_refreshing

    async def find(self, query: AccountQuery) -> list[AccountRow]:
        """Every account that fits, in the query's order. For screens there is `Engine.reader`."""
        reader = self._core.session.reader()
        try:
            rows: list[AccountRow] = []
            while page := reader.page(query, len(rows), PAGE):
                rows += page
            return rows
        finally:
            reader.close()

    def view(self, account_id: str) -> AccountView:
        """One account with all that its page shows."""
        core, now = self._core, utc_now()
        row = core.vault.account(account_id)
        credential = core.credential(row)
        connector, method = core.known(row)
        lead = method.refresh_before_exp if method else 0
        renewable = can_refresh(method, credential) if method else False
        refresh_at = refresh_moment(credential, lead) if renewable and row.state != "disabled" else None
        refreshing = self._is_refreshing(row.id)
        return AccountView(
            row=row,
            shown=shown_state(row, now, refreshing, lead),
            sentence=state_sentence(row, now, refreshing=refreshing, refresh_at=refresh_at),
            credential=credential,
            profile=core.vault.profile(row.id),
            connector=connector,
            method=method,
            fields=method.fields if method else (),
            secret_fields=secret_names(credential, method),
            scopes_asked=split_scope(row.scope_asked),
            scopes_granted=split_scope(row.scope_granted),
            refresh_at=refresh_at,
            renewable=renewable,
            saved_requests=tuple(core.vault.saved_requests(row.id)),
        )

    def history(self, account_id: str) -> list[HistoryEntry]:
        """Every generation, newest first, with what it changed against the one before."""
        core = self._core
        row = core.vault.account(account_id)
        method = core.known_method(row)
        generations = core.vault.generations(account_id)
        credentials = [core.decode(row, generation.record) for generation in generations]
        # The first record of all is new in every field; of an older one that was not kept nothing is known.
        first = Credential() if generations[-1].number == 1 else credentials[-1]
        before: list[Credential] = [*credentials[1:], first]
        return [
            HistoryEntry(
                generation=generation,
                current=generation.number == row.generation,
                changes=changes_between(
                    flat(old), flat(new), secret_names(old, method) | secret_names(new, method)
                ),
                person=self._another_person(row, generation.number),
            )
            for generation, new, old in zip(generations, credentials, before, strict=True)
        ]

    def _another_person(self, row: AccountRow, number: int) -> str:
        person = self._core.vault.person_at(row.id, number)
        if person is None or (person.identity, person.email) == (row.identity, row.email):
            return ""
        return person.name

    def rename(self, account_id: str, name: str) -> AccountRow:
        """Gives the account another name. Names need not be unique. Raises InvalidInputError."""
        before = self._core.vault.account(account_id)
        self._core.vault.rename(account_id, checked_name(name))
        row = self._changed(account_id)
        if row.name != before.name:
            self._note(row, "renamed", f"{before.name} is now called {row.name}.")
        return row

    def set_pinned(self, account_id: str, pinned: bool) -> AccountRow:
        """Pins the account, or takes the pin away."""
        before = self._core.vault.account(account_id)
        self._core.vault.set_pinned(account_id, pinned)
        row = self._changed(account_id)
        if row.pinned != before.pinned:
            self._note(row, "pinned" if pinned else "unpinned", row.name)
        return row

    def _note(self, row: AccountRow, action: str, summary: str) -> None:
        self._core.journal.add(action, summary, account_id=row.id, connector=row.connector)

    def _changed(self, account_id: str) -> AccountRow:
        self._core.emit(AccountChanged(account_id))
        return self._core.vault.account(account_id)


def checked_name(name: str) -> str:
    """An account's name without the blanks around it. Raises InvalidInputError if it cannot be shown."""
    name = name.strip()
    if not name or len(name) > LONGEST_NAME:
        sentence = f"A name has 1 to {LONGEST_NAME} characters."
        raise InvalidInputError(sentence, "Choose another name.", fields={"name": sentence})
    if name != clean(name, LONGEST_NAME):
        sentence = "A name has no line break and no character that cannot be seen."
        raise InvalidInputError(sentence, "Choose another name.", fields={"name": sentence})
    return name


def value_text(value: Any) -> str:
    """A value of the record as text; a moment is ISO 8601 in UTC with Z."""
    return str(value.isoformat()).replace("+00:00", "Z") if hasattr(value, "isoformat") else str(value)


def split_scope(scope: str) -> tuple[str, ...]:
    """A scope as a service writes it, with spaces or commas between, as its parts."""
    return tuple(scope.replace(",", " ").split())


def changes_between(
    old: Mapping[str, Any], new: Mapping[str, Any], secret: frozenset[str]
) -> tuple[FieldChange, ...]:
    """Which fields differ, as texts; the values of `secret` ones are masked."""
    changed = [name for name in {**new, **old} if _text(old.get(name)) != _text(new.get(name))]
    return tuple(
        FieldChange(
            name,
            _shown(old.get(name), name in secret),
            _shown(new.get(name), name in secret),
            name in secret,
        )
        for name in changed
    )


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value_text(value)


def _shown(value: Any, secret: bool) -> str:
    text = _text(value)
    return mask(text) if secret and text else text
