"""Accounts, generations and connectors as the public JSON. Secrets are masked unless `reveal`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from desktop.cli.output import iso

if TYPE_CHECKING:
    from connectors.credential import Credential
    from connectors.definition import Connector, Field, Method
    from desktop.engine.events import Failure
    from desktop.engine.results import AccountView, HistoryEntry
    from desktop.vault.records import AccountRow

# How near the end is stands in expires_at; a program that waits for "connected" should not see it change.
_STILL_CONNECTED = ("expires_soon", "unknown_expiry", "refreshing")


def account_shape(view: AccountView, *, reveal: bool = False) -> dict[str, Any]:
    """One account, as `accounts show --json` prints it."""
    from connectors.credential import SECRET_TOKEN_FIELDS

    row, credential = view.row, view.credential
    secret = SECRET_TOKEN_FIELDS | view.secret_fields
    state = "connected" if view.shown in _STILL_CONNECTED else view.shown
    return {
        "id": row.id,
        "connector": row.connector,
        "method": row.method,
        "name": row.name,
        "email": row.email,
        "state": state,
        "state_reason": row.state_reason or ("" if state == "connected" else view.sentence),
        "created_at": iso(row.created_at),
        "updated_at": iso(row.updated_at),
        "profile": view.profile,
        "fields": _shown(credential.fields.items(), secret, reveal),
        "scopes": {"asked": list(view.scopes_asked), "granted": list(view.scopes_granted)},
        "credential": credential_shape(credential, secret, reveal=reveal),
        "saved_requests": [
            {"name": saved.name, "method": saved.method, "url": _shown_url(saved.url, reveal)}
            for saved in view.saved_requests
        ],
    }


def credential_shape(
    credential: Credential, secret: frozenset[str], *, reveal: bool = False
) -> dict[str, Any]:
    """The token record: the known members first (null when absent), then what else the service sent."""
    known = {
        "access_token": credential.access_token or None,
        "refresh_token": credential.refresh_token or None,
        "token_type": credential.token_type or None,
        "expires_in": credential.expires_in,
        "expires_at": iso(credential.expires_at),
        "created_at": iso(credential.created_at),
        "scope": credential.scope or None,
    }
    extra = {key: value for key, value in credential.extra.items() if key not in known}
    return _shown((known | extra).items(), secret, reveal)


def history_shape(entry: HistoryEntry) -> dict[str, Any]:
    """One generation, as `accounts history --json` prints it. Secrets in its changes are masked already."""
    return {
        "generation": entry.generation.number,
        "current": entry.current,
        "source": entry.generation.source,
        "at": iso(entry.generation.at),
        "note": entry.generation.note,
        "changes": [
            {"field": change.field, "before": change.before, "after": change.after}
            for change in entry.changes
        ],
    }


def refresh_shape(row: AccountRow, failure: Failure | None) -> dict[str, Any]:
    """One account, as `refresh --json` prints it."""
    return {
        "id": row.id,
        "connector": row.connector,
        "name": row.name,
        "refreshed": failure is None,
        "expires_at": iso(row.expires_at),
        "reason": failure.reason if failure else "",
        "sentence": failure.sentence if failure else "",
    }


def connector_shape(connector: Connector, redirect_uri: str) -> dict[str, Any]:
    """One connector, as `connectors show --json` prints it."""
    return {
        "key": connector.key,
        "name": connector.name,
        "category": connector.category,
        "description": connector.description,
        "origin": connector.origin,
        "homepage": connector.homepage,
        "register_url": connector.register_url,
        "base_url": connector.base_url,
        "settings": [_field_shape(field) for field in connector.settings],
        "methods": [_method_shape(method, redirect_uri) for method in connector.methods.values()],
    }


def _method_shape(method: Method, redirect_uri: str) -> dict[str, Any]:
    from connectors.tables import uses_browser

    return {
        "key": method.key,
        "type": method.type,
        "name": method.name,
        "fields": [_field_shape(field) for field in method.fields],
        "scopes": [scope.value for scope in method.scopes],
        "scope_meanings": {scope.value: scope.meaning for scope in method.scopes},
        "redirect_uri": redirect_uri if uses_browser(method) else None,
    }


def _field_shape(field: Field) -> dict[str, Any]:
    return {
        "key": field.key,
        "type": field.type,
        "name": field.name,
        "tooltip": field.tooltip,
        "required": field.required,
        "secret": field.secret,
        "default": field.default,
        "options": [{"label": choice.label, "value": choice.value} for choice in field.options],
        "pattern": field.pattern,
        "format": field.format,
        "prefix": field.prefix,
        "suffix": field.suffix,
        "show_when": dict(field.show_when),
    }


def _shown(items: Iterable[tuple[str, Any]], secret: frozenset[str], reveal: bool) -> dict[str, Any]:
    return {key: value if reveal or key not in secret else _masked_any(value) for key, value in items}


def _shown_url(url: str, reveal: bool) -> str:
    """An address that a person wrote may hold a secret in its query."""
    from desktop.engine.privacy.redaction import redactor

    return url if reveal else redactor.redact(url)


def _masked_any(value: Any) -> Any:
    from desktop.engine.privacy.redaction import mask

    return mask(str(value)) if value not in (None, "") else value
