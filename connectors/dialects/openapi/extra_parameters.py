"""`x-itential-parameters`: further parameters of the token and the refresh request, asked for in the form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from connectors.dialects.openapi.draft import Draft
from connectors.dialects.openapi.names import label, literal, plain, snake
from connectors.fields import looks_secret
from connectors.tables import RESERVED_PARAMETERS
from connectors.templates.text import clean

_OWN = RESERVED_PARAMETERS - {"client_id"} | {"grant_type", "code", "code_verifier", "refresh_token"}
_USES = ("token", "refresh", "authorize")


class Extra:
    """The parameters of one scheme; `request` gives a token request that carries them."""

    def __init__(self, given: Iterable[Any], draft: Draft, place: str) -> None:
        self._draft = draft
        self._place = f"{place}.x-itential-parameters"
        self._rows: list[tuple[str, str, str, tuple[str, ...]]] = []  # place, name, template, uses
        for parameters in given:
            if isinstance(parameters, Mapping):
                parameters = [
                    {"name": k, **(v if isinstance(v, Mapping) else {})} for k, v in parameters.items()
                ]
            if parameters is not None and not isinstance(parameters, list):
                self._drop("", "must be a list.")
                continue
            for parameter in parameters or ():
                self._take(parameter)

    @property
    def any(self) -> bool:
        """Whether there is a parameter at all."""
        return bool(self._rows)

    @property
    def differs(self) -> bool:
        """Whether the refresh request is another one than the token request."""
        return self._used("token") != self._used("refresh")

    def params(self, use: str) -> dict[str, str]:
        """The parameters of an address or a body."""
        return {name: template for where, name, template in self._used(use) if where != "header"}

    def request(self, url: str, use: str) -> Any:
        """A token request: the bare address, or a table with the parameters."""
        used = self._used(use)
        query = "&".join(f"{quote(name)}={template}" for where, name, template in used if where == "query")
        found: dict[str, Any] = {"url": url + (f"?{query}" if query else "")}
        for part, where in (("params", "body"), ("headers", "header")):
            if table := {name: template for place, name, template in used if place == where}:
                found[part] = table
        return found if len(found) > 1 else found["url"]

    def done(self) -> None:
        """The rows stand after the client's own."""
        for key in [k for k in self._draft.form.rows if k in self._keys()]:
            self._draft.form.rows[key] = self._draft.form.rows.pop(key)

    def _keys(self) -> set[str]:
        return {template.strip("{}") for _, _, template, _ in self._rows}

    def _used(self, use: str) -> list[tuple[str, str, str]]:
        return [(where, name, template) for where, name, template, uses in self._rows if use in uses]

    def _take(self, parameter: Any) -> None:
        if not isinstance(parameter, Mapping) or not isinstance(parameter.get("name"), str):
            self._drop("", "each is a table with a “name”.")
            return
        name, where = parameter["name"].strip(), str(parameter.get("in") or "body")
        uses = parameter.get("x-itential-use-in") or ["token", "refresh"]
        uses = tuple(str(use) for use in (uses if isinstance(uses, list) else [uses]))
        if where not in {"header", "body", "query"}:
            self._drop(name, f"“in” must be header, body or query, not “{clean(where, 40)}”.")
        elif name in _OWN:
            self._drop(name, "the app sets this parameter itself.")
        elif not literal(name) or not set(uses) & set(_USES):
            self._drop(name, "nothing says which request it belongs to.")
        else:
            key = self._draft.form.add(
                snake(str(parameter.get("x-itential-variable") or name)), _row(parameter)
            )
            self._rows.append((where, name, "{{" + key + "}}", uses))

    def _drop(self, name: str, reason: str) -> None:
        self._draft.document.dropped[f"{self._place}{f'.{clean(name, 60)}' if name else ''}"] = reason


def _row(parameter: Mapping[str, Any]) -> dict[str, Any]:
    schema = parameter.get("schema")
    schema = schema if isinstance(schema, Mapping) else {}
    name = str(parameter["name"])
    row: dict[str, Any] = {"name": label(name), "tooltip": plain(parameter.get("description"))}
    values, default = schema.get("enum"), schema.get("default", parameter.get("default"))
    if isinstance(values, list) and values:
        row |= {"type": "select", "options": [str(v) for v in values]}
        default = default if default in values else None
    elif looks_secret(snake(name)) or "assertion" in name.lower():
        row["type"] = "password"
    elif schema.get("type") in {"number", "integer"}:
        row["type"] = "number"
    if isinstance(default, str | int | float):
        row["default"] = str(default).lower() if isinstance(default, bool) else str(default)
    if parameter.get("required") is not True:
        row["required"] = False
    return row
