"""Which editor a field of the record gets."""

from __future__ import annotations

from desktop.engine.results import AccountView
from desktop.ui.details.rows import FieldRow
from desktop.ui.details.secret_row import SecretRow
from desktop.ui.details.typed_rows import MomentRow, ScopeRow, SecondsRow


def labels(view: AccountView) -> dict[str, str]:
    """The fields of the record, in the order in which they are shown, with the words beside them.

    Form fields are called what the form calls them; members of the token keep the standard's names.
    """
    named = {field.key: field.name for field in view.fields if field.type != "notice"}
    form = {key: named.get(key, key) for key in view.credential.fields}
    return {key: form.get(key, key) for key in view.values}


def row_for(view: AccountView, name: str, label: str, reveal_seconds: int) -> FieldRow:
    """An editor for one field."""
    if name in view.secret_fields:
        return SecretRow(name, label, seconds=reveal_seconds)
    if name in view.credential.fields:
        return FieldRow(name, label)
    if name in ("expires_at", "created_at"):
        return MomentRow(name, label, live=name == "expires_at")
    if name == "expires_in":
        return SecondsRow(name, label)
    if name == "scope":
        return ScopeRow(name, label, view.scopes_asked)
    return FieldRow(name, label)
