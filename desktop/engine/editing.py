"""The token record by hand: typed checks, a new generation for every change, and the way back."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from connectors.credential import TOKEN_FIELDS, Credential, utc_now
from connectors.definition import Method
from connectors.errors import InvalidInputError
from connectors.methods import check_values
from connectors.templates.text import did_you_mean
from desktop.engine.core import Core
from desktop.engine.refreshing.locks import account_lock
from desktop.vault.records import AccountRow

LONGEST_LIFETIME = 100 * 365 * 24 * 3600  # seconds; beyond it a date no longer fits
LONGEST_TEXT = 64 * 1024
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Editing:
    """Edits wait for a refresh of the same account, so that neither writes over the other."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def edit(self, account_id: str, changes: Mapping[str, str | None]) -> AccountRow:
        """Changes fields of the record; None or an empty text empties one. All are saved, or none.

        Raises InvalidInputError with a sentence for each field that is wrong.
        """
        core = self._core
        async with account_lock(core.home, account_id):
            row = core.vault.account(account_id)
            credential = core.credential(row)
            changed = edited(credential, changes, core.known_method(row))
            if changed == credential:
                return row
            with core.journal.operation("edited", account_id=row.id, connector=row.connector) as operation:
                operation.summary = f"Edited by hand: {', '.join(changes)}."
                operation.detail["fields"] = list(changes)
                return core.save(row, changed, "edit", note=", ".join(changes))

    async def restore(self, account_id: str, number: int) -> AccountRow:
        """Makes the record of generation `number` the current one again, as a new generation.

        The account is again that person's whose it was then.
        """
        core = self._core
        async with account_lock(core.home, account_id):
            row = core.vault.account(account_id)
            credential = core.decode(row, core.vault.generation(account_id, number).record)
            with core.journal.operation("restored", account_id=row.id, connector=row.connector) as operation:
                operation.summary = f"Generation {number} was restored."
                operation.detail["generation"] = number
                person = core.vault.person_at(account_id, number)
                if person is not None:
                    operation.summary += f" The account is {person.name} again, and no longer {row.name}."
                return core.save(row, credential, "restore", note=f"generation {number}", person=person)


def edited(credential: Credential, changes: Mapping[str, str | None], method: Method | None) -> Credential:
    """The credential with the changes made. Raises InvalidInputError naming every field that is wrong."""
    form = {field.key: field for field in method.fields if field.type != "notice"} if method else {}
    known = list(dict.fromkeys([*TOKEN_FIELDS, *credential.extra, *credential.fields, *form]))
    wrong: dict[str, str] = {}
    tokens: dict[str, Any] = {}
    extra, fields = dict(credential.extra), dict(credential.fields)
    for name, text in changes.items():
        value = (text or "").strip()
        try:
            if name in TOKEN_FIELDS:
                tokens[name] = _TYPED.get(name, _text)(value)
            elif name in form or name in fields:
                fields[name] = text or ""
            elif name in extra:
                extra[name] = _text(value)
            else:
                wrong[name] = (
                    f"There is no field “{name}”.{did_you_mean(name, known)} Fields are: {', '.join(known)}."
                )
        except ValueError as error:
            wrong[name] = f"{name} {error}"
    wrong |= _check_form(method, fields, changes)
    if wrong:
        raise InvalidInputError(" ".join(wrong.values()), "Nothing was saved.", fields=wrong)
    extra = {name: value for name, value in extra.items() if value != ""}
    changed = msgspec.structs.replace(credential, **tokens, extra=extra, fields=fields)
    return _with_expiry(changed, tokens)


def _with_expiry(credential: Credential, tokens: Mapping[str, Any]) -> Credential:
    """A new expires_in counts from created_at, unless the end was given as well."""
    if "expires_in" not in tokens or "expires_at" in tokens:
        return credential
    if credential.expires_in is None:
        return msgspec.structs.replace(credential, expires_at=None)
    born = credential.created_at or utc_now()
    return msgspec.structs.replace(
        credential, created_at=born, expires_at=born + timedelta(seconds=credential.expires_in)
    )


def _check_form(
    method: Method | None, fields: dict[str, str], changes: Mapping[str, str | None]
) -> dict[str, str]:
    """Checks the form's fields among the changes, and puts the cleaned values into `fields`."""
    if method is None or not any(name in fields for name in changes):
        return {}
    known = {field.key for field in method.fields}
    try:
        cleaned = check_values(method.fields, {key: value for key, value in fields.items() if key in known})
    except InvalidInputError as error:
        return dict(error.fields) or {"": error.sentence}
    fields.update(cleaned)
    return {}


# What was typed is not repeated in a sentence: it may be a token that went into the wrong box.


def _text(value: str) -> str:
    if len(value) > LONGEST_TEXT:
        raise ValueError("is too long.")
    if _CONTROL.search(value):
        raise ValueError("holds a line break or another control character.")
    return value


def _seconds(value: str) -> int | None:
    if not value:
        return None
    if not re.fullmatch(r"[0-9]+", value):
        raise ValueError("is a whole number of seconds, 0 or more.")
    if len(value) > 12 or int(value) > LONGEST_LIFETIME:
        raise ValueError("is longer than a hundred years.")
    return int(value)


def _moment(value: str) -> datetime | None:
    if not value:
        return None
    try:
        at = datetime.fromisoformat(value)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("is a date and time such as 2026-11-20T14:48:00Z.") from None


def _scope(value: str) -> str:
    return " ".join(_text(value).split())


_TYPED: dict[str, Callable[[str], Any]] = {
    "expires_in": _seconds,
    "expires_at": _moment,
    "created_at": _moment,
    "scope": _scope,
}
