"""The export that holds no secret: which accounts there are, as JSON that a person can read."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from connectors.credential import utc_now
from connectors.fields import looks_secret
from desktop import __version__
from desktop.engine.accounts import split_scope
from desktop.engine.core import Core, flat, secret_names
from desktop.engine.exchange.plan import ExportResult
from desktop.engine.privacy.redaction import Redactor
from desktop.engine.settings import COMMON
from desktop.vault.errors import SaveFailedError
from desktop.vault.exchange.places import written
from desktop.vault.exchange.writing import Selection
from desktop.vault.records import AccountRow
from desktop.vault.vault import Vault

FORMAT = "jackfield-accounts"
VERSION = 1
_BEGINNING = f'{{\n  "format": "{FORMAT}"'.encode()


def write_metadata(
    core: Core, vault: Vault, path: Path, account_ids: Sequence[str] | None, go_on: Callable[[], None]
) -> ExportResult:
    """Writes the file, mode 0600, whole or not at all. Raises SaveFailedError, NotFoundError."""

    def look(row: AccountRow) -> dict[str, Any]:
        go_on()
        return _account(core, vault, row)

    accounts = vault.selected(Selection(account_ids=account_ids), look)
    connectors = [_connector(core, vault, key) for key in sorted({one["connector"] for one in accounts})]
    whole = {
        "format": FORMAT,
        "version": VERSION,
        "created_at": _time(utc_now()),
        "program": f"Jackfield {__version__}",
        "accounts": accounts,
        "connectors": connectors,
    }
    content = (json.dumps(whole, ensure_ascii=False, indent=2) + "\n").encode()

    def check(partial: Path) -> None:
        if partial.read_bytes() != content:
            raise SaveFailedError(
                f"The export {path} could not be read back, so it was removed.", "Try another place."
            )

    with written(path, _BEGINNING, check) as file:
        file.write(content)
    return ExportResult(path=path, accounts=len(accounts), settings=len(connectors))


def _account(core: Core, vault: Vault, row: AccountRow) -> dict[str, Any]:
    connector, method = core.known(row)
    credential = core.decode(row, vault.record(row.id))
    # What a service says about a person may repeat what it gave the person.
    own = Redactor()
    for name in secret_names(credential, method):
        value = flat(credential).get(name)
        if isinstance(value, str):
            own.register(value)
    return {
        "id": row.id,
        "connector": row.connector,
        "connector_name": connector.name if connector else row.connector,
        "method": row.method,
        "name": own.redact(row.name),
        "email": own.redact(row.email),
        "identity": own.redact(row.identity),
        "state": row.state,
        "state_reason": own.redact(row.state_reason),
        "pinned": row.pinned,
        "scopes": {
            "asked": list(split_scope(row.scope_asked)),
            "granted": list(split_scope(row.scope_granted)),
        },
        "renewable": row.renewable,
        "expires_at": _time(row.expires_at),
        "created_at": _time(row.created_at),
        "updated_at": _time(row.updated_at),
        "last_used_at": _time(row.last_used_at),
        "generations": len(vault.generations(row.id)),
        "profile": own.redact_data(vault.profile(row.id)),
    }


def _connector(core: Core, vault: Vault, key: str) -> dict[str, Any]:
    catalog = core.definitions.catalog
    connector = catalog.get(key) if key in catalog else None
    fields = COMMON | ({field.key: field for field in connector.settings} if connector else {})
    open_ones = {name for name, field in fields.items() if not field.secret and field.type != "password"}
    settings = vault.connector_settings(key)
    return {
        "key": key,
        "name": connector.name if connector else key,
        "origin": connector.origin if connector else "unknown",
        "settings": {
            name: value for name, value in settings.items() if name in open_ones and not looks_secret(name)
        },
    }


def _time(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if at else None
