"""Where in the answer of a token request the token stands, by the schema's external names and placements."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.dialects.itential.system import Action
from connectors.errors import DefinitionError
from connectors.templates.paths import is_path

# What the schema calls a value -> what it is kept as.
KEPT = {
    "token": "access_token",
    "tokenp2": "second_token",
    "refreshToken": "refresh_token",
    "expires": "expires_in",
}


def keep_of(action: Action, override: str = "") -> dict[str, Any]:
    """The `keep` table. `override` is the token's external name (token_result_field).

    A value without a placement is not read, as in the adapter library. Raises DefinitionError when the token
    itself has none.
    """
    found: dict[str, Any] = {}
    for name, kept in KEPT.items():
        field = action.response.get(name)
        if not isinstance(field, Mapping):
            continue
        external = override if name == "token" and override else str(field.get("external_name") or "")
        if place := place_of(action, field, external):
            found[kept] = place
    if "access_token" not in found:
        raise DefinitionError(
            f"The response schema of {action.name} gives the token no placement.",
            'Give it "placement": "BODY" or "HEADER", and an external_name.',
        )
    return found


def place_of(action: Action, field: Mapping[str, Any], external: str) -> str | dict[str, Any] | None:
    """One value's place; None when the schema does not say where it is."""
    cut = {
        ours: str(field[theirs])
        for theirs, ours in (("front", "after"), ("end", "before"))
        if isinstance(field.get(theirs), str) and field[theirs]
    }
    match str(field.get("placement") or "").upper():
        case "HEADER" if external:
            return _header(external) | cut
        case "BODY" if action.response_kind in {"PLAIN", "XML"}:
            return {"text": True, **cut}
        case "BODY" if external:
            path = f"{action.response_key}.{external}" if action.response_key else external
            if not is_path(path):
                raise DefinitionError(f"{action.name}: “{path[:80]}” is no path that can be followed.")
            return {"path": path, **cut} if cut else path
    return None


def _header(external: str) -> dict[str, Any]:
    if external.lower().startswith("set-cookie."):
        return {"cookie": external[len("set-cookie.") :]}
    if external.lower() == "requestcookie":
        raise DefinitionError(
            "A token of the request's own cookie cannot be read.", "Name a cookie or a header."
        )
    return {"header": external, "whole": True}
